from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.visibility import (
    Always,
    Never,
    Proximity,
    Rule,
    VisibilityPolicy,
    WithinDistance,
    WithinStops,
    WithinTime,
)
from tests.support.builders import minutes

proximities = st.builds(
    Proximity,
    stops_before=st.integers(0, 200),
    time_left=st.timedeltas(timedelta(hours=-1), timedelta(hours=10)),
    distance_m=st.floats(0, 1e6) | st.just(float("inf")),
)


def near(stops_before: int = 0, time_min: float = 1.0, distance_m: float = 100.0) -> Proximity:
    return Proximity(stops_before, minutes(time_min), distance_m)


@given(proximities)
def test_always_allows_everything_and_never_nothing(proximity: Proximity) -> None:
    assert Always().allows(proximity)
    assert not Never().allows(proximity)


@pytest.mark.parametrize(
    ("rule", "last", "first_hidden"),
    [
        (WithinStops(1), near(stops_before=0), near(stops_before=1)),
        (WithinStops(5), near(stops_before=4), near(stops_before=5)),
        (WithinTime(minutes(15)), near(time_min=15), near(time_min=15.01)),
        (WithinDistance(500.0), near(distance_m=500.0), near(distance_m=500.1)),
        (WithinDistance(1e9), near(distance_m=1e9), near(distance_m=float("inf"))),
    ],
)
def test_each_rule_has_an_edge(rule: Rule, last: Proximity, first_hidden: Proximity) -> None:
    assert rule.allows(last)
    assert not rule.allows(first_hidden)


def test_by_default_the_driver_is_seen_from_five_stops_and_the_rest_always() -> None:
    policy = VisibilityPolicy()

    assert policy.position == WithinStops(5)
    assert policy.eta == policy.stops_before == Always()
