from datetime import timedelta

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.reporting import reporting_interval
from tests.support.builders import HELSINKI, NOON, north_of, seconds


def drive(*steps: tuple[float, float]) -> list[Fix]:
    """Fixes, each so many seconds and metres after the one before."""
    at_s = way_m = 0.0
    found = []
    for after_s, on_m in steps:
        at_s, way_m = at_s + after_s, way_m + on_m
        found.append(Fix(NOON + seconds(at_s), north_of(HELSINKI, way_m)))
    return found


def test_the_usual_time_between_fixes_of_a_drive() -> None:
    assert reporting_interval(drive(*[(15, 200)] * 3, (120, 300), (15, 200))) == seconds(15)
    assert reporting_interval(drive(*[(300, 2_500)] * 5)) == timedelta(minutes=5)


def test_a_van_that_stands_may_be_quiet() -> None:
    assert reporting_interval(drive(*[(600, 5)] * 8)) is None
    assert reporting_interval(drive((15, 0), (15, 200), (15, 200), (900, 3))) is None
    assert reporting_interval([]) is None
