"""The policy: all thresholds of the rules as one value. It is a parameter, so tests can set it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from chalicelib.domain.visibility import VisibilityPolicy

NOTICE_LEASE_S: Final = 120
"""How long a sender owns a notice or a webhook delivery.

It must be longer than the time-out of the sender function (a test compares it with the template).
Then nobody else can hold the lease while the first sender may still be sending.
"""

LEDGER_KEEP_S: Final = 30 * 24 * 3_600
"""How long the ledger remembers sent messages.

This is longer than stream, queue and dead-letter queue together can hold an event back.
"""

RUN_SHEET_RETENTION: Final = timedelta(days=7)
"""How long after its planned start a route's manifest, with recipients' names, is kept.

Longer than anybody drives it.
"""

PLAN_RETENTION: Final = timedelta(days=90)
"""How long after its planned start a route's plan, with places and ids, is kept.

Longer than the tracks, which are judged by it.
"""


FEED_SETTLES_AFTER: Final = timedelta(seconds=30)
"""Events this young are not in the feed yet.

An event gets its place in the feed before it is written. This is longer than a write with all its
tries takes, with time for the index to follow and for clocks that differ. So nothing ever appears
before what has been read.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds of the rules. The defaults are the documented behaviour."""

    fix_future_limit: timedelta = timedelta(minutes=2)
    """We refuse a fix that is more than this ahead of our clock (``future``)."""
    fix_age_limit: timedelta = timedelta(hours=48)
    """We refuse a fix that is older than this when it reaches us (``too_old``)."""
    clock_skew_limit: timedelta = timedelta(minutes=2)
    """We correct a device clock that differs from ours by more than this."""
    own_correction_limit: timedelta = timedelta(minutes=15)
    """So long after a delivery its driver may still say that there was none."""
    clock_skew_memory: timedelta = timedelta(days=1)
    """We do not use a skew above this unless the device says in the same request that it has it."""
    fix_accuracy_limit_m: float = 500.0
    """A less accurate fix is kept in the track, but moves neither the van nor an ETA."""
    teleport_speed_mps: float = 45.0
    teleport_slack_m: float = 60.0
    """A fix farther away than speed × time + slack is a jump (recall ≥ 0.95)."""

    arrival_radius_m: float = 60.0
    arrival_dwell: timedelta = timedelta(seconds=20)
    """Arrived at the next stop: near for this long (measured: right at 96 % of stops)."""
    arrival_out_of_turn: timedelta = timedelta(minutes=4)
    """Arrived at any other stop without a report: near for this long, standing.

    No traffic light takes so long; after 90 s still 1 % of the stops passed by are wrong.
    """

    approaching_stops: int = 2
    approaching_within: timedelta = timedelta(minutes=15)
    """Approaching: at most ``approaching_stops`` before this stop, and the ETA at most this far."""
    delay_tolerance: timedelta = timedelta(minutes=5)
    """Delayed: the ETA is this much later than the end of the promise."""
    recovery_margin: timedelta = timedelta(minutes=3)
    """Back on time: the ETA is this much before the end of the first promise."""
    early_tolerance: timedelta = timedelta(minutes=10)
    """Earlier: the ETA is this much before the beginning of the promise."""
    promise_step: timedelta = timedelta(minutes=5)
    """Both ends of a promise are full multiples of this."""
    promise_min_interval: timedelta = timedelta(minutes=15)
    """A promise does not change again sooner than this (hysteresis in time)."""
    alerts_per_commit: int = 38
    """The most shipments that one fix tells; the others follow with the next fix.

    Each costs four write units in the transaction (its state and an event), live state and track
    three more, their shipper's feed four: 38 cost 159. A batch stays at 160, and the transaction
    below its 100 items.
    """

    reach_m: float = 700_000.0
    """We refuse an address that is farther from every hub.

    A van drives nine hours a day (Regulation (EC) 561/2006, article 6), at 80 km/h.
    """
    takes_rough_places: bool = False
    """Whether an address that was found only roughly is taken, for a dispatcher to place.

    An operator sets it (``ROUGH_PLACES``).
    """

    loading_after_end: timedelta = timedelta(hours=6)
    """How long after its last stop a van may still find a parcel of the route aboard."""
    start_early: timedelta = timedelta(hours=4)
    start_late: timedelta = timedelta(hours=12)
    """A route starts on its service day, or at most so long before or after its planned start."""
    stale_after: timedelta = timedelta(seconds=180)
    """We do not show an older position as live."""
    silent_after: timedelta = timedelta(minutes=10)
    """A van is silent when its news are this old, and a promise begins soon or has begun."""
    alive_every: timedelta = timedelta(minutes=1)
    """How often we note that a phone says it is there without a place."""
    overdue_after: timedelta = timedelta(minutes=15)
    overdue_share: float = 3.0
    """A van that stands at a stop for so long, and so many times the planned service time, is
    overdue: something holds the driver up there."""
    silence_grace: timedelta = timedelta(minutes=1)
    """At the end of a promise, a van that has sent nothing for this long is silent.

    With a look each minute, a broken promise is told within two minutes of its end.
    """
    shipment_retention: timedelta = timedelta(days=180)
    """All that is stored of a shipment expires this long after it was finished.

    An operator sets it (``SHIPMENT_RETENTION_DAYS``).
    """
    track_retention: timedelta = timedelta(days=60)
    """Positions expire after this time (CNIL: two months in principle)."""
    link_retention: timedelta = timedelta(days=14)
    """A tracking link ends this long after the delivery."""
    thread_stays_open: timedelta = timedelta(hours=2)
    """Messages may be written until so long after the outcome: time to ask where the parcel is."""
    messages_per_thread: int = 200
    """What nobody will read any more; then only the support contact is left."""
    messages_per_burst: int = 6
    message_burst_interval: timedelta = timedelta(minutes=2)
    """One side may write so many messages in so long: more than a person, less than a script."""
    message_notice_interval: timedelta = timedelta(minutes=15)
    """The recipient gets at most one notice in so long that there is something to read."""
    rating_open_for: timedelta = timedelta(days=7)
    """A visit can be rated until so long after its outcome."""
    rating_changes_for: timedelta = timedelta(days=1)
    """A rating can be changed until so long after it was given."""
    pin_patience: timedelta = timedelta(minutes=10)
    """So long after a visit a wrong PIN is refused: the recipient is still there to be asked."""
    poll_near_s: int = 10
    poll_far_s: int = 60
    proof_watch: timedelta = timedelta(minutes=10)
    """So long after the report a page that is open looks out for the photos still to come."""
    visibility: VisibilityPolicy = field(default_factory=VisibilityPolicy)
