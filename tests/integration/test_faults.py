"""S13–S15: a fault at every DynamoDB call of every write path, and then the same request again.

The answer is a success or a 503 that says when to come back; nothing is half written; the repeat
leads to what would have been without the fault, with every event once and none missing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.ids import ShipmentId
from tests.support.builders import HUB_PLACE, NOON
from tests.support.carrier import Carrier, Reply, Round, Shop, fix, note
from tests.support.depth import DEEP
from tests.support.faults import (
    DYNAMODB_500,
    RESET,
    THROTTLE,
    TRANSACTION_CONFLICT,
    Action,
    Crash,
    Faults,
    ack_lost,
    crash_after,
    crash_before,
)

SDK_TRIES: Final = 3
NEAR_M: Final = -300.0
FAR_M: Final = -8_000.0


@dataclass
class Subject:
    """One write path, ready to be asked for, as often as the client likes."""

    shop: Shop
    ask: Callable[[], Reply]
    van: Round | None = None
    shipment_ids: list[str] = field(default_factory=list)
    also: Callable[[Reply], Any] | None = None
    """More of what a client can tell apart, after this answer."""

    def known(self) -> list[str]:
        """The van's shipments, or the one that the shop may have by now."""
        if self.shipment_ids:
            return [] if self.shipment_ids is NO_SHIPMENTS else self.shipment_ids
        listed = self.shop.carrier.call("GET", "/v1/shipments", token=self.shop.key).json["data"]
        return [shipment["id"] for shipment in listed]

    def picture(self, reply: Reply) -> dict[str, Any]:
        """Everything that a client can tell apart after this answer, without ids."""
        shipments = [self.shop.get(shipment_id) for shipment_id in self.known()]
        seen: dict[str, Any] = {
            "shipments": [(s["status"], s["promise"], s["attempts"]) for s in shipments],
            "events": [self.shop.event_types(s["id"]) for s in shipments],
        }
        if self.van is not None:
            stops = self.van.seen().get("stops", ())  # none are shown when the round is over
            seen["route"] = (
                self.van.route()["status"],
                [(stop["is_done"], stop["eta"]) for stop in stops],
            )
            seen["track"] = self.van.track()
            seen["position"] = self.van.state(self.van.ids[0][0]).json["position"]
        if self.also is not None:
            seen["also"] = self.also(reply)
        return seen

    def assert_whole(self) -> None:
        """State and history say the same: versions and events without a gap."""
        for shipment_id in self.known():
            events = self.shop.events(shipment_id)
            assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
            assert len({event["id"] for event in events}) == len(events)
            assert events[-1]["data"]["status"] == self.shop.get(shipment_id)["status"]


def creation(carrier: Carrier) -> Subject:
    shop = carrier.shop()
    order = shop.order()
    return Subject(shop, lambda: shop.post(order, idempotency_key="order-1"))


def of_van(van: Round, ask: Callable[[], Reply]) -> Subject:
    return Subject(van.shop, ask, van, [s for visit in van.ids for s in visit])


def start(carrier: Carrier) -> Subject:
    van = carrier.round(2, shop=shop_of(carrier)).loaded()
    report = van.action()
    return of_van(van, lambda: van.call("POST", "route/start", report))


def steady_positions(carrier: Carrier) -> Subject:
    van = carrier.round(2, shop=shop_of(carrier)).started()
    sent = fix(carrier.clock.now(), FAR_M)
    return of_van(van, lambda: van.positions(sent))


def telling_positions(carrier: Carrier) -> Subject:
    van = carrier.round(2, shop=shop_of(carrier)).started()
    sent = fix(carrier.clock.now(), NEAR_M)
    return of_van(van, lambda: van.positions(sent))


def at_stop(carrier: Carrier, verb: str, **more: Any) -> Subject:
    van = carrier.round([2], shop=shop_of(carrier)).started()
    report = van.action(**more)
    return of_van(van, lambda: van.work(0, verb, report))


def arrival(carrier: Carrier) -> Subject:
    return at_stop(carrier, "arrive")


def delivery(carrier: Carrier) -> Subject:
    return at_stop(carrier, "deliver")


def failure(carrier: Carrier) -> Subject:
    return at_stop(carrier, "fail", reason="not_home")


def scan(carrier: Carrier) -> Subject:
    van = carrier.round([2], shop=shop_of(carrier))
    codes = [order["parcels"][0]["barcode"] for order in van.orders.values()]
    return of_van(van, lambda: van.scan(*codes))


def with_key(carrier: Carrier, path: str, body: Any, token: str) -> Callable[[], Reply]:
    headers = {"Idempotency-Key": f"{path} {len(SUBJECTS)}"}
    SUBJECTS.append(path)
    return lambda: carrier.call("POST", path, body, token=token, headers=headers)


def plan(carrier: Carrier) -> Subject:
    shop = shop_of(carrier)
    ids = [shop.shipment(stop=i)["id"] for i in range(2)]
    driver_id, token = carrier.driver()
    place = {"lat_deg": HUB_PLACE.lat_deg, "lon_deg": HUB_PLACE.lon_deg}
    hub = {"name": "Pasila", "time_zone": "Europe/Helsinki", **place}
    hub_id = carrier.made("/v1/hubs", hub, carrier.dispatcher)["id"]
    now = carrier.clock.now()
    body = {
        "driver_id": driver_id,
        "hub_id": hub_id,
        "service_day": now.date().isoformat(),
        "starts_at": now.isoformat(),
        "stops": [{"shipment_ids": [shipment_id]} for shipment_id in ids],
    }

    def routes(reply: Reply) -> Any:
        path = f"/v1/routes?service_day={body['service_day']}&hub_id={hub_id}"
        listed = carrier.call("GET", path, token=carrier.dispatcher).json["data"]
        seen = carrier.call("GET", "/v1/driver/route", token=token).json
        owners = {shop.get(shipment_id)["route_id"] for shipment_id in ids}
        is_one = {route["id"] for route in listed} == {seen["id"], reply.json["id"]} == owners
        return is_one, [stop["eta"] for stop in seen["stops"]]

    ask = with_key(carrier, "/v1/routes", body, carrier.dispatcher)
    return Subject(shop, ask, shipment_ids=ids, also=routes)


def taking_back(carrier: Carrier) -> Subject:
    carrier.clock.set_to(NOON)  # the minute below belongs to this van alone
    van = carrier.round(1, shop=shop_of(carrier)).started()
    assert van.work(0, "deliver").status == 200
    carrier.clock.advance(timedelta(minutes=1))
    report = van.action(reason="not_home")
    return of_van(van, lambda: van.work(0, "fail", report))


def session(carrier: Carrier) -> Subject:
    driver_id, _ = carrier.driver()
    path = f"/v1/drivers/{driver_id}/invitations"
    code = carrier.made(path, {}, carrier.dispatcher)["code"]

    def lets_in(reply: Reply) -> Any:
        told = carrier.call("GET", "/v1/driver/route", token=reply.json["token"])
        return told.status, reply.json["driver_id"] == driver_id, reply.json["expires_at"]

    return Subject(
        shop_of(carrier),
        lambda: carrier.call("POST", "/v1/driver/session", {"code": code}),
        shipment_ids=NO_SHIPMENTS,
        also=lets_in,
    )


def webhook(carrier: Carrier) -> Subject:
    shop = carrier.shop()
    ask = with_key(carrier, "/v1/webhooks", {"url": "http://127.0.0.1:9/hook"}, shop.key)

    def endpoints(reply: Reply) -> Any:
        listed = carrier.call("GET", "/v1/webhooks", token=shop.key).json["data"]
        return [each["id"] == reply.json["id"] for each in listed]

    return Subject(shop, ask, also=endpoints)


def invitation(carrier: Carrier) -> Subject:
    driver_id, _ = carrier.driver()
    ask = with_key(carrier, f"/v1/drivers/{driver_id}/invitations", {}, carrier.dispatcher)

    def codes(reply: Reply) -> Any:
        told = carrier.call("POST", "/v1/driver/session", {"code": reply.json["code"]})
        rows = [row for row in carrier.rows("accounts") if row["item"]["S"] == "INVITATION"]
        return told.status, sum(driver_id in row["document"]["S"] for row in rows)

    return Subject(shop_of(carrier), ask, shipment_ids=NO_SHIPMENTS, also=codes)


def hand_over(carrier: Carrier) -> Subject:
    van = carrier.round(1, shop=shop_of(carrier)).started()
    driver_id, token = carrier.driver()
    body = {"operations": [{"op": "assign", "driver_id": driver_id}]}
    path, headers = f"/v1/routes/{van.route_id}", {"If-Match": "*"}

    def ask() -> Reply:
        return carrier.call("PATCH", path, body, token=carrier.dispatcher, headers=headers)

    def drivers(_: Reply) -> Any:
        stops = carrier.call("GET", "/v1/driver/route", token=token).json["stops"]
        former = [each["driver_id"] == van.driver_id for each in van.route()["former_drivers"]]
        key = ShipmentId(van.ids[0][0])
        assigned = bootstrap.container().adapters.shipments.get(key).assignment
        is_noted = assigned is not None and assigned.driver_id == driver_id
        return len(stops), former, is_noted, van.call("GET", "route").status

    subject = of_van(van, ask)
    return replace(subject, also=drivers)


SHOPS: Final[dict[int, Shop]] = {}
SUBJECTS: Final[list[str]] = []
NO_SHIPMENTS: Final = ["none"]
"""Of a subject that is not about shipments."""


def shop_of(carrier: Carrier) -> Shop:
    """One shop for all vans: who sends is not what this is about."""
    return SHOPS.setdefault(id(carrier), carrier.shop())


PATHS: Final = (
    creation,
    plan,
    scan,
    start,
    steady_positions,
    telling_positions,
    arrival,
    delivery,
    failure,
    taking_back,
    session,
    webhook,
    invitation,
    hand_over,
)
ONCE: Final[dict[str, Action]] = {
    "answer lost": ack_lost,
    "crash before": crash_before,
    "crash after": crash_after,
}
LASTING: Final[dict[str, Action]] = {
    "throttle": THROTTLE,
    "500": DYNAMODB_500,
    "reset": RESET,
    "answers lost": ack_lost,
}


@pytest.fixture
def carrier(shared: Carrier, impatient: None) -> Iterator[Carrier]:
    yield shared
    SHOPS.pop(id(shared), None)


def plans(path: Callable[[Carrier], Subject], carrier: Carrier) -> Iterator[tuple[str, int]]:
    """Every call of the path, as operation and its number."""
    subject = path(carrier)
    with Faults().on(*carrier.clients()) as counting:
        assert subject.ask().status in {200, 201}
    for (_, operation), count in sorted(counting.calls.items()):
        yield from ((operation, number) for number in range(1, count + 1))


def asked(subject: Subject, carrier: Carrier, plan: Faults) -> Reply | None:
    """The answer under these faults; None when the sandbox died."""
    with plan.on(*carrier.clients()):
        try:
            return subject.ask()
        except Crash:
            return None


def assert_converges(subject: Subject, reply: Reply | None, wanted: Mapping[str, Any]) -> None:
    if reply is not None and reply.status not in {200, 201}:
        assert reply.status == 503, reply.body
        assert int(reply.headers["Retry-After"]) >= 1
        assert reply.code == "unavailable"
    subject.assert_whole()
    repeated = subject.ask()
    assert repeated.status in {200, 201}, repeated.body
    subject.assert_whole()
    assert subject.picture(repeated) == wanted


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_s13_s14_a_fault_at_any_call_leads_to_the_same_end(
    carrier: Carrier, path: Callable[[Carrier], Subject]
) -> None:
    undisturbed = path(carrier)
    reply = undisturbed.ask()
    assert reply.status in {200, 201}
    wanted, schedules = undisturbed.picture(reply), 0

    for place, (operation, number) in enumerate(plans(path, carrier)):
        for name in faults_at(PATHS.index(path) + place):
            tries = 1 if name in ONCE else SDK_TRIES
            action = (ONCE | LASTING)[name]
            plan = {("dynamodb", operation, number + i): action for i in range(tries)}
            subject, faults = path(carrier), Faults(plan=plan)

            answer = asked(subject, carrier, faults)

            note(f"{operation} {number}: {name}")
            assert_converges(subject, answer, wanted)
            schedules += bool(faults.log)  # a cache may have saved the call
    note(f"{path.__name__}: {schedules} schedules, all converge")
    assert schedules


def faults_at(place: int) -> list[str]:
    """Crashes and errors by turns, one at every call; all of them in the deep run."""
    names = [*ONCE, *LASTING]
    return names if DEEP else [names[place % len(names)]]


@pytest.mark.parametrize(
    "path",
    [creation, start, telling_positions, delivery],
    ids=lambda path: path.__name__,
)
def test_s15_a_collision_is_tried_again_and_in_the_end_refused_for_now(
    carrier: Carrier, path: Callable[[Carrier], Subject]
) -> None:
    undisturbed, once, always = path(carrier), path(carrier), path(carrier)
    wanted = undisturbed.picture(undisturbed.ask())
    one = Faults(plan={("dynamodb", "TransactWriteItems", 1): TRANSACTION_CONFLICT})
    all_of_them = {
        ("dynamodb", "TransactWriteItems", n): TRANSACTION_CONFLICT for n in range(1, 100)
    }
    many = Faults(plan=all_of_them)

    healed = asked(once, carrier, one)
    refused = asked(always, carrier, many)

    assert healed is not None
    assert healed.status in {200, 201}
    assert once.picture(healed) == wanted
    assert refused is not None
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert len(many.log) <= 5
    assert_converges(always, refused, wanted)


def test_o7_while_everything_is_throttled_reads_and_writes_say_when_to_come_back(
    carrier: Carrier,
) -> None:
    van = carrier.round(1, shop=shop_of(carrier)).started()
    (shipment_id,) = van.ids[0]
    before = carrier.everything()

    with Faults(outage={"dynamodb": THROTTLE}).on(*carrier.clients()):
        replies = [
            van.positions(fix(carrier.clock.now(), FAR_M)),
            van.work(0, "deliver"),
            van.start(),
            van.shop.post(van.shop.order()),
            van.state(shipment_id),
            carrier.call("GET", f"/v1/shipments/{shipment_id}", token=van.shop.key),
            carrier.call("GET", "/v1/drivers", token=carrier.dispatcher),
            carrier.call("GET", f"/v1/routes/{van.route_id}", token=carrier.dispatcher),
        ]

    assert {reply.status for reply in replies} == {503}
    assert all(int(reply.headers["Retry-After"]) >= 1 for reply in replies)
    assert carrier.everything() == before
    assert van.shop.get(ShipmentId(shipment_id))["status"] == "out_for_delivery"
