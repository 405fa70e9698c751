"""The learned model of travel times, made of the curve, the keys, the noise and the ranges.

log T = curve(log base) + Σ w m + noise. Every function takes the time as a parameter. The caller
must not teach anything before it has happened: call ``learn`` once a leg is over.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.eta.learned.beliefs import Beliefs
from chalicelib.domain.eta.learned.curve import OVER_ENGINE, POWER_LAW, Curve
from chalicelib.domain.eta.learned.keys import BINS, LAST_BIN, Traits
from chalicelib.domain.eta.learned.noise import Noise, clipped, driver_factor
from chalicelib.domain.eta.learned.quantiles import OF_STOPS, RangeTracker, learn_shared
from chalicelib.domain.eta.model import FactoryPrior, RangeShape

HORIZONS: Final = 13
"""Bins of twice the binary logarithm of the stops ahead: 1, 2, 3, 4, 6, 8 … 64 and more."""
LEAST_S: Final = 15.0
"""A shorter leg counts as this long: it is likely a tap on the wrong button and teaches nothing."""
CLIP: Final = 2.0
"""Huber's clip, in standard deviations, so that one strange leg moves nothing far."""
DRIVER_NOISE_VARIANCE: Final = 0.004
UNLEARNT_PACE: Final = 0.20
"""Relative deviation of the pace from the prior's that the keys' own variances do not cover."""


@dataclass(frozen=True, slots=True)
class LegPrediction:
    """The prediction for a leg: mean and deviation of log seconds, and the shape of the range."""

    mu: float
    sigma: float
    low: float
    high: float

    @property
    def point_s(self) -> float:
        """The median, which has the least absolute error."""
        return math.exp(self.mu)

    @property
    def earliest_s(self) -> float:
        """One leg in ten is shorter."""
        return math.exp(self.mu + min(0.0, self.low) * self.sigma)

    @property
    def latest_s(self) -> float:
        """One leg in ten is longer."""
        return math.exp(self.mu + max(0.0, self.high) * self.sigma)


@dataclass(frozen=True, slots=True)
class StopPrediction:
    """The prediction for one stop: seconds until it, their deviation, the shape of the range."""

    stops_ahead: int
    mean_s: float
    sigma_s: float
    low: float
    high: float


def horizon(stops_ahead: int) -> int:
    """The bin of a number of stops ahead. Stops at similar distances have similar errors.

    >>> [horizon(k) for k in (1, 2, 3, 4, 8, 35, 50, 150)]
    [0, 2, 3, 4, 6, 10, 11, 12]
    """
    return HORIZON[stops_ahead] if stops_ahead < len(HORIZON) else HORIZONS - 1


HORIZON: Final = tuple(int(2.0 * math.log2(max(1, stops_ahead))) for stops_ahead in range(91))
"""The bin of each number of stops ahead. Larger numbers are in the last bin."""


def _curves() -> list[Curve]:
    return [Curve(POWER_LAW), Curve(OVER_ENGINE)]


def _trackers(count: int) -> list[RangeTracker]:
    return [RangeTracker() for _ in range(count)]


def _unlearnt() -> list[RangeTracker]:
    """Ranges wide enough for a pace that nobody has measured yet, so that they hold on day one."""
    prior = FactoryPrior(pace_deviation=UNLEARNT_PACE)
    shapes = [prior.range_shape(round(2.0 ** (i / 2.0))) for i in range(HORIZONS)]
    return [RangeTracker(shape.low, shape.high) for shape in shapes]


@dataclass(slots=True)
class Travel:
    """The learned model of travel. Only ``learn`` and ``learn_stop`` change it."""

    beliefs: Beliefs
    curves: list[Curve] = field(default_factory=_curves)
    noise: Noise = field(default_factory=lambda: Noise(BINS))
    leg_ranges: list[RangeTracker] = field(default_factory=lambda: _trackers(BINS))
    horizons: list[RangeTracker] = field(default_factory=_unlearnt)

    def duration(self, traits: Traits, at_s: float) -> Duration:
        """The duration of a leg that begins at about ``at_s``, in seconds since the epoch."""
        mean, variance = self.beliefs.recall(traits.keys, at_s)
        mu = self.curves[traits.has_engine].at(traits.inputs) + traits.offset + mean
        noise = self.noise.variances[traits.bin] * clipped(self._driver_factor(traits))
        return Duration(mu, variance + noise)

    def leg(self, traits: Traits, at_s: float) -> LegPrediction:
        """The same prediction with a range for the leg alone."""
        duration = self.duration(traits, at_s)
        ranges = self.leg_ranges[traits.bin]
        return LegPrediction(duration.mu, math.sqrt(duration.variance), ranges.low, ranges.high)

    def learn(
        self, traits: Traits, took_s: float, at_s: float, predicted: LegPrediction | None = None
    ) -> None:
        """Learn from a leg that ended at ``at_s``; ``predicted`` is its prediction at its start."""
        curve = self.curves[traits.has_engine]
        mean, explained = self.beliefs.recall(traits.keys, at_s)
        log_s = math.log(max(took_s, LEAST_S)) - traits.offset
        expected = curve.at(traits.inputs) + mean
        factor = self._driver_factor(traits)
        used = clipped(factor)
        total = explained + self.noise.variances[traits.bin] * used
        surprise = log_s - expected
        limit = CLIP * math.sqrt(total)
        error = max(-limit, min(limit, surprise))
        self.noise.learn(traits.bin, error * error, explained, used)
        curve.learn(traits.inputs, error, total)
        self.beliefs.absorb(traits.keys, error, total, at_s)
        factor = driver_factor(factor, surprise * surprise / total)
        if traits.noise_key is not None:
            self.beliefs.put(traits.noise_key, (math.log(factor), DRIVER_NOISE_VARIANCE, at_s))
        if predicted is not None:
            residual = (log_s + traits.offset - predicted.mu) / predicted.sigma
            first = LAST_BIN + 1 if traits.has_engine else 0
            ranges = self.leg_ranges[first : first + LAST_BIN + 1]
            learn_shared(ranges, traits.bin - first, residual, predicted.low, predicted.high)

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """The normalised residuals that hold 80 % of arrivals this many stops ahead."""
        tracker = self.horizons[horizon(stops_ahead)]
        return RangeShape(tracker.low, tracker.high)

    def shapes_by_horizon(self) -> list[RangeShape]:
        """The same for every horizon, nearest first."""
        return [RangeShape(tracker.low, tracker.high) for tracker in self.horizons]

    def learn_stop(self, predicted: StopPrediction, took_s: float) -> None:
        """Learn from the time that it really took to reach a stop, since the prediction."""
        if predicted.sigma_s <= 0.0:
            return
        residual = (took_s - predicted.mean_s) / predicted.sigma_s
        own = horizon(predicted.stops_ahead)
        # Predictions made at two consecutive stops share all legs ahead but one, so they are not
        # independent. We divide by the number of legs. Otherwise one late journey would count like
        # twenty in the far horizons, and leave them too wide for fifty more journeys.
        weight = 1.0 / max(1, predicted.stops_ahead)
        learn_shared(
            self.horizons,
            own,
            residual,
            predicted.low,
            predicted.high,
            steps=OF_STOPS,
            weight=weight,
        )

    def _driver_factor(self, traits: Traits) -> float:
        belief = None if traits.noise_key is None else self.beliefs.known.get(traits.noise_key)
        return 1.0 if belief is None else math.exp(belief[0])
