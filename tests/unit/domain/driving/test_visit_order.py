import itertools
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.forecasts import stop_times
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.visit_order import visit_order
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.routes.routes import Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    north_of,
)
from tests.support.depth import times
from tests.support.strategies import coordinates, lives_of, routes_of

PRIOR = FactoryPrior()
DONE = Progress(is_done=True)


def reached(stops: int, *done: int, last: int) -> Live:
    """A round on which these stops are done, and the driver is at the last one."""
    live = make_live(stops, last_stop=last)
    for i in done:
        live = live.with_progress(i, DONE)
    return live.with_progress(last, Progress(arrived_at=NOON))


def order(live: Live, route: Route | None = None, at: datetime = NOON) -> list[int]:
    route = route or make_route(len(live.progress), hub_coordinates=north_of(HELSINKI, -3_000.0))
    return visit_order(live, route, stop_times(route, PRIOR, NOON), at)


def test_before_anything_is_reached_the_plan_holds() -> None:
    assert order(make_live(4)) == [0, 1, 2, 3]


def test_in_turn_the_plan_goes_on() -> None:
    assert order(reached(5, 0, 1, last=2)) == [3, 4]


def test_a_stop_with_nothing_on_the_van_was_not_skipped() -> None:
    assert order(make_live(4).with_progress(3, DONE)) == [0, 1, 2]


def test_a_skipped_stop_is_inserted_where_it_costs_the_least() -> None:
    """A street out and back: what was skipped on the way out is met on the way back."""
    ways_m = [0, 1_000, 2_000, 3_000, 2_100, 950]
    route = make_route(
        [make_stop(i, coordinates=north_of(HELSINKI, way_m)) for i, way_m in enumerate(ways_m)]
    )

    assert order(reached(6, 0, last=2), route) == [3, 4, 1, 5]


def test_a_skipped_stop_next_to_the_van_comes_first() -> None:
    east = replace(HELSINKI, lon_deg=HELSINKI.lon_deg + 0.3)
    far = [make_stop(i, coordinates=north_of(east, 1_000.0 * i)) for i in (3, 4, 5)]
    route = make_route([make_stop(0), make_stop(1), make_stop(2), *far], hub_coordinates=east)

    assert order(reached(6, 0, last=2), route) == [1, 3, 4, 5]


def test_neighbours_stay_together_either_way_round() -> None:
    assert order(reached(6, last=5)) == [4, 3, 2, 1, 0]


def test_after_going_back_to_a_skipped_stop_the_plan_goes_on_from_there() -> None:
    assert order(reached(6, 0, 1, 4, last=2)) == [3, 5]


def test_the_van_does_not_wait_for_a_stop_skipped_for_its_window() -> None:
    """It is fitted in where the van comes by when it has opened, or last."""
    late = make_range(NOON + timedelta(hours=5))
    stops = [make_stop(i, window=late if i == 1 else None) for i in range(6)]
    route = make_route(stops, hub_coordinates=north_of(HELSINKI, -3_000.0))
    live = reached(6, 0, last=2)

    assert order(live, route) == [3, 4, 5, 1]
    assert order(live, route, NOON + timedelta(hours=5))[-1] == 1
    near = replace(route, hub_coordinates=north_of(HELSINKI, 60_000.0))
    assert order(live, near) == [3, 4, 5, 1]
    assert order(live, near, NOON + timedelta(hours=5)) == [1, 3, 4, 5]


@settings(max_examples=times(quick=30, deep=3_000))
@given(st.data())
def test_every_stop_ahead_is_in_the_order_exactly_once(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 10))
    route, live = data.draw(routes_of(count)), data.draw(lives_of(count))
    anywhere = data.draw(st.lists(coordinates(), min_size=count, max_size=count))
    stops = [replace(s, coordinates=c) for s, c in zip(route.stops, anywhere, strict=True)]
    route = replace(route, stops=tuple(stops))

    turns = order(live, route)

    waiting = {i for i, p in enumerate(live.progress) if not p.is_done and p.arrived_at is None}
    assert set(turns) == waiting
    assert len(turns) == len(waiting)
    if live.last_stop is not None:
        after = [i for i in turns if i >= live.last_stop]
        assert after == sorted(after)
        assert turns == order(live, route)


@settings(max_examples=times(quick=30, deep=3_000))
@given(st.sets(st.integers(0, 11)), st.integers(0, 11), st.floats(-20_000, 20_000))
def test_the_place_of_the_van_does_not_change_the_order(
    done: set[int], last: int, way_m: float
) -> None:
    live = reached(12, *done, last=last)
    moved = replace(live, recent=(replace(live.recent[0], coordinates=north_of(HELSINKI, way_m)),))

    assert order(moved) == order(live)


@settings(max_examples=times(quick=20, deep=1_000))
@given(st.integers(1, 8), st.integers(0, 600))
def test_a_stop_with_a_window_only_moves_forward_in_time(last: int, opens_min: int) -> None:
    late = make_range(NOON + minutes(opens_min))
    stops = [make_stop(i, window=late if i == last - 1 else None) for i in range(10)]
    route, live = make_route(stops), reached(10, *range(last - 1), last=last)

    places = [
        order(live, route, NOON + minutes(after)).index(last - 1) for after in range(0, 660, 20)
    ]

    assert all(b <= a for a, b in itertools.pairwise(places))


@pytest.mark.parametrize("poles", [90.0, -90.0])
def test_at_the_poles_and_on_the_antimeridian_there_is_an_order(poles: float) -> None:
    places = [Coordinates(poles, 0.0), Coordinates(0.0, 179.9999), Coordinates(0.0, -179.9999)]
    route = make_route([make_stop(i, coordinates=place) for i, place in enumerate(places)])

    assert order(reached(3, last=2), route) in ([0, 1], [1, 0])


def test_every_second_of_150_stops_skipped_is_ordered_in_a_moment() -> None:
    live = reached(150, *range(1, 147, 2), last=147)
    route = make_route(150)
    plan = stop_times(route, PRIOR, NOON)

    def spent_s() -> float:
        began = time.process_time()
        visit_order(live, route, plan, NOON)
        return time.process_time() - began

    assert min(spent_s() for _ in range(5)) < 0.02
