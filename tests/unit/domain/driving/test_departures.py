"""Departures: what is written down when a van leaves a place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.driving import visit_reports
from chalicelib.domain.driving.departures import from_hub, from_stop
from chalicelib.domain.driving.forecasts import stop_times
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.policy import Policy
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_eta,
    make_fix,
    make_live,
    make_route,
    minutes,
    north_of,
    seconds,
)

POLICY = Policy()
LEFT = NOON + minutes(5)
LEARNT = NOON + minutes(45)  # the phone had no network


def at_first_stop(**changes: object) -> Live:
    """A van that reached the first stop at noon."""
    live = make_live(3).with_progress(0, Progress(arrived_at=NOON))
    return replace(live, **changes)  # type: ignore[arg-type]


def leave(before: Live, stop_index: int = 0) -> tuple[Live, Live]:
    after = before.with_progress(stop_index, Progress(is_done=True))
    return before, replace(after, etas=(None, make_eta(NOON + minutes(9)), None))


def test_a_start_leaves_the_hub_and_says_what_was_told() -> None:
    live = make_live(3)

    departure = from_hub(live, NOON, POLICY)

    assert (departure.stop_number, departure.left_at, departure.arrived_at) == (None, NOON, None)
    assert (departure.etas, departure.told_at) == (live.etas, NOON)
    assert departure.expires_at == NOON + POLICY.track_retention


def test_all_departures_of_a_route_expire_together() -> None:
    before, after = leave(at_first_stop(started_at=NOON - timedelta(hours=3)))

    departure = from_stop(before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY)

    assert departure.expires_at == NOON - timedelta(hours=3) + POLICY.track_retention


def test_a_departure_says_what_was_told_with_it() -> None:
    before, after = leave(at_first_stop())

    departure = from_stop(before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY)

    assert (departure.arrived_at, departure.left_at) == (NOON, LEFT)
    assert (departure.etas, departure.told_at) == (after.etas, LEARNT)


def test_after_a_late_report_the_etas_rest_on_the_newest_fix() -> None:
    """So what was told is as of that fix, not as of the departure."""
    route = make_route(3)
    newest = make_fix(LEFT + minutes(30), coordinates=north_of(HELSINKI, 3_000.0))
    before = at_first_stop(recent=(newest,))
    after = visit_reports.leave(
        before,
        0,
        route,
        stop_times(route, FactoryPrior(), NOON),
        left_at=LEFT,
        now=LEARNT,
        model=FactoryPrior(),
        policy=POLICY,
    )

    departure = from_stop(before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY)

    assert departure.news_at == after.news_at == newest.recorded_at


def test_an_arrival_that_nobody_reported_is_when_the_van_came_near() -> None:
    before, after = leave(make_live(3, nearest_stop=0, near_since=NOON + seconds(30)))

    assert from_stop(
        before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY
    ).arrived_at == NOON + seconds(30)
    # Near the next stop of the plan says nothing of another.
    assert from_stop(before, after, 1, left_at=LEFT, now=LEARNT, policy=POLICY).arrived_at is None


def test_the_arrival_is_never_after_the_departure() -> None:
    before, after = leave(at_first_stop())

    left_at = NOON - seconds(10)
    assert (
        from_stop(before, after, 0, left_at=left_at, now=LEARNT, policy=POLICY).arrived_at
        == left_at
    )


def test_the_van_stood_where_most_fixes_of_the_visit_are() -> None:
    parked = north_of(HELSINKI, 25.0)
    places = [parked, parked, north_of(HELSINKI, 80.0), north_of(HELSINKI, 900.0)]
    recent = tuple(
        make_fix(NOON + minutes(i), coordinates=place) for i, place in enumerate(places[:3])
    )
    later = make_fix(LEFT + minutes(3), coordinates=places[3])
    before, after = leave(at_first_stop(recent=(*recent, later)))

    stood_at = from_stop(before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY).stood_at

    assert stood_at is not None
    assert distance_m(stood_at, parked) < 1.0


def test_without_a_fix_of_the_visit_the_place_is_unknown() -> None:
    before, after = leave(at_first_stop(recent=(make_fix(NOON - minutes(1)),)))

    assert from_stop(before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY).stood_at is None


def test_a_visit_on_the_antimeridian_was_not_in_greenwich() -> None:
    fixes = tuple(
        make_fix(NOON + seconds(i), coordinates=Coordinates(0.0, lon))
        for i, lon in enumerate((179.9999, -179.9999))
    )
    before, after = leave(at_first_stop(recent=fixes))

    stood_at = from_stop(before, after, 0, left_at=LEFT, now=LEARNT, policy=POLICY).stood_at

    assert stood_at is not None
    assert abs(stood_at.lon_deg) > 179.0


def test_departures_of_a_route_are_in_the_order_of_time_and_the_hub_is_first() -> None:
    hub = from_hub(make_live(3), NOON, POLICY)
    before, after = leave(at_first_stop())
    first = from_stop(before, after, 0, left_at=NOON, now=LEARNT, policy=POLICY)
    second = from_stop(
        before, after, 1, left_at=NOON + timedelta(milliseconds=1), now=LEARNT, policy=POLICY
    )

    assert sorted([second, first, hub], key=lambda each: each.key) == [hub, first, second]


def test_a_driver_without_a_route_has_no_departure() -> None:
    with pytest.raises(ValueError, match="no route"):
        from_hub(Live(make_live().driver_id), NOON, POLICY)
