import math

import pytest
from hypothesis import given

from chalicelib.domain.eta.estimates import Duration, Eta
from chalicelib.domain.instants import Range
from tests.builders import NOON, make_eta, minutes
from tests.strategies import durations, etas


@given(etas())
def test_a_range_is_made_of_both_ends(eta: Eta) -> None:
    assert eta.range == Range(eta.earliest, eta.latest)
    assert eta.range.contains(eta.point)


def test_the_builders_eta_has_a_margin() -> None:
    assert make_eta(NOON).range == Range(NOON - minutes(10), NOON + minutes(10))


@given(durations())
def test_a_mean_lies_above_the_median(duration: Duration) -> None:
    assert duration.mean_s >= math.exp(duration.mu)
    assert duration.variance_s2 >= 0.0


def test_without_variance_mean_and_median_agree() -> None:
    assert Duration(math.log(120.0), 0.0).mean_s == pytest.approx(120.0)
    assert Duration(math.log(120.0), 0.0).variance_s2 == 0.0
