"""How good the ETAs of a stop were, and how good the warnings that its promise would break.

A range holds in four cases of five (see the ETA engine), so each end of it is passed in one case of
ten. Between and beyond we read it as two halves of a normal curve around the point. The chance that
the van comes after the end of the promise follows from that. It is graded by its Brier score: the
mean of (chance - outcome)², where the outcome is 1 when the promise broke. 0 is perfect, and
always saying one half scores 0.25 (Brier 1950, Monthly Weather Review 78:1).
"""

from datetime import datetime
from statistics import NormalDist
from typing import Final

from chalicelib.domain.eta.accuracy import Horizon, miss
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import StopId
from chalicelib.domain.metrics.driven import Driven
from chalicelib.domain.metrics.tallies import Tally, added, spread
from chalicelib.domain.routes.routes import Stop

MILLIONTHS: Final = 1_000_000
"""Squares of chances are kept as whole millionths, because tallies are whole numbers."""
GRADED: Final = (Horizon.MINUTES_60, Horizon.MINUTES_30, Horizon.MINUTES_10)
"""The horizons at which a warning still helps somebody."""
_CURVE: Final = NormalDist()
_END_Z: Final = _CURVE.inv_cdf(0.9)


def chance_late(eta: Eta, promised_until: datetime) -> float:
    """The chance from 0 to 1 that the van comes after that moment, as the ETA and its range say.

    >>> from datetime import UTC, timedelta
    >>> at, m = datetime(2026, 11, 23, 12, tzinfo=UTC), timedelta(minutes=1)
    >>> eta = Eta(point=at, earliest=at - 10 * m, latest=at + 20 * m)
    >>> [round(chance_late(eta, at + n * m), 2) for n in (-10, 0, 20, 40)]
    [0.9, 0.5, 0.1, 0.01]
    """
    left_s = (promised_until - eta.point).total_seconds()
    end = eta.latest if left_s >= 0 else eta.earliest
    half_s = abs((end - eta.point).total_seconds())
    if half_s == 0:
        return float(left_s < 0)
    return 1.0 - _CURVE.cdf(left_s / half_s * _END_Z)


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
    """How right the chances were that the promise of a stop, as told last, would break."""
    arrived_at = driven.arrivals.get(stop.id)
    if arrived_at is None or stop.promise is None:
        return {}
    is_broken = arrived_at > stop.promise.latest
    found: list[Tally] = []
    for horizon, shown in driven.shown.get(stop.id, {}).items():
        if horizon in GRADED:
            square = (chance_late(shown, stop.promise.latest) - is_broken) ** 2
            name = f"risk.{horizon.value}"
            found.append(
                {
                    f"{name}.count": 1,
                    f"{name}.square_ppm": round(square * MILLIONTHS),
                    f"{name}.broken": int(is_broken),
                }
            )
    return added(found)
