"""The values that ETAs are made of: a point with its range, and a duration with its spread."""

import math
from dataclasses import dataclass, field
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
    mean_s: float = field(init=False, compare=False, repr=False)
    """The mean in seconds. Chains add means: adding medians is biased low."""
    variance_s2: float = field(init=False, compare=False, repr=False)
    """The variance in square seconds."""
    deviation_s: float = field(init=False, compare=False, repr=False)
    """The standard deviation in seconds."""

    def __post_init__(self) -> None:
        """Once for each duration: a chain asks for them with every fix."""
        mean_s = math.exp(self.mu + self.variance / 2.0)
        spread = math.expm1(self.variance)
        object.__setattr__(self, "mean_s", mean_s)
        object.__setattr__(self, "variance_s2", mean_s * mean_s * spread)
        object.__setattr__(self, "deviation_s", mean_s * math.sqrt(spread))
