"""What became of one shipment on a route, counted by driver.

Only what stands counts: attempts that were undone are gone, and a corrected one counts as it was in
truth. What recipients were told, wrote and rated is counted from the events, which never change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.ids import DriverId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.messages.threads import Author
from chalicelib.domain.metrics.driven import Driven
from chalicelib.domain.metrics.risks import eta_tally
from chalicelib.domain.metrics.tallies import Tally, added, spread
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import ProofKind, ProofRequirements, Requirement
from chalicelib.domain.ratings.ratings import MOST_STARS
from chalicelib.domain.routes.routes import Route, Stop
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Attempt, Shipment
from chalicelib.domain.shipments.statuses import Status

ALERTS: Final = frozenset(
    {EventType.DELAYED, EventType.BACK_ON_TIME, EventType.DRIVER_SILENT, EventType.DRIVER_BACK}
)
"""Events that tell a recipient of trouble, or that it is over."""
NEW_PROMISES: Final = frozenset({EventType.PROMISED, EventType.DELAYED, EventType.BACK_ON_TIME})
"""Events that may come with another promise."""
AUTHORS: Final = frozenset(author.value for author in Author)


@dataclass(frozen=True, slots=True)
class Handled:
    """A shipment that was on a route at some time, with its whole history in order."""

    shipment: Shipment
    events: Sequence[Event] = ()


def tallies_of(route: Route, driven: Driven, each: Handled) -> dict[DriverId, Tally]:
    """The tallies of a shipment by driver; none when this route made no attempt that stands."""
    own = attempts_on(route, each.shipment, each.events)
    if not own:
        return {}
    found: dict[DriverId, list[Tally]] = defaultdict(list)
    for driver_id, tally in _of_shipment(route, driven, each, own):
        found[driver_id].append(tally)
    return {driver_id: added(tallies) for driver_id, tallies in found.items()}


def attempts_on(
    route: Route, shipment: Shipment, events: Sequence[Event] = ()
) -> tuple[Attempt, ...]:
    """The attempts that were made on this route, oldest first.

    An attempt does not know its route. It was made by a driver of the route, between the start of
    the route and the next time that the shipment went out for delivery.
    """
    span = _Span.of(route, events)
    if span is None:
        return ()
    drivers = {route.driver_id, *(stint.driver_id for stint in route.stints)}
    return tuple(
        attempt
        for attempt in shipment.made_attempts
        if attempt.driver_id in drivers and span.has(attempt.occurred_at)
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """The part of a shipment's life that belongs to a route; ``until`` is not in it."""

    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, route: Route, events: Sequence[Event]) -> "_Span | None":
        """From the start until the shipment leaves with another route; None before the start."""
        if route.started_at is None:
            return None
        ended_at = route.completed_at
        left_at = (e.occurred_at for e in events if e.type is EventType.OUT_FOR_DELIVERY)
        later = (at for at in left_at if ended_at is not None and at > ended_at)
        return cls(route.started_at, min(later, default=None))

    def has(self, at: datetime) -> bool:
        """Whether a moment is in it."""
        return self.since <= at and (self.until is None or at < self.until)


def _of_shipment(
    route: Route, driven: Driven, each: Handled, own: Sequence[Attempt]
) -> Iterator[tuple[DriverId, Tally]]:
    """The tallies of a shipment, each with the driver whom it is about."""
    shipment, first, last = each.shipment, own[0], own[-1]
    span = _Span.of(route, each.events)
    news = [e for e in each.events if span is not None and span.has(e.occurred_at)]
    stop = _stop_of(route, shipment.id)
    yield last.driver_id, _of_outcome(shipment, last, stop)
    if _is_first(first, shipment):
        is_delivered = first.status is Status.DELIVERED
        yield first.driver_id, {"first_tried": 1, "first_delivered": int(is_delivered)}
    for attempt in own:
        yield attempt.driver_id, _of_attempt(shipment.proof_requirements, attempt)
    yield last.driver_id, _of_rating(each.events, own)
    yield last.driver_id, added(map(_of_news, news))
    yield last.driver_id, added(_of_thread(news))
    if stop is not None:
        at = driven.arrived_at(stop.number) or last.occurred_at
        yield last.driver_id, _within("promise", _first_promise(news, stop), at)
        yield last.driver_id, eta_tally(stop.id, driven)


def _is_first(attempt: Attempt, shipment: Shipment) -> bool:
    """Whether it is the first that stands; one that was undone was none."""
    is_all_kept = len(shipment.made_attempts) == shipment.standing_attempts
    return is_all_kept and attempt == shipment.made_attempts[0]


def _of_outcome(shipment: Shipment, last: Attempt, stop: Stop | None) -> Tally:
    """The window is that of the plan where the shipment was tried again later, with another one."""
    if last.status is not Status.DELIVERED:
        return {"tried": 1}
    is_newest = last == shipment.last_attempt
    window = shipment.window if is_newest or stop is None else stop.window
    return {"tried": 1, "delivered": 1, **_within("window", window, last.occurred_at)}


def _within(name: str, wanted: Range | None, at: datetime) -> dict[str, int]:
    """Whether a moment lies within a range, both ends included, or before or after it."""
    if wanted is None:
        return {}
    is_early, is_late = at < wanted.earliest, at > wanted.latest
    return {
        f"{name}.count": 1,
        f"{name}.met": int(not is_early and not is_late),
        f"{name}.early": int(is_early),
        f"{name}.late": int(is_late),
    }


def _first_promise(news: Sequence[Event], stop: Stop) -> Range | None:
    """The range told when the van left, as the event of it says; that of the plan without one."""
    left = (e for e in news if e.type is EventType.OUT_FOR_DELIVERY)
    told = (_range(e.data.get("promise")) for e in left)
    return next((promise for promise in told if promise is not None), stop.promise)


def _range(data: object) -> Range | None:
    if not isinstance(data, Mapping):
        return None
    return Range(datetime.fromisoformat(data["earliest"]), datetime.fromisoformat(data["latest"]))


def _of_attempt(asked: ProofRequirements, attempt: Attempt) -> Tally:
    found: Counter[str] = Counter(attempts=1)
    if attempt.status is Status.ATTEMPT_FAILED:
        found["failed"] = 1
        found[f"failed.{attempt.reason.value if attempt.reason else 'unknown'}"] = 1
    needed, is_complete = _proven(asked, attempt)
    if needed:
        found["proofs_asked"] = 1
        found["proofs_complete"] = int(is_complete)
    return found


def _proven(asked: ProofRequirements, attempt: Attempt) -> tuple[bool, bool]:
    """Whether the shipper asked for any proof of this attempt, and whether all of it is there."""
    there = {proof.kind for proof in attempt.proofs if proof.is_there}
    if attempt.status is Status.DELIVERED:
        wanted = {ProofKind.PHOTO: asked.photo, ProofKind.SIGNATURE: asked.signature}
    else:
        wanted = {ProofKind.PHOTO: asked.photo_when_failed}
    kinds = {kind for kind, each in wanted.items() if each is Requirement.REQUIRED}
    has_pin = attempt.status is Status.DELIVERED and asked.pin is Requirement.REQUIRED
    is_complete = kinds <= there and (not has_pin or attempt.pin is PinCheck.CONFIRMED)
    return bool(kinds) or has_pin, is_complete


def _of_rating(events: Sequence[Event], own: Sequence[Attempt]) -> Tally:
    """The last rating of one of these attempts. A changed rating counts as it was changed to."""
    numbers = {attempt.number for attempt in own}
    given = [
        stars
        for event in sorted(events, key=lambda each: each.seq)
        if event.type is EventType.RATED and event.data.get("attempt_number") in numbers
        if isinstance(stars := event.data.get("stars"), int) and 1 <= stars <= MOST_STARS
    ]
    if not given:
        return {"could_rate": 1}
    stars = given[-1]
    return {"could_rate": 1, "ratings": 1, "stars": stars, f"stars.{stars}": 1}


def _of_news(event: Event) -> Tally:
    """What the recipient was told."""
    promise = event.data.get("promise")
    is_new = promise is not None and promise != event.data.get("previous_promise")
    return {
        "alerts": int(event.type in ALERTS),
        "promise_changes": int(event.type in NEW_PROMISES and is_new),
    }


def _of_thread(news: Sequence[Event]) -> Iterator[Tally]:
    """Messages, and how long recipients waited for an answer."""
    asked_at: datetime | None = None
    for event in sorted(news, key=lambda each: (each.occurred_at, each.seq)):
        author = event.data.get("author")
        if event.type is not EventType.MESSAGE_SENT or author not in AUTHORS:
            continue
        yield {"messages": 1, f"messages.{author}": 1}
        if author == Author.RECIPIENT.value:
            if asked_at is None:
                yield {"questions": 1}
                asked_at = event.occurred_at
        elif asked_at is not None:
            yield spread("answer", [(event.occurred_at - asked_at).total_seconds()])
            asked_at = None


def _stop_of(route: Route, shipment_id: ShipmentId) -> Stop | None:
    return next((stop for stop in route.stops if shipment_id in stop.shipment_ids), None)
