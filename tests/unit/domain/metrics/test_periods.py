from datetime import date, timedelta
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.metrics.periods import LONGEST_DAYS, Period, Step

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
PERIODS = st.builds(
    lambda first, days: Period(first, first + timedelta(days=days)),
    DAYS,
    st.integers(0, LONGEST_DAYS - 1),
)


@given(PERIODS, st.sampled_from(Step))
def test_the_parts_of_a_period_are_its_days_once_each(period: Period, step: Step) -> None:
    parts = list(period.cut(step))

    assert parts[0].first == period.first
    assert parts[-1].last == period.last
    for before, after in pairwise(parts):
        assert after.first == before.last + timedelta(days=1)
    assert sum(part.days for part in parts) == period.days


def test_weeks_begin_on_monday_and_months_on_their_first() -> None:
    period = Period(date(2026, 11, 25), date(2026, 12, 8))

    weeks = [(part.first.day, part.last.day) for part in period.cut(Step.WEEK)]
    months = [(part.first.day, part.last.day) for part in period.cut(Step.MONTH)]

    assert weeks == [(25, 29), (30, 6), (7, 8)]
    assert months == [(25, 30), (1, 8)]


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    before = Period(date(2026, 11, 23), date(2026, 11, 29)).before

    assert (before.first, before.last) == (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("last", "code"),
    [(date(2026, 1, 1), "period_reversed"), (date(2028, 1, 1), "period_too_long")],
)
def test_an_impossible_period_is_refused_with_a_sentence(last: date, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Period(date(2026, 11, 23), last)

    (error,) = cast("list[dict[str, str]]", refused.value.data["errors"])
    assert (error["code"], error["pointer"]) == (code, "?to_day")
