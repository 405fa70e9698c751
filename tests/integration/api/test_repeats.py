"""Repeats under an Idempotency-Key: for every POST, the same bytes and no second effect."""

import collections
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from moto.core.models import botocore_stubber

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Role
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.addresses import Placement
from chalicelib.edge.bodies import FORM
from chalicelib.services.repeats import LEASE
from tests.support.carrier import Carrier, Reply, Round, fix, note
from tests.support.declarations import DECLARATIONS
from tests.support.depth import times
from tests.support.faults import (
    DYNAMODB_500,
    THROTTLE,
    TRANSACTION_CONFLICT,
    Crash,
    Faults,
    crash_after,
)

DESKS: Final = itertools.count(1)
REPLAYS: Final = times(quick=60, deep=1_000)
GROUP: Final = 10
RECENT: Final = 150
"""Their keys are less than a day old."""
POSTS: Final = {path for (method, path), d in DECLARATIONS.items() if d.is_idempotent}


@dataclass
class Ask:
    """A request that somebody may make, and one of the same kind with another body."""

    carrier: Carrier
    path: str
    body: Any
    token: str
    other: Any = field(default_factory=dict)
    number: int = field(default_factory=count().__next__)
    """Part of its keys: many a dispatcher asks here with one and the same token."""

    def __call__(self, key: str = "key-1", body: Any = None) -> Reply:
        headers = {"Idempotency-Key": f"{key} {self.number}"}
        sent = self.body if body is None else body
        return self.carrier.call("POST", self.path, sent, token=self.token, headers=headers)


def shipper(carrier: Carrier) -> Ask:
    body = {"name": "Kirjakauppa"}
    return Ask(carrier, "/v1/shippers", body, carrier.admin, {"name": "Another"})


def key(carrier: Carrier) -> Ask:
    body = {"role": "dispatcher", "label": f"desk {next(DESKS)}"}  # two live keys a label
    return Ask(carrier, "/v1/keys", body, carrier.admin, body | {"label": "another"})


def member(carrier: Carrier) -> Ask:
    body = {"name": "A", "email": f"a{next(DESKS)}@example.com", "role": "manager"}
    return Ask(carrier, "/v1/members", body, carrier.admin, body | {"name": "B"})


def of_member(verb: str) -> Callable[[Carrier], Ask]:
    def made(carrier: Carrier) -> Ask:
        path = f"/v1/members/{carrier.signed_in(Role.MANAGER).member_id}/{verb}"
        return Ask(carrier, path, None, carrier.admin)

    return made


def hub(carrier: Carrier) -> Ask:
    place = {"lat_deg": 60.2, "lon_deg": 24.9}
    body = {"name": "Pasila", "time_zone": "Europe/Helsinki", **place}
    return Ask(carrier, "/v1/hubs", body, carrier.dispatcher, body | {"name": "Another"})


def driver(carrier: Carrier) -> Ask:
    return Ask(carrier, "/v1/drivers", {"name": "A"}, carrier.dispatcher, {"name": "B"})


def team(carrier: Carrier) -> Ask:
    return Ask(carrier, "/v1/teams", {"name": "A"}, carrier.dispatcher, {"name": "B"})


def vehicle(carrier: Carrier) -> Ask:
    return Ask(carrier, "/v1/vehicles", {"name": "A"}, carrier.dispatcher, {"name": "B"})


def sign_out(carrier: Carrier) -> Ask:
    driver_id, _ = carrier.driver()
    return Ask(carrier, f"/v1/drivers/{driver_id}/sign-out", None, carrier.dispatcher)


def invitation(carrier: Carrier) -> Ask:
    driver_id, _ = carrier.driver()
    return Ask(carrier, f"/v1/drivers/{driver_id}/invitations", {}, carrier.dispatcher)


def device(carrier: Carrier) -> Ask:
    driver_id, _ = carrier.driver()
    path = f"/v1/drivers/{driver_id}/devices"
    return Ask(carrier, path, {"label": "one"}, carrier.dispatcher, {"label": "another"})


def concern(carrier: Carrier) -> Ask:
    van = carrier.round(1).started()
    assert van.work(0, "deliver", van.action()).status == 200
    link = urlsplit(van.orders[van.ids[0][0]]["tracking_url"]).path
    form = {"Content-Type": FORM}
    assert carrier.call("POST", f"{link}/rating", b"stars=1", headers=form).status == 303
    body = {"shipment_id": van.ids[0][0], "kind": "low_rating"}
    other = body | {"shipment_id": "shp_" + "0" * 26}
    return Ask(carrier, "/v1/attention/close", body, carrier.dispatcher, other)


def file_import(carrier: Carrier) -> Ask:
    body = {"file_name": "july.csv"}
    return Ask(carrier, "/v1/imports", body, carrier.shop().key, {"file_name": "august.csv"})


def webhook(carrier: Carrier) -> Ask:
    body = {"url": "http://127.0.0.1:9/hook"}
    other = body | {"event_types": ["shipment.delivered"]}
    return Ask(carrier, "/v1/webhooks", body, carrier.shop().key, other)


def shipment(carrier: Carrier) -> Ask:
    shop = carrier.shop()
    return Ask(carrier, "/v1/shipments", shop.order(), shop.key, shop.order())


def batch(carrier: Carrier) -> Ask:
    shop = carrier.shop()
    body = {"shipments": [shop.order(), shop.order()]}
    return Ask(carrier, "/v1/shipments/batch", body, shop.key, {"shipments": [shop.order()]})


def place(carrier: Carrier) -> Ask:
    shipment_id = ShipmentId(carrier.shop().shipment()["id"])
    adapters = bootstrap.container().adapters
    found = adapters.shipments.get(shipment_id)
    rough = replace(
        found,
        address=replace(found.address, placement=Placement.ROUGH),
        version=found.version + 1,
        details_version=found.version + 1,
    )
    adapters.journal.commit(ShipmentChange(rough, (), found.version))
    body = {"lat_deg": 60.2, "lon_deg": 24.9}
    path = f"/v1/shipments/{shipment_id}/place"
    return Ask(carrier, path, body, carrier.dispatcher, body | {"lat_deg": 60.3})


def link(carrier: Carrier) -> Ask:
    shop = carrier.shop()
    return Ask(carrier, f"/v1/shipments/{shop.shipment()['id']}/links", {}, shop.key)


def plan(carrier: Carrier) -> Ask:
    shop = carrier.shop()
    ids = [shop.shipment(stop=i)["id"] for i in range(3)]
    driver_id, _ = carrier.driver()
    now = carrier.clock.now()
    body = {
        "driver_id": driver_id,
        "hub_id": carrier.hub_id,
        "service_day": now.date().isoformat(),
        "starts_at": now.isoformat(),
        "stops": [{"shipment_ids": [shipment_id]} for shipment_id in ids],
    }
    return Ask(carrier, "/v1/routes", body, carrier.dispatcher, body | {"stops": body["stops"][:2]})


def suggestion(carrier: Carrier) -> Ask:
    shipment_id = carrier.shop().shipment(stop=0)["id"]
    now = carrier.clock.now()
    body = {
        "hub_id": carrier.hub_id,
        "service_day": now.date().isoformat(),
        "vans": [{"starts_at": now.isoformat()}],
        "shipment_ids": [shipment_id],
    }
    path = "/v1/routes/suggestions"
    return Ask(carrier, path, body, carrier.dispatcher, body | {"shipment_ids": []})


def start(carrier: Carrier) -> Ask:
    van = carrier.round(1).loaded()
    return Ask(carrier, f"/v1/routes/{van.route_id}/start", None, carrier.dispatcher)


def end(how: str) -> Callable[[Carrier], Ask]:
    def ask(carrier: Carrier) -> Ask:
        van = carrier.round(1).started()
        return Ask(carrier, f"/v1/routes/{van.route_id}/{how}", None, carrier.dispatcher)

    return ask


def move(carrier: Carrier) -> Ask:
    van, other = carrier.round(2), carrier.round(1)
    body = {
        "stop_id": van.stop_ids[0],
        "plan_version": 1,
        "to_route_id": other.route_id,
        "to_plan_version": 1,
    }
    path = f"/v1/routes/{van.route_id}/moves"
    return Ask(carrier, path, body, carrier.dispatcher, body | {"stop_id": van.stop_ids[1]})


def of_van(van: Round, path: str, body: Any, **other: Any) -> Ask:
    return Ask(van.carrier, f"/v1/driver/{path}", body, van.token, body | other)


def message(carrier: Carrier) -> Ask:
    van = carrier.round(1).loaded()
    path = f"/v1/shipments/{van.ids[0][0]}/messages"
    return Ask(carrier, path, {"text": "one"}, van.shop.key, {"text": "another"})


def driver_message(carrier: Carrier) -> Ask:
    van = carrier.round(1).loaded()
    body = {"action_id": "one", "shipment_id": van.ids[0][0], "text": "one"}
    return of_van(van, "messages", body, text="another")


def driver_seen(carrier: Carrier) -> Ask:
    van = carrier.round(1).loaded()
    path = f"/v1/shipments/{van.ids[0][0]}/messages"
    found = carrier.made(path, {"text": "one"}, van.shop.key)
    body = {"shipment_id": van.ids[0][0], "message_id": found["id"]}
    return of_van(van, "messages/seen", body, message_id="msg_" + "0" * 26)


def driver_start(carrier: Carrier) -> Ask:
    van = carrier.round(1).loaded()
    return of_van(van, "route/start", van.action(), action_id="another")


def scans(carrier: Carrier) -> Ask:
    van = carrier.round(1)
    ((order),) = van.orders.values()
    scan = {"barcode": order["parcels"][0]["barcode"], "action_id": "one"}
    scan["scanned_at"] = carrier.clock.now().isoformat()
    return of_van(van, "scans", {"scans": [scan]}, scans=[scan | {"action_id": "another"}])


def positions(carrier: Carrier) -> Ask:
    van = carrier.round(1).started()
    sent, other = (fix(carrier.clock.now(), way_m) for way_m in (-900.0, -800.0))
    return of_van(van, "positions", {"fixes": [sent]}, fixes=[other])


def proof(carrier: Carrier) -> Ask:
    van = carrier.round(1).started()
    body = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": 9}
    return of_van(van, "proofs", body | {"shipment_id": van.ids[0][0]}, size_bytes=10)


def stop(verb: str, **more: Any) -> Callable[[Carrier], Ask]:
    def ask(carrier: Carrier) -> Ask:
        van = carrier.round(1).started()
        path = f"stops/{van.stop_ids[0]}/{verb}"
        return of_van(van, path, van.action(**more), action_id="another")

    return ask


Make = Callable[[Carrier], Ask]


def act(verb: str, body: Any, *before: tuple[str, dict[str, Any]], **other: Any) -> Make:
    """A dispatcher's act on a shipment, after reports of its stop."""

    def ask(carrier: Carrier) -> Ask:
        van = carrier.round(1).started() if before else carrier.round(1)
        for report, more in before:
            assert van.work(0, report, van.action(**more)).status == 200
        path = f"/v1/shipments/{van.ids[0][0]}/{verb}"
        return Ask(carrier, path, body, carrier.dispatcher, other)

    return ask


def returned(carrier: Carrier) -> Ask:
    sent_back = act("return", {}, FAILED)(carrier)
    assert sent_back().status == 200
    path = sent_back.path.replace("return", "returned")
    return Ask(carrier, path, None, carrier.dispatcher)


def hub_scans(carrier: Carrier) -> Ask:
    driver_scans = scans(carrier)
    path = f"/v1/hubs/{carrier.hub_id}/scans"
    return Ask(carrier, path, driver_scans.body, carrier.dispatcher, driver_scans.other)


def unloads(carrier: Carrier) -> Ask:
    van = carrier.round(1).loaded()
    ((order),) = van.orders.values()
    scan = {"barcode": order["parcels"][0]["barcode"], "action_id": "one"}
    scan["scanned_at"] = carrier.clock.now().isoformat()
    return of_van(van, "unloads", {"scans": [scan]}, scans=[scan | {"action_id": "another"}])


FAILED: Final = ("fail", {"reason": "not_home"})
CORRECTION: Final = {"outcome": "none", "explanation": "Another stop was meant"}
ASKS: Final[dict[str, Callable[[Carrier], Ask]]] = {
    "/v1/shippers": shipper,
    "/v1/keys": key,
    "/v1/members": member,
    "/v1/members/{member_id}/invitation": of_member("invitation"),
    "/v1/members/{member_id}/sign-out": of_member("sign-out"),
    "/v1/hubs": hub,
    "/v1/teams": team,
    "/v1/vehicles": vehicle,
    "/v1/drivers": driver,
    "/v1/drivers/{driver_id}/sign-out": sign_out,
    "/v1/drivers/{driver_id}/invitations": invitation,
    "/v1/drivers/{driver_id}/devices": device,
    "/v1/attention/close": concern,
    "/v1/imports": file_import,
    "/v1/webhooks": webhook,
    "/v1/shipments": shipment,
    "/v1/shipments/{shipment_id}/cancel": act("cancel", {}, reason="another"),
    "/v1/shipments/{shipment_id}/retry": act(
        "retry", {}, FAILED, window={"start": "2026-11-25", "end": "2026-11-25"}
    ),
    "/v1/shipments/{shipment_id}/return": act("return", {}, FAILED, reason="another"),
    "/v1/shipments/{shipment_id}/returned": returned,
    "/v1/shipments/{shipment_id}/corrections": act(
        "corrections", CORRECTION, ("deliver", {}), **CORRECTION | {"explanation": "another"}
    ),
    "/v1/hubs/{hub_id}/scans": hub_scans,
    "/v1/driver/unloads": unloads,
    "/v1/shipments/batch": batch,
    "/v1/shipments/{shipment_id}/place": place,
    "/v1/shipments/{shipment_id}/links": link,
    "/v1/routes": plan,
    "/v1/routes/suggestions": suggestion,
    "/v1/routes/{route_id}/start": start,
    "/v1/routes/{route_id}/cancel": end("cancel"),
    "/v1/routes/{route_id}/complete": end("complete"),
    "/v1/routes/{route_id}/moves": move,
    "/v1/driver/route/start": driver_start,
    "/v1/driver/scans": scans,
    "/v1/driver/positions": positions,
    "/v1/driver/messages": driver_message,
    "/v1/driver/messages/seen": driver_seen,
    "/v1/shipments/{shipment_id}/messages": message,
    "/v1/driver/proofs": proof,
    "/v1/driver/stops/{stop_id}/arrive": stop("arrive"),
    "/v1/driver/stops/{stop_id}/deliver": stop("deliver"),
    "/v1/driver/stops/{stop_id}/fail": stop("fail", reason="not_home"),
}


@pytest.fixture(params=ASKS)
def ask(request: pytest.FixtureRequest, shared: Carrier) -> Ask:
    made: Ask = ASKS[request.param](shared)
    return made


def test_every_post_of_somebody_whom_we_know_is_here() -> None:
    assert set(ASKS) == POSTS


def test_a_repeat_gets_the_same_bytes_and_has_no_effect(ask: Ask, impatient: None) -> None:
    with Faults(outage={"dynamodb": THROTTLE}).on(*ask.carrier.clients()):
        failed = ask()
    first = ask()
    ask.carrier.clock.advance(timedelta(minutes=7))
    ask.carrier.rewire()
    before = ask.carrier.everything()

    again = [ask() for _ in range(2)]
    other = ask(body=ask.other)

    assert failed.status == 503, "and that is not kept"
    assert first.status in {200, 201, 204}, first.body
    assert "Idempotency-Replayed" not in first.headers
    assert {reply.headers["Idempotency-Replayed"] for reply in again} == {"true"}
    assert {(reply.status, reply.body) for reply in again} == {(first.status, first.body)}
    for name in ("Content-Type", "Cache-Control"):
        assert {reply.headers[name] for reply in again} == {first.headers[name]}
    if ask.other:
        assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert ask.carrier.everything() == before


def test_the_same_key_at_another_address_is_another_request(shared: Carrier) -> None:
    asks = [hub(shared), driver(shared), invitation(shared), invitation(shared)]
    headers = {"Idempotency-Key": "everywhere the same"}

    replies = [
        shared.call("POST", ask.path, ask.body, token=ask.token, headers=headers) for ask in asks
    ]

    assert {reply.status for reply in replies} == {201}
    assert len({reply.body for reply in replies}) == 4


def test_answers_with_secrets_are_not_kept_in_the_clear(shared: Carrier) -> None:
    secrets = [key(shared)("s").json["key"], invitation(shared)("s").json["code"]]
    secrets.append(webhook(shared)("s").json["secret"])

    kept = repr(shared.rows("ledger"))

    assert len(kept) > 1_000
    assert [secret for secret in secrets if secret in kept] == []


@pytest.mark.parametrize("path", ["/v1/routes/{route_id}/start", "/v1/driver/scans"])
def test_while_a_request_runs_its_repeat_is_told_when_to_come_back(
    shared: Carrier, path: str
) -> None:
    ask = ASKS[path](shared)
    claimed_and_gone = Faults(plan={("dynamodb", "PutItem", 1): crash_after})
    with pytest.raises(Crash), claimed_and_gone.on(*shared.clients()):
        ask()

    running = ask()
    assert (running.status, running.code) == (409, "request_running")
    wait_s = int(running.headers["Retry-After"])
    assert 1 <= wait_s <= LEASE.total_seconds()
    shared.clock.advance(timedelta(seconds=wait_s))
    assert ask().status in {200, 201}
    assert ask().headers["Idempotency-Replayed"] == "true"


def test_a_refusal_is_judged_anew(shared: Carrier) -> None:
    van = shared.round(1)
    ask = Ask(shared, f"/v1/routes/{van.route_id}/start", None, shared.dispatcher)

    refused = ask()
    van.loaded()
    started = ask()

    assert (refused.status, refused.code) == (409, "nothing_loaded")
    assert started.status == 200
    assert "Idempotency-Replayed" not in started.headers


def test_who_mends_a_refused_body_keeps_the_key(shared: Carrier) -> None:
    van = shared.round(1).started()
    ask = of_van(van, f"stops/{van.stop_ids[0]}/deliver", van.action(barcodes=["4006381333931"]))
    ((order),) = van.orders.values()
    mended = ask.body | {"barcodes": [parcel["barcode"] for parcel in order["parcels"]]}

    refused = ask()
    delivered = ask(body=mended)
    again = ask(body=mended)
    late = ask()

    assert (refused.status, refused.code) == (422, "invalid")
    assert delivered.status == 200, delivered.body
    assert (again.status, again.body) == (200, delivered.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (late.status, late.code) == (422, "idempotency_key_reused")


def test_after_a_failure_the_key_stays_with_its_body(shared: Carrier, impatient: None) -> None:
    van = shared.round(1).started()
    ask = of_van(van, f"stops/{van.stop_ids[0]}/fail", van.action(reason="not_home"))
    writes = {("dynamodb", "TransactWriteItems", number): DYNAMODB_500 for number in range(1, 40)}

    with Faults(plan=writes).on(*shared.clients()):
        failed = ask()
    other = ask(body=ask.body | {"reason": "refused"})

    assert failed.status == 503
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert ask().status == 200


@pytest.mark.parametrize("path", ["/v1/hubs", "/v1/webhooks", "/v1/drivers"])
def test_who_meets_a_rivals_transaction_is_told_when_to_come_back(
    shared: Carrier, path: str
) -> None:
    ask = ASKS[path](shared)
    met = Faults(plan={("dynamodb", "TransactWriteItems", 1): TRANSACTION_CONFLICT})

    with met.on(*shared.clients()):
        collided = ask()

    assert (collided.status, collided.code) == (409, "request_running")
    assert int(collided.headers["Retry-After"]) >= 1
    assert ask().status == 201


def rivals(ask: Ask, at_call: tuple[str, int]) -> tuple[Reply, list[Reply]]:
    """The answer to a request, and that to the same one sent while the first makes this call."""
    met: list[Reply] = []

    def meanwhile(request: Any) -> Any:
        met.append(ask())
        return botocore_stubber("before-send", request)

    operation, number = at_call
    faults = Faults(plan={("dynamodb", operation, number): meanwhile})
    with faults.on(*ask.carrier.clients()):
        return ask(), met


@pytest.mark.parametrize("path", ["/v1/shipments", "/v1/webhooks", "/v1/routes", "/v1/drivers"])
def test_two_at_once_under_one_key_have_one_effect_and_one_answer(
    shared: Carrier, path: str, impatient: None
) -> None:
    plain = ASKS[path](shared)
    with Faults().on(*shared.clients()) as counting:
        plain()
    for (_, operation), calls in sorted(counting.calls.items()):
        for number in range(1, calls + 1):
            ask = ASKS[path](shared)
            first, met = rivals(ask, (operation, number))
            last = ask()

            assert last.headers.get("Idempotency-Replayed") == "true", (first, met, last)
            told = {reply.body for reply in (first, *met) if reply.status == 201}
            assert told == {last.body}, (operation, number)
            assert {reply.status for reply in (first, *met)} <= {201, 409, 503}


def test_random_replays_over_all_routes_are_the_same_bytes_and_have_no_effect(
    shared: Carrier,
) -> None:
    """Ten at a time, of any earlier requests in any order, later and by new containers."""
    rnd = random.Random(random.getrandbits(32))  # by the seed of the run
    answered: list[tuple[str, Ask, Reply]] = []
    replayed = collections.Counter[str]()
    waiting = sorted(ASKS)
    while replayed.total() < REPLAYS:
        for route in waiting[:GROUP] or rnd.sample(sorted(ASKS), 1):
            asked = ASKS[route](shared)
            first = asked()
            assert first.status in {200, 201, 204}, first.body
            answered.append((route, asked, first))
        waiting = waiting[GROUP:]
        shared.clock.advance(timedelta(minutes=rnd.randint(0, 4)))
        if rnd.random() < 0.3:
            shared.rewire()
        before = shared.everything()

        for route, asked, first in rnd.choices(answered[-RECENT:], k=GROUP):
            again = asked()
            assert again.headers.get("Idempotency-Replayed") == "true", route
            assert (again.status, again.body) == (first.status, first.body), route
            replayed[route] += 1

        assert shared.everything() == before

    note(f"{replayed.total()} replays over {len(replayed)} of {len(ASKS)} routes, none with effect")
    assert not waiting
