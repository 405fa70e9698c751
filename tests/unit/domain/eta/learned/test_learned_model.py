import itertools
import math
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.forecasts import planned_etas, stop_times
from chalicelib.domain.eta.chain import StopTimes, chain
from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.model import FactoryPrior, Leg, Visit
from chalicelib.domain.geography import Coordinates
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_eta,
    make_route,
    make_stop,
    minutes,
    north_of,
)
from tests.support.strategies import coordinates
from tests.unit.domain.eta.builders import AFAR, a_busy_week, make_leg, make_visit

BUSY, BUSY_UNTIL = a_busy_week()


def new() -> LearnedModel:
    return LearnedModel(State())


def median_s(duration: Duration) -> float:
    return math.exp(duration.mu)


@given(st.floats(0, 2e4))
def test_an_empty_model_answers_like_the_factory_prior(distance_m: float) -> None:
    told, prior = new().leg(Leg(distance_m), NOON), FactoryPrior().leg(Leg(distance_m), NOON)

    assert median_s(told) == pytest.approx(median_s(prior), rel=0.01)


@given(st.integers(0, 5), st.none() | st.floats(1, 3_600))
def test_an_empty_model_answers_like_the_factory_prior_for_services(
    parcels: int, service_time_s: float | None
) -> None:
    visit = Visit(parcels, service_time_s)

    told, prior = new().dwell(visit, NOON), FactoryPrior().dwell(visit, NOON)

    assert median_s(told) == pytest.approx(median_s(prior), rel=0.01)


def test_twenty_legs_teach_it_the_scale_of_a_town() -> None:
    model, rnd = new(), random.Random(3)
    for i in range(20):
        start = north_of(HELSINKI, 10_000 * rnd.random())
        leg = make_leg(start, north_of(start, 500 + 4_000 * rnd.random()))
        took = timedelta(seconds=0.5 * median_s(FactoryPrior().leg(leg, NOON)))
        at = NOON + minutes(20 * i)
        model.learn_leg(leg, departed_at=at, arrived_at=at + took)

    leg = make_leg(north_of(HELSINKI, 11_000), north_of(HELSINKI, 13_000))

    expected_s = 0.5 * median_s(FactoryPrior().leg(leg, NOON))
    assert median_s(model.leg(leg, NOON)) == pytest.approx(expected_s, rel=0.25)


def test_a_driver_who_stays_long_is_expected_to_stay_long() -> None:
    model = new()
    for i in range(20):
        at = NOON + minutes(20 * i)
        visit = make_visit(north_of(HELSINKI, 100.0 * i))
        model.learn_dwell(visit, arrived_at=at, left_at=at + minutes(8))

    assert median_s(model.dwell(make_visit(AFAR), NOON)) > 300.0


def test_drivers_and_doors_are_told_apart_by_their_services() -> None:
    model = new()
    slow_door, other = north_of(HELSINKI, 700.0), north_of(HELSINKI, 1_400.0)
    for i in range(20):
        at = NOON + minutes(20 * i)
        for driver, place, took in (
            ("slow", north_of(HELSINKI, 100.0 * i), 8.0),
            ("quick", north_of(HELSINKI, -100.0 * i), 2.0),
            ("any", slow_door, 8.0),
            ("any", other, 2.0),
        ):
            visit = make_visit(place)._replace(driver=driver)
            model.learn_dwell(visit, arrived_at=at, left_at=at + minutes(took))

    def expected_s(driver: str, place: Coordinates) -> float:
        return median_s(model.dwell(make_visit(place)._replace(driver=driver), NOON))

    assert expected_s("slow", AFAR) > 1.5 * expected_s("quick", AFAR)
    assert expected_s("new", slow_door) > 1.5 * expected_s("new", other)


def test_drivers_and_ways_are_told_apart_by_their_legs() -> None:
    model = new()
    slow_way = make_leg(HELSINKI, north_of(HELSINKI, 3_000.0))
    other = make_leg(AFAR, north_of(AFAR, 3_000.0))
    for i in range(20):
        at = NOON + minutes(20 * i)
        for driver, leg, took in (
            ("slow", make_leg(north_of(HELSINKI, -900.0 * i), HELSINKI), 2.0),
            ("quick", make_leg(north_of(HELSINKI, -900.0 * i), HELSINKI), 1.0),
            ("any", slow_way, 14.0),
            ("any", other, 7.0),
        ):
            model.learn_leg(
                leg._replace(driver=driver), departed_at=at, arrived_at=at + minutes(took)
            )

    def expected_s(driver: str, leg: Leg) -> float:
        return median_s(model.leg(leg._replace(driver=driver), NOON + timedelta(days=2)))

    elsewhere = make_leg(north_of(AFAR, 40_000.0), north_of(AFAR, 42_000.0))
    assert expected_s("slow", elsewhere) > 1.15 * expected_s("quick", elsewhere)
    assert expected_s("new", slow_way) > 1.15 * expected_s("new", other)


def test_predictions_do_not_change_the_state() -> None:
    before = dict(BUSY.state.beliefs.known)

    for _ in range(5):
        BUSY.leg(make_leg(), NOON)
        BUSY.dwell(make_visit(), NOON)
        BUSY.range_shape(7)

    assert BUSY.state.beliefs.known == before


def test_nothing_is_learnt_that_ends_before_it_begins() -> None:
    model, early = new(), NOON - minutes(1)

    with pytest.raises(ValueError, match="before it begins"):
        model.learn_leg(make_leg(), departed_at=NOON, arrived_at=early)
    with pytest.raises(ValueError, match="before it begins"):
        model.learn_dwell(make_visit(), arrived_at=NOON, left_at=early)
    with pytest.raises(ValueError, match="before it begins"):
        model.learn_range(make_eta(NOON), 1, told_at=NOON, arrived_at=early)

    assert not model.state.beliefs.known


def test_a_strange_leg_moves_nothing_far() -> None:
    model, _ = a_busy_week(50)
    before_s = median_s(model.leg(make_leg(), NOON))

    model.learn_leg(make_leg(), departed_at=NOON, arrived_at=NOON + timedelta(days=3))

    assert median_s(model.leg(make_leg(), NOON)) < before_s * 1.5


@settings(deadline=None)
@given(coordinates(), coordinates(), st.integers(-400, 400), st.none() | st.floats(0, 1e7))
def test_any_leg_at_any_time_is_finite(
    origin: Coordinates, destination: Coordinates, days: int, base_s: float | None
) -> None:
    leg = Leg(1_000.0, base_s, origin, destination, "drv_1", "shr_1", "Pacific/Apia")

    told = BUSY.leg(leg, BUSY_UNTIL + timedelta(days=days))

    assert 1.0 <= told.mean_s < 1e9
    assert math.isfinite(told.deviation_s)


@pytest.mark.parametrize(
    ("origin", "destination"),
    [
        (HELSINKI, HELSINKI),
        (Coordinates(0.0, 179.9999), Coordinates(0.0, -179.9999)),
        (Coordinates(90.0, 0.0), Coordinates(-90.0, 180.0)),
        (Coordinates(90.0, 12.0), Coordinates(90.0, -100.0)),
    ],
    ids=["no way at all", "over the antimeridian", "pole to pole", "at the pole"],
)
def test_unusual_legs_are_learnt_and_predicted(
    origin: Coordinates, destination: Coordinates
) -> None:
    model, leg = new(), make_leg(origin, destination)

    for i in range(10):
        at = NOON + minutes(30 * i)
        model.learn_leg(leg, departed_at=at, arrived_at=at + minutes(10))

    assert 1.0 <= model.leg(leg, NOON).mean_s < 10 * 86_400


def test_clocks_that_are_wrong_by_a_day_do_no_harm() -> None:
    model, _ = a_busy_week(30)
    yesterday = NOON - timedelta(days=1)

    model.learn_leg(make_leg(), departed_at=yesterday, arrived_at=yesterday + minutes(9))
    model.learn_leg(
        make_leg(), departed_at=NOON + timedelta(days=1), arrived_at=NOON + timedelta(days=1)
    )

    assert 1.0 <= model.leg(make_leg(), NOON).mean_s < 86_400


def test_a_route_of_a_thousand_stops_is_ordered() -> None:
    etas = planned_etas(stop_times(make_route(1_000), BUSY, NOON), BUSY, NOON)

    assert len(etas) == 1_000
    for one, next_ in itertools.pairwise(etas):
        assert one.point <= next_.point
        assert one.earliest <= one.point <= one.latest


def test_identical_stops_and_windows_in_the_past_are_told_sanely() -> None:
    stops = [make_stop(i, coordinates=HELSINKI) for i in range(5)]
    route = make_route(stops)

    for eta in planned_etas(stop_times(route, BUSY, NOON), BUSY, NOON):
        assert NOON < eta.point < NOON + timedelta(hours=3)
    assert len(stop_times(route, BUSY, NOON)) == 5


def test_the_ranges_of_a_fresh_chain_hold_their_points_whatever_was_observed() -> None:
    model = new()
    for _ in range(300):  # always far too late
        model.learn_range(
            make_eta(NOON), 1, told_at=NOON - minutes(30), arrived_at=NOON + minutes(90)
        )

    shape = model.range_shape(1)
    (eta,) = chain(
        [StopTimes(Duration(6.0, 0.2), Duration(4.0, 0.2))], departs_at=NOON, model=model
    )

    assert shape.low <= 0.0 < shape.high
    assert shape.high > 3.0
    assert eta.earliest <= eta.point <= eta.latest


def test_a_parking_point_is_known_after_two_visits_that_agree() -> None:
    model, stopped = new(), north_of(HELSINKI, 30.0)

    model.learn_parking(HELSINKI, stopped, NOON)
    assert model.parking_point(HELSINKI) is None
    model.learn_parking(HELSINKI, stopped, NOON)

    found = model.parking_point(HELSINKI)
    assert found is not None
    assert found.lat_deg == pytest.approx(north_of(HELSINKI, 27.0).lat_deg, abs=3e-5)
    assert found.lon_deg == pytest.approx(HELSINKI.lon_deg)


def test_a_visit_confirmed_from_afar_says_nothing_about_parking() -> None:
    model = new()

    for _ in range(5):
        model.learn_parking(HELSINKI, AFAR, NOON)

    assert model.parking_point(HELSINKI) is None


@given(coordinates(), coordinates())
def test_parking_points_are_places_anywhere(door: Coordinates, stopped: Coordinates) -> None:
    model = new()

    model.learn_parking(door, stopped, NOON)
    model.learn_parking(door, stopped, NOON)

    assert model.parking_point(door) is None or model.parking_point(door)


@pytest.mark.parametrize("stops", [0, 1, 7, 90, 91, 150])
def test_shapes_of_many_stops_are_the_shape_of_each(stops: int) -> None:
    for model in (BUSY, FactoryPrior()):
        assert list(model.range_shapes(stops)) == [model.range_shape(k + 1) for k in range(stops)]
