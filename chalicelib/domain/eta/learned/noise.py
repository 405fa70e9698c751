"""Noise: the variance of a leg that no key explains, per distance, times a factor per driver."""

from dataclasses import dataclass, field
from typing import Final

RATE: Final = 0.003
WARM_UP: Final = 50.0
"""The first residual has weight 1 / 51. The weight falls with each residual, down to ``RATE``."""
FLOOR: Final = 0.01
DRIVER_RATE: Final = 0.02
DRIVER_FLOOR: Final = 0.2
LEAST: Final = 0.25
MOST: Final = 4.0
WILDEST: Final = 8.0
"""The largest ratio of a squared error to its expected square that counts."""


def clipped(factor: float) -> float:
    """A driver's factor, limited to the bounds in which we use it."""
    return min(MOST, max(LEAST, factor))


def driver_factor(factor: float, squared_surprise: float) -> float:
    """The factor after a residual. ``squared_surprise`` is its square over the expected square."""
    step = DRIVER_RATE * (min(squared_surprise, WILDEST) - 1.0)
    return max(DRIVER_FLOOR, factor * (1.0 + step))


@dataclass(slots=True)
class Noise:
    """Residual variances of log time, by bin. Bins without residuals have the value ``first``."""

    bins: int
    first: float = 0.08
    variances: list[float] = field(init=False)
    counts: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Start without any residuals."""
        self.variances = [self.first] * self.bins
        self.counts = [0.0] * self.bins

    def learn(self, bin_: int, squared_error: float, explained: float, factor: float) -> None:
        """Learn from the part of the squared error that the keys' variance does not explain."""
        self.counts[bin_] += 1.0
        rate = max(RATE, 1.0 / (self.counts[bin_] + WARM_UP))
        seen = self.variances[bin_]
        surprise = squared_error - explained - seen * factor
        self.variances[bin_] = max(FLOOR, seen + rate * surprise / factor)
