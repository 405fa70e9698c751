"""How often a phone reports while its van drives."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median_low
from typing import Final

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.geography import distance_m

DRIVEN_M: Final = 100.0
"""Fixes that are so far apart were driven between. A van that stands may well be quiet."""
TOO_SELDOM: Final = timedelta(seconds=30)
"""A van that reports less often than this cannot be followed."""
FEWEST: Final = 3


def reporting_interval(recent: Sequence[Fix]) -> timedelta | None:
    """The usual time between two fixes of a drive, in device order; None for too few of them."""
    gaps = [
        later.recorded_at - earlier.recorded_at
        for earlier, later in pairwise(recent)
        if distance_m(earlier.coordinates, later.coordinates) >= DRIVEN_M
    ]
    return median_low(gaps) if len(gaps) >= FEWEST else None
