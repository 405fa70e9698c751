"""The numbers that the rules turn on, as one value that is passed in and that tests can set."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from chalicelib.domain.visibility import VisibilityPolicy

NOTICE_LEASE_S: Final = 120
"""How long a sender owns a notice or a webhook delivery.

Must exceed the sender function's time-out (a test compares it with the template): then nobody else
can hold the lease while a first sender may still be sending.
"""

LEDGER_KEEP_S: Final = 30 * 24 * 3_600
"""How long the ledger remembers what was sent.

Longer than stream, queue and dead-letter queue together can hold an event back.
"""

RUN_SHEET_RETENTION: Final = timedelta(days=7)
"""How long after its planned start a route's manifest, with recipients' names, is kept.

Longer than anybody drives it.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """Tunables.

    Distances in metres, durations as timedelta; the defaults are the documented behaviour.
    """

    fix_future_limit: timedelta = timedelta(minutes=2)
    """A fix later than this after our clock is refused as ``future``."""
    fix_age_limit: timedelta = timedelta(hours=48)
    """A fix older than this when it reaches us is refused as ``too_old``."""
    clock_skew_limit: timedelta = timedelta(minutes=2)
    """A device clock that differs more than this from ours is corrected by the difference."""
    fix_accuracy_limit_m: float = 500.0
    """A vaguer fix is kept in the track but moves neither the van nor an ETA."""
    teleport_speed_mps: float = 45.0
    teleport_slack_m: float = 60.0
    """Gate of the credible chain: farther than speed × time + slack is a jump (recall ≥ 0.95)."""

    arrival_radius_m: float = 60.0
    arrival_dwell: timedelta = timedelta(seconds=20)
    """At the next stop, this near for this long (measured: right at 96 % of stops)."""
    arrival_out_of_turn: timedelta = timedelta(seconds=90)
    """At any other stop, standing for this long (measured: wrong at 1 % of stops passed by)."""

    approaching_stops: int = 2
    approaching_within: timedelta = timedelta(minutes=15)
    """Approaching: at most so many stops before, and the ETA so near."""
    delay_tolerance: timedelta = timedelta(minutes=5)
    """Delayed: the ETA is this much later than the end of the promise."""
    recovery_margin: timedelta = timedelta(minutes=3)
    """Back on time: the ETA is this much before the end of the first promise."""
    promise_step: timedelta = timedelta(minutes=5)
    """Promises are told on full five minutes."""
    promise_rest: timedelta = timedelta(minutes=15)
    """No promise changes again sooner than this (hysteresis in time)."""
    alerts_per_commit: int = 40
    """So many shipments a transaction (it holds 100 items); the rest follow with the next fix."""

    stale_after: timedelta = timedelta(seconds=180)
    """An older position is not shown as live."""
    track_retention: timedelta = timedelta(days=60)
    """Positions expire (CNIL: two months in principle)."""
    link_retention: timedelta = timedelta(days=14)
    """A tracking link ends this long after the delivery."""
    poll_near_s: int = 10
    poll_far_s: int = 60
    visibility: VisibilityPolicy = field(default_factory=VisibilityPolicy)
