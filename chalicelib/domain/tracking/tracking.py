"""The recipient's view: an allow-list over one shipment, its history and the driver's live state.

It has nothing of another customer, no phone, no street and no driver's name. A hidden element is
already missing here, so no page can show it by mistake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.shown import expected
from chalicelib.domain.errors import NotFound
from chalicelib.domain.eta.ageing import aged
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.instants import Range
from chalicelib.domain.messages.threads import Author
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.ratings.ratings import RatingReason
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.domain.shipments.choices import Choice, agreed, choices
from chalicelib.domain.shipments.conversations import is_open
from chalicelib.domain.shipments.custody import delivered, has_outstanding, parts
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.next_steps import (
    WAITS_FOR_A_VAN,
    NextStep,
    day_to_come,
    next_step,
)
from chalicelib.domain.shipments.proof_checks import answers
from chalicelib.domain.shipments.rated import may_rate, rating_of, rating_open_until
from chalicelib.domain.shipments.redirects import may_redirect
from chalicelib.domain.shipments.reported import may_report
from chalicelib.domain.shipments.shipments import Attempt, Glimpse, Shipment
from chalicelib.domain.shipments.statuses import (
    FINISHED,
    ON_THE_WAY,
    ExternalStatus,
    FailureReason,
    Status,
    external_status,
)
from chalicelib.domain.shipments.wished import Open, may_change, offered_places
from chalicelib.domain.visibility import Proximity
from chalicelib.domain.wishes.wishes import SafePlace

PUBLIC_DATA: Final = frozenset({"status", "promise", "reason", "window", "service_day"})
SHOWN_ELSEWHERE: Final = frozenset(
    {
        EventType.MESSAGE_SENT,
        EventType.RATED,
        EventType.REPORTED,
        EventType.PREFERENCES_CHANGED,
        EventType.FORGOTTEN,
    }
)
"""What a page shows in a part of its own, and not once more in the story."""
SHARED: Final = WAITS_FOR_A_VAN | ON_THE_WAY
"""While it is to come, a recipient can share it."""
POSITION_DECIMALS: Final = 5  # one metre


@dataclass(frozen=True, slots=True)
class Sender:
    """The shipper of the goods, and the contact for questions."""

    name: str
    support_contact: str | None


@dataclass(frozen=True, slots=True)
class Position:
    """The last place of the van, its age at the time of our answer, and its error in metres."""

    lat_deg: float
    lon_deg: float
    recorded_at: datetime
    age_s: int
    heading_deg: float | None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """One public event of the history."""

    type: str
    at: datetime
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ShownProof:
    """A proof that the recipient can open through the tracking link."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """Where and when the photo was taken, as the driver's phone says, and its error in metres."""

    lat_deg: float
    lon_deg: float
    accuracy_m: float | None
    taken_at: datetime | None


class ProofCheck(StrEnum):
    """Whether the proof is shown: nobody asks, the recipient is asked, was, or cannot be asked."""

    NONE = "none"
    ASKED = "asked"
    PASSED = "passed"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of the last delivery attempt. Some files of its proofs may be still to come.

    Note, proofs, place and the name of who took it are left out while the recipient is asked for
    the address first.
    """

    status: Status
    at: datetime
    reason: FailureReason | None
    note: str | None
    proofs: tuple[ShownProof, ...]
    has_proofs_to_come: bool = False
    place: ShownPlace | None = None
    received_by: str | None = None
    has_hidden_proofs: bool = False


@dataclass(frozen=True, slots=True)
class ShownCompanion:
    """Another shipment for the same recipient at the same visit, by its sender."""

    sender: str
    parcels: int
    status: Status


@dataclass(frozen=True, slots=True)
class ShownRating:
    """The recipient's own rating of the last outcome. The comment is shown while it can be changed,
    and never after: others may get the link.
    """

    stars: int
    reasons: tuple[RatingReason, ...]
    comment: str | None


@dataclass(frozen=True, slots=True)
class ShownWishes:
    """What the recipient wants at the door, without a word of it: others may get the link.

    ``number`` is that of the newest change, ``may_change`` says whether there may be another, and
    if not, why.
    """

    number: int
    has_instructions: bool
    safe_place: SafePlace | None
    has_neighbour: bool
    is_contact_free: bool
    may_change: Open


@dataclass(frozen=True, slots=True)
class Offers:
    """What the shipper lets its recipients choose."""

    safe_places: tuple[SafePlace, ...] = ()
    neighbour: bool = False
    contact_free: bool = False
    until_stops: int = 2


@dataclass(frozen=True, slots=True)
class TrackingView:
    """The tracking page as data.

    ``version`` counts the shipment's changes (for the ETag). ``poll_after_s`` is when to ask again
    (None: never, because the delivery is over). ``eta_age_s`` is the age of the news behind the
    ETA, None while they are recent enough to count as live. ``timeline`` has the newest lines of
    the history; where there are earlier ones, ``earlier_before`` is the number of the first event
    that was read. ``live_version`` is the version of the van's live state, None without a van.
    ``country`` is that of the address (ISO 3166, two letters): it decides the units of distances.
    ``messages`` counts those of the thread, and ``may_write`` says whether it is open.
    ``service_day`` is the day at the address on which it is to come, as long as no van has it.
    ``pin`` is what the recipient says at the door, None where nobody asks for one, or not any more.
    ``may_rate`` says whether the last outcome can be rated, or its ``rating`` changed, until
    ``rating_until``. ``wishes`` are None once they can make no difference any more, and ``offers``
    are what the form of the page has for them. ``may_report`` says whether the recipient can say
    that something is wrong, and ``reported`` what is open of that;
    ``last_report`` names the newest one.
    ``expected`` is the range that the page shows, None where there is no ETA or it is hidden.
    ``proof_check`` says whether the recipient is asked for the address before the proof is shown.
    ``share_token`` is the secret part of the link to share, empty where there is nothing to share.
    ``may_redirect`` says whether it can be sent to another address, and if not, why;
    ``details_version`` is what a form about that has seen. ``companions`` share the visit.
    ``choices`` are the days and windows that it can be moved to, ``agreed`` names what holds now.
    ``is_stopped`` says that the recipient is told nothing more. ``next_step`` is what comes after a
    failed attempt. ``uid`` names the delivery in calendars, and ``wanted_day`` is the day that was
    agreed without a window, also one that is over.
    """

    status: Status
    external_status: ExternalStatus
    reference: str
    sender: Sender
    city: str
    time_zone: str
    locale: str
    server_now: datetime
    version: int
    eta: Eta | None
    eta_age_s: int | None
    promise: Range | None
    delayed: bool
    window: Range | None
    stops_before: int | None
    position: Position | None
    position_hidden_because: str | None
    last_seen_age_s: int | None
    destination: Coordinates
    timeline: tuple[Milestone, ...]
    outcome: Outcome | None
    poll_after_s: int | None
    first_promise: Range | None = None
    earlier_before: int | None = None
    live_version: int | None = None
    parcels_total: int = 1
    parcels_later: int = 0
    country: str = ""
    messages: int = 0
    may_write: bool = False
    service_day: date | None = None
    rating: ShownRating | None = None
    may_rate: bool = False
    rating_until: datetime | None = None
    wishes: ShownWishes | None = None
    offers: Offers = Offers()
    may_report: bool = False
    reported: ReportReason | None = None
    last_report: str = ""
    choices: tuple[Choice, ...] = ()
    agreed: str = ""
    pin: str | None = None
    is_stopped: bool = False
    next_step: NextStep | None = None
    uid: str = ""
    wanted_day: date | None = None
    expected: Range | None = None
    proof_check: ProofCheck = ProofCheck.NONE
    share_token: str = ""
    share_generation: int = 1
    may_redirect: Open = Open.OVER
    details_version: int = 0
    companions: tuple[ShownCompanion, ...] = ()

    @property
    def is_overdue(self) -> bool:
        """Whether what we told is past, and no fresh news say what holds instead."""
        if self.status not in {Status.OUT_FOR_DELIVERY, Status.ARRIVING} or self.promise is None:
            return False
        is_live = self.eta is not None and self.eta_age_s is None
        return self.promise.latest <= self.server_now and not is_live

    @property
    def silent_s(self) -> int | None:
        """The age of the last news of a silent van; None while it is heard, or never was."""
        if self.eta_age_s is not None:
            return self.eta_age_s
        return self.last_seen_age_s if self.position_hidden_because == "stale" else None


def require_open_link(
    shipment: Shipment | Glimpse, generation: int, now: datetime, policy: Policy
) -> None:
    """Raise NotFound for a link of another generation, and for one that has ended.

    A link ends some days after the shipment was completed, and when its recipient is forgotten.
    """
    if _has_ended(shipment, now, policy) or shipment.link_generation != generation:
        raise NotFound


def require_open_share(shipment: Shipment, generation: int, now: datetime, policy: Policy) -> None:
    """The same for a link that the recipient shares."""
    if _has_ended(shipment, now, policy) or shipment.share_generation != generation:
        raise NotFound


def _has_ended(shipment: Shipment | Glimpse, now: datetime, policy: Policy) -> bool:
    if isinstance(shipment, Shipment) and shipment.forgotten_at is not None:
        return True  # a glimpse does not know, but its version is another one, so all is read
    completed_at = shipment.completed_at
    return completed_at is not None and now > completed_at + policy.link_retention


def view(
    shipment: Shipment,
    history: Sequence[Event],
    live: Live | None,
    shipper: Shipper,
    *,
    now: datetime,
    policy: Policy,
    pin: str | None = None,
    share_token: str = "",
    has_proof_key: bool = False,
    companions: Sequence[ShownCompanion] = (),
) -> TrackingView:
    """The view of this recipient at ``now``. ``pin`` and ``share_token`` are those of the link.

    ``live`` is the driver's live state, None when nobody drives the shipment. ``has_proof_key``:
    the recipient has said the address.
    """
    driving = _driving(shipment, live)
    head = driving.head(policy) if driving else None
    index = _stop_index(shipment, driving) if driving else None
    eta, eta_age_s, shown = (None, None, None)
    before = stops_before(shipment, live)
    if driving and index is not None:
        eta, eta_age_s = _eta(driving, index, now, policy)
        if eta is not None:
            shown = expected(driving, index, eta, shipment.promise, now=now, policy=policy)
    proximity = _proximity(shipment, head, eta, before, now)
    position, hidden, last_seen_s = _position(shipment, head, proximity, now, policy)
    rules = policy.visibility
    is_told = proximity is not None and rules.eta.allows(proximity)
    is_near = position is not None or hidden == "stale"
    check = proof_check(shipment, shipper, has_key=has_proof_key)
    seen = TrackingView(
        status=shipment.status,
        external_status=external_status(shipment.status, _reason(shipment)),
        reference=shipment.reference,
        sender=Sender(shipper.name, shipper.support_contact),
        city=shipment.address.city,
        time_zone=shipment.address.time_zone,
        locale=shipment.locale,
        server_now=now,
        version=shipment.version,
        eta=eta if is_told else None,
        eta_age_s=eta_age_s if is_told else None,
        promise=shipment.promise if shipment.status in ON_THE_WAY else None,
        delayed=shipment.is_delayed and shipment.status in ON_THE_WAY,
        window=shipment.window,
        stops_before=before if proximity and rules.stops_before.allows(proximity) else None,
        position=position,
        position_hidden_because=hidden,
        last_seen_age_s=last_seen_s,
        destination=shipment.address.coordinates,
        timeline=tuple(_milestone(event) for event in history if _is_story(event)),
        outcome=_outcome(shipment, check),
        poll_after_s=_poll_after_s(
            shipment,
            policy,
            now,
            is_near=is_near,
            is_visit_open=any(each.status in ON_THE_WAY for each in companions),
        ),
        pin=pin if _needs_pin(shipment) else None,
        is_stopped=shipment.preferences.is_stopped,
        next_step=_next_step(shipment, shipper, now),
        uid=shipment.id,
        wanted_day=shipment.service_day,
        expected=shown if is_told else None,
        proof_check=check,
        share_token=share_token if shipment.status in SHARED else "",
        share_generation=shipment.share_generation,
        may_redirect=may_redirect(shipment, shipper, before),
        details_version=shipment.details_version,
        companions=tuple(companions),
        first_promise=shipment.first_promise if shipment.status in ON_THE_WAY else None,
        earlier_before=_earlier_before(history),
        live_version=driving.version if driving else None,
        parcels_total=len(shipment.parcels),
        parcels_later=_parcels_later(shipment),
        country=shipment.address.country,
        service_day=day_to_come(shipment, now),
        messages=shipment.messages,
        may_write=is_open(shipment, Author.RECIPIENT, now, policy),
        rating=_rating(shipment, is_open=may_rate(shipment, now, policy)),
        may_rate=may_rate(shipment, now, policy),
        rating_until=rating_open_until(shipment, policy),
        wishes=_wishes(shipment, may_change(shipment, shipper, before)),
        last_report=shipment.report.message_id if shipment.report else "",
        choices=choices(shipment, shipper, now, stops_before=before),
        agreed=agreed(shipment),
        may_report=may_report(shipment),
        reported=shipment.report.reason if shipment.report and shipment.report.is_open else None,
        offers=Offers(
            offered_places(shipper),
            shipper.allows_neighbour,
            shipper.allows_contact_free,
            shipper.changes_until_stops,
        ),
    )
    # The ETA of a silent van only moves with the clock. Past the promise it says nothing any more.
    return replace(seen, eta=None, expected=None) if seen.is_overdue else seen


def _next_step(shipment: Shipment, shipper: Shipper, now: datetime) -> NextStep | None:
    if shipment.status is not Status.ATTEMPT_FAILED:
        return None
    return next_step(shipment, shipper, _reason(shipment), now)


def _is_story(event: Event) -> bool:
    return event.audience == "public" and event.type not in SHOWN_ELSEWHERE


def _driving(shipment: Shipment, live: Live | None) -> Live | None:
    """The live state, but only while the driver has this shipment and its stop is not done.

    Once the stop is done, the van is at other people's doors, whatever the shipment's status is.
    """
    assigned = shipment.assignment
    if live is None or assigned is None or shipment.status not in ON_THE_WAY:
        return None
    if not live.is_on_shift or live.route_id != assigned.route_id:
        return None
    if _stop_index(shipment, live) not in live.remaining():
        return None
    return live


def stops_before(shipment: Shipment, live: Live | None) -> int | None:
    """How many stops the van has before this one; None for one that it does not drive to."""
    driving = _driving(shipment, live)
    index = _stop_index(shipment, driving) if driving else None
    return None if driving is None or index is None else driving.stops_before(index)


def _stop_index(shipment: Shipment, live: Live) -> int | None:
    """Where the shipment's stop is in the plan that is driven."""
    assigned = shipment.assignment
    return None if assigned is None else live.index_of(assigned.stop_number)


def _eta(
    live: Live, stop_index: int, now: datetime, policy: Policy
) -> tuple[Eta | None, int | None]:
    """The ETA as we may show it now, and the age of its news if that has widened the range."""
    eta, news_at = live.etas[stop_index], live.news_at or now
    if eta is None:
        return None, None
    age = now - news_at
    shown = aged(eta, as_of=news_at, now=now, fresh_for=policy.stale_after)
    return shown, int(age.total_seconds()) if age > policy.stale_after else None


def _proximity(
    shipment: Shipment, head: Fix | None, eta: Eta | None, stops_before: int | None, now: datetime
) -> Proximity | None:
    if stops_before is None:
        return None
    place = shipment.address.coordinates
    way_m = distance_m(head.coordinates, place) if head else float("inf")
    left = eta.point - now if eta else timedelta(0)
    return Proximity(stops_before=stops_before, time_left=left, distance_m=way_m)


def _position(
    shipment: Shipment, head: Fix | None, proximity: Proximity | None, now: datetime, policy: Policy
) -> tuple[Position | None, str | None, int | None]:
    if shipment.status in FINISHED or shipment.status is Status.ATTEMPT_FAILED:
        return None, "done", None
    if head is None or proximity is None:
        return None, None, None
    if not policy.visibility.position.allows(proximity):
        return None, "not_yet_near", None
    age = max(now - head.recorded_at, timedelta(0))
    age_s = int(age.total_seconds())
    if age > policy.stale_after:
        return None, "stale", age_s
    shown = Position(
        lat_deg=round(head.coordinates.lat_deg, POSITION_DECIMALS),
        lon_deg=round(head.coordinates.lon_deg, POSITION_DECIMALS),
        recorded_at=head.recorded_at,
        age_s=age_s,
        heading_deg=head.heading_deg,
        accuracy_m=None if head.accuracy_m is None else round(head.accuracy_m),
    )
    return shown, None, age_s


def _parcels_later(shipment: Shipment) -> int:
    """How many parcels come another time, once others are on their way or delivered."""
    is_told = shipment.status in ON_THE_WAY or delivered(shipment)
    return parts(shipment).later if is_told else 0


def _reason(shipment: Shipment) -> FailureReason | None:
    return shipment.last_attempt.reason if shipment.last_attempt else None


def _milestone(event: Event) -> Milestone:
    data = {key: value for key, value in event.data.items() if key in PUBLIC_DATA}
    return Milestone(type=event.type.value, at=event.occurred_at, data=data)


def _earlier_before(history: Sequence[Event]) -> int | None:
    """Events count from 1 without gaps."""
    return history[0].seq if history and history[0].seq > 1 else None


def proof_check(shipment: Shipment, shipper: Shipper, *, has_key: bool) -> ProofCheck:
    """Whether the proofs of this shipment are shown to who has its link."""
    if not shipper.proof_needs_address:
        return ProofCheck.NONE
    if has_key:
        return ProofCheck.PASSED
    return ProofCheck.ASKED if answers(shipment.address) else ProofCheck.IMPOSSIBLE


def _outcome(shipment: Shipment, check: ProofCheck) -> Outcome | None:
    attempt = shipment.last_attempt
    if attempt is None or shipment.status not in {Status.DELIVERED, Status.ATTEMPT_FAILED}:
        return None
    if check in {ProofCheck.ASKED, ProofCheck.IMPOSSIBLE}:
        is_hidden = bool(attempt.note or attempt.proofs or attempt.received_by)
        return Outcome(
            attempt.status,
            attempt.occurred_at,
            attempt.reason,
            None,
            (),
            has_hidden_proofs=is_hidden,
        )
    return Outcome(
        status=attempt.status,
        at=attempt.occurred_at,
        reason=attempt.reason,
        note=attempt.note,
        proofs=tuple(ShownProof(p.id, p.kind.value) for p in attempt.proofs if p.is_there),
        has_proofs_to_come=bool(attempt.owed_proof_ids),
        place=_place(attempt),
        received_by=attempt.received_by,
    )


def _place(attempt: Attempt) -> ShownPlace | None:
    """Of the first picture whose place is known."""
    known = (proof.capture for proof in attempt.proofs if proof.is_there)
    found = next((each for each in known if each.place is not None), None)
    if found is None or found.place is None:
        return None
    place = found.place
    return ShownPlace(
        round(place.lat_deg, POSITION_DECIMALS),
        round(place.lon_deg, POSITION_DECIMALS),
        None if found.accuracy_m is None else round(found.accuracy_m),
        found.captured_at,
    )


def _wishes(shipment: Shipment, found: Open) -> ShownWishes | None:
    wishes = shipment.wishes
    if found is Open.OVER:
        return None
    return ShownWishes(
        number=wishes.number,
        has_instructions=bool(wishes.access),
        safe_place=None if wishes.safe_place is None else wishes.safe_place.place,
        has_neighbour=wishes.neighbour is not None,
        is_contact_free=wishes.is_contact_free,
        may_change=found,
    )


def _rating(shipment: Shipment, *, is_open: bool) -> ShownRating | None:
    given = rating_of(shipment)
    if given is None:
        return None
    return ShownRating(given.stars, given.reasons, given.comment if is_open else None)


def _needs_pin(shipment: Shipment) -> bool:
    """A handover is still to come, and its PIN is asked for."""
    if shipment.status in FINISHED:
        is_to_come = shipment.status is Status.DELIVERED and has_outstanding(shipment)
    else:
        is_to_come = shipment.status is not Status.RETURNING
    return is_to_come and shipment.proof_requirements.pin is not Requirement.NONE


def _poll_after_s(
    shipment: Shipment, policy: Policy, now: datetime, *, is_near: bool, is_visit_open: bool
) -> int | None:
    reported = [proof.uploaded_at for proof in shipment.owed_proofs]
    is_awaited = is_visit_open or (bool(reported) and now < max(reported) + policy.proof_watch)
    comes_again = shipment.status is Status.DELIVERED and has_outstanding(shipment)
    if shipment.status in FINISHED and not comes_again and not is_awaited:
        return None
    return policy.poll_near_s if is_near or is_awaited else policy.poll_far_s
