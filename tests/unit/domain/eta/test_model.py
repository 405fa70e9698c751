import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.model import FactoryPrior, Leg, Visit
from tests.support.builders import NOON

PRIOR = FactoryPrior()


def leg_s(distance_m: float, base_s: float | None = None) -> float:
    return math.exp(PRIOR.leg(Leg(distance_m, base_s), NOON).mu)


def dwell_s(parcels: int = 1, service_time_s: float | None = None) -> float:
    return math.exp(PRIOR.dwell(Visit(parcels, service_time_s), NOON).mu)


@pytest.mark.parametrize(("km", "median_s"), [(1.0, 360.0), (10.0, 1433.2), (0.1, 90.4)])
def test_a_leg_takes_six_minutes_times_km_to_the_power_of_point_six(
    km: float, median_s: float
) -> None:
    assert leg_s(km * 1_000.0) == pytest.approx(median_s, rel=1e-3)


@given(st.floats(0, 2e7), st.floats(0, 2e7))
def test_farther_never_takes_less(one_m: float, other_m: float) -> None:
    near_m, far_m = sorted((one_m, other_m))

    assert leg_s(near_m) <= leg_s(far_m) * (1 + 1e-12)


@given(st.floats(0, 2.1e7))
def test_every_leg_is_finite_and_takes_some_time(distance_m: float) -> None:
    assert 1.0 < leg_s(distance_m) < 10 * 86_400


def test_no_way_at_all_is_some_seconds() -> None:
    assert 3.0 < leg_s(0.0) < 15.0


def test_a_routing_engine_is_doubled() -> None:
    assert leg_s(5_000.0, base_s=300.0) == pytest.approx(600.0)
    assert leg_s(5_000.0, base_s=0.0) == pytest.approx(1.0)


def test_more_parcels_take_longer() -> None:
    assert dwell_s(parcels=1) == pytest.approx(120.0)
    assert dwell_s(parcels=0) == pytest.approx(120.0)
    assert dwell_s(parcels=4) == pytest.approx(180.0)


def test_the_shippers_own_service_time_holds_even_when_it_is_none_at_all() -> None:
    assert dwell_s(parcels=4, service_time_s=600.0) == pytest.approx(600.0)
    assert dwell_s(parcels=4, service_time_s=0.0) == pytest.approx(1.0)


@given(st.integers(1, 1_000))
def test_ranges_have_a_low_and_a_high_side(stops_ahead: int) -> None:
    shape = PRIOR.range_shape(stops_ahead)

    assert shape.low < 0.0 < shape.high
