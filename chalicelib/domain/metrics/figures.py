"""The figures that managers read: each with its numerator, its denominator and its definition.

A figure without a denominator is absent, never 0: no deliveries are not bad deliveries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.domain.eta.accuracy import P90, Horizon
from chalicelib.domain.metrics.tallies import Tally, bins, percentile_s

FEW: Final = 30
"""A figure of fewer cases says little: it is shown, and marked as a small sample."""


class Unit(StrEnum):
    """What a figure is measured in. A ratio is a share from 0 to 1."""

    RATIO = "ratio"
    SECONDS = "s"
    METRES = "m"
    STARS = "stars"
    PER_HOUR = "1/h"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means. ``above`` and ``below`` are the sums that it divides."""

    unit: Unit
    above: str
    below: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A quotient of two sums."""

    value: float
    numerator: int
    denominator: int

    @property
    def is_small(self) -> bool:
        """Whether it rests on few cases."""
        return self.denominator < FEW


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution of durations: mean, median and P90 in seconds, and its bins."""

    count: int
    mean_s: float
    median_s: float
    p90_s: float
    bins: tuple[tuple[int, int | None, int], ...]


@dataclass(frozen=True, slots=True)
class HorizonFigures:
    """How far off the ETAs were at one moment before the arrivals.

    ``bias_s`` is positive when vans came earlier than told.
    """

    error: Spread
    coverage: Figure
    bias_s: float
    mean_width_s: float


DEFINITIONS: Final[Mapping[str, Definition]] = {
    "delivery_success": Definition(
        Unit.RATIO,
        "delivered",
        "tried",
        "Shipments that were delivered, of those that were tried on the route.",
    ),
    "first_attempt_success": Definition(
        Unit.RATIO,
        "first_delivered",
        "first_tried",
        "Shipments that were delivered at the first attempt, of those whose first attempt it was.",
    ),
    "on_time_in_window": Definition(
        Unit.RATIO,
        "window.met",
        "window.count",
        "Deliveries within the window, of all deliveries that had one. The delivery counts, not "
        "the arrival.",
    ),
    "early_for_window": Definition(
        Unit.RATIO,
        "window.early",
        "window.count",
        "Deliveries before the window, of all deliveries that had one.",
    ),
    "late_for_window": Definition(
        Unit.RATIO,
        "window.late",
        "window.count",
        "Deliveries after the window, of all deliveries that had one.",
    ),
    "promise_kept": Definition(
        Unit.RATIO,
        "promise.met",
        "promise.count",
        "Visits that began within the range told when the van left, of all visits with such a "
        "range. Later promises do not count.",
    ),
    "early_for_promise": Definition(
        Unit.RATIO,
        "promise.early",
        "promise.count",
        "Visits that began before that range, of all visits with one.",
    ),
    "late_for_promise": Definition(
        Unit.RATIO,
        "promise.late",
        "promise.count",
        "Visits that began after that range, of all visits with one.",
    ),
    "rating": Definition(
        Unit.STARS, "stars", "ratings", "Stars given, by the number of ratings: from 1 to 5."
    ),
    "ratings_answered": Definition(
        Unit.RATIO,
        "ratings",
        "could_rate",
        "Shipments that were rated, of those whose recipient could rate the last visit.",
    ),
    "proof_completeness": Definition(
        Unit.RATIO,
        "proofs_complete",
        "proofs_asked",
        "Attempts with all proofs that the shipper requires, of the attempts for which any is "
        "required.",
    ),
    "alerts_per_shipment": Definition(
        Unit.EACH,
        "alerts",
        "told",
        "News of delay or silence, and that it is over, by the number of shipments on the road.",
    ),
    "promise_changes_per_shipment": Definition(
        Unit.EACH,
        "promise_changes",
        "told",
        "Promises that replaced an earlier one, by the number of shipments on the road.",
    ),
    "messages_per_shipment": Definition(
        Unit.EACH, "messages", "told", "Messages written, by the number of shipments on the road."
    ),
    "questions_answered": Definition(
        Unit.RATIO,
        "answer.count",
        "questions",
        "Recipients' questions that were answered while the van was on the road, of all of them.",
    ),
    "stops_per_hour": Definition(
        Unit.PER_HOUR,
        "stops_done",
        "duty_s",
        "Stops that were left, by the hours from the start until the last stop.",
    ),
    "distance_per_stop": Definition(
        Unit.METRES,
        "distance_m",
        "stops_done",
        "Metres along the track of the vans, by the number of stops that were left.",
    ),
}
SPREADS: Final[Mapping[str, str]] = {
    "service": "How long vans stood at stops, from the arrival until they left.",
    "driving": "How long the ways between stops took, from leaving one until reaching the next.",
    "answer": "How long recipients waited for an answer to a question.",
}
OF_VANS: Final = frozenset({"stops_per_hour", "distance_per_stop", "service", "driving"})
"""What belongs to a van and not to a shipper: a shipper has no share in it."""
HOUR_S: Final = 3_600


def figure(tally: Tally, name: str) -> Figure | None:
    """A figure by its name in DEFINITIONS; None where its denominator is 0."""
    means = DEFINITIONS[name]
    above, below = tally.get(means.above, 0), tally.get(means.below, 0)
    if not below:
        return None
    scale = HOUR_S if means.unit is Unit.PER_HOUR else 1
    return Figure(above * scale / below, above, below)


def spread_of(tally: Tally, name: str) -> Spread | None:
    """A distribution by its name; None of nothing."""
    count = tally.get(f"{name}.count", 0)
    median_s, p90_s = percentile_s(tally, name, 0.5), percentile_s(tally, name, P90)
    if not count or median_s is None or p90_s is None:
        return None
    mean_s = tally.get(f"{name}.sum_s", 0) / count
    return Spread(count, mean_s, median_s, p90_s, tuple(bins(tally, name)))


def eta_accuracy(tally: Tally) -> dict[Horizon, HorizonFigures]:
    """How far off the ETAs were, by the moment before the arrival; only moments with any."""
    found: dict[Horizon, HorizonFigures] = {}
    for horizon in Horizon:
        name = f"eta.{horizon.value}"
        error = spread_of(tally, name)
        if error is None:
            continue
        covered = tally.get(f"{name}.covered", 0)
        found[horizon] = HorizonFigures(
            error=error,
            coverage=Figure(covered / error.count, covered, error.count),
            bias_s=tally.get(f"{name}.signed_s", 0) / error.count,
            mean_width_s=tally.get(f"{name}.width_s", 0) / error.count,
        )
    return found


def by_reason(tally: Tally) -> dict[str, int]:
    """Failed attempts by their reason, most frequent first."""
    return _named(tally, "failed.")


def by_stars(tally: Tally) -> dict[str, int]:
    """Ratings by their number of stars, most frequent first."""
    return _named(tally, "stars.")


def _named(tally: Tally, prefix: str) -> dict[str, int]:
    found = {
        name.removeprefix(prefix): count for name, count in tally.items() if name.startswith(prefix)
    }
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
