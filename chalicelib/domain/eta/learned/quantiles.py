"""Ranges that hold: quantiles of the observed residuals, tracked online for each horizon.

An 80 % range made by adding variances covers only 66 %. If we track the 10 % and the 90 % quantile
of the normalised residual, the range covers 80 %, whatever the distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

LOW: Final = 0.1
HIGH: Final = 0.9
WARM_UP: Final = 60.0
SHARED: Final = 0.35
"""The share of an observation that a neighbouring bin takes while it has few of its own."""
FEW: Final = 40.0


class Steps(NamedTuple):
    """How far one residual moves a quantile: ``first`` / ``WARM_UP`` at first, ``rate`` at last."""

    first: float
    rate: float


OF_LEGS: Final = Steps(12.0, 0.01)
OF_STOPS: Final = Steps(7.0, 0.04)
"""The first steps are smaller, because all stops ahead of one van are late together."""


@dataclass(slots=True)
class RangeTracker:
    """The 10 % and 90 % quantiles of normalised residuals, by stochastic approximation.

    Each step moves a quantile by the rate times its error (Robbins and Monro 1951, for the pinball
    loss), so the share of hits converges to the nominal one. The rate falls with the number of
    observations to a floor that is high enough to follow drift.
    """

    low: float = -1.28
    high: float = 1.28
    count: float = 0.0

    def learn(
        self,
        residual: float,
        low: float,
        high: float,
        *,
        steps: Steps = OF_LEGS,
        weight: float = 1.0,
    ) -> None:
        """Learn from one residual, compared with the quantiles that were told at the time."""
        self.count += weight
        step = weight * max(steps.rate, steps.first / (self.count + WARM_UP))
        self.low -= step * ((residual < low) - LOW)
        self.high += step * ((residual > high) - HIGH_MISSED)


HIGH_MISSED: Final = 1.0 - HIGH


def learn_shared(
    trackers: Sequence[RangeTracker],
    own: int,
    residual: float,
    low: float,
    high: float,
    *,
    steps: Steps = OF_LEGS,
    weight: float = 1.0,
) -> None:
    """Teach a bin, and its neighbours a little.

    Observations of far horizons are rare, and neighbouring bins are similar.
    """
    trackers[own].learn(residual, low, high, steps=steps, weight=weight)
    for i in (own - 1, own + 1):
        if 0 <= i < len(trackers):
            near = trackers[i]
            less = weight * SHARED * FEW / (FEW + near.count)
            near.learn(residual, near.low, near.high, steps=steps, weight=less)
