"""Concerns: what somebody of the office should look at now, most urgent first.

Vans on the road come first: they are silent, or late, or will perhaps be, or stand at a door for
too long, or left something behind. Then come shipments that wait for a decision, and at last shops'
servers that get nothing any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.attention.handling import Handled, Handling, concern_id
from chalicelib.domain.attention.waiting import Waiting, all_waits
from chalicelib.domain.driving.vans import Standing, StopAhead, Van
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

AT_THE_HUB: Final = frozenset({Status.CREATED, Status.ACCEPTED})
LOOK_AHEAD: Final = timedelta(hours=12)
"""A shipment without a route is a concern from half a day before it is wanted.

Farther ahead the list would be full of tomorrow's orders, which are the planning board's.
"""


class Kind(StrEnum):
    """The kinds of concerns, most urgent first."""

    SILENT = "silent"
    LATE = "late"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"
    LEFT_BEHIND = "left_behind"
    ATTEMPT_FAILED = Waiting.ATTEMPT_FAILED.value
    PARCELS_LEFT = Waiting.PARCELS_LEFT.value
    NEEDS_PLACING = Waiting.NEEDS_PLACING.value
    REPORTED = Waiting.REPORTED.value
    UNANSWERED = Waiting.UNANSWERED.value
    LOW_RATING = Waiting.LOW_RATING.value
    UNASSIGNED = Waiting.UNASSIGNED.value
    MISSING_PROOF = Waiting.MISSING_PROOF.value
    RETURNING = Waiting.RETURNING.value
    WEBHOOK_OFF = "webhook_off"


OF_A_VAN: Final = frozenset({Kind.SILENT, Kind.LATE, Kind.AT_RISK})
"""One concern a van, whatever the number of stops."""
ON_THE_ROAD: Final = (Kind.SILENT, Kind.LATE, Kind.AT_RISK, Kind.OVERDUE, Kind.LEFT_BEHIND)
IN_THE_OFFICE: Final = tuple(kind for kind in Kind if kind not in ON_THE_ROAD)


class NextAction(StrEnum):
    """What mostly helps, as a console offers it first."""

    CALL_DRIVER = "call_driver"
    MOVE_STOPS = "move_stops"
    SEE_OPTIONS = "see_options"
    MESSAGE_DRIVER = "message_driver"
    ASSIGN = "assign"
    RETRY = "retry"
    PLACE = "place"
    OPEN_SHIPMENT = "open_shipment"
    REPLY = "reply"
    ASK_FOR_PROOF = "ask_for_proof"
    RECEIVE = "receive"
    TEST_WEBHOOK = "test_webhook"


NEXT_ACTIONS: Final[Mapping[Kind, NextAction]] = {
    Kind.SILENT: NextAction.CALL_DRIVER,
    Kind.LATE: NextAction.MOVE_STOPS,
    Kind.AT_RISK: NextAction.SEE_OPTIONS,
    Kind.OVERDUE: NextAction.MESSAGE_DRIVER,
    Kind.LEFT_BEHIND: NextAction.ASSIGN,
    Kind.ATTEMPT_FAILED: NextAction.RETRY,
    Kind.PARCELS_LEFT: NextAction.RETRY,
    Kind.NEEDS_PLACING: NextAction.PLACE,
    Kind.REPORTED: NextAction.OPEN_SHIPMENT,
    Kind.UNANSWERED: NextAction.REPLY,
    Kind.LOW_RATING: NextAction.REPLY,
    Kind.UNASSIGNED: NextAction.ASSIGN,
    Kind.MISSING_PROOF: NextAction.ASK_FOR_PROOF,
    Kind.RETURNING: NextAction.RECEIVE,
    Kind.WEBHOOK_OFF: NextAction.TEST_WEBHOOK,
}


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at, and since when (or by when) somebody should.

    Of a van: its route, driver, and the stop with its shipments. What is late or at risk is one
    concern a van: of all its ``stops`` in that state, ``stop`` is the first. Of a shipment that
    waits: the shipment itself. ``also`` is what else it waits for, which no other concern tells. Of
    a shop's server that gets nothing any more: its ``endpoint``.

    ``news_at`` changes only when something new has happened: another stop is late, another message
    waits. ``handling`` is what colleagues have
    done about it so far; None: nobody has looked.
    """

    kind: Kind
    look_at: datetime
    shipment_ids: tuple[ShipmentId, ...]
    route_id: RouteId | None = None
    driver_id: DriverId | None = None
    stop: StopAhead | None = None
    shipment: Shipment | None = None
    also: tuple[Kind, ...] = ()
    endpoint: WebhookEndpoint | None = None
    stops: tuple[StopAhead, ...] = ()
    handling: Handling | None = None

    @property
    def id(self) -> str:
        """Its name, the same for as long as it is about the same: the kind, and of what."""
        if self.endpoint is not None:
            return concern_id(self.kind, self.endpoint.id)
        if self.kind in OF_A_VAN and self.route_id is not None:
            return concern_id(self.kind, self.route_id)
        if self.stop is not None and self.route_id is not None:
            return concern_id(self.kind, self.route_id, self.stop.id)
        return concern_id(self.kind, *self.shipment_ids)

    @property
    def news_at(self) -> datetime:
        """The time that tells what is new: of several stops the latest that one is due."""
        return max((stop.due for stop in self.stops if stop.due is not None), default=self.look_at)

    @property
    def risk(self) -> float | None:
        """The probability that the promise of the first stop breaks, of what is late or at risk."""
        return self.stop.risk if self.stops and self.stop is not None else None

    @property
    def stop_count(self) -> int:
        """How many stops it is about."""
        return len(self.stops) or int(self.stop is not None)

    @property
    def shipper_id(self) -> ShipperId | None:
        """Whose goods or whose server, of what waits."""
        owner = self.shipment or self.endpoint
        return None if owner is None else owner.shipper_id

    @property
    def next_action(self) -> NextAction:
        """What mostly helps."""
        return NEXT_ACTIONS[self.kind]

    def handled(self, now: datetime) -> Handled:
        """Where it is in the office's hands now."""
        return Handled.OPEN if self.handling is None else self.handling.of(self.news_at, now)


def of_vans(vans: Iterable[Van], now: datetime) -> tuple[Concern, ...]:
    """The concerns about vans, most urgent kind first, within a kind the oldest."""
    order = {kind: place for place, kind in enumerate(Kind)}
    found = [concern for van in vans for concern in _of_van(van, now)]
    return tuple(sorted(found, key=lambda each: (order[each.kind], each.look_at, _name(each))))


def of_shipment(shipment: Shipment) -> Concern | None:
    """What a shipment waits for as a concern; None when it needs nobody."""
    waiting = all_waits(shipment)
    if not waiting:
        return None
    found, *others = waiting
    assigned = shipment.assignment
    return Concern(
        kind=Kind(found.reason.value),
        look_at=found.look_at,
        shipment_ids=(shipment.id,),
        route_id=None if assigned is None else assigned.route_id,
        driver_id=None if assigned is None else assigned.driver_id,
        shipment=shipment,
        also=tuple(Kind(each.reason.value) for each in others),
    )


def of_endpoint(endpoint: WebhookEndpoint) -> Concern | None:
    """What a shop's server that was switched off is as a concern; None for one that is on."""
    if endpoint.switched_off_at is None:
        return None
    return Concern(Kind.WEBHOOK_OFF, endpoint.switched_off_at, (), endpoint=endpoint)


def _of_van(van: Van, now: datetime) -> Iterator[Concern]:
    if van.is_silent and van.next_stop is not None and van.heard_at is not None:
        yield _at(van, van.next_stop, Kind.SILENT, van.heard_at)
    for stop in van.ahead:
        if stop.overdue_at is not None and now >= stop.overdue_at:
            yield _at(van, stop, Kind.OVERDUE, stop.overdue_at)
    for standing, kind in ((Standing.LATE, Kind.LATE), (Standing.AT_RISK, Kind.AT_RISK)):
        stops = tuple(stop for stop in van.ahead if stop.standing(now) is standing)
        if stops and stops[0].due is not None:
            ids = tuple(each for stop in stops for each in stop.shipment_ids)
            found = _at(van, stops[0], kind, stops[0].due)
            yield replace(found, stops=stops, shipment_ids=ids)
    if van.started_at is not None:
        for stop in van.left_behind:
            yield _at(van, stop, Kind.LEFT_BEHIND, van.started_at)


def still_left(
    concerns: Iterable[Concern], shipments: Mapping[ShipmentId, Shipment]
) -> tuple[Concern, ...]:
    """The concerns without what has found another way since the van left without it."""

    def is_left(shipment_id: ShipmentId, route_id: RouteId) -> bool:
        found = shipments.get(shipment_id)
        return found is not None and found.status in AT_THE_HUB and found.is_on(route_id)

    kept: list[Concern] = []
    for each in concerns:
        if each.kind is not Kind.LEFT_BEHIND or each.route_id is None:
            kept.append(each)
            continue
        left = tuple(i for i in each.shipment_ids if is_left(i, each.route_id))
        kept += [replace(each, shipment_ids=left)] if left else []
    return tuple(kept)


def _at(van: Van, stop: StopAhead, kind: Kind, look_at: datetime) -> Concern:
    return Concern(kind, look_at, stop.shipment_ids, van.route_id, van.driver_id, stop)


def _name(concern: Concern) -> tuple[str, str]:
    return str(concern.route_id), "" if concern.stop is None else concern.stop.id
