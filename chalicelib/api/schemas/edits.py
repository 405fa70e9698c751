"""Edits of a plan on the wire.

An operation is one object with its name in ``op``, and the fields of that operation beside it.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import AliasPath, Field, model_validator

from chalicelib.api.schemas.routes import BreakIn, ServiceTime
from chalicelib.api.schemas.values import (
    EtaOut,
    Id,
    Instant,
    Latitude,
    Longitude,
    RangeOut,
    require_place,
)
from chalicelib.api.schemas.windows import TwoEnds
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes import edits
from chalicelib.domain.routes.edits import Keep, Operation
from chalicelib.domain.routes.routes import Break, RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.edge.schemas import Maybe, Out, Query, Schema, Time
from chalicelib.edge.sentences import misfit
from chalicelib.services.routes.editing import EditEffect
from chalicelib.services.routes.end_route import Ended

Name = Literal[
    "remove", "add", "move", "reorder", "change_stop", "set_breaks", "set_start", "assign"
]
FIELDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "remove": (("stop_id",), ("shipment_ids",)),
    "add": (("shipment_ids",), ("stop_id", "before", "service_time_s")),
    "move": (("stop_id", "before"), ()),
    "reorder": (("stop_ids",), ()),
    "change_stop": (("stop_id",), ("window", "service_time_s", "lat_deg", "lon_deg")),
    "set_breaks": (("breaks",), ()),
    "set_start": (("starts_at",), ()),
    "assign": (("driver_id",), ()),
}
"""By operation the fields that it needs, and those that it may have."""


class StopWindowIn(TwoEnds):
    """When a stop is wanted. Its ends are ``start`` and ``end``, or named as in answers."""

    start: Maybe[Instant] = None
    end: Maybe[Instant] = None
    earliest: Maybe[Instant] = None
    latest: Maybe[Instant] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = (getattr(self, name) for name in self.names)
        if last < first:
            words = "A window must not end before it begins."
            raise misfit((self.names[1],), "invalid_range", words)
        return self

    def to_domain(self) -> Range:
        """The range."""
        return Range(*(getattr(self, name) for name in self.names))


class OperationIn(Schema):
    """One operation on a plan.

    ``remove``: ``stop_id``, and ``shipment_ids`` unless all of it. ``add``: ``shipment_ids``, to
    the stop ``stop_id`` or as a new one ``before`` another (null: at the end). ``move``:
    ``stop_id`` ``before`` another (null: as the last one). ``reorder``: ``stop_ids``, all that are
    ahead.
    ``change_stop``: ``stop_id`` with ``window`` or ``service_time_s`` (null: without), or with
    ``lat_deg`` and ``lon_deg``, where the door is.
    ``set_breaks``: ``breaks``, all of them. ``assign``: ``driver_id``; on the road that driver
    takes the van over with all that is aboard. Before the start also ``set_start``: ``starts_at``.
    """

    op: Name
    stop_id: Maybe[Id] = None
    before: Maybe[Id] = None
    shipment_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=40)] | None = None
    stop_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200)] | None = None
    window: Maybe[StopWindowIn] = None
    service_time_s: Maybe[ServiceTime] = None
    lat_deg: Maybe[Latitude] = None
    lon_deg: Maybe[Longitude] = None
    breaks: Annotated[tuple[BreakIn, ...], Field(max_length=5)] | None = None
    starts_at: Maybe[Instant] = None
    driver_id: Maybe[Id] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        needed, more = FIELDS[self.op]
        for name in needed:
            is_there = name in self.model_fields_set
            if not is_there or (name != "before" and getattr(self, name) is None):
                raise misfit((name,), "missing", f"The operation {self.op} needs this field.")
        for name in self.model_fields_set - {"op", *needed, *more}:
            raise misfit((name,), "unexpected", f"The operation {self.op} has no such field.")
        if (self.lat_deg is None) != (self.lon_deg is None):
            words = "A place needs both lat_deg and lon_deg."
            raise misfit(("lat_deg" if self.lat_deg is None else "lon_deg",), "missing", words)
        if self.place is not None:
            require_place(self.place, ())
        return self

    @property
    def place(self) -> Coordinates | None:
        """Where the door is; None where the operation does not say."""
        if self.lat_deg is None or self.lon_deg is None:
            return None
        return Coordinates(self.lat_deg, self.lon_deg)

    def to_domain(self) -> Operation:
        """The operation. All that it needs is there."""
        return _MAKERS[self.op](self)


class EditIn(Schema):
    """Operations on a plan, carried out in this order, all or none."""

    operations: Annotated[tuple[OperationIn, ...], Field(min_length=1, max_length=50)]

    def to_domain(self) -> tuple[Operation, ...]:
        """The operations."""
        return tuple(operation.to_domain() for operation in self.operations)


class EditQuery(Query):
    """``dry_run``: nothing is written, and the answer is what would come of it."""

    dry_run: bool = False


class StopEffectOut(Out):
    """A stop before and after an edit. ``is_planned`` is false for one that was taken off.

    ``breaks_window``: after the edit it is expected later than its window allows.
    """

    id: str = Field(validation_alias=AliasPath("stop", "id"))
    number: int = Field(validation_alias=AliasPath("stop", "number"))
    shipment_ids: tuple[str, ...] = Field(validation_alias=AliasPath("stop", "shipment_ids"))
    window: RangeOut | None = Field(validation_alias=AliasPath("stop", "window"))
    is_planned: bool
    eta_before: EtaOut | None
    eta_after: EtaOut | None
    promise_before: RangeOut | None
    promise_after: RangeOut | None
    breaks_window: bool


class ToldOut(Out):
    """Someone who is told: the shipment, the event, and the promise that holds then."""

    shipment_id: str
    event: EventType
    promise: RangeOut | None


class EditOut(Out):
    """What an edit does, or would do: to every stop, to windows, and to those who are told.

    ``driver_id`` drives the route after it.
    """

    id: str
    driver_id: str
    status: RouteStatus
    plan_version: int
    dry_run: bool
    stops: tuple[StopEffectOut, ...]
    broken_windows: tuple[str, ...]
    told: tuple[ToldOut, ...]

    @classmethod
    def of(cls, value: EditEffect) -> Self:
        """After a dry run the version is still the one before."""
        route = value.route
        version = route.plan_version - 1 if value.is_dry_run else route.plan_version
        head = _head(route.id, route.status, version)
        return cls.joined(value, **head, driver_id=route.driver_id, dry_run=value.is_dry_run)


class EndOut(Out):
    """A route that has ended. ``freed`` are the shipments that can be planned again."""

    id: str
    status: RouteStatus
    plan_version: int
    completed_at: Time | None
    freed: tuple[str, ...]

    @classmethod
    def of(cls, value: Ended) -> Self:
        """The route, and what it leaves to others."""
        return cls.joined(value.route, freed=value.freed)


def _head(route_id: str, status: RouteStatus, version: int) -> dict[str, object]:
    return {"id": route_id, "status": status, "plan_version": version}


def _stop(given: OperationIn) -> StopId:
    return StopId(given.stop_id or "")


def _before(given: OperationIn) -> StopId | None:
    return None if given.before is None else StopId(given.before)


def _shipments(given: OperationIn) -> tuple[ShipmentId, ...]:
    return tuple(map(ShipmentId, given.shipment_ids or ()))


def _remove(given: OperationIn) -> Operation:
    return edits.Remove(_stop(given), _shipments(given))


def _add(given: OperationIn) -> Operation:
    stop_id = None if given.stop_id is None else StopId(given.stop_id)
    return edits.Add(_shipments(given), stop_id, _before(given), given.service_time_s)


def _move(given: OperationIn) -> Operation:
    return edits.Move(_stop(given), _before(given))


def _reorder(given: OperationIn) -> Operation:
    return edits.Reorder(tuple(map(StopId, given.stop_ids or ())))


def _change_stop(given: OperationIn) -> Operation:
    window: Range | Keep | None = Keep.KEEP
    if "window" in given.model_fields_set:
        window = None if given.window is None else given.window.to_domain()
    service_time_s: float | Keep | None = Keep.KEEP
    if "service_time_s" in given.model_fields_set:
        service_time_s = given.service_time_s
    return edits.ChangeStop(_stop(given), window, service_time_s, given.place or Keep.KEEP)


def _set_breaks(given: OperationIn) -> Operation:
    breaks = given.breaks or ()
    return edits.SetBreaks(tuple(Break(b.earliest, b.latest, b.duration_s) for b in breaks))


def _set_start(given: OperationIn) -> Operation:
    return edits.SetStart(given.starts_at)  # type: ignore[arg-type] # checked by _fits


def _assign(given: OperationIn) -> Operation:
    return edits.Assign(DriverId(given.driver_id or ""))


_MAKERS: Final[Mapping[str, Callable[[OperationIn], Operation]]] = {
    "remove": _remove,
    "add": _add,
    "move": _move,
    "reorder": _reorder,
    "change_stop": _change_stop,
    "set_breaks": _set_breaks,
    "set_start": _set_start,
    "assign": _assign,
}
