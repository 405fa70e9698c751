"""The figures that managers read: each with its numerator, its denominator and its definition.

A figure without a denominator has no value, which is not 0: no deliveries are not bad deliveries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.domain.eta.accuracy import P90, Horizon
from chalicelib.domain.metrics.risks import GRADED, MILLIONTHS
from chalicelib.domain.metrics.tallies import Tally, bins, percentile_s
from chalicelib.domain.ratings.ratings import MOST_STARS

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
    """What a figure means. ``above`` and ``below`` are the sums that it divides.

    ``nothing`` is said where there is nothing to divide by. ``is_of_vans``: it belongs to a van,
    and a shipper has no share in it.
    """

    unit: Unit
    above: str
    below: str
    meaning: str
    nothing: str
    is_of_vans: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A quotient of two sums. ``value`` is None where the denominator is 0."""

    value: float | None
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


@dataclass(frozen=True, slots=True)
class RiskGrade:
    """How right the probabilities of broken promises were, at one moment before the arrivals.

    ``brier`` is the mean of (probability - outcome)²: 0 is perfect. ``brier_of_the_share`` is what
    somebody scores who always says the share of broken promises. Only less than that is skill.
    """

    count: int
    broken: int
    brier: float
    brier_of_the_share: float


TRIED: Final = "No shipments were tried."
WINDOWS: Final = "No deliveries with a window."
PROMISES: Final = "No visits with a promise."

DEFINITIONS: Final[Mapping[str, Definition]] = {
    "delivery_success": Definition(
        Unit.RATIO,
        "delivered",
        "tried",
        "Shipments that were delivered, of those that were tried on a route. One that is tried on "
        "two routes counts on both.",
        TRIED,
    ),
    "first_attempt_success": Definition(
        Unit.RATIO,
        "first_delivered",
        "first_tried",
        "Shipments that were delivered at the first attempt, of those whose first attempt it was.",
        "No first attempts.",
    ),
    "on_time_in_window": Definition(
        Unit.RATIO,
        "window.met",
        "window.count",
        "Deliveries within the window, both ends included, of all deliveries that had one. The "
        "time of the delivery counts, not that of the arrival.",
        WINDOWS,
    ),
    "early_for_window": Definition(
        Unit.RATIO,
        "window.early",
        "window.count",
        "Deliveries before the window, of all deliveries that had one.",
        WINDOWS,
    ),
    "late_for_window": Definition(
        Unit.RATIO,
        "window.late",
        "window.count",
        "Deliveries after the window, of all deliveries that had one.",
        WINDOWS,
    ),
    "promise_kept": Definition(
        Unit.RATIO,
        "promise.met",
        "promise.count",
        "Visits that began within the range told when the van left, of all visits with such a "
        "range. Later promises do not count.",
        PROMISES,
    ),
    "early_for_promise": Definition(
        Unit.RATIO,
        "promise.early",
        "promise.count",
        "Visits that began before that range, of all visits with one.",
        PROMISES,
    ),
    "late_for_promise": Definition(
        Unit.RATIO,
        "promise.late",
        "promise.count",
        "Visits that began after that range, of all visits with one.",
        PROMISES,
    ),
    "rating": Definition(
        Unit.STARS,
        "stars",
        "ratings",
        "Stars given, by the number of ratings: from 1 to 5.",
        "No ratings.",
    ),
    "ratings_answered": Definition(
        Unit.RATIO,
        "ratings",
        "could_rate",
        "Shipments that were rated, of those that were tried.",
        TRIED,
    ),
    "proof_completeness": Definition(
        Unit.RATIO,
        "proofs_complete",
        "proofs_asked",
        "Attempts with all proofs that the shipper requires, of the attempts for which any is "
        "required.",
        "No attempts for which a proof is required.",
    ),
    "alerts_per_shipment": Definition(
        Unit.EACH,
        "alerts",
        "tried",
        "News of delay or silence, and that it is over, by the number of shipments tried.",
        TRIED,
    ),
    "promise_changes_per_shipment": Definition(
        Unit.EACH,
        "promise_changes",
        "tried",
        "Promises that replaced another one, by the number of shipments tried.",
        TRIED,
    ),
    "messages_per_shipment": Definition(
        Unit.EACH,
        "messages",
        "tried",
        "Messages written by anybody, by the number of shipments tried.",
        TRIED,
    ),
    "questions_answered": Definition(
        Unit.RATIO,
        "answer.count",
        "questions",
        "Recipients' questions that were answered, of all of them. Several messages in a row are "
        "one question.",
        "No questions.",
    ),
    "stops_per_hour": Definition(
        Unit.PER_HOUR,
        "stops_done",
        "duty_s",
        "Stops that were left, by the hours from the start until the last stop was left.",
        "No time on the road.",
        is_of_vans=True,
    ),
    "distance_per_stop": Definition(
        Unit.METRES,
        "distance_m",
        "stops_done",
        "Metres along the cleaned track of the vans, by the number of stops that were left.",
        "No stops.",
        is_of_vans=True,
    ),
}
"""All quotients. The thresholds of the cleaned track are in the operator's guide."""
TOTALS: Final[Mapping[str, tuple[Unit, str, bool]]] = {
    "routes": (Unit.EACH, "Routes that were driven; a route of two drivers counts for both.", True),
    "stops_planned": (Unit.EACH, "Stops of the plans as they were in the end.", True),
    "stops_done": (Unit.EACH, "Stops that a van has left.", True),
    "distance_m": (Unit.METRES, "Metres along the cleaned track of the vans.", True),
    "duty_s": (Unit.SECONDS, "From each start until the last stop was left.", True),
    "tried": (Unit.EACH, "Shipments that were tried, once a route.", False),
    "attempts": (Unit.EACH, "Attempts that stand.", False),
    "delivered": (Unit.EACH, "Shipments that were delivered.", False),
    "failed": (Unit.EACH, "Attempts that failed.", False),
    "messages": (Unit.EACH, "Messages written by anybody.", False),
}
"""Plain sums: unit, meaning, and whether they belong to vans."""
SPREADS: Final[Mapping[str, tuple[str, bool]]] = {
    "service": ("How long vans stood at stops, from the arrival until they left.", True),
    "driving": (
        "How long the ways between stops took, from leaving one until reaching the next.",
        True,
    ),
    "answer": ("How long recipients waited for an answer to a question.", False),
}
"""Distributions of durations: what they are of, and whether they belong to vans."""
HOUR_S: Final = 3_600


def figure(tally: Tally, name: str) -> Figure:
    """A figure by its name in DEFINITIONS."""
    means = DEFINITIONS[name]
    above, below = tally.get(means.above, 0), tally.get(means.below, 0)
    scale = HOUR_S if means.unit is Unit.PER_HOUR else 1
    return Figure(above * scale / below if below else None, above, below)


def parts_of(tally: Tally, name: str) -> tuple[int, int]:
    """Numerator and denominator of one shipment's tally, of a quotient or of a sum.

    Of what belongs to vans a shipment has no part: it is one of those that were tried.
    """
    means = DEFINITIONS.get(name)
    if means is not None and not means.is_of_vans:
        return tally.get(means.above, 0), tally.get(means.below, 0)
    unit_of = TOTALS.get(name)
    is_of_vans = means is not None or (unit_of is not None and unit_of[2])
    value = tally.get("tried" if is_of_vans else name, 0)
    return value, value


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


def risk_grades(tally: Tally) -> dict[Horizon, RiskGrade]:
    """How right the probabilities of broken promises were; only moments with any."""
    found: dict[Horizon, RiskGrade] = {}
    for horizon in GRADED:
        name = f"risk.{horizon.value}"
        count, broken = tally.get(f"{name}.count", 0), tally.get(f"{name}.broken", 0)
        if count:
            share = broken / count
            found[horizon] = RiskGrade(
                count=count,
                broken=broken,
                brier=tally.get(f"{name}.square_ppm", 0) / MILLIONTHS / count,
                brier_of_the_share=share * (1 - share),
            )
    return found


def by_reason(tally: Tally) -> dict[str, int]:
    """Failed attempts by their reason, most frequent first."""
    return _named(tally, "failed.")


def by_stars(tally: Tally) -> dict[int, int]:
    """Ratings by their number of stars, from 5 to 1, also those that nobody gave."""
    return {stars: tally.get(f"stars.{stars}", 0) for stars in range(MOST_STARS, 0, -1)}


def by_author(tally: Tally) -> dict[str, int]:
    """Messages by who wrote them, most frequent first."""
    return _named(tally, "messages.")


def _named(tally: Tally, prefix: str) -> dict[str, int]:
    found = {
        name.removeprefix(prefix): count for name, count in tally.items() if name.startswith(prefix)
    }
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
