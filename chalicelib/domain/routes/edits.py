"""Edits: what a dispatcher changes of a plan, one operation after the other.

Stops that the van has reached keep their place before all others, and nothing of them changes. A
number is never used again. What is taken off the plan is remembered with it, since its driver may
not know of the edit yet.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.new_routes import (
    MAX_SHIPMENTS,
    MAX_SHIPMENTS_PER_STOP,
    MAX_STOPS,
    require_breaks,
)
from chalicelib.domain.routes.new_stops import StopShare, make_stop, require_one_stop
from chalicelib.domain.routes.routes import Break, Consignment, Route, RouteStatus, Stop

MAX_OPERATIONS: Final = 50
MAX_NUMBERS: Final = 2 * MAX_STOPS
"""So many stops a route may have had in all: what was taken off stays in its plan."""


MAX_STINTS: Final = 20
"""So many former drivers a plan remembers."""


class Keep(Enum):
    """Stands for a value that an operation leaves as it is."""

    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a stop off the plan, or only these of its shipments."""

    stop_id: StopId
    shipment_ids: tuple[ShipmentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Add:
    """Put shipments on the plan: to a stop that there is, or as a new one.

    A new stop comes ``before`` another one; None: at the end.
    """

    shipment_ids: tuple[ShipmentId, ...]
    stop_id: StopId | None = None
    before: StopId | None = None
    service_time_s: float | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Make a stop before another one; None: as the last one."""

    stop_id: StopId
    before: StopId | None


@dataclass(frozen=True, slots=True)
class Reorder:
    """All stops that are not reached yet, in their new order."""

    stop_ids: tuple[StopId, ...]


@dataclass(frozen=True, slots=True)
class ChangeStop:
    """Another window or service time, None: without one; or another place, where the door is."""

    stop_id: StopId
    window: Range | Keep | None = Keep.KEEP
    service_time_s: float | Keep | None = Keep.KEEP
    place: Coordinates | Keep = Keep.KEEP


@dataclass(frozen=True, slots=True)
class SetBreaks:
    """These breaks, in place of all there were."""

    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True)
class SetStart:
    """Another time to leave the hub."""

    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Assign:
    """Another driver. On the road the van is handed over with all that is aboard."""

    driver_id: DriverId


OPERATION_NAMES: Final[Mapping[type, str]] = {
    Remove: "remove",
    Add: "add",
    Move: "move",
    Reorder: "reorder",
    ChangeStop: "change_stop",
    SetBreaks: "set_breaks",
    SetStart: "set_start",
    Assign: "assign",
}
"""The operations by the names that people and programs give them."""

Operation = Remove | Add | Move | Reorder | ChangeStop | SetBreaks | SetStart | Assign


@dataclass(frozen=True, slots=True)
class Edited:
    """A plan after some operations.

    ``added`` are the numbers of the stops of what was put on it, ``removed`` of what was taken off.
    The version of the plan is as before, and so are ETAs and promises.
    """

    route: Route
    added: Mapping[ShipmentId, int]
    removed: Mapping[ShipmentId, int]


def edit_plan(
    route: Route,
    operations: Sequence[Operation],
    *,
    reached: frozenset[int],
    shares: Mapping[ShipmentId, StopShare],
    new_id: Callable[[], StopId],
    now: datetime,
) -> Edited:
    """The plan after all operations.

    ``route`` has the stops in the order in which they are expected. ``reached`` are the numbers of
    the stops that the van has reached. ``shares`` are those of the shipments to add. Raises Invalid
    with a pointer for an operation that makes no sense.
    """
    if not 1 <= len(operations) <= MAX_OPERATIONS:
        text = f"Send 1 to {MAX_OPERATIONS} operations."
        raise Invalid(text, pointer="/operations")
    kept = [stop for stop in route.stops if stop.number in reached]
    left = [stop for stop in route.stops if stop.number not in reached]
    draft = _Draft(route, kept, left, list(route.roll), list(route.taken_off), shares, new_id, now)
    for i, operation in enumerate(operations):
        draft.apply(operation, f"/operations/{i}")
    return draft.edited()


def without_outcome(route: Route, kept: frozenset[ShipmentId]) -> Route:
    """The plan with only these shipments: all others are taken off."""
    stops, taken_off = [], list(route.taken_off)
    for stop in route.stops:
        left = tuple(c for c in stop.consignments if c.shipment_id in kept)
        lost = tuple(c for c in stop.consignments if c.shipment_id not in kept)
        stops += [replace(stop, consignments=left)] if left else []
        taken_off += [replace(stop, consignments=lost)] if lost else []
    return _with_taken_off(replace(route, stops=tuple(stops), joined=route.roll), taken_off)


@dataclass(slots=True)
class _Draft:
    """A plan in the middle of its operations: the stops reached, and those that are ahead."""

    route: Route
    kept: list[Stop]
    ahead: list[Stop]
    joined: list[Consignment]
    taken_off: list[Stop]
    shares: Mapping[ShipmentId, StopShare]
    new_id: Callable[[], StopId]
    now: datetime

    def apply(self, operation: Operation, at: str) -> None:
        """Carry out one operation; ``at`` is its pointer."""
        match operation:
            case Remove():
                self._remove(operation, at)
            case Add():
                self._add(operation, at)
            case Move():
                self._move(operation, at)
            case Reorder():
                self._reorder(operation, at)
            case ChangeStop():
                self._change(operation, at)
            case SetBreaks():
                in_order = sorted(operation.breaks, key=lambda each: (each.earliest, each.latest))
                changed = replace(self.route, breaks=operation.breaks)
                require_breaks(changed, at=f"{at}/breaks")
                self.route = replace(changed, breaks=tuple(in_order))
            case SetStart(starts_at):
                self._require_planned(f"{at}/starts_at")
                self.route = replace(self.route, starts_at=starts_at)
                require_breaks(self.route, at=f"{at}/starts_at")
            case Assign(driver_id):
                self._require_hands(f"{at}/driver_id")
                self.route = replace(self.route, driver_id=driver_id)

    def edited(self) -> Edited:
        """The plan as it is now. Raises Invalid for one that is empty."""
        stops = (*self.kept, *self.ahead)
        if not stops:
            text = "A route needs a stop. Cancel the route if nothing of it is to be driven."
            raise Invalid(text, pointer="/operations", code="empty_route")
        before, after = _stops_by_shipment(self.route.stops), _stops_by_shipment(stops)
        in_order = tuple(c for stop in stops for c in stop.consignments)
        is_plain = not self.taken_off and tuple(self.joined) == in_order
        joined = () if is_plain else tuple(self.joined)
        whole = replace(self.route, stops=stops, joined=joined)
        return Edited(
            _with_taken_off(whole, self.taken_off),
            added={key: number for key, number in after.items() if key not in before},
            removed={key: number for key, number in before.items() if key not in after},
        )

    def _remove(self, wanted: Remove, at: str) -> None:
        place = self._place(wanted.stop_id, f"{at}/stop_id")
        stop = self.ahead[place]
        for i, shipment_id in enumerate(wanted.shipment_ids):
            if shipment_id not in stop.shipment_ids:
                text = "This shipment is not delivered at this stop."
                raise Invalid(text, pointer=f"{at}/shipment_ids/{i}", code="unknown_shipment")
        gone = frozenset(wanted.shipment_ids or stop.shipment_ids)
        lost = tuple(c for c in stop.consignments if c.shipment_id in gone)
        left = tuple(c for c in stop.consignments if c.shipment_id not in gone)
        self.taken_off.append(replace(stop, consignments=lost))
        self.ahead[place : place + 1] = [replace(stop, consignments=left)] if left else []

    def _add(self, wanted: Add, at: str) -> None:
        planned = _stops_by_shipment((*self.kept, *self.ahead, *self.route.stops))
        for i, shipment_id in enumerate(wanted.shipment_ids):
            if shipment_id in planned or shipment_id in wanted.shipment_ids[:i]:
                text = "This shipment is on the route already."
                raise Invalid(text, pointer=f"{at}/shipment_ids/{i}", code="repeated_shipment")
        shares = [self.shares[shipment_id] for shipment_id in wanted.shipment_ids]

        def pointer(share: int) -> str:
            return f"{at}/shipment_ids/{share}"

        if wanted.stop_id is None:
            place = self._place_before(wanted.before, f"{at}/before")
            self.ahead.insert(place, self._new_stop(shares, wanted, pointer))
        else:
            place = self._place(wanted.stop_id, f"{at}/stop_id")
            stop = self.ahead[place]
            window = require_one_stop(stop.coordinates, stop.window, shares, pointer=pointer)
            consignments = (*stop.consignments, *(share.consignment for share in shares))
            self.ahead[place] = replace(stop, window=window, consignments=consignments)
            if wanted.service_time_s is not None:
                changed = replace(self.ahead[place], service_time_s=wanted.service_time_s)
                self.ahead[place] = changed
        self.joined += [share.consignment for share in shares]
        self._require_room(len(self.ahead[place].consignments), at)

    def _new_stop(
        self, shares: Sequence[StopShare], wanted: Add, pointer: Callable[[int], str]
    ) -> Stop:
        numbers = [stop.number for stop in self._all()]
        return make_stop(
            self.new_id(),
            shares,
            number=max(numbers, default=-1) + 1,
            service_time_s=wanted.service_time_s,
            pointer=pointer,
        )

    def _move(self, wanted: Move, at: str) -> None:
        stop = self.ahead.pop(self._place(wanted.stop_id, f"{at}/stop_id"))
        if wanted.before == stop.id:
            text = "A stop cannot come before itself."
            raise Invalid(text, pointer=f"{at}/before", code="same_stop")
        self.ahead.insert(self._place_before(wanted.before, f"{at}/before"), stop)

    def _reorder(self, wanted: Reorder, at: str) -> None:
        stops = []
        for i, stop_id in enumerate(wanted.stop_ids):
            if stop_id in wanted.stop_ids[:i]:
                text = "This stop is in the list already."
                raise Invalid(text, pointer=f"{at}/stop_ids/{i}", code="repeated_stop")
            stops.append(self.ahead[self._place(stop_id, f"{at}/stop_ids/{i}")])
        missing = len(self.ahead) - len(stops)
        if missing:
            text = f"List all stops that are ahead: {missing} are missing."
            raise Invalid(text, pointer=f"{at}/stop_ids", code="missing_stops")
        self.ahead = stops

    def _change(self, wanted: ChangeStop, at: str) -> None:
        place = self._place(wanted.stop_id, f"{at}/stop_id")
        stop = self.ahead[place]
        if not isinstance(wanted.window, Keep):
            if wanted.window is not None and wanted.window.latest <= self.now:
                text = "This window is over."
                raise Invalid(text, pointer=f"{at}/window", code="window_over")
            stop = replace(stop, window=wanted.window)
        if not isinstance(wanted.service_time_s, Keep):
            stop = replace(stop, service_time_s=wanted.service_time_s)
        if not isinstance(wanted.place, Keep):
            stop = replace(stop, coordinates=wanted.place)
        self.ahead[place] = stop

    def _place(self, stop_id: StopId, at: str) -> int:
        """Where the stop is among those ahead. Raises Invalid for any other."""
        if any(stop.id == stop_id for stop in self.kept):
            text = "The van has reached this stop already. Its part of the plan cannot change."
            raise Invalid(text, pointer=at, code="stop_reached")
        found = next((i for i, stop in enumerate(self.ahead) if stop.id == stop_id), None)
        if found is None:
            text = "This stop is not in the plan."
            raise Invalid(text, pointer=at, code="unknown_stop")
        return found

    def _place_before(self, stop_id: StopId | None, at: str) -> int:
        return len(self.ahead) if stop_id is None else self._place(stop_id, at)

    def _all(self) -> Iterator[Stop]:
        yield from self.kept
        yield from self.ahead
        yield from self.taken_off

    def _require_room(self, shipments: int, at: str) -> None:
        if shipments > MAX_SHIPMENTS_PER_STOP:
            text = f"A stop has 1 to {MAX_SHIPMENTS_PER_STOP} shipments."
        elif len(self.kept) + len(self.ahead) > MAX_STOPS:
            text = f"A route has 1 to {MAX_STOPS} stops."
        elif len(self.joined) > MAX_SHIPMENTS:
            text = f"A route has at most {MAX_SHIPMENTS} shipments, with those taken off."
        elif max(stop.number for stop in self._all()) >= MAX_NUMBERS:
            text = f"A route has at most {MAX_NUMBERS} stops, with those taken off."
        else:
            return
        raise Invalid(text, pointer=f"{at}/shipment_ids", code="too_many")

    def _require_hands(self, at: str) -> None:
        if len(self.route.stints) >= MAX_STINTS:
            text = f"A route changes hands at most {MAX_STINTS} times while it is driven."
            raise Invalid(text, pointer=at, code="too_many")

    def _require_planned(self, at: str) -> None:
        if self.route.status is not RouteStatus.PLANNED:
            text = "This can change only before the route starts."
            raise Invalid(text, pointer=at, code="route_started")


def _with_taken_off(route: Route, taken_off: Sequence[Stop]) -> Route:
    """The route with what it has lost so far; what is new in there goes with the next version."""
    new = len(taken_off) - len(route.taken_off)
    versions = (*route.taken_off_with, *[route.plan_version + 1] * new)
    return replace(route, taken_off=tuple(taken_off), taken_off_with=versions)


def _stops_by_shipment(stops: Sequence[Stop]) -> dict[ShipmentId, int]:
    return {shipment_id: stop.number for stop in stops for shipment_id in stop.shipment_ids}
