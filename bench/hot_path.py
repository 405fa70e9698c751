"""The hot path: one batch of positions, compared with the smallest view that writes.

The design allows three times the CPU of a Chalice view that does one conditional UpdateItem. We
measure from the API event to the answer. Everything runs as deployed, with its log line, but
without the network: each call is answered from memory, and the log goes nowhere.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import Row, in_turns

BASELINE = "one conditional UpdateItem"
FAKE = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "STAGE": "bench",
    "SHIPMENTS_TABLE": "shipments",
    "ROUTES_TABLE": "routes",
    "FLEET_TABLE": "fleet",
    "ACCOUNTS_TABLE": "accounts",
    "TRAVEL_TABLE": "travel",
    "LEDGER_TABLE": "ledger",
    "PROOFS_BUCKET": "proofs",
    "EVENTS_TOPIC_ARN": "arn:aws:sns:eu-north-1:000000000000:events",
    "PUBLIC_BASE_URL": "https://bench.example",
    "EMAIL_SENDER": "bench@example.com",
    "TILE_URL": "none",
    "TILE_ATTRIBUTION": "none",
    "ROAD_NETWORK": "great_circle",
    "LOG_LEVEL": "INFO",
}


def measure(stops: tuple[int, ...] = (10, 50, 120)) -> list[Row]:
    """CPU of a warm batch of one fix by stops of the route, and its ratio to the baseline."""
    os.environ.update(FAKE)
    fleet = _Fleet()
    contenders: dict[str, Callable[[], object]] = {BASELINE: _baseline()}
    for count in stops:
        contenders[f"positions, {count} stops"] = fleet.batches(count)
    with _log_to_nowhere():
        figures = in_turns(contenders, rounds=15, repeats=20)
    return [
        {"view": name, "cpu_us": round(cpu_us), "ratio": cpu_us / figures[BASELINE]}
        for name, cpu_us in figures.items()
    ]


@contextmanager
def _log_to_nowhere() -> Iterator[None]:
    """Write log lines, so that they cost time, but show none of them beside the table."""
    from chalicelib.observability import logger  # noqa: PLC0415 (after the environment is set)

    with Path(os.devnull).open("w") as nowhere:
        handler: Any = logger.registered_handler
        before = handler.setStream(nowhere)
        try:
            yield
        finally:
            handler.setStream(before)


def _baseline() -> Callable[[], object]:
    import botocore.session  # noqa: PLC0415 (after the environment is set)
    from chalice.app import Chalice  # noqa: PLC0415

    from bench.stub import Stub  # noqa: PLC0415

    client: Any = botocore.session.get_session().create_client("dynamodb")
    Stub().install(client)
    app = Chalice(app_name="baseline", configure_logs=False)

    @app.route("/position", methods=["POST"])
    def post_position() -> dict[str, str]:
        request: Any = app.current_request
        body = request.json_body
        client.update_item(
            TableName="fleet",
            Key={"driver_id": {"S": "driver"}},
            UpdateExpression="SET lat = :a, lon = :o, ts = :t",
            ConditionExpression="attribute_not_exists(ts) OR ts < :t",
            ExpressionAttributeValues={
                ":a": {"N": str(body["lat_deg"])},
                ":o": {"N": str(body["lon_deg"])},
                ":t": {"S": body["recorded_at"]},
            },
        )
        return {"status": "ok"}

    event = _event("/position", {"lat_deg": 60.17, "lon_deg": 24.94, "recorded_at": "2026-11-23"})
    return lambda: app(event, None)


class _Fleet:
    """Drivers on their routes, stored in a stub, and a clock that the benchmark moves."""

    def __init__(self) -> None:
        from bench.stub import Stub  # noqa: PLC0415
        from chalicelib.adapters.dynamodb.fleet.items import LiveItem  # noqa: PLC0415
        from chalicelib.adapters.signing import HmacSigner  # noqa: PLC0415
        from chalicelib.bootstrap.container import configure, container  # noqa: PLC0415

        self.now_at = datetime(2026, 11, 23, 8, tzinfo=UTC)
        configure(clock=self)
        self._signer = HmacSigner(lambda: (b"k" * 32,))
        container().__dict__["signer"] = self._signer  # ours: no key is read
        # One client serves all models. If we installed it for each, it would answer three times.
        Stub().install(LiveItem._get_connection().connection.client)  # noqa: SLF001 (no public way)

    def now(self) -> datetime:
        """The port ``Clock``."""
        return self.now_at

    def batches(self, stops: int) -> Callable[[], object]:
        """A function that posts the next fix of a driver with `stops` remaining stops."""
        from app import app  # noqa: PLC0415
        from chalicelib.adapters.dynamodb.journal import DynamoJournal  # noqa: PLC0415
        from chalicelib.domain.journal.changes import LiveChange, RouteChange  # noqa: PLC0415

        route, live = _under_way(stops, self.now_at)
        DynamoJournal().commit(RouteChange(route, None), LiveChange(live, None))
        payload = {"d": live.driver_id, "e": 1, "x": 4_000_000_000}
        token = f"dst_{self._signer.seal('driver', payload)}"
        lat_deg = route.hub_coordinates.lat_deg

        def batch() -> object:
            nonlocal lat_deg
            self.now_at += timedelta(seconds=1)
            lat_deg += 1e-6
            fix = {"recorded_at": self.now_at.isoformat(), "lat_deg": lat_deg, "lon_deg": 24.94}
            body = {"fixes": [{**fix, "accuracy_m": 5.0}]}
            answer = app(_event("/v1/driver/positions", body, token), None)
            if answer["statusCode"] != 200:
                raise RuntimeError(answer["body"])
            return answer

        return batch


def _under_way(stops: int, now: datetime) -> tuple[Any, Any]:
    """A route with stops a few hundred metres apart, and its driver's live state."""
    from chalicelib.adapters.ids import UlidIds  # noqa: PLC0415
    from chalicelib.domain.driving.forecasts import etas_at_start, stop_times  # noqa: PLC0415
    from chalicelib.domain.driving.live import Live, Progress  # noqa: PLC0415
    from chalicelib.domain.eta.model import FactoryPrior  # noqa: PLC0415
    from chalicelib.domain.geography import Coordinates  # noqa: PLC0415
    from chalicelib.domain.ids import (  # noqa: PLC0415
        DriverId,
        HubId,
        RouteId,
        ShipmentId,
        StopId,
    )
    from chalicelib.domain.routes.routes import Consignment, Route, RouteStatus, Stop  # noqa: PLC0415

    ids = UlidIds()
    hub = Coordinates(60.17, 24.94)
    planned = tuple(
        Stop(
            id=StopId(ids.new("stp")),
            coordinates=Coordinates(60.2 + 0.002 * i, 24.94 + 0.003 * (i % 7)),
            time_zone="Europe/Helsinki",
            consignments=(Consignment(ShipmentId(ids.new("shp")), (f"{i:018d}",)),),
        )
        for i in range(stops)
    )
    route = Route(
        id=RouteId(ids.new("rte")),
        driver_id=DriverId(ids.new("drv")),
        hub_id=HubId(ids.new("hub")),
        hub_coordinates=hub,
        service_day=now.date(),
        starts_at=now,
        stops=planned,
        created_at=now,
        status=RouteStatus.ACTIVE,
        started_at=now,
    )
    model = FactoryPrior()
    etas = etas_at_start(stop_times(route, model, now), range(stops), model, now)
    promised = replace(
        route,
        stops=tuple(
            replace(stop, promise=eta.range.widened_to(timedelta(hours=12)) if eta else None)
            for stop, eta in zip(planned, etas, strict=True)
        ),
    )
    live = Live(
        driver_id=route.driver_id,
        version=1,
        route_id=route.id,
        plan_version=1,
        started_at=now,
        progress=(Progress(has_approached=True),) * stops,  # nothing to tell: steady state
        etas=etas,
    )
    return promised, live


def _event(path: str, body: object, token: str | None = None) -> dict[str, Any]:
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return {
        "requestContext": {"httpMethod": "POST", "resourcePath": path, "path": path},
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "body": json.dumps(body),
        "stageVariables": None,
        "isBase64Encoded": False,
    }
