"""What became of a route, on the wire. A fact that an event does not have is absent."""

from pydantic import Field

from chalicelib.api.schemas.events import Fact
from chalicelib.domain.actors import Role
from chalicelib.domain.routes.events import RouteEventType
from chalicelib.edge.schemas import Out, Time


def _is_absent(value: object) -> bool:
    return value is None


class RouteFacts(Fact):
    """Who drives how much after the event.

    A change names its operations, what was added and what was removed. A route that was given to
    another driver names the one before. One that was ended by hand says how many shipments it left
    to others. What was moved names the route at the other end.
    """

    driver_id: str | None = Field(None, exclude_if=_is_absent)
    previous_driver_id: str | None = Field(None, exclude_if=_is_absent)
    stop_count: int | None = Field(None, exclude_if=_is_absent)
    shipment_count: int | None = Field(None, exclude_if=_is_absent)
    changes: tuple[str, ...] | None = Field(None, exclude_if=_is_absent)
    added: tuple[str, ...] | None = Field(None, exclude_if=_is_absent)
    removed: tuple[str, ...] | None = Field(None, exclude_if=_is_absent)
    freed_count: int | None = Field(None, exclude_if=_is_absent)
    other_route_id: str | None = Field(None, exclude_if=_is_absent)


class RouteEventOut(Out):
    """One event of a route; its number is that of the plan's version which came with it."""

    id: str
    route_id: str
    sequence: int = Field(validation_alias="seq")
    type: RouteEventType
    occurred_at: Time
    recorded_at: Time
    actor: Role = Field(validation_alias="actor_role")
    data: RouteFacts


class RouteEventsOut(Out):
    """A page of the events of a route, oldest first."""

    data: tuple[RouteEventOut, ...]
    next_cursor: str | None
