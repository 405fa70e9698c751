"""Accuracy of the ETAs that we told: error and range coverage at given moments before an arrival.

At each moment we judge the last ETA told until then, as a recipient would have read it: aged by the
silence since, and shown as "now" if its point had already passed. Every figure comes with its
numerator and denominator.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from chalicelib.domain.eta.ageing import aged
from chalicelib.domain.eta.estimates import Eta


class Horizon(StrEnum):
    """The moments before an arrival at which we judge the ETA."""

    AT_START = "at_start"
    MINUTES_60 = "60_min_before"
    MINUTES_30 = "30_min_before"
    MINUTES_10 = "10_min_before"
    NEXT_STOP = "next_stop"


LEADS: Final[Mapping[Horizon, timedelta]] = {
    Horizon.MINUTES_60: timedelta(minutes=60),
    Horizon.MINUTES_30: timedelta(minutes=30),
    Horizon.MINUTES_10: timedelta(minutes=10),
}
"""The time before the arrival, for the horizons that have one."""
P90: Final = 0.9


@dataclass(frozen=True, slots=True)
class PublishedEta:
    """An ETA that could be read since ``at``.

    ``as_of`` is the time of the news it rests on (None: ``at``).
    """

    at: datetime
    eta: Eta
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One stop that was reached, and all ETAs told for it, in any order.

    ``next_since`` is when the stop before it was done; None when that is unknown.
    """

    arrived_at: datetime
    started_at: datetime
    published: Sequence[PublishedEta]
    next_since: datetime | None = None

    def moments(self) -> Iterator[tuple[Horizon, datetime]]:
        """The moments at which we judge this arrival; none before the start of its route."""
        yield Horizon.AT_START, self.started_at
        for horizon, lead in LEADS.items():
            if self.arrived_at - lead >= self.started_at:
                yield horizon, self.arrived_at - lead
        if self.next_since is not None:
            yield Horizon.NEXT_STOP, self.next_since


@dataclass(frozen=True, slots=True)
class Miss:
    """The error of one ETA in seconds: positive when the van came earlier than told.

    ``is_covered`` is true when the van came within the range, both ends included. ``width_s`` is
    the width of the range.
    """

    error_s: float
    is_covered: bool
    width_s: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The figures of many misses. The numerators are sums; ``count`` is their denominator.

    The median and the 90th percentile are of absolute errors. Both are None when there are none.
    """

    count: int
    absolute_error_s: float
    signed_error_s: float
    covered: int
    width_s: float
    median_s: float | None
    p90_s: float | None

    @property
    def mean_s(self) -> float | None:
        """The mean absolute error."""
        return self.absolute_error_s / self.count if self.count else None

    @property
    def bias_s(self) -> float | None:
        """The mean signed error: positive when vans come earlier than told."""
        return self.signed_error_s / self.count if self.count else None

    @property
    def coverage_ratio(self) -> float | None:
        """The share of arrivals inside their range."""
        return self.covered / self.count if self.count else None

    @property
    def mean_width_s(self) -> float | None:
        """The mean width of the ranges."""
        return self.width_s / self.count if self.count else None


def judge(arrival: Arrival, *, fresh_for: timedelta) -> dict[Horizon, Miss]:
    """A miss for each moment at which an ETA had been told; for ``fresh_for`` see ``aged``."""
    shown = shown_before(arrival, fresh_for=fresh_for)
    return {horizon: miss(eta, arrival.arrived_at) for horizon, eta in shown.items()}


def shown_before(arrival: Arrival, *, fresh_for: timedelta) -> dict[Horizon, Eta]:
    """The ETA as a recipient read it at each moment at which one had been told."""
    published = sorted(arrival.published, key=lambda each: each.at)
    since = [each.at for each in published]
    shown: dict[Horizon, Eta] = {}
    for horizon, moment in arrival.moments():
        count = bisect_right(since, moment)
        if count:
            last = published[count - 1]
            as_of = last.as_of or last.at
            shown[horizon] = aged(last.eta, as_of=as_of, now=moment, fresh_for=fresh_for)
    return shown


def miss(shown: Eta, arrived_at: datetime) -> Miss:
    """The error of an ETA as it was shown."""
    return Miss(
        error_s=(shown.point - arrived_at).total_seconds(),
        is_covered=shown.earliest <= arrived_at <= shown.latest,
        width_s=(shown.latest - shown.earliest).total_seconds(),
    )


def pool(judged: Iterable[Mapping[Horizon, Miss]]) -> dict[Horizon, Accuracy]:
    """The accuracy at every horizon over all these arrivals, also for a horizon without any."""
    misses: dict[Horizon, list[Miss]] = {horizon: [] for horizon in Horizon}
    for each in judged:
        for horizon, found in each.items():
            misses[horizon].append(found)
    return {horizon: summarize(found) for horizon, found in misses.items()}


def summarize(misses: Sequence[Miss]) -> Accuracy:
    """The figures of these misses. The 90th percentile is the nearest rank: a real error."""
    absolute = sorted(abs(miss.error_s) for miss in misses)
    return Accuracy(
        count=len(misses),
        absolute_error_s=math.fsum(absolute),
        signed_error_s=math.fsum(miss.error_s for miss in misses),
        covered=sum(miss.is_covered for miss in misses),
        width_s=math.fsum(miss.width_s for miss in misses),
        median_s=median(absolute) if absolute else None,
        p90_s=absolute[math.ceil(P90 * len(absolute)) - 1] if absolute else None,
    )
