from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.ageing import aged
from chalicelib.domain.eta.estimates import Eta
from tests.support.builders import NOON, make_eta, minutes, seconds
from tests.support.strategies import etas

FRESH_FOR = minutes(3)
AGES = st.floats(-300, 400 * 86_400).map(seconds)


def told(eta: Eta, age: timedelta, fresh_for: timedelta = FRESH_FOR) -> Eta:
    return aged(eta, as_of=NOON, now=NOON + age, fresh_for=fresh_for)


@given(etas(), AGES)
def test_the_range_holds_the_point_and_nothing_lies_in_the_past(eta: Eta, age: timedelta) -> None:
    shown = told(eta, age)

    assert NOON + age <= shown.earliest <= shown.point <= shown.latest


@given(etas(), AGES, st.floats(0, 86_400).map(seconds), st.sampled_from([0, 90, 180]))
def test_as_time_goes_by_no_end_moves_back(
    eta: Eta, age: timedelta, more: timedelta, fresh_s: int
) -> None:
    sooner, later = (told(eta, after, seconds(fresh_s)) for after in (age, age + more))

    assert sooner.earliest <= later.earliest
    assert sooner.point <= later.point
    assert sooner.latest <= later.latest


@given(etas(), AGES, st.floats(0, 600).map(seconds))
def test_a_little_older_is_only_a_little_wider(eta: Eta, age: timedelta, more: timedelta) -> None:
    assert told(eta, age + more).latest - told(eta, age).latest <= 2 * more


@given(etas(), AGES)
def test_the_earliest_end_and_the_point_move_only_with_the_present(
    eta: Eta, age: timedelta
) -> None:
    shown = told(eta, age)

    assert shown.earliest == max(eta.earliest, NOON + age)
    assert shown.point == max(eta.point, NOON + age)


@pytest.mark.parametrize(
    ("age_min", "later_min"), [(0, 0), (3, 0), (4, 2), (6, 6), (10, 10), (90, 90)]
)
def test_after_a_while_the_van_may_have_stood_all_the_time(age_min: int, later_min: int) -> None:
    eta = make_eta(NOON + minutes(120))

    assert told(eta, minutes(age_min)) == Eta(
        eta.point, eta.earliest, eta.latest + minutes(later_min)
    )
