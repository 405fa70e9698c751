"""The curve of time over distance: three coefficients in logs, learnt by recursive least squares.

log T = a + b log(base) + c max(0, log(base) − bend). Time grows like distance to the power 0.6, not
like distance over speed: that alone halves the error of a constant speed (docs/eta.md).
"""

import math
from dataclasses import dataclass, field
from typing import Final

Vector = tuple[float, float, float]
DRIFT: Final = 1e-9
"""Added to the covariance with each leg, so that the filter still learns after millions of legs."""
POWER_LAW: Final[Vector] = (math.log(360.0), 0.6, 0.0)
"""The factory prior: 6 minutes × km^0.6."""
OVER_ENGINE: Final[Vector] = (math.log(120.0), 1.0, 0.0)
"""Twice a routing engine's seconds; the base is in minutes."""
AS_TOLD: Final[Vector] = (0.0, 1.0, 0.0)
"""The base itself, in seconds."""


def _wide() -> list[list[float]]:
    return [[0.15, 0.0, 0.0], [0.0, 0.02, 0.0], [0.0, 0.0, 0.02]]


@dataclass(slots=True)
class Curve:
    """The coefficients and their covariance."""

    theta: Vector
    covariance: list[list[float]] = field(default_factory=_wide)

    def at(self, x: Vector) -> float:
        """Log time for these inputs."""
        a, b, c = self.theta
        return a * x[0] + b * x[1] + c * x[2]

    def learn(self, x: Vector, error: float, total: float) -> None:
        """One step of recursive least squares (Kalman form): K = P x / (S + xᵀ P x)."""
        covariance = self.covariance
        px = [row[0] * x[0] + row[1] * x[1] + row[2] * x[2] for row in covariance]
        scale = total + px[0] * x[0] + px[1] * x[1] + px[2] * x[2]
        gain = [value / scale for value in px]
        a, b, c = self.theta
        self.theta = (a + gain[0] * error, b + gain[1] * error, c + gain[2] * error)
        for i, row in enumerate(covariance):
            for j in range(3):
                row[j] -= gain[i] * px[j]
            row[i] += DRIFT
