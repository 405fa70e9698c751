"""Events: immutable lines of a shipment's history.

Alerts, notices and webhooks are made of events alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.actors import Role
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import EventId, ShipmentId, ShipperId
from chalicelib.domain.instants import Range


class EventType(StrEnum):
    """The types of events. The names are part of the public API."""

    CREATED = "shipment.created"
    UPDATED = "shipment.updated"
    ACCEPTED = "shipment.accepted"
    LOADED = "shipment.loaded"
    OUT_FOR_DELIVERY = "shipment.out_for_delivery"
    ARRIVING = "shipment.arriving"
    ARRIVED = "shipment.arrived"
    ARRIVAL_WITHDRAWN = "shipment.arrival_withdrawn"
    DELIVERED = "shipment.delivered"
    ATTEMPT_FAILED = "shipment.attempt_failed"
    RESCHEDULED = "shipment.rescheduled"
    REDIRECTED = "shipment.redirected"
    INSTRUCTIONS_CHANGED = "shipment.instructions_changed"
    UNASSIGNED = "shipment.unassigned"
    CANCELLED = "shipment.cancelled"
    RETURNING = "shipment.returning"
    RETURNED = "shipment.returned"
    CORRECTED = "shipment.corrected"
    SUPERSEDED = "shipment.superseded"
    PROOF_ADDED = "proof.added"
    PROOF_REJECTED = "proof.rejected"
    PROOF_MISSING = "proof.missing"
    PROMISED = "eta.promised"
    DELAYED = "eta.delayed"
    BACK_ON_TIME = "eta.back_on_time"
    MESSAGE_SENT = "message.sent"
    RATED = "shipment.rated"
    REPORTED = "shipment.reported"
    PREFERENCES_CHANGED = "shipment.preferences_changed"
    FORGOTTEN = "shipment.recipient_forgotten"
    CONCERN_CLOSED = "shipment.concern_closed"
    DRIVER_SILENT = "driver.silent"
    DRIVER_BACK = "driver.back"


INTERNAL: Final = frozenset({EventType.SUPERSEDED, EventType.CONCERN_CLOSED})
"""Event types that we keep for the record and tell nobody."""

WARNINGS: Final = frozenset(
    {
        EventType.DELAYED,
        EventType.DRIVER_SILENT,
        EventType.ATTEMPT_FAILED,
        EventType.REPORTED,
        EventType.PROOF_REJECTED,
        EventType.PROOF_MISSING,
    }
)


def range_data(value: Range | None) -> dict[str, str] | None:
    """A range in the JSON form of event data."""
    if value is None:
        return None
    return {"earliest": value.earliest.isoformat(), "latest": value.latest.isoformat()}


def eta_data(value: Eta) -> dict[str, str]:
    """An ETA in the JSON form of event data."""
    return {
        "point": value.point.isoformat(),
        "earliest": value.earliest.isoformat(),
        "latest": value.latest.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history, never edited.

    ``seq`` counts from 1 without gaps per shipment. ``occurred_at`` is when it happened (device
    clock), ``recorded_at`` is when we wrote it. ``data`` holds only JSON values and no personal
    data.
    """

    id: EventId
    shipment_id: ShipmentId
    shipper_id: ShipperId
    seq: int
    type: EventType
    occurred_at: datetime
    recorded_at: datetime
    actor_role: Role
    actor_id: str
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def audience(self) -> str:
        """``internal`` when nobody may be told, ``public`` for recipient and shipper."""
        return "internal" if self.type in INTERNAL else "public"

    @property
    def severity(self) -> str:
        """``warning`` when a person may have to act, else ``info``."""
        is_bad = self.type in WARNINGS or self.data.get("is_low") is True
        return "warning" if is_bad else "info"
