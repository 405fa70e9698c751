"""Concerns: what somebody of the office should look at now, most urgent first.

Vans on the road come first: they are silent, or late, or will perhaps be, or left something behind.
Then come shipments that wait for a decision.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.attention.waiting import Waiting, all_waits
from chalicelib.domain.driving.vans import StopAhead, Van
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status

AT_THE_HUB: Final = frozenset({Status.CREATED, Status.ACCEPTED})
LOOK_AHEAD: Final = timedelta(days=1)
"""A shipment without a route is a concern from a day before it is wanted."""


class Kind(StrEnum):
    """The kinds of concerns, most urgent first."""

    SILENT = "silent"
    LATE = "late"
    AT_RISK = "at_risk"
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


ON_THE_ROAD: Final = (Kind.SILENT, Kind.LATE, Kind.AT_RISK, Kind.LEFT_BEHIND)
IN_THE_OFFICE: Final = tuple(kind for kind in Kind if kind not in ON_THE_ROAD)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at, and since when (or by when) somebody should.

    Of a van: its route, driver, and the stop with its shipments. Of a shipment that waits: the
    shipment itself. ``also`` is what else it waits for, which no other concern tells.
    """

    kind: Kind
    look_at: datetime
    shipment_ids: tuple[ShipmentId, ...]
    route_id: RouteId | None = None
    driver_id: DriverId | None = None
    stop: StopAhead | None = None
    shipment: Shipment | None = None
    also: tuple[Kind, ...] = ()


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


def _of_van(van: Van, now: datetime) -> Iterator[Concern]:
    if van.is_silent and van.next_stop is not None and van.heard_at is not None:
        yield _at(van, van.next_stop, Kind.SILENT, van.heard_at)
    for stop in van.ahead:
        due = stop.due
        if due is None or stop.is_under_way:
            continue
        if now > due or (stop.eta is not None and stop.eta.point > due):
            yield _at(van, stop, Kind.LATE, due)
        elif stop.is_delayed or (stop.eta is not None and stop.eta.latest > due):
            yield _at(van, stop, Kind.AT_RISK, due)

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
