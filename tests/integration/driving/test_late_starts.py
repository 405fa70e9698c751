"""A driver leaves without a network: the start comes late, and nothing of the way since is lost."""

import itertools
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.geography import distance_m
from chalicelib.domain.ids import RouteId
from tests.support.carrier import Carrier, Reply, Round, fix

STEP: Final = timedelta(seconds=30)
STEP_M: Final = 250.0
FROM_M: Final = -3_000.0


def start(van: Round, at: datetime, **more: Any) -> Reply:
    return van.call("POST", "route/start", van.action(occurred_at=at.isoformat()) | more)


def way(since: datetime, count: int = 12) -> list[dict[str, Any]]:
    """A drive towards the first stop that begins when the van leaves."""
    return [fix(since + STEP * i, FROM_M + STEP_M * i) for i in range(count)]


def length_m(van: Round) -> float:
    return sum(distance_m(a.coordinates, b.coordinates) for a, b in itertools.pairwise(van.track()))


def since_the_start(van: Round) -> tuple[Any, ...]:
    state = van.state(van.ids[1][0]).json
    return van.track(), length_m(van), state["position"], state["eta"]


def began_at(van: Round) -> datetime:
    return datetime.fromisoformat(van.route()["started_at"])


def test_positions_between_an_offline_start_and_its_arrival_are_kept(shared: Carrier) -> None:
    at_once, late = shared.round(2).loaded(), shared.round(2).loaded()
    left_at = shared.clock.now()
    start(at_once, left_at)
    sent = way(left_at)
    for each in sent:
        shared.clock.advance(STEP)
        at_once.positions(each)
    now = shared.clock.now().isoformat()

    reply = start(late, left_at, sent_at=now)
    report = late.positions(*sent, sent_at=now).json

    assert reply.status == 200
    assert (report["accepted"], report["rejected"]) == (len(sent), [])
    assert began_at(late) == began_at(at_once) == left_at
    assert since_the_start(late) == since_the_start(at_once)
    assert length_m(late) == pytest.approx(STEP_M * (len(sent) - 1), rel=0.01)


def test_a_stop_that_was_made_before_the_start_was_heard_of_has_its_own_time(
    shared: Carrier,
) -> None:
    van = shared.round(2).loaded()
    left_at = shared.clock.now()
    shared.clock.advance(timedelta(hours=2))
    arrived, handed_over = (left_at + timedelta(minutes=n) for n in (20, 25))
    sent_at = shared.clock.now().isoformat()

    start(van, left_at, sent_at=sent_at)
    for verb, at in (("arrive", arrived), ("deliver", handed_over)):
        report = van.action(occurred_at=at.isoformat(), sent_at=sent_at)
        assert van.work(0, verb, report).status == 200

    events = {
        each["type"]: datetime.fromisoformat(each["occurred_at"])
        for each in van.shop.events(van.ids[0][0])
    }
    assert events["shipment.out_for_delivery"] == left_at
    assert events["shipment.arrived"] == arrived
    assert events["shipment.delivered"] == handed_over


def test_what_recipients_are_told_of_a_late_start_lies_ahead(shared: Carrier) -> None:
    van = shared.round(3).loaded()
    left_at = shared.clock.now()
    shared.clock.advance(timedelta(hours=5))
    now = shared.clock.now()

    start(van, left_at, sent_at=now.isoformat())

    for stop in van.route()["stops"]:
        assert datetime.fromisoformat(stop["eta"]["point"]) >= now - timedelta(seconds=1)
        assert datetime.fromisoformat(stop["promise"]["latest"]) >= now


@pytest.mark.parametrize(
    ("ahead", "says_when"),
    [
        (timedelta(hours=3), True),
        (timedelta(days=-400), True),
        (timedelta(days=-400), False),
        (timedelta(days=300), False),
    ],
    ids=["ahead", "behind", "behind, unsaid", "ahead, unsaid"],
)
def test_a_wrong_clock_does_not_move_the_start_before_the_plan_or_after_now(
    shared: Carrier, ahead: timedelta, *, says_when: bool
) -> None:
    van = shared.round(1).loaded()
    planned_at = shared.clock.now()
    shared.clock.advance(timedelta(minutes=40))
    left_at, now = planned_at + timedelta(minutes=10), shared.clock.now()
    more = {"sent_at": (now + ahead).isoformat()} if says_when else {}

    assert start(van, left_at + ahead, **more).status == 200

    assert began_at(van) == (left_at if says_when else now)


def test_a_position_of_the_moment_of_the_start_is_kept_whatever_the_clock(shared: Carrier) -> None:
    """The start took longer on its way than the position that was recorded right after it."""
    van = shared.round(1).loaded()
    ahead, tapped_at = timedelta(hours=26), shared.clock.now()
    shared.clock.advance(timedelta(seconds=3))

    start(van, tapped_at + ahead, sent_at=(tapped_at + ahead).isoformat())
    first = fix(tapped_at + ahead + timedelta(milliseconds=40), FROM_M)
    report = van.positions(first, sent_at=(shared.clock.now() + ahead).isoformat()).json

    assert report["rejected"] == []
    assert len(van.track()) == 1


def test_a_start_before_the_last_route_has_ended_begins_with_its_end(shared: Carrier) -> None:
    first = shared.round(1).started()
    shop = first.shop
    wanted = [shop.shipment(stop=0)]
    plan = shared.plan(first.driver_id, [[wanted[0]["id"]]])
    assert plan.status == 201, plan.body
    shared.clock.advance(timedelta(minutes=10))
    left_at = shared.clock.now()
    shared.clock.advance(timedelta(minutes=1))
    first.work(0, "deliver")
    ended_at = shared.clock.now()
    shared.clock.advance(timedelta(minutes=10))
    first.scan(*(parcel["barcode"] for parcel in wanted[0]["parcels"]))

    reply = start(first, left_at, sent_at=shared.clock.now().isoformat())

    assert reply.status == 200, reply.body
    assert datetime.fromisoformat(reply.json["started_at"]) == ended_at
    assert reply.json["id"] == RouteId(plan.json["id"])


def test_a_start_of_yesterday_evening_is_of_its_own_day(shared: Carrier) -> None:
    """The phone was without a network over midnight."""
    van = shared.round(1).loaded()
    left_at = shared.clock.now()
    shared.clock.advance(timedelta(hours=30))
    van.token = shared.session(van.driver_id)

    reply = start(van, left_at, sent_at=shared.clock.now().isoformat())

    assert reply.status == 200, reply.body
    assert began_at(van) == left_at
