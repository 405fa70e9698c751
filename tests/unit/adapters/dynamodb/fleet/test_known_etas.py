"""What a container remembers of ETAs never differs from what would be read."""

import pytest
from hypothesis import given, settings

from chalicelib.adapters.dynamodb.fleet.known_etas import MOST, known_or_read, remember
from chalicelib.adapters.dynamodb.values.etas import etas_of, pack_etas
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.estimates import Etas
from tests.support.builders import NOON, make_eta, minutes
from tests.support.depth import times
from tests.support.strategies import lives


def etas_from(minute: float) -> Etas:
    return Etas.of([make_eta(NOON + minutes(minute)), None])


@settings(max_examples=times(quick=20, deep=2_000))
@given(lives())
def test_what_is_remembered_is_what_would_be_read(live: Live) -> None:
    etas = Etas.of(live.etas)
    packed = pack_etas(etas)
    remember(etas)

    assert known_or_read(packed, len(etas)) is etas
    assert known_or_read(packed, len(etas)) == etas_of(packed, len(etas))


def test_what_another_container_packed_is_read() -> None:
    remember(etas_from(1))
    others = pack_etas(etas_from(2))

    assert known_or_read(others, 2) == etas_from(2)
    with pytest.raises(ValueError, match="format"):
        known_or_read(b"\xff", 2)


def test_the_same_bytes_of_a_longer_plan_are_another_plans() -> None:
    remember(etas_from(1))

    assert known_or_read(pack_etas(etas_from(1)), 3) == etas_of(pack_etas(etas_from(1)), 3)


def test_a_container_remembers_the_newest_drivers_alone() -> None:
    many = [etas_from(minute) for minute in range(MOST + 1)]
    for etas in many:
        remember(etas)

    assert known_or_read(pack_etas(many[-1]), 2) is many[-1]
    assert known_or_read(pack_etas(many[0]), 2) is not many[0]
