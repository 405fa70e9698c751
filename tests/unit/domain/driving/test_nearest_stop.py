from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.domain.driving.forecasts import stop_times
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.visits import Ground, follow
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_fix,
    make_live,
    make_route,
    make_stop,
    minutes,
    north_of,
    seconds,
)

POLICY = Policy()
NEIGHBOURS = make_route(make_stop(i, coordinates=north_of(HELSINKI, 30.0 * i)) for i in range(4))


class Parked(FactoryPrior):
    """The prior of a town in which all vans park 50 m north of the door."""

    def parking_point(self, door: Coordinates) -> Coordinates | None:
        return north_of(door, 50.0)


def near(
    ways_m: Sequence[float],
    live: Live | None = None,
    route: Route | None = None,
    model: FactoryPrior | None = None,
) -> tuple[int, datetime] | None:
    """Where a van is that was seen so many metres north of the first stop, 10 s apart."""
    passed = [
        make_fix(NOON + seconds(10 * i), coordinates=north_of(HELSINKI, way_m))
        for i, way_m in enumerate(ways_m)
    ]
    route, model = route or make_route(4), model or FactoryPrior()
    ground = Ground(route, stop_times(route, model, NOON), model, POLICY)
    after = follow(make_live(4) if live is None else live, passed, ground, room=1_000).live
    if after.nearest_stop is None or after.near_since is None:
        return None
    return after.nearest_stop, after.near_since


def under_way(stop: int) -> Live:
    return make_live(4, last_stop=stop).with_progress(stop, Progress(arrived_at=NOON))


@pytest.mark.parametrize(
    ("before", "ways_m", "since"),
    [
        (None, [], None),
        (None, [61.0], None),
        (None, [59.9], NOON),
        (None, [100.0, 10.0, 20.0], NOON + seconds(10)),
        (None, [10.0, 100.0, 20.0], NOON + seconds(20)),
        (NOON - minutes(1), [10.0], NOON - minutes(1)),
        (NOON - minutes(1), [], NOON - minutes(1)),
        (NOON - minutes(1), [61.0], None),
        (NOON - minutes(1), [61.0, 5.0], NOON + seconds(10)),
    ],
)
def test_it_begins_with_the_first_near_fix_and_ends_with_a_far_one(
    before: datetime | None, ways_m: list[float], since: datetime | None
) -> None:
    live = make_live(4) if before is None else make_live(4, nearest_stop=0, near_since=before)

    assert near(ways_m, live) == (None if since is None else (0, since))


def test_without_a_stop_left_nothing_is_near() -> None:
    assert near([1.0], make_live(4, progress=(Progress(is_done=True),) * 4)) is None


def test_a_stop_out_of_turn_is_near_where_the_next_is_not() -> None:
    assert near([1_990.0, 2_000.0]) == (2, NOON)


def test_coming_from_another_stop_it_begins_anew() -> None:
    live = make_live(4, nearest_stop=0, near_since=NOON - minutes(5))

    assert near([2_000.0], live) == (2, NOON)


@pytest.mark.parametrize("way_m", [0.0, 45.0, 59.0, 61.0, 90.0, 119.0])
def test_among_neighbours_only_the_next_counts(way_m: float) -> None:
    found = near([way_m], route=NEIGHBOURS)

    assert found == ((0, NOON) if way_m < 60 else None)


def test_scattered_fixes_between_neighbours_do_not_change_the_stop() -> None:
    """Of two doors 30 m apart, the nearer one is now this, now that."""
    ways_m = [20.0, 40.0, 10.0, 50.0, 25.0]

    assert near(ways_m, route=NEIGHBOURS) == (0, NOON)
    assert near(ways_m, under_way(1), NEIGHBOURS) == (1, NOON)


def test_while_a_stop_is_under_way_its_neighbours_are_not_reached() -> None:
    assert near([85.0], under_way(1), NEIGHBOURS) == (1, NOON)
    assert near([125.0], under_way(1), NEIGHBOURS) is None


def test_a_van_that_left_without_a_report_may_reach_the_next_stop() -> None:
    assert near([1_000.0], under_way(0)) == (1, NOON)


def test_identical_stops_are_reached_in_turn() -> None:
    route = make_route(make_stop(i, coordinates=HELSINKI) for i in range(4))
    live = make_live(4).with_progress(0, Progress(is_done=True))

    assert near([5.0], live, route) == (1, NOON)


def test_a_known_parking_point_replaces_the_door() -> None:
    assert near([50.0], model=Parked()) == (0, NOON)
    assert near([89.0], model=Parked()) == (0, NOON)
    assert near([9.0], model=Parked()) is None


def test_the_parking_point_is_not_looked_up_from_far_away() -> None:
    class Far(FactoryPrior):
        def parking_point(self, door: Coordinates) -> Coordinates | None:
            raise AssertionError(door)

    assert near([-301.0], model=Far()) is None


def test_a_stop_passed_by_is_near_only_while_it_is() -> None:
    live = replace(make_live(4), nearest_stop=2, near_since=NOON - minutes(1))

    assert near([2_000.0, 2_100.0], live) is None
