"""How much of a leg cannot be known: residual variance per distance, times a factor per driver."""

from dataclasses import dataclass, field
from typing import Final

RATE: Final = 0.003
WARM_UP: Final = 50.0
"""The first residuals count like the mean of so many, and less and less until ``RATE``."""
FLOOR: Final = 0.01
DRIVER_RATE: Final = 0.02
DRIVER_FLOOR: Final = 0.2
LEAST: Final = 0.25
MOST: Final = 4.0
WILDEST: Final = 8.0
"""One surprise counts for so many expected squares at most."""


def clipped(factor: float) -> float:
    """A driver's factor as it is used."""
    return min(MOST, max(LEAST, factor))


def driver_factor(factor: float, squared_surprise: float) -> float:
    """The factor after a residual whose square was so many times what was expected."""
    step = DRIVER_RATE * (min(squared_surprise, WILDEST) - 1.0)
    return max(DRIVER_FLOOR, factor * (1.0 + step))


@dataclass(slots=True)
class Noise:
    """Residual variances of log time, by bin; unseen bins have the first value."""

    bins: int
    first: float = 0.08
    variances: list[float] = field(init=False)
    counts: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Nothing seen."""
        self.variances = [self.first] * self.bins
        self.counts = [0.0] * self.bins

    def learn(self, bin_: int, squared_error: float, explained: float, factor: float) -> None:
        """Follow what is left of the squared error after the variance that the keys explain."""
        self.counts[bin_] += 1.0
        rate = max(RATE, 1.0 / (self.counts[bin_] + WARM_UP))
        seen = self.variances[bin_]
        surprise = squared_error - explained - seen * factor
        self.variances[bin_] = max(FLOOR, seen + rate * surprise / factor)
