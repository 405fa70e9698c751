"""What needs somebody of the office, on the wire."""

from datetime import date

from pydantic import AliasPath, Field

from chalicelib.api.schemas.problem_reports import ReportOut
from chalicelib.api.schemas.ratings import RatingOut
from chalicelib.api.schemas.values import EtaOut, Id, Instant, RangeOut
from chalicelib.domain.attention.concerns import Kind
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.concerns import About
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.edge.schemas import ListingQuery, Out, Schema, Time


class AttentionQuery(ListingQuery):
    """All kinds, or one. ``due_by``: what waits for a route, up to when it is wanted."""

    kind: Kind | None = None
    due_by: Instant | None = None


class ClosedIn(Schema):
    """What has been dealt with, of which shipment."""

    shipment_id: Id
    kind: About

    def to_domain(self) -> tuple[ShipmentId, About]:
        """Both."""
        return ShipmentId(self.shipment_id), self.kind


class WaitingShipmentOut(Out):
    """As much of a shipment as tells what to decide."""

    id: str
    shipper_id: str
    reference: str
    status: Status
    recipient_name: str = Field(validation_alias=AliasPath("recipient", "name"))
    city: str = Field(validation_alias=AliasPath("address", "city"))
    postal_code: str | None = Field(validation_alias=AliasPath("address", "postal_code"))
    lat_deg: float = Field(validation_alias=AliasPath("address", "coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("address", "coordinates", "lon_deg"))
    time_zone: str = Field(validation_alias=AliasPath("address", "time_zone"))
    window: RangeOut | None
    service_day: date | None = Field(validation_alias="wanted_day")
    attempts: int
    reason: FailureReason | None = Field(None, validation_alias=AliasPath("last_attempt", "reason"))
    note: str | None = Field(None, validation_alias=AliasPath("last_attempt", "note"))
    rating: RatingOut | None
    report: ReportOut | None


class ConcernOut(Out):
    """One thing to look at, since or by ``look_at``: of a van, or of a shipment that waits.

    Of a van it has the stop with its shipments, its ETA of now, promise and window. Of a shipment
    ``also`` says what else it waits for.
    """

    kind: Kind
    also: tuple[Kind, ...]
    look_at: Time
    shipment_ids: tuple[str, ...]
    route_id: str | None
    driver_id: str | None
    stop_id: str | None = Field(None, validation_alias=AliasPath("stop", "id"))
    eta: EtaOut | None = Field(None, validation_alias=AliasPath("stop", "eta"))
    promise: RangeOut | None = Field(None, validation_alias=AliasPath("stop", "promise"))
    window: RangeOut | None = Field(None, validation_alias=AliasPath("stop", "window"))
    shipment: WaitingShipmentOut | None


class AttentionOut(Out):
    """A page of concerns, most urgent kind first, within a kind the oldest."""

    data: tuple[ConcernOut, ...]
    next_cursor: str | None
