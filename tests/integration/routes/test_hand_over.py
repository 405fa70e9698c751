"""A van changes hands on the road, over HTTP: drivers, recipients, the office, and its cost."""

from datetime import timedelta
from typing import Any, Final

from chalicelib.domain.ids import DriverId
from local.cloud.capacity import CapacityMeter
from tests.integration.routes.test_edits import aboard, history, long_route, patch, shown
from tests.support.carrier import Carrier, Round, fix, note

MOST_WRU: Final = 30
STOPS: Final = 200
AGES: Final = {"eta_age_s", "poll_after_s"}


def taken_over(van: Round, *, dry: bool = False) -> tuple[Any, str]:
    """The answer to a hand-over to a new driver, and that driver's token."""
    driver_id, token = van.carrier.driver("Liisa")
    assign = {"op": "assign", "driver_id": driver_id}
    return patch(van.carrier, van.route_id, assign, dry=dry), token


def told(van: Round, shipment_id: str) -> dict[str, Any]:
    """What the recipient reads, but for ages."""
    state: dict[str, Any] = van.state(shipment_id).json
    return {name: value for name, value in state.items() if name not in AGES}


def test_the_new_driver_has_the_route_at_once_and_the_recipient_sees_no_jump(
    shared: Carrier,
) -> None:
    van = shared.round(3).loaded().started()
    van.drive(-2_000.0, after_s=300.0)
    before = [told(van, shipment_id) for (shipment_id,) in van.ids]
    assert before[0]["position"]
    own = van.call("GET", "route").json

    dry, _ = taken_over(van, dry=True)
    done, token = taken_over(van)

    new = shared.call("GET", "/v1/driver/route", token=token)
    assert (dry.status, done.status) == (200, 200), done.body
    assert dry.json["driver_id"] != van.driver_id
    assert dry.json["told"] == done.json["told"] == []
    assert {each["id"]: each["eta"] for each in new.json["stops"]} == {
        each["id"]: each["eta"] for each in own["stops"]
    }
    assert van.call("GET", "route").status == 404
    assert [told(van, shipment_id) for (shipment_id,) in van.ids] == before
    after = shown(van).json
    assert after["driver_id"] == done.json["driver_id"]
    assert [each["driver_id"] for each in after["former_drivers"]] == [van.driver_id]
    last = history(shared, van.route_id)["data"][-1]
    assert (last["type"], last["data"]["changes"]) == ("route.changed", ["assign"])
    drivers = (last["data"]["driver_id"], last["data"]["previous_driver_id"])
    assert drivers == (after["driver_id"], van.driver_id)


def test_the_page_follows_the_new_driver_and_a_known_state_is_still_a_304(shared: Carrier) -> None:
    van = shared.round(2).loaded().started()
    van.drive(-2_000.0)
    (shipment_id,) = van.ids[1]
    _, token = taken_over(van)
    first = van.state(shipment_id)
    known = {"If-None-Match": first.headers["ETag"]}
    assert van.state(shipment_id, headers=known).status == 304

    shared.clock.advance(timedelta(seconds=60))
    sent = {"fixes": [fix(shared.clock.now(), -1_500.0)]}
    taken = shared.call("POST", "/v1/driver/positions", sent, token=token)

    moved = van.state(shipment_id, headers=known)
    assert taken.json["accepted"] == 1
    assert moved.status == 200
    assert moved.json["eta"] != first.json["eta"]


def test_what_the_former_driver_sends_late_is_the_routes(shared: Carrier) -> None:
    van = shared.round(2).loaded().started()
    before = shared.clock.now()
    said = van.action()
    shared.clock.advance(timedelta(minutes=10))
    done, token = taken_over(van)
    shared.clock.advance(timedelta(minutes=10))
    after = shared.clock.now() - timedelta(minutes=1)
    fixes = [fix(before + timedelta(minutes=1), -2_500.0), fix(after, -900.0)]

    sent = van.positions(*fixes)
    delivered = van.work(0, "deliver", said)
    again = van.work(0, "deliver", said)

    assert [each["reasons"] for each in sent.json["rejected"]] == [["off_shift"]]
    assert len(van.track()) == 1
    assert (delivered.status, again.body) == (200, delivered.body)
    assert van.shop.get(van.ids[0][0])["status"] == "delivered"
    new = shared.call("GET", "/v1/driver/route", token=token).json
    assert [stop["is_done"] for stop in new["stops"]] == [True, False]
    assert sent.json["plan_version"] == done.json["plan_version"]


def test_only_the_new_driver_writes_to_the_recipient(shared: Carrier) -> None:
    van = shared.round(1).loaded().started()
    _, token = taken_over(van)
    written = {"shipment_id": van.ids[0][0], "action_id": "one", "text": "At the door"}

    new = shared.call("POST", "/v1/driver/messages", written, token=token)
    former = van.call("POST", "messages", written)

    assert (new.status, former.status) == (201, 404), new.body


def test_a_hand_over_of_200_stops_is_one_small_transaction(shared: Carrier) -> None:
    route, _ = long_route(shared)
    aboard(route, 7)
    driver_id, _ = shared.driver()
    _ = shared.dispatcher
    assign = {"op": "assign", "driver_id": driver_id}
    patch(shared, route.id, assign, dry=True)

    with CapacityMeter().watching(*shared.clients()) as meter:
        done = patch(shared, route.id, assign)

    note(
        f"hand-over at {STOPS} stops with one shipment: {dict(meter.calls)},"
        f" {meter.write_units:g} WRU + {meter.read_units:g} RRU"
    )
    assert done.json["driver_id"] == DriverId(driver_id)
    assert meter.write_units <= MOST_WRU
    assert meter.calls["TransactWriteItems"] == 1
