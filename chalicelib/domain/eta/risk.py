"""How likely a promise breaks, from the range of an ETA.

An ETA is read as a split normal distribution: its point is the median, and its range holds 80 % of
the cases, a tenth before it and a tenth after it. So each side has its own spread. What was told is
kept with the track, so the probabilities can be made anew and graded against the arrivals.
"""

import math
from datetime import datetime
from typing import Final

from chalicelib.domain.eta.estimates import Eta

QUANTILE_90: Final = 1.2815515655446004
"""The standard normal's 90 % quantile: how many deviations an end of the range is away."""


def probability_after(eta: Eta, due: datetime) -> float:
    """The probability that the arrival is later than ``due``, from 0 to 1.

    A half when it is expected exactly then, a tenth when that is the end of the range.

    >>> from datetime import timedelta, UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> eta = Eta(noon, noon - timedelta(minutes=5), noon + timedelta(minutes=10))
    >>> [round(probability_after(eta, noon + timedelta(minutes=m)), 2) for m in (-5, 0, 10, 60)]
    [0.9, 0.5, 0.1, 0.0]
    """
    gap_s = (due - eta.point).total_seconds()
    end = eta.latest if gap_s >= 0 else eta.earliest
    deviation_s = abs((end - eta.point).total_seconds()) / QUANTILE_90
    if deviation_s == 0.0:
        return 0.0 if gap_s >= 0 else 1.0
    return 0.5 * math.erfc(gap_s / deviation_s / math.sqrt(2.0))
