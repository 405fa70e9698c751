"""Whole chains over whatever a route may be: finite, ordered, and with the point in the range."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.forecasts import (
    etas_at_start,
    planned_etas,
    remaining_etas,
    stop_times,
)
from chalicelib.domain.driving.live import Progress
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.model import FactoryPrior, TravelModel
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.routes.routes import Break, Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
)
from tests.support.depth import times
from tests.support.strategies import breaks, coordinates, instants, lives_of, routes_of
from tests.unit.domain.eta.builders import a_busy_week

TAUGHT, _ = a_busy_week(60)
MODELS: Final[dict[str, TravelModel]] = {
    "prior": FactoryPrior(),
    "new": LearnedModel(State()),
    "taught": TAUGHT,
}
LATEST: Final = timedelta(days=3_000)
each_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def planned(route: Route, model: TravelModel, departs_at: datetime) -> tuple[Eta, ...]:
    plan = stop_times(route, model, departs_at)
    return planned_etas(plan, model, departs_at, route.breaks)


def assert_sane(etas: Sequence[Eta | None], not_before: datetime) -> None:
    for eta in etas:
        if eta is not None:
            assert eta.earliest <= eta.point <= eta.latest
            assert not_before <= eta.earliest
            assert eta.latest - NOON < LATEST


@st.composite
def odd_routes(draw: st.DrawFn) -> Route:
    """Stops anywhere on Earth, some of them the same place, windows and breaks whenever."""
    count = draw(st.integers(1, 8))
    route = draw(routes_of(count))
    places = draw(st.lists(coordinates(), min_size=1, max_size=count))
    stops = [
        replace(stop, coordinates=places[min(i, len(places) - 1)])
        for i, stop in enumerate(route.stops)
    ]
    return replace(
        route,
        stops=tuple(stops),
        hub_coordinates=draw(coordinates()),
        breaks=tuple(draw(st.lists(breaks(), max_size=5))),
    )


@each_model
@settings(max_examples=times(quick=25, deep=3_000), deadline=None)
@given(route=odd_routes(), data=st.data())
def test_any_plan_has_sane_etas(model: TravelModel, route: Route, data: st.DataObject) -> None:
    departs_at = data.draw(instants())

    etas = planned(route, model, departs_at)

    assert_sane(etas, departs_at - timedelta(seconds=1))
    assert [eta.point for eta in etas] == sorted(eta.point for eta in etas)
    loaded = data.draw(st.sets(st.integers(0, len(route.stops) - 1)))
    plan = stop_times(route, model, departs_at)
    told = etas_at_start(plan, sorted(loaded), model, departs_at, route.breaks)
    assert_sane(told, departs_at - timedelta(seconds=1))


@each_model
@settings(max_examples=times(quick=25, deep=3_000), deadline=None)
@given(route=odd_routes(), data=st.data())
def test_any_journey_has_sane_etas(model: TravelModel, route: Route, data: st.DataObject) -> None:
    """Clocks that are off by a day or two, positions from anywhere, progress in any order."""
    live = data.draw(lives_of(len(route.stops)))
    head = make_fix(data.draw(instants()), coordinates=data.draw(coordinates()))
    plan = stop_times(route, model, data.draw(instants()))

    etas = remaining_etas(live, head, plan, route, model)

    assert_sane(etas, head.recorded_at - timedelta(seconds=1))
    for progress, eta in zip(live.progress, etas, strict=True):
        if eta is None:
            assert progress.is_done or progress.arrived_at is not None
        else:
            assert not progress.is_done


@each_model
def test_a_thousand_stops_are_told_on_the_road(model: TravelModel) -> None:
    route = make_route(1_000, breaks=(Break(NOON + minutes(30), NOON + minutes(90), 1_800),))
    live = make_live(1_000, last_stop=700).with_progress(700, Progress(arrived_at=NOON))

    etas = remaining_etas(live, make_fix(), stop_times(route, model, NOON), route, model)

    assert_sane(etas, NOON)
    assert sum(eta is not None for eta in etas) == 999


@each_model
@pytest.mark.parametrize(
    "places",
    [
        [HELSINKI] * 4,
        [Coordinates(90.0, 0.0), Coordinates(90.0, 100.0), Coordinates(-90.0, 5.0)],
        [Coordinates(0.0, 180.0), Coordinates(0.0, -180.0), Coordinates(0.0, 179.99999)],
    ],
    ids=["one place", "poles", "antimeridian"],
)
def test_odd_places_are_minutes_apart_or_days(
    model: TravelModel, places: list[Coordinates]
) -> None:
    route = make_route([make_stop(i, coordinates=place) for i, place in enumerate(places)])

    etas = planned(route, model, NOON)

    assert_sane(etas, NOON)
    gaps_s = [(b.point - a.point).total_seconds() for a, b in itertools.pairwise(etas)]
    assert all(math.isfinite(gap_s) and gap_s >= 1 for gap_s in gaps_s)


@each_model
def test_a_window_that_has_passed_changes_nothing(model: TravelModel) -> None:
    past = make_range(NOON - timedelta(days=2))
    plain = planned(make_route(4), model, NOON)

    windowed = planned(make_route([make_stop(i, window=past) for i in range(4)]), model, NOON)

    assert windowed == plain
