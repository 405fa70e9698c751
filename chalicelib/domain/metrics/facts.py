"""The facts of a route: what became of it, counted anew from all that is known of it.

Nothing is ever added to old facts. Whenever something of a route has changed, its facts are made
again as a whole: a repeat changes nothing, and late truth replaces what was believed before. They
are kept apart by driver and shipper, so that each may ask for their own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.eta.accuracy import Horizon, Miss
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.messages.threads import Author, Message
from chalicelib.domain.metrics.tallies import Tally, added, spread
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import ProofKind, ProofRequirements, Requirement
from chalicelib.domain.routes.routes import Route, Stop
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Attempt, Shipment
from chalicelib.domain.shipments.statuses import Status

ALERTS: Final = frozenset(
    {EventType.DELAYED, EventType.BACK_ON_TIME, EventType.DRIVER_SILENT, EventType.DRIVER_BACK}
)
"""Events that tell a recipient of trouble, or that it is over."""
NEW_PROMISES: Final = frozenset({EventType.DELAYED, EventType.BACK_ON_TIME})
"""Events that come with another promise than the first."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A shipment that was on a route at some time, with its history and its messages."""

    shipment: Shipment
    events: Sequence[Event] = ()
    messages: Sequence[Message] = ()


@dataclass(frozen=True, slots=True)
class Driven:
    """What is known of the driving: departures in their order, and metres by driver.

    ``misses`` are those of the ETAs told for each stop that was reached.
    """

    departures: Sequence[Departure] = ()
    misses: Mapping[StopId, Mapping[Horizon, Miss]] = field(default_factory=dict)
    distance_m: Mapping[DriverId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What became of a route. Of ``vans`` are stops and ways, of ``goods`` shipments.

    The ETAs of a stop count once for the van, and once for each shipper with goods for it.
    """

    route_id: RouteId
    hub_id: HubId
    service_day: date
    vans: Mapping[DriverId, Tally]
    goods: Mapping[tuple[DriverId, ShipperId], Tally]


def facts(route: Route, driven: Driven, handled: Iterable[Handled]) -> RouteFacts:
    """Count everything of the route anew."""
    goods: dict[tuple[DriverId, ShipperId], list[Tally]] = defaultdict(list)
    for each in handled:
        for driver_id, tally in _of_shipment(route, driven, each):
            goods[driver_id, each.shipment.shipper_id].append(tally)
    vans = {driver_id: added(_of_van(route, driven, driver_id)) for driver_id in drivers_of(route)}
    return RouteFacts(
        route_id=route.id,
        hub_id=route.hub_id,
        service_day=route.service_day,
        vans={driver_id: tally for driver_id, tally in sorted(vans.items()) if tally},
        goods={key: added(goods[key]) for key in sorted(goods)},
    )


def drivers_of(route: Route) -> tuple[DriverId, ...]:
    """All who have driven the route, in their order, each once."""
    return tuple(dict.fromkeys((*(each.driver_id for each in route.stints), route.driver_id)))


def attempts_on(route: Route, shipment: Shipment) -> tuple[Attempt, ...]:
    """The attempts that were made on this route, oldest first.

    An attempt does not know its route. It was made by a driver of the route, after the start, and
    before the end: or after it, while the shipment still belongs to the route.
    """
    if route.started_at is None:
        return ()
    drivers = frozenset(drivers_of(route))

    def is_own(attempt: Attempt) -> bool:
        is_over = route.completed_at is not None and attempt.occurred_at > route.completed_at
        began = route.started_at is not None and attempt.occurred_at >= route.started_at
        return attempt.driver_id in drivers and began and (not is_over or shipment.is_on(route.id))

    return tuple(attempt for attempt in shipment.made_attempts if is_own(attempt))


def _of_van(route: Route, driven: Driven, driver_id: DriverId) -> Iterator[Tally]:
    own = [each for each in driven.departures if each.driver_id == driver_id]
    if route.started_at is None or not (own or driver_id == route.driver_id):
        return
    numbers = {each.stop_number for each in own if each.stop_number is not None}
    counts: dict[str, int] = {
        "routes": 1,
        "stops_done": len(numbers),
        "distance_m": driven.distance_m.get(driver_id, 0),
    }
    if driver_id == route.driver_id:
        counts["stops_planned"] = len(route.stops)
    yield counts
    yield {"duty_s": round(_duty(driven.departures, driver_id).total_seconds())}
    yield spread("service", _visits_s(own))
    yield spread("driving", _legs_s(driven.departures, driver_id))
    stops = {stop.number: stop for stop in route.stops}
    for number in sorted(numbers & stops.keys()):
        yield from _of_etas(stops[number], driven)


def _duty(departures: Sequence[Departure], driver_id: DriverId) -> timedelta:
    """From the first departure, or taking the van over, until the last one of this driver."""
    total = timedelta()
    for before, after in pairwise(departures):
        if after.driver_id == driver_id:
            total += max(after.left_at - before.left_at, timedelta())
    return total


def _visits_s(departures: Iterable[Departure]) -> Iterator[float]:
    """How long the van stood at each stop, from the arrival until it left."""
    for each in departures:
        if each.stop_number is not None and each.arrived_at is not None:
            yield max((each.left_at - each.arrived_at).total_seconds(), 0.0)


def _legs_s(departures: Sequence[Departure], driver_id: DriverId) -> Iterator[float]:
    """How long each way took, from leaving one place until the arrival at the next."""
    for before, after in pairwise(departures):
        if after.driver_id == driver_id and after.arrived_at is not None:
            yield max((after.arrived_at - before.left_at).total_seconds(), 0.0)


def _of_etas(stop: Stop, driven: Driven) -> Iterator[Tally]:
    for horizon, miss in driven.misses.get(stop.id, {}).items():
        yield spread(f"eta.{horizon.value}", [abs(miss.error_s)])
        yield {
            f"eta.{horizon.value}.covered": int(miss.is_covered),
            f"eta.{horizon.value}.signed_s": round(miss.error_s),
            f"eta.{horizon.value}.width_s": round(miss.width_s),
        }


def _of_shipment(route: Route, driven: Driven, each: Handled) -> Iterator[tuple[DriverId, Tally]]:
    """The tallies of a shipment, each with the driver whom it is about."""
    shipment = each.shipment
    own = attempts_on(route, shipment)
    if not own:
        return
    last = own[-1]
    yield last.driver_id, _of_outcome(shipment, last)
    if _is_first(own[0], shipment):
        is_delivered = own[0].status is Status.DELIVERED
        yield own[0].driver_id, {"first_tried": 1, "first_delivered": int(is_delivered)}
    for attempt in own:
        yield attempt.driver_id, _of_attempt(shipment.proof_requirements, attempt)
    if last is shipment.last_attempt:
        yield last.driver_id, _of_rating(shipment, last)
    yield last.driver_id, added(_of_news(route, each))
    yield last.driver_id, added(_of_thread(route, each.messages))
    stop = _stop_of(route, shipment.id)
    if stop is not None:
        arrived_at = _arrived_at(stop, driven)
        at = arrived_at or last.occurred_at
        yield last.driver_id, _within("promise", shipment.first_promise, at)
        yield last.driver_id, added(_of_etas(stop, driven))


def _is_first(attempt: Attempt, shipment: Shipment) -> bool:
    """Whether it is the first that stands; one that was undone was none."""
    is_all_kept = len(shipment.made_attempts) == shipment.standing_attempts
    return is_all_kept and attempt == shipment.made_attempts[0]


def _of_outcome(shipment: Shipment, last: Attempt) -> Tally:
    is_delivered = last.status is Status.DELIVERED
    on_time = _within("window", shipment.window, last.occurred_at) if is_delivered else {}
    return {"tried": 1, "delivered": int(is_delivered), **on_time}


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


def _of_rating(shipment: Shipment, last: Attempt) -> Tally:
    found: Counter[str] = Counter(could_rate=1)
    rating = shipment.rating
    if rating is not None and rating.attempt_number == last.number:
        found["ratings"] = 1
        found["stars"] = rating.stars
        found[f"stars.{rating.stars}"] = 1
    return found


def _of_news(route: Route, each: Handled) -> Iterator[Tally]:
    """What the recipient was told of trouble while this route was driven."""
    yield {"told": 1}
    for event in each.events:
        if not _is_while_driven(route, event.occurred_at):
            continue
        yield {
            "alerts": int(event.type in ALERTS),
            "promise_changes": int(event.type in NEW_PROMISES),
        }


def _of_thread(route: Route, messages: Sequence[Message]) -> Iterator[Tally]:
    """Messages, and how long recipients waited for an answer."""
    asked_at: datetime | None = None
    for message in sorted(messages, key=lambda each: (each.written_at, each.id)):
        if not _is_while_driven(route, message.written_at):
            continue
        yield {"messages": 1, f"messages.{message.author.value}": 1}
        if message.author is Author.RECIPIENT:
            if asked_at is None:
                yield {"questions": 1}
                asked_at = message.written_at
        elif asked_at is not None:
            yield spread("answer", [(message.written_at - asked_at).total_seconds()])
            asked_at = None


def _is_while_driven(route: Route, at: datetime) -> bool:
    began, ended = route.started_at, route.completed_at
    return began is not None and began <= at and (ended is None or at <= ended)


def _stop_of(route: Route, shipment_id: ShipmentId) -> Stop | None:
    return next((stop for stop in route.stops if shipment_id in stop.shipment_ids), None)


def _arrived_at(stop: Stop, driven: Driven) -> datetime | None:
    own = (each for each in driven.departures if each.stop_number == stop.number)
    first = next(own, None)
    return None if first is None else first.arrived_at
