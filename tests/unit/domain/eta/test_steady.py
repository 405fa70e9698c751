from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.steady import (
    LATER_AGAIN_S,
    LEAST_MOVE_S,
    STEP_S,
    Span,
    after_telling,
    fresh,
    is_like,
    steady,
)

T = 1_764_000_000
"""A full five minutes."""


def span(earliest_min: float, latest_min: float) -> Span:
    return Span(T + round(60 * earliest_min), T + round(60 * latest_min))


def shown_after(*etas: tuple[float, float], is_next: bool = False) -> Span:
    """What is shown after these ETAs, a minute apart from T on."""
    shown: Span | None = None
    for minute, (earliest_min, latest_min) in enumerate(etas):
        eta = span(earliest_min, latest_min)
        shown = steady(shown, eta, T + 60 * minute, is_next=is_next)
    assert shown is not None
    return shown


def test_an_eta_is_shown_on_full_five_minutes_a_little_narrower_than_around_it() -> None:
    assert fresh(span(10, 40)) == span(10, 40)
    assert fresh(span(13, 37)) == span(15, 35)
    assert fresh(span(20, 20.5)) == span(20, 25)


def test_five_minutes_to_and_fro_are_not_shown() -> None:
    assert shown_after((20, 40), (20, 36), (20, 40), (24, 44)) == span(20, 40)


def test_ten_minutes_more_are_shown_at_once() -> None:
    assert shown_after((20, 40), (20, 50)) == span(20, 50)
    assert shown_after((20, 40), (9, 40)) == span(10, 40)


def test_a_range_shrinks_by_half_of_it() -> None:
    assert shown_after((20, 60), (20, 48)) == span(20, 60)
    assert shown_after((20, 60), (20, 37)) == span(20, 35)


def test_all_of_it_may_move() -> None:
    assert shown_after((20, 40), (60, 80)) == span(60, 80)
    assert shown_after((60, 80), (20, 40)) == span(20, 40)


def test_what_has_begun_stays_by() -> None:
    begun = shown_after((0, 20), (1, 20), (12, 20), (18, 26))

    assert begun == span(0, 20)
    assert steady(begun, span(25, 40), T + 300, is_next=False) == span(0, 40)


def test_the_next_stop_is_any_minute_until_it_is_clearly_later() -> None:
    over, now_s = span(-10, 0), T + 60

    assert steady(over, span(1, 6), now_s, is_next=True) == over
    later = Span(T, now_s + LATER_AGAIN_S + 1)
    assert steady(over, later, now_s, is_next=True) == span(-10, 10)


def test_with_stops_before_a_range_that_is_over_moves_on_at_once() -> None:
    assert steady(span(-10, 0), span(1, 6), T + 60, is_next=False) == span(-10, 10)
    assert steady(span(-10, 0), span(-9, 0), T + 60, is_next=False) == span(-10, 0)


def test_a_promise_that_is_told_is_shown() -> None:
    assert after_telling(span(20, 40), span(60, 80), T) == span(60, 80)
    assert after_telling(None, span(60, 80), T) == span(60, 80)
    assert after_telling(span(0, 20), span(30, 50), T) == span(0, 50)


@pytest.mark.parametrize(
    ("other", "is_alike"), [((15, 45), True), ((20, 49.9), True), ((20, 50), False)]
)
def test_what_says_about_the_same_need_not_be_shown(
    other: tuple[float, float], *, is_alike: bool
) -> None:
    assert is_like(span(20, 40), span(*other)) is is_alike


@dataclass(frozen=True)
class Look:
    """An ETA, the time since the one before, and whether the van has no stop before."""

    after_s: int
    starts_s: int
    lasts_s: int
    is_next: bool


def looks() -> st.SearchStrategy[list[Look]]:
    each = st.builds(
        Look, st.integers(1, 900), st.integers(-900, 7_200), st.integers(0, 3_600), st.booleans()
    )
    return st.lists(each, min_size=1, max_size=30)


@given(looks())
def test_a_shown_range_is_calm_whatever_the_etas_say(some: list[Look]) -> None:
    shown: Span | None = None
    now_s = T
    for look in some:
        now_s += look.after_s
        eta = Span(now_s + look.starts_s, now_s + look.starts_s + look.lasts_s)
        before = shown
        shown = steady(before, eta, now_s, is_next=look.is_next)

        assert shown.earliest_s % STEP_S == shown.latest_s % STEP_S == 0
        assert shown.latest_s - shown.earliest_s >= STEP_S
        assert steady(shown, eta, now_s, is_next=look.is_next) == shown
        if before is None:
            continue
        assert not 0 < shown.latest_s - before.latest_s < LEAST_MOVE_S
        if before.earliest_s <= now_s:
            assert shown.earliest_s <= now_s, "by stays by"
        else:
            assert not 0 < before.earliest_s - shown.earliest_s < LEAST_MOVE_S
