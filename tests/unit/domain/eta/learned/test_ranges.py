import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.learned.curve import POWER_LAW, Curve
from chalicelib.domain.eta.learned.noise import FLOOR, Noise, clipped, driver_factor
from chalicelib.domain.eta.learned.quantiles import RangeTracker, learn_shared
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.learned.travel import HORIZONS, StopPrediction, horizon
from tests.support.builders import NOON
from tests.unit.domain.eta.builders import make_traits


@pytest.mark.parametrize(
    "draw",
    [
        lambda rnd: rnd.gauss(0, 1),
        lambda rnd: rnd.gauss(0.5, 3),
        lambda rnd: rnd.expovariate(1.0),
        lambda rnd: rnd.choice([-2.0, 0.1, 0.2, 5.0]) + rnd.random(),
    ],
    ids=["normal", "wide", "lopsided", "lumpy"],
)
def test_eight_in_ten_fall_inside_whatever_the_distribution(
    draw: Callable[[random.Random], float],
) -> None:
    rnd, tracker, hits = random.Random(7), RangeTracker(), 0
    for i in range(20_000):
        residual = draw(rnd)
        hits += i >= 4_000 and tracker.low <= residual <= tracker.high
        tracker.learn(residual, tracker.low, tracker.high)

    assert 0.78 <= hits / 16_000 <= 0.82


def test_every_horizon_learns_its_own_range_and_helps_its_neighbours() -> None:
    trackers = [RangeTracker() for _ in range(4)]
    rnd = random.Random(1)
    for _ in range(2_000):
        learn_shared(trackers, 0, rnd.gauss(0, 1), trackers[0].low, trackers[0].high)
        learn_shared(trackers, 1, rnd.gauss(0, 4), trackers[1].low, trackers[1].high)

    assert trackers[0].high < 2.5 < trackers[1].high
    assert trackers[2].high > 1.5
    assert trackers[3] == RangeTracker()


def test_stops_ahead_share_thirteen_horizons() -> None:
    found = [horizon(k) for k in range(1, 1_000)]

    assert found == sorted(found)
    assert set(found) <= set(range(HORIZONS))
    assert horizon(0) == 0


def test_the_hit_rate_of_stops_converges_to_what_is_claimed() -> None:
    travel, rnd = State().travel, random.Random(5)
    hits = 0
    for i in range(12_000):
        shape = travel.range_shape(8)
        told = StopPrediction(8, 1_000.0, 100.0, shape.low, shape.high)
        took_s = 1_000.0 * math.exp(rnd.gauss(0.05, 0.3))
        inside = 1_000.0 + 100.0 * shape.low <= took_s <= 1_000.0 + 100.0 * shape.high
        hits += i >= 4_000 and inside
        travel.learn_stop(told, took_s)

    assert 0.77 <= hits / 8_000 <= 0.83


@pytest.mark.parametrize("stops_ahead", [1, 8, 30])
def test_a_late_journey_counts_once_per_independent_way_not_per_stop(
    stops_ahead: int,
) -> None:
    """A journey of sixty stops passes the way to the next stop sixty times, a long one twice."""
    travel = State().travel
    before = travel.range_shape(stops_ahead)
    for _ in range(60 - stops_ahead):
        shape = travel.range_shape(stops_ahead)
        told = StopPrediction(stops_ahead, 1_000.0, 100.0, shape.low, shape.high)
        travel.learn_stop(told, 9_000.0)

    ways = 60 / stops_ahead - 1
    moved = travel.range_shape(stops_ahead).high - before.high
    assert moved == pytest.approx(0.1 * ways, rel=0.35)


def test_a_certain_stop_teaches_nothing() -> None:
    travel = State().travel
    travel.learn_stop(StopPrediction(1, 10.0, 0.0, -1.0, 1.0), 1_000.0)

    assert travel.horizons == State().travel.horizons


def test_a_leg_told_before_it_began_teaches_its_own_range() -> None:
    travel, traits = State().travel, make_traits()
    for i in range(200):
        at_s = NOON.timestamp() + 600 * i
        told = travel.leg(traits, at_s)
        assert told.earliest_s <= told.point_s <= told.latest_s
        travel.learn(traits, 600.0, at_s + 600, told)

    told = travel.leg(traits, NOON.timestamp())
    assert told.point_s == pytest.approx(600.0, rel=0.05)
    assert told.latest_s / told.earliest_s < 1.6


@given(st.lists(st.tuples(st.floats(-3, 6), st.floats(4, 10)), min_size=200, max_size=250))
def test_the_curve_stays_finite(legs: list[tuple[float, float]]) -> None:
    curve = Curve(POWER_LAW)
    for log_base, log_s in legs:
        x = (1.0, log_base, max(0.0, log_base - 1.1))
        curve.learn(x, log_s - curve.at(x), 0.2)

    assert all(math.isfinite(value) for value in curve.theta)
    assert all(row[i] > 0 for i, row in enumerate(curve.covariance))


def test_the_curve_finds_a_power_law() -> None:
    curve, rnd = Curve(POWER_LAW), random.Random(2)
    for _ in range(2_000):
        log_km = rnd.uniform(-1, 3)
        x = (1.0, log_km, max(0.0, log_km - 1.1))
        curve.learn(x, math.log(500.0) + 0.5 * log_km + rnd.gauss(0, 0.2) - curve.at(x), 0.1)

    assert math.exp(curve.theta[0]) == pytest.approx(500.0, rel=0.05)
    assert curve.theta[1] == pytest.approx(0.5, abs=0.04)


def test_noise_follows_what_is_left_over() -> None:
    noise, rnd = Noise(2), random.Random(4)
    for _ in range(3_000):
        noise.learn(1, rnd.gauss(0, 0.5) ** 2, 0.0, 1.0)

    assert noise.variances[0] == 0.08
    assert noise.variances[1] == pytest.approx(0.25, rel=0.2)


def test_after_exact_legs_the_next_leg_is_still_uncertain() -> None:
    noise = Noise(1)
    for _ in range(5_000):
        noise.learn(0, 0.0, 0.02, 1.0)

    assert noise.variances == [FLOOR]


def test_a_driver_who_surprises_has_wider_ranges_within_bounds() -> None:
    wild = calm = 1.0
    for _ in range(500):
        wild, calm = driver_factor(wild, 100.0), driver_factor(calm, 0.0)

    assert clipped(wild) == 4.0
    assert clipped(calm) == 0.25
