"""The values that ETAs are made of: a point with its range, and a duration with its spread."""

import math
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.instants import Range


@dataclass(frozen=True, slots=True)
class Eta:
    """When a stop is reached: ``point`` is the best answer, the range should hold in 80 % of cases.

    ``earliest`` ≤ ``point`` ≤ ``latest``, all aware UTC.
    """

    point: datetime
    earliest: datetime
    latest: datetime

    @property
    def range(self) -> Range:
        """The range alone."""
        return Range(self.earliest, self.latest)


@dataclass(frozen=True, slots=True)
class Duration:
    """A log-normal duration: ``mu`` and ``variance`` of log seconds.

    Travel and service times err in proportion.
    """

    mu: float
    variance: float

    @property
    def mean_s(self) -> float:
        """The mean in seconds. Chains add means: adding medians is biased low."""
        return math.exp(self.mu + self.variance / 2.0)

    @property
    def variance_s2(self) -> float:
        """The variance in square seconds."""
        return self.mean_s**2 * (math.exp(self.variance) - 1.0)
