import math
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.chain import StopTimes, chain, remaining_dwell
from chalicelib.domain.eta.estimates import Duration, Eta
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.instants import Range
from tests.support.builders import NOON, make_range, minutes, seconds
from tests.support.strategies import durations, ranges

ONE_SECOND = timedelta(seconds=1)


def exactly(duration_s: float) -> Duration:
    return Duration(math.log(duration_s), 0.0)


def chained(stop_times: Sequence[StopTimes]) -> tuple[Eta, ...]:
    return chain(stop_times, departs_at=NOON, model=FactoryPrior())


stop_times = st.builds(
    StopTimes, travel=durations(), dwell=durations(), window=st.none() | ranges()
)


@given(st.lists(stop_times, max_size=40))
def test_etas_are_ordered_and_every_range_holds_its_point(ahead: list[StopTimes]) -> None:
    etas = chained(ahead)

    assert len(etas) == len(ahead)
    assert [eta.point for eta in etas] == sorted(eta.point for eta in etas)
    for eta in etas:
        assert NOON <= eta.earliest <= eta.point <= eta.latest


@given(st.lists(stop_times, min_size=1, max_size=20))
def test_nobody_is_served_before_the_window_opens(ahead: list[StopTimes]) -> None:
    for link, eta in zip(ahead, chained(ahead), strict=True):
        if link.window is not None:
            assert eta.earliest >= link.window.earliest


@given(st.lists(stop_times, min_size=1, max_size=10), st.lists(stop_times, max_size=10))
def test_later_stops_do_not_change_earlier_etas(
    first: list[StopTimes], more: list[StopTimes]
) -> None:
    assert chained([*first, *more])[: len(first)] == chained(first)


def test_means_add_up() -> None:
    ahead = [StopTimes(travel=exactly(600.0), dwell=exactly(120.0))] * 3

    assert [eta.point for eta in chained(ahead)] == [
        NOON + seconds(600),
        NOON + seconds(600 + 120 + 600),
        NOON + seconds(600 + 120 + 600 + 120 + 600),
    ]


def test_certain_durations_have_no_range() -> None:
    (eta,) = chained([StopTimes(travel=exactly(600.0), dwell=exactly(120.0))])

    assert eta.earliest == eta.point == eta.latest


def test_a_driver_who_is_early_waits_and_all_that_follows_is_later() -> None:
    opens = make_range(NOON + minutes(60))
    ahead = [
        StopTimes(travel=exactly(600.0), dwell=exactly(120.0), window=opens),
        StopTimes(travel=exactly(600.0), dwell=exactly(120.0)),
    ]

    first, second = chained(ahead)

    assert first.point == first.earliest == NOON + minutes(60)
    assert second.point == NOON + minutes(72)


def test_a_window_in_the_past_changes_nothing() -> None:
    past = Range(NOON - minutes(90), NOON - minutes(60))
    plain = StopTimes(travel=exactly(600.0), dwell=exactly(120.0))

    assert chained([StopTimes(plain.travel, plain.dwell, past)]) == chained([plain])


def test_the_range_grows_with_the_horizon() -> None:
    ahead = [StopTimes(travel=Duration(6.0, 0.2), dwell=Duration(4.8, 0.25))] * 50

    widths = [eta.latest - eta.earliest for eta in chained(ahead)]

    assert widths == sorted(widths)


def test_a_thousand_stops_stay_finite() -> None:
    ahead = [StopTimes(travel=Duration(6.0, 0.2), dwell=Duration(4.8, 0.25))] * 1_000

    last = chained(ahead)[-1]

    assert timedelta(days=3) < last.point - NOON < timedelta(days=30)
    assert last.earliest < last.point < last.latest


def test_no_stops_have_no_etas() -> None:
    assert chained([]) == ()


def test_what_is_left_of_a_service_shrinks_to_a_quarter_of_its_mean() -> None:
    dwell = Duration(math.log(120.0), 0.25)

    def left_s(elapsed_s: float) -> float:
        return remaining_dwell(dwell, seconds(elapsed_s)).mean_s

    assert left_s(0) == pytest.approx(dwell.mean_s)
    assert left_s(-60) == pytest.approx(dwell.mean_s)
    assert left_s(30) == pytest.approx(dwell.mean_s - 30)
    assert left_s(3_600) == pytest.approx(dwell.mean_s / 4)


@given(durations(), st.floats(-1e5, 1e6))
def test_a_service_always_has_some_time_left_and_never_more_than_all(
    dwell: Duration, elapsed_s: float
) -> None:
    left_s = remaining_dwell(dwell, seconds(elapsed_s)).mean_s

    assert 0.0 < left_s <= dwell.mean_s * (1 + 1e-9)
