"""One batch of positions, from the API event to the answer, against the smallest view that writes.

The design allows 3.5 times the CPU of a Chalice view that does one conditional UpdateItem.
Everything runs as deployed, with its line in the log, but the log is written to nowhere and
DynamoDB is a dictionary: once in this process, once behind a socket.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.figures import Row, in_turns
from bench.stub_server import running
from infra.template import LOCAL_REGION, Stack

BASELINE = "one conditional UpdateItem"
TABLES = ("shipments", "routes", "fleet", "accounts", "travel", "ledger")
FAKE = Stack("dev").environment() | {f"{name.upper()}_TABLE": name for name in TABLES}
FAKE |= {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": LOCAL_REGION,
}


def measure(stops: tuple[int, ...] = (10, 50, 120, 200)) -> list[Row]:
    """CPU of a warm batch of one fix, and of a look at a recipient's state, as ratios.

    Once answered from memory, and once by a server in another process: what urllib3 and the socket
    take counts for the smallest view as it does for ours.
    """
    os.environ.update(FAKE)
    rows = _ratios("stub", stops)
    with running() as address:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = address
        rows += _ratios("socket", stops)
        del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    return rows


def _ratios(through: str, stops: tuple[int, ...]) -> list[Row]:
    fleet = _Fleet(is_stubbed=through == "stub")
    contenders: dict[str, Callable[[], object]] = {BASELINE: _baseline(through == "stub")}
    for count in stops:
        contenders[f"positions, {count} stops"] = fleet.batches(count)
    fresh, unchanged = fleet.looks(120)
    contenders["state, fresh, 120 stops"] = fresh
    contenders["state, 304, 120 stops"] = unchanged
    with _log_to_nowhere():
        figures = in_turns(contenders, rounds=15, repeats=20)
    return [
        {"through": through, "view": name, "cpu_us": round(us), "ratio": us / figures[BASELINE]}
        for name, us in figures.items()
    ]


@contextmanager
def _log_to_nowhere() -> Iterator[None]:
    """A log line costs what it costs, and the table is all that is to be read."""
    from chalicelib.observability import logger  # noqa: PLC0415 (after the environment is set)

    with Path(os.devnull).open("w") as nowhere:
        handler: Any = logger.registered_handler
        before = handler.setStream(nowhere)
        try:
            yield
        finally:
            handler.setStream(before)


def _baseline(is_stubbed: bool) -> Callable[[], object]:  # noqa: FBT001
    import botocore.session  # noqa: PLC0415 (after the environment is set)
    from chalice.app import Chalice  # noqa: PLC0415

    from bench.stub import Stub  # noqa: PLC0415

    client: Any = botocore.session.get_session().create_client("dynamodb")
    if is_stubbed:
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
    """Drivers on their routes, kept in a stub; a clock that the benchmark moves."""

    def __init__(self, *, is_stubbed: bool) -> None:
        from bench.stub import Stub  # noqa: PLC0415
        from chalicelib.adapters.dynamodb.item import forget_client, shared_client  # noqa: PLC0415
        from chalicelib.adapters.signing import HmacSigner  # noqa: PLC0415
        from chalicelib.bootstrap.container import configure, container  # noqa: PLC0415

        self.now_at = datetime(2026, 11, 23, 8, tzinfo=UTC)
        configure(clock=self)
        self._signer = HmacSigner(lambda: (b"k" * 32,))
        adapters = container().adapters
        adapters.__dict__["signer"] = self._signer  # ours: no key is read
        _ = adapters.fleet  # binds the tables
        forget_client()  # its endpoint is another one now
        if is_stubbed:
            Stub().install(shared_client())

    def now(self) -> datetime:
        """The port ``Clock``."""
        return self.now_at

    def batches(self, stops: int) -> Callable[[], object]:
        """A call that posts the next fix of a driver with so many stops to go."""
        from app import app  # noqa: PLC0415
        from chalicelib.adapters.dynamodb.journal import DynamoJournal  # noqa: PLC0415
        from chalicelib.domain.journal.changes import LiveChange, RouteChange  # noqa: PLC0415

        route, live = _under_way(stops, self.now_at)
        DynamoJournal(self.now).commit(RouteChange(route, None), LiveChange(live, None))
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

    def looks(self, stops: int) -> tuple[Callable[[], object], Callable[[], object]]:
        """Calls that ask for a recipient's state: one who knows nothing of it, one who knows it."""
        from app import app  # noqa: PLC0415
        from bench.recipients import travelling  # noqa: PLC0415
        from chalicelib.adapters.dynamodb.journal import DynamoJournal  # noqa: PLC0415
        from chalicelib.bootstrap.container import container  # noqa: PLC0415
        from chalicelib.domain.journal.changes import AccountAdded, LiveChange, ShipmentChange  # noqa: PLC0415

        route, live = _under_way(stops, self.now_at)
        shipper, shipment, events = travelling(route, self.now_at)
        container().adapters.journal.commit(AccountAdded(shipper))
        journal = DynamoJournal(self.now)
        journal.commit(ShipmentChange(shipment, events, None), LiveChange(live, None))
        link = self._signer.tracking_token(shipment.id, shipment.link_generation)

        looked_at = self.now_at

        def look(tag: str | None, status: int) -> dict[str, Any]:
            self.now_at, later = looked_at, self.now_at  # batches move the clock on
            answer: dict[str, Any] = app(_look(link, tag), None)
            self.now_at = later
            if answer["statusCode"] != status:
                raise RuntimeError(answer["body"])
            return answer

        tag = look(None, 200)["headers"]["ETag"]
        return lambda: look(None, 200), lambda: look(tag, 304)


def _look(link: str, tag: str | None) -> dict[str, Any]:
    headers = {"if-none-match": tag} if tag else {}
    path = "/t/{token}/state"
    return {
        "requestContext": {"httpMethod": "GET", "resourcePath": path, "path": f"/t/{link}/state"},
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": {"lang": ["en"]},
        "pathParameters": {"token": link},
        "body": None,
        "stageVariables": None,
        "isBase64Encoded": False,
    }


def _under_way(stops: int, now: datetime) -> tuple[Any, Any]:
    """A route of so many stops scattered over a town, and its driver's live state."""
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

    ids, chance = UlidIds(), Random(stops)
    hub = Coordinates(60.17, 24.94)
    planned = tuple(
        Stop(
            id=StopId(ids.new("stp")),
            number=i,
            coordinates=Coordinates(60.18 + 0.05 * chance.random(), 24.9 + 0.1 * chance.random()),
            service_time_s=chance.choice([None, 45.0, 60.0, 120.0, 300.0]),
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
