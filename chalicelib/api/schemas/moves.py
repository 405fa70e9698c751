"""Moves of stops from one route to another, on the wire."""

from typing import Annotated, Self

from pydantic import Field

from chalicelib.api.schemas.edits import EditOut
from chalicelib.api.schemas.values import Id
from chalicelib.domain.ids import RouteId, ShipmentId, StopId
from chalicelib.edge.schemas import Maybe, Out, Schema
from chalicelib.services.routes.move_stop import MoveEffect, MoveOrder

Version = Annotated[int, Field(ge=1, le=1_000_000_000)]


class MoveIn(Schema):
    """A stop that goes over, and both plans as they were read.

    ``shipment_ids`` are those of the stop that go; without them all do. On the other route it is
    made ``before`` another stop; without that as the last one.
    """

    stop_id: Id
    plan_version: Version
    to_route_id: Id
    to_plan_version: Version
    before: Maybe[Id] = None
    shipment_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=40)] | None = None

    def to_domain(self, *, is_dry_run: bool) -> MoveOrder:
        """The order."""
        return MoveOrder(
            stop_id=StopId(self.stop_id),
            plan_version=self.plan_version,
            to_route_id=RouteId(self.to_route_id),
            to_plan_version=self.to_plan_version,
            before=None if self.before is None else StopId(self.before),
            shipment_ids=tuple(map(ShipmentId, self.shipment_ids or ())),
            is_dry_run=is_dry_run,
        )


class MoveOut(Out):
    """What a move does, or would do, to both plans.

    ``to_scan`` are the shipments that board the other van when their parcels are scanned there.
    """

    dry_run: bool
    from_route: EditOut
    to_route: EditOut
    to_scan: tuple[str, ...]

    @classmethod
    def of(cls, value: MoveEffect) -> Self:
        """Both plans, as edits show them."""
        return cls(
            dry_run=value.source.is_dry_run,
            from_route=EditOut.of(value.source),
            to_route=EditOut.of(value.target),
            to_scan=value.to_scan,
        )
