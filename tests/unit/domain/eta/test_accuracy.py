from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.accuracy import (
    Arrival,
    Horizon,
    Miss,
    PublishedEta,
    judge,
    miss,
    pool,
    summarize,
)
from tests.support.builders import NOON, make_eta, minutes, seconds
from tests.support.strategies import instants, whole_seconds

FRESH_FOR = minutes(3)


def told(at_min: float, point_min: float, *, margin_min: float = 10) -> PublishedEta:
    """At that minute after noon: you arrive at this minute."""
    eta = make_eta(NOON + minutes(point_min), margin=minutes(margin_min))
    return PublishedEta(NOON + minutes(at_min), eta)


def arrival(
    at_min: float, told_etas: Sequence[PublishedEta], *, next_min: float | None = None
) -> Arrival:
    return Arrival(
        arrived_at=NOON + minutes(at_min),
        started_at=NOON,
        published=told_etas,
        next_since=None if next_min is None else NOON + minutes(next_min),
    )


def errors_min(judged: Arrival) -> dict[Horizon, float]:
    found = judge(judged, fresh_for=FRESH_FOR)
    return {horizon: each.error_s / 60 for horizon, each in found.items()}


def test_each_horizon_judges_the_eta_told_last_before_it() -> None:
    etas = [told(0, 80), told(9, 81), told(10, 82), told(40, 83), told(61, 84), told(70, 75)]

    assert errors_min(arrival(70, etas, next_min=68)) == {
        Horizon.AT_START: 10,
        Horizon.MINUTES_60: 12,
        Horizon.MINUTES_30: 13,
        Horizon.MINUTES_10: 13,
        Horizon.NEXT_STOP: 14,
    }


def test_the_order_of_the_given_etas_does_not_matter() -> None:
    etas = [told(40, 83), told(0, 80), told(10, 82)]

    assert errors_min(arrival(70, etas)) == errors_min(arrival(70, etas[::-1]))


def test_a_short_trip_has_no_far_horizons() -> None:
    assert set(errors_min(arrival(20, [told(0, 25)]))) == {Horizon.AT_START, Horizon.MINUTES_10}


def test_the_start_itself_counts_as_sixty_minutes_before() -> None:
    assert Horizon.MINUTES_60 in errors_min(arrival(60, [told(0, 55)]))


def test_without_a_told_eta_there_is_nothing_to_judge() -> None:
    assert errors_min(arrival(70, [told(65, 70)])) == {}
    assert errors_min(arrival(70, [])) == {}


def test_the_past_is_read_as_now() -> None:
    told_before = PublishedEta(NOON - minutes(1), make_eta(NOON - minutes(30), margin=minutes(10)))

    for late_min, covered in ((5, False), (0, True)):
        at = NOON + minutes(late_min)
        found = judge(Arrival(at, NOON, [told_before]), fresh_for=FRESH_FOR)
        assert found[Horizon.AT_START] == Miss(-60 * late_min, is_covered=covered, width_s=0)


def test_old_news_are_read_with_the_range_that_they_had_by_then() -> None:
    fresh = told(0, 30)
    stale = PublishedEta(fresh.at, fresh.eta, as_of=NOON - minutes(20))
    fresh_found, stale_found = (
        judge(arrival(50, [each], next_min=0), fresh_for=FRESH_FOR)[Horizon.NEXT_STOP]
        for each in (fresh, stale)
    )

    assert stale_found.error_s == fresh_found.error_s == -1200
    assert (fresh_found.is_covered, fresh_found.width_s) == (False, 1200)
    assert (stale_found.is_covered, stale_found.width_s) == (True, 2400)


@pytest.mark.parametrize(("arrived_min", "covered"), [(-10.1, 0), (-10, 1), (10, 1), (10.1, 0)])
def test_both_ends_belong_to_the_range(arrived_min: float, covered: int) -> None:
    found = miss(make_eta(), NOON + minutes(arrived_min))

    assert found.is_covered == bool(covered)


def test_figures_come_with_their_numerators() -> None:
    errors = [60, -120, 180, -240, 600]
    misses = [Miss(error_s, abs(error_s) < 200, 300) for error_s in errors]

    accuracy = summarize(misses)

    assert (accuracy.count, accuracy.covered, accuracy.absolute_error_s) == (5, 3, 1200)
    assert (accuracy.mean_s, accuracy.median_s, accuracy.p90_s) == (240, 180, 600)
    assert (accuracy.bias_s, accuracy.coverage_ratio, accuracy.mean_width_s) == (96, 0.6, 300)


def test_nine_in_ten_are_no_farther_off_than_the_90th_percentile() -> None:
    misses = [Miss(60.0 * i, is_covered=True, width_s=0.0) for i in range(10, 0, -1)]

    assert summarize(misses).p90_s == 540.0
    assert summarize(misses[:9]).p90_s == 600.0


def test_without_misses_there_are_no_figures() -> None:
    accuracy = pool([])[Horizon.AT_START]

    assert accuracy.count == 0
    assert accuracy.mean_s is accuracy.median_s is accuracy.p90_s is accuracy.coverage_ratio is None


@given(
    st.lists(st.builds(Miss, st.floats(-9e4, 9e4), st.booleans(), st.floats(0, 9e4)), min_size=1)
)
def test_the_figures_are_in_order(misses: list[Miss]) -> None:
    accuracy = summarize(misses)
    largest = max(abs(each.error_s) for each in misses)

    assert accuracy.median_s is not None
    assert accuracy.p90_s is not None
    assert accuracy.mean_s is not None
    assert 0 <= accuracy.median_s <= accuracy.p90_s <= largest
    assert accuracy.mean_s <= largest * (1 + 1e-12)
    assert 0 <= accuracy.covered <= accuracy.count == len(misses)


@given(whole_seconds(), st.lists(st.tuples(instants(), instants())), st.none() | instants())
def test_nothing_is_judged_from_the_future(
    arrived_at: datetime, pairs: list[tuple[datetime, datetime]], next_since: datetime | None
) -> None:
    etas = [PublishedEta(at, make_eta(point)) for at, point in pairs]
    judged = judge(Arrival(arrived_at, NOON - minutes(30), etas, next_since), fresh_for=FRESH_FOR)

    earliest = min((each.at for each in etas), default=None)
    if earliest is not None and earliest > max(arrived_at, NOON, next_since or NOON) + seconds(1):
        assert not judged
