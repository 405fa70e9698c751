"""What needs somebody of the office, on the wire."""

from datetime import date
from typing import Self

from pydantic import AliasPath, Field

from chalicelib.api.schemas.problem_reports import ReportOut
from chalicelib.api.schemas.ratings import RatingOut
from chalicelib.api.schemas.values import EtaOut, Id, Instant, RangeOut
from chalicelib.domain.actors import Role
from chalicelib.domain.attention.concerns import Kind, NextAction
from chalicelib.domain.attention.handling import Handled, Handling, Wanted
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.concerns import About
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.edge.schemas import ListingQuery, Maybe, Out, Schema, Time


class AttentionQuery(ListingQuery):
    """All kinds, or one. ``due_by``: what waits for a route, up to when it is wanted.

    ``handled``: only what is open, taken, snoozed or done; without it what is open or taken.
    """

    handled: Handled | None = None
    kind: Kind | None = None
    due_by: Instant | None = None


class ClosedIn(Schema):
    """What has been dealt with, of which shipment."""

    shipment_id: Id
    kind: About

    def to_domain(self) -> tuple[ShipmentId, About]:
        """Both."""
        return ShipmentId(self.shipment_id), self.kind


class HandlingIn(Schema):
    """What somebody does about a concern. ``until`` is the end of a snooze.

    ``news_at`` is the concern's own, as it was read: done and snoozed hold until it changes.
    """

    state: Handled
    news_at: Instant
    until: Maybe[Instant] = None

    def to_domain(self) -> Wanted:
        """What is wanted."""
        return Wanted(self.state, self.news_at, self.until)


class HandlingOut(Out):
    """What was done last about a concern, and by whom: a key or a member of staff.

    ``version`` is what its ETag is made of: 0 when nobody has done anything yet.
    """

    state: Handled
    by: str | None
    by_role: Role | None
    at: Time | None
    until: Time | None
    version: int

    @classmethod
    def of(cls, value: Handling | None) -> Self:
        """It, or that nobody has done anything."""
        if value is not None:
            return cls.model_validate(value)
        return cls(state=Handled.OPEN, by=None, by_role=None, at=None, until=None, version=0)


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

    Of a van it has the stop with its shipments, its ETA of now, promise and window; of what is late
    or at risk the first of so many stops (``stop_count``). ``risk`` is the probability that its
    promise breaks. Of a shipment ``also`` says what else it waits for. Of a webhook that was
    switched off it has its id.

    ``handling`` is what colleagues have done about it. What was done or snoozed is open again when
    ``news_at`` has changed.
    """

    id: str
    kind: Kind
    next_action: NextAction
    news_at: Time
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
    stop_count: int
    risk: float | None
    webhook_id: str | None = Field(None, validation_alias=AliasPath("endpoint", "id"))
    shipper_id: str | None
    handling: HandlingOut | None


class AttentionOut(Out):
    """A page of concerns, most urgent kind first, within a kind the oldest."""

    data: tuple[ConcernOut, ...]
    next_cursor: str | None
