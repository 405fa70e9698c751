from datetime import timedelta

import pytest

from chalicelib.domain.eta.arrival import Seen, has_arrived, still_near, target
from tests.support.builders import HELSINKI, NOON, north_of, seconds

DWELL = timedelta(seconds=20)


def seen(*steps: tuple[float, float]) -> list[Seen]:
    """(seconds, metres north of the stop) of each fix."""
    return [(NOON + seconds(at), north_of(HELSINKI, way_m)) for at, way_m in steps]


@pytest.mark.parametrize(
    ("fixes", "expected"),
    [
        (seen((0, 50), (5, 12), (20, 10)), True),
        (seen((0, 50), (5, 30), (20, 0)), False),
        (seen((0, 50), (19.9, 50)), False),
        (seen((0, 10), (20, 12)), True),
        (seen((0, -55), (10, 0), (20, 55)), False),
        (seen((0, 50), (30, -50), (60, 50)), True),
        ([], True),
    ],
    ids=["stands", "rolls", "too soon", "two fixes", "drives by", "jumps for long", "no history"],
)
def test_a_van_that_is_near_and_stands_has_arrived(fixes: list[Seen], *, expected: bool) -> None:
    as_of = fixes[-1][0] if fixes else NOON + DWELL

    assert has_arrived(NOON, fixes, as_of=as_of, dwell=DWELL) is expected


def test_a_van_that_was_never_near_has_not_arrived() -> None:
    assert not has_arrived(None, seen((0, 0), (60, 0)), as_of=NOON + DWELL, dwell=DWELL)


def test_leaving_the_radius_starts_anew() -> None:
    ways = [(NOON + seconds(at), way_m) for at, way_m in [(0, 50.0), (5, 61.0), (10, 60.0)]]

    assert still_near(None, ways, 60.0) == NOON + seconds(10)
    assert still_near(NOON - DWELL, ways[:1], 60.0) == NOON - DWELL
    assert still_near(NOON, [], 60.0) == NOON


def test_a_known_parking_point_narrows_the_circle() -> None:
    parking = north_of(HELSINKI, 30.0)

    assert target(HELSINKI, None, 60.0) == (HELSINKI, 60.0)
    assert target(HELSINKI, parking, 60.0) == (parking, 40.0)
