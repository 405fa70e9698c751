"""Each thing that a recipient may change, while a driver reports or a dispatcher plans: one winner.

Nothing is half-done: the history has no gaps, and who came too late is told so.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import TooLateToChange, Unavailable
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.edits import Remove
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.redirects import RedirectOrder
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.versions import Expected
from chalicelib.domain.wishes.wishes import (
    Absence,
    Access,
    Neighbour,
    SafePlace,
    Spot,
    WishesOrder,
)
from chalicelib.services.routes.edit_route import EditOrder
from tests.support.carrier import Carrier, Round, stop_place
from tests.support.depth import times
from tests.support.interleaving import Interleaving

OWN: Final = 1
OTHER: Final = 2
OFFICE: Final = Actor(Role.DISPATCHER, "key_1")
CODE: Final = WishesOrder(seen=0, access=Access(door_code="4711"))
WISHES: Final = {
    "instructions": CODE,
    "safe place": WishesOrder(0, absence=Absence.SAFE_PLACE, safe_place=Spot(SafePlace.SHED)),
    "neighbour": WishesOrder(0, absence=Absence.NEIGHBOUR, neighbour=Neighbour("Eero", "B 12")),
    "no contact": WishesOrder(0, is_contact_free=True),
    "taken back": WishesOrder(1, forgets_access=True),
}
ACTIONS: Final = (*WISHES, "day", "window", "address")
TELLS: Final = {"day": "rescheduled", "window": "rescheduled", "address": "redirected"}
RULES: Final = {
    "changes_until_stops": 1,
    "offered_days": 9,
    "offered_weekdays": list(range(1, 8)),
    "offered_windows": ["08:00-12:00"],
    "safe_places": ["shed"],
    "allows_redirect": True,
}
SEEDS: Final = tuple(range(times(quick=len(ACTIONS), deep=1_008)))
"""Each action against each of two others in turn: 504 seeds with each of them in a deep run."""
Work = Callable[[], Any]


def planned(carrier: Carrier) -> Round:
    """A van that has left, whose shipper lets recipients do all there is."""
    van = carrier.round(3).started()
    path = f"/v1/shippers/{van.shop.shipper_id}"
    reply = carrier.call("PATCH", path, RULES, token=carrier.admin, headers={"If-Match": "*"})
    assert reply.status == 200
    carrier.rewire()
    return van


def acting(van: Round, action: str) -> Work:
    """What the recipient of the second stop does."""
    order = van.orders[van.ids[OWN][0]]
    token = urlsplit(order["tracking_url"]).path.rpartition("/")[2]
    use = bootstrap.container()
    if action in WISHES:
        if action == "taken back":
            use.change_wishes(token, CODE)
        change = use.change_wishes
        return lambda: change(token, WISHES[action])
    if action == "address":
        seen = use.adapters.shipments.get(ShipmentId(order["id"])).details_version
        wanted = RedirectOrder(("Kauppakatu 12",), "00100", "Helsinki", seen, stop_place(7))
        redirect = use.redirect_delivery
        return lambda: redirect(token, wanted)
    day = (van.carrier.clock.now() + timedelta(days=2)).date().isoformat()
    name = day if action == "day" else f"{day} 08:00-12:00"
    choose = use.choose_day
    return lambda: choose(token, name, seen="")


def reporting(van: Round, step: Step) -> Work:
    driver = Actor(Role.DRIVER, van.driver_id, driver_id=DriverId(van.driver_id), epoch=1)
    reason = FailureReason.NOT_HOME if step is Step.FAIL else None
    now, stop_id = van.carrier.clock.now(), StopId(van.stop_ids[OWN])
    report = StopReport(stop_id, step, "first", now, reason=reason)
    work = bootstrap.container().work_stop
    return lambda: work(report, actor=driver)


def planning(van: Round, stop: int) -> Work:
    edit = bootstrap.container().edit_route
    order = EditOrder((Remove(stop_id=StopId(van.stop_ids[stop])),), Expected(None))
    return lambda: edit(RouteId(van.route_id), order, actor=OFFICE)


def run(carrier: Carrier, seed: int, **works: Work) -> dict[str, Any]:
    choices = [random.Random(seed).randrange(2) for _ in range(14)]
    with Interleaving(choices).on(*carrier.clients()) as schedule:
        return schedule.run(**works)


def history(van: Round) -> list[str]:
    events = van.shop.events(van.ids[OWN][0])
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    return [event["type"].removeprefix("shipment.") for event in events]


def is_done(van: Round, action: str, result: Any) -> bool:
    """Whether it was done, wholly, or not at all; the recipient has heard which."""
    types, shipment = history(van), van.shop.get(van.ids[OWN][0])
    told = types.count(TELLS.get(action, "instructions_changed")) - (action == "taken back")
    is_moved = shipment["service_day"] is not None
    wishes = shipment["wishes"] or {}
    has = {
        "instructions": wishes.get("door_code") == "4711",
        "safe place": bool(wishes.get("safe_place")),
        "neighbour": bool(wishes.get("neighbour")),
        "no contact": bool(wishes.get("is_contact_free")),
        "taken back": not wishes.get("door_code"),
        "day": is_moved,
        "window": is_moved and shipment["window"] is not None,
        "address": shipment["address"]["lines"] == ["Kauppakatu 12"],
    }[action]
    assert isinstance(result, TooLateToChange | Unavailable | None), result
    assert (result is None) == bool(told) == has, (action, result, types)
    return has


def seen_by_driver(van: Round) -> dict[str, Any]:
    return {
        shipment["id"]: shipment["wishes"]
        for stop in van.seen()["stops"]
        for shipment in stop["shipments"]
    }


def turns(seed: int) -> tuple[str, int]:
    """The action of a seed, and which of the two others it meets."""
    again, action = divmod(seed, len(ACTIONS))
    return ACTIONS[action], (action + again) % 2


@pytest.mark.parametrize("seed", SEEDS)
def test_while_a_driver_reports_the_outcome(shared: Carrier, seed: int) -> None:
    van, (action, which) = planned(shared), turns(seed)
    step = (Step.DELIVER, Step.FAIL)[which]
    outcome = {Step.DELIVER: "delivered", Step.FAIL: "attempt_failed"}[step]

    ended = run(shared, seed, a=acting(van, action), b=reporting(van, step))

    has, types = is_done(van, action, ended["a"]), history(van)
    assert not isinstance(ended["b"], Exception), ended
    if step is Step.FAIL and "unassigned" in types:
        told = {shipment.id: shipment.status for shipment in ended["b"]}
        assert told == {van.ids[OWN][0]: Status.ACCEPTED}, "who was there in vain hears why"
        assert has
        return
    assert types.count(outcome) == 1
    if has and step is Step.DELIVER:
        change = TELLS.get(action, "instructions_changed")
        assert types.index(change) < types.index(outcome), "nothing changes what is delivered"


@pytest.mark.parametrize("seed", SEEDS[:: times(quick=3, deep=1)])
def test_while_a_dispatcher_takes_a_stop_off_the_plan(shared: Carrier, seed: int) -> None:
    van, (action, which) = planned(shared), turns(seed)
    stop = (OWN, OTHER)[which]

    ended = run(shared, seed, a=acting(van, action), b=planning(van, stop))

    has, types, seen = is_done(van, action, ended["a"]), history(van), seen_by_driver(van)
    own, other = van.ids[OWN][0], van.ids[OTHER][0]
    is_edited = not isinstance(ended["b"], Exception)
    assert types.count("unassigned") <= 1
    assert van.ids[0][0] in seen
    is_off = (has and action in TELLS) or (is_edited and stop == OWN)
    assert (own not in seen) == ("unassigned" in types) == is_off
    assert (other not in seen) == (is_edited and stop != OWN)
    if own in seen:
        assert seen[own] == van.shop.get(own)["wishes"], "the driver reads what holds"
