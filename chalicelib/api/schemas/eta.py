"""When a shipment comes, on the wire."""

from typing import Self

from pydantic import AliasPath, Field

from chalicelib.api.schemas.events import EtaFact, RangeFact
from chalicelib.api.schemas.values import EtaOut, RangeOut
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.eta_story import EtaStory
from chalicelib.edge.schemas import Out, Time


class LiveEtaOut(Out):
    """The ETA of now; ``as_of`` is the time of the fix or report behind it."""

    point: Time = Field(validation_alias=AliasPath("eta", "point"))
    earliest: Time = Field(validation_alias=AliasPath("eta", "earliest"))
    latest: Time = Field(validation_alias=AliasPath("eta", "latest"))
    stops_before: int | None
    as_of: Time | None


class ToldOut(Out):
    """What an event told: the ETA of then, the promise, and the promise before."""

    event_id: str
    type: EventType
    occurred_at: Time
    recorded_at: Time
    eta: EtaFact | None
    promise: RangeFact | None
    previous_promise: RangeFact | None

    @classmethod
    def of(cls, value: Event) -> Self:
        """A line of history, by the times in it."""
        times = {name: value.data.get(name) for name in ("eta", "promise", "previous_promise")}
        return cls.joined(value, event_id=value.id, **times)


class ShipmentEtaOut(Out):
    """``planned`` is the plan's before the start, ``first_promise`` and ``promise`` what was told.

    ``live`` is null unless the shipment is on its way, and while its van is silent and late.
    ``told`` is the history of what was told, oldest first; with ``has_earlier`` there is more.
    """

    shipment_id: str = Field(validation_alias=AliasPath("shipment", "id"))
    status: Status = Field(validation_alias=AliasPath("shipment", "status"))
    time_zone: str = Field(validation_alias=AliasPath("shipment", "address", "time_zone"))
    window: RangeOut | None = Field(validation_alias=AliasPath("shipment", "window"))
    planned: EtaOut | None
    first_promise: RangeOut | None = Field(validation_alias=AliasPath("shipment", "first_promise"))
    promise: RangeOut | None = Field(validation_alias=AliasPath("shipment", "promise"))
    delayed: bool = Field(validation_alias=AliasPath("shipment", "is_delayed"))
    live: LiveEtaOut | None
    completed_at: Time | None = Field(validation_alias=AliasPath("shipment", "completed_at"))
    told: tuple[ToldOut, ...]
    has_earlier: bool

    @classmethod
    def of(cls, value: EtaStory) -> Self:
        """The whole story."""
        return cls.joined(value, told=[ToldOut.of(event) for event in value.told])
