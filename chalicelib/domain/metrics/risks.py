"""How good the ETAs of a stop were, and how good the warnings that its promise would break.

The office is warned by the probability that a van comes after what its customers expect. That is
made anew here from the ETA that was told, and graded by its Brier score: the mean of
(probability - outcome)², where the outcome is 1 when the van came later. 0 is perfect, and always
saying one half scores 0.25 (Brier 1950, Monthly Weather Review 78:1).
"""

from typing import Final

from chalicelib.domain.eta.accuracy import Horizon, miss
from chalicelib.domain.eta.risk import probability_after
from chalicelib.domain.ids import StopId
from chalicelib.domain.metrics.driven import Driven
from chalicelib.domain.metrics.tallies import Tally, added, spread
from chalicelib.domain.routes.routes import Stop

MILLIONTHS: Final = 1_000_000
"""Squares of probabilities are kept as whole millionths, because tallies are whole numbers."""
GRADED: Final = (Horizon.MINUTES_60, Horizon.MINUTES_30, Horizon.MINUTES_10)
"""The horizons at which a warning still helps somebody."""


def eta_tally(stop_id: StopId, driven: Driven) -> Tally:
    """How far off the ETAs of a stop were, at each horizon before it was reached."""
    arrived_at = driven.arrivals.get(stop_id)
    if arrived_at is None:
        return {}
    found: list[Tally] = []
    for horizon, shown in driven.shown.get(stop_id, {}).items():
        name, missed = f"eta.{horizon.value}", miss(shown, arrived_at)
        found += [
            spread(name, [abs(missed.error_s)]),
            {
                f"{name}.covered": int(missed.is_covered),
                f"{name}.signed_s": round(missed.error_s),
                f"{name}.width_s": round(missed.width_s),
            },
        ]
    return added(found)


def risk_tally(stop: Stop, driven: Driven) -> Tally:
    """How right the probabilities were that a stop would be reached too late.

    Too late is after the window, and where there is none after the promise of the plan.
    """
    arrived_at, expected = driven.arrivals.get(stop.id), stop.window or stop.promise
    if arrived_at is None or expected is None:
        return {}
    is_broken = arrived_at > expected.latest
    found: list[Tally] = []
    for horizon, shown in driven.shown.get(stop.id, {}).items():
        if horizon in GRADED:
            square = (probability_after(shown, expected.latest) - is_broken) ** 2
            name = f"risk.{horizon.value}"
            found.append(
                {
                    f"{name}.count": 1,
                    f"{name}.square_ppm": round(square * MILLIONTHS),
                    f"{name}.broken": int(is_broken),
                }
            )
    return added(found)
