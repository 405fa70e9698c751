import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.estimates import Duration, Eta, Etas
from chalicelib.domain.instants import Range
from tests.support.builders import NOON, make_eta, minutes
from tests.support.strategies import durations, etas


@given(etas())
def test_a_range_is_made_of_both_ends(eta: Eta) -> None:
    assert eta.range == Range(eta.earliest, eta.latest)
    assert eta.earliest <= eta.point <= eta.latest


def test_the_builders_eta_has_a_margin() -> None:
    assert make_eta(NOON).range == Range(NOON - minutes(10), NOON + minutes(10))


@given(durations())
def test_a_mean_lies_above_the_median(duration: Duration) -> None:
    assert duration.mean_s >= math.exp(duration.mu)
    assert duration.variance_s2 >= 0.0


def test_without_variance_mean_and_median_agree() -> None:
    assert Duration(math.log(120.0), 0.0).mean_s == pytest.approx(120.0)
    assert Duration(math.log(120.0), 0.0).variance_s2 == 0.0


class TestColumns:
    @given(st.lists(st.none() | etas(), max_size=8))
    def test_they_are_the_etas_that_they_were_made_of(self, told: list[Eta | None]) -> None:
        columns = Etas.of(told)

        assert columns == tuple(told)
        assert tuple(told) == columns
        assert [columns[i] for i in range(len(columns))] == told
        assert columns[1:-1] == tuple(told[1:-1])
        assert columns == Etas.of(columns[:])
        assert hash(columns) == hash(tuple(told))

    def test_parts_of_a_second_are_cut_off(self) -> None:
        eta = make_eta(NOON)
        later = Eta(NOON + timedelta(seconds=0.9), eta.earliest, eta.latest)

        assert Etas.of([later, None]) == Etas.of([eta, None])

    def test_another_eta_is_another_column(self) -> None:
        assert Etas.of([make_eta(NOON)]) != Etas.of([make_eta(NOON + minutes(1))])
        assert Etas.of([make_eta(NOON)]) != Etas.of([None])
        assert "Eta" in repr(Etas.of([make_eta(NOON)]))
