"""A route and the event that tells of it are written together, always: by this one function."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EventId
from chalicelib.domain.journal.changes import RouteChange, RouteEventAdded
from chalicelib.domain.routes.events import RouteEvent, RouteEventType
from chalicelib.domain.routes.routes import Route, RouteStatus

_BY_STATUS: Final = {
    RouteStatus.PLANNED: RouteEventType.PLANNED,
    RouteStatus.ACTIVE: RouteEventType.STARTED,
    RouteStatus.COMPLETED: RouteEventType.COMPLETED,
    RouteStatus.CANCELLED: RouteEventType.CANCELLED,
}


def route_changed(
    before: Route | None,
    after: Route,
    *,
    actor: Actor,
    event_id: EventId,
    now: datetime,
    data: Mapping[str, object] | None = None,
) -> tuple[RouteChange, RouteEventAdded]:
    """What is written of a route that is new (``before`` is None), or was read as ``before``.

    Its plan has the next version. The event tells who drives how much, and what is in ``data``.
    """
    facts: dict[str, object] = {
        "driver_id": after.driver_id,
        "stop_count": len(after.stops),
        "shipment_count": len(after.listed),
    }
    if before is not None and before.driver_id != after.driver_id:
        facts["previous_driver_id"] = before.driver_id
    event = RouteEvent(
        id=event_id,
        route_id=after.id,
        seq=after.plan_version,
        type=_type_of(before, after),
        occurred_at=now,
        recorded_at=now,
        actor_role=actor.role,
        actor_id=actor.id,
        data={**facts, **(data or {})},
    )
    version = None if before is None else before.plan_version
    return RouteChange(after, version), RouteEventAdded(event, after.kept_until)


def _type_of(before: Route | None, after: Route) -> RouteEventType:
    if before is None:
        return RouteEventType.PLANNED
    if before.status is after.status:
        return RouteEventType.CHANGED
    if before.status is not RouteStatus.PLANNED and after.status is RouteStatus.ACTIVE:
        return RouteEventType.RESUMED
    return _BY_STATUS[after.status]
