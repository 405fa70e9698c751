"""Travel time, learnt: the curve, the keys, the noise and the ranges, put together.

log T = curve(log base) + Σ w m + noise. Everything here is told the time; nothing may be learnt
before it has happened, which is for the caller to see to: ``learn`` is called once a leg is over.
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
"""Twice the binary logarithm of the stops ahead: 1, 2, 3, 4, 6, 8 … 64 and more."""
LEAST_S: Final = 15.0
"""A shorter leg is taken for this long: the log of a tap on the wrong button teaches nothing."""
CLIP: Final = 2.0
"""Huber's clip, in standard deviations: one strange leg moves nothing far."""
DRIVER_NOISE_VARIANCE: Final = 0.004
UNLEARNT_PACE: Final = 0.20
"""How far a pace may be from the prior's beyond what the keys' own variances say of it."""


@dataclass(frozen=True, slots=True)
class LegTold:
    """What was said of a leg: mean and deviation of log seconds, and the shape of the range."""

    mu: float
    sigma: float
    low: float
    high: float

    @property
    def point_s(self) -> float:
        """The median: it has the least absolute error."""
        return math.exp(self.mu)

    @property
    def earliest_s(self) -> float:
        """One in ten is shorter."""
        return math.exp(self.mu + min(0.0, self.low) * self.sigma)

    @property
    def latest_s(self) -> float:
        """One in ten is longer."""
        return math.exp(self.mu + max(0.0, self.high) * self.sigma)


@dataclass(frozen=True, slots=True)
class StopTold:
    """What was said of a stop so many ahead: seconds until it, their deviation, and the shape."""

    stops_ahead: int
    mean_s: float
    sigma_s: float
    low: float
    high: float


def horizon(stops_ahead: int) -> int:
    """The bin of a horizon: like distances in time err alike.

    >>> [horizon(k) for k in (1, 2, 3, 4, 8, 35, 50, 150)]
    [0, 2, 3, 4, 6, 10, 11, 12]
    """
    return HORIZON[stops_ahead] if stops_ahead < len(HORIZON) else HORIZONS - 1


HORIZON: Final = tuple(int(2.0 * math.log2(max(1, stops_ahead))) for stops_ahead in range(91))
"""The bin of each number of stops; all further ones are in the last."""


def _curves() -> list[Curve]:
    return [Curve(POWER_LAW), Curve(OVER_ENGINE)]


def _trackers(count: int) -> list[RangeTracker]:
    return [RangeTracker() for _ in range(count)]


def _unlearnt() -> list[RangeTracker]:
    """Wide enough for a pace that nobody has measured yet: a first day's ranges should hold too."""
    prior = FactoryPrior(pace_deviation=UNLEARNT_PACE)
    shapes = [prior.range_shape(round(2.0 ** (i / 2.0))) for i in range(HORIZONS)]
    return [RangeTracker(shape.low, shape.high) for shape in shapes]


@dataclass(slots=True)
class Travel:
    """The learned model of travel. Changes with ``learn`` and ``learn_stop`` only."""

    beliefs: Beliefs
    curves: list[Curve] = field(default_factory=_curves)
    noise: Noise = field(default_factory=lambda: Noise(BINS))
    leg_ranges: list[RangeTracker] = field(default_factory=lambda: _trackers(BINS))
    horizons: list[RangeTracker] = field(default_factory=_unlearnt)

    def duration(self, traits: Traits, at_s: float) -> Duration:
        """How long a leg takes that begins about then (seconds since the epoch)."""
        mean, variance = self.beliefs.recall(traits.keys, at_s)
        mu = self.curves[traits.has_engine].at(traits.inputs) + traits.offset + mean
        noise = self.noise.variances[traits.bin] * clipped(self._driver_factor(traits))
        return Duration(mu, variance + noise)

    def leg(self, traits: Traits, at_s: float) -> LegTold:
        """The same with a range of its own."""
        duration = self.duration(traits, at_s)
        ranges = self.leg_ranges[traits.bin]
        return LegTold(duration.mu, math.sqrt(duration.variance), ranges.low, ranges.high)

    def learn(
        self, traits: Traits, took_s: float, at_s: float, told: LegTold | None = None
    ) -> None:
        """Take in a leg that ended at ``at_s``; ``told`` is what was said of it when it began."""
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
        if told is not None:
            residual = (log_s + traits.offset - told.mu) / told.sigma
            first = LAST_BIN + 1 if traits.has_engine else 0
            ranges = self.leg_ranges[first : first + LAST_BIN + 1]
            learn_shared(ranges, traits.bin - first, residual, told.low, told.high)

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """The normalised residuals that hold 80 % of arrivals this many stops ahead."""
        tracker = self.horizons[horizon(stops_ahead)]
        return RangeShape(tracker.low, tracker.high)

    def shapes_by_horizon(self) -> list[RangeShape]:
        """The same for every horizon, nearest first."""
        return [RangeShape(tracker.low, tracker.high) for tracker in self.horizons]

    def learn_stop(self, told: StopTold, took_s: float) -> None:
        """Take in how long a stop really took to reach since something was said of it."""
        if told.sigma_s <= 0.0:
            return
        residual = (took_s - told.mean_s) / told.sigma_s
        own = horizon(told.stops_ahead)
        # From one stop to the next all but one of the legs ahead are the same: a journey is worth
        # as many residuals as it holds such ways end to end, or one late journey would swing the
        # range far ahead by as much as twenty, and leave it too wide for fifty more.
        weight = 1.0 / max(1, told.stops_ahead)
        learn_shared(
            self.horizons, own, residual, told.low, told.high, steps=OF_STOPS, weight=weight
        )

    def _driver_factor(self, traits: Traits) -> float:
        belief = None if traits.noise_key is None else self.beliefs.known.get(traits.noise_key)
        return 1.0 if belief is None else math.exp(belief[0])
