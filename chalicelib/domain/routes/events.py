"""Events of a route: immutable lines of what became of its plan. They are for the carrier's staff.

They name shipments of several shippers, so no shipper ever sees one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.actors import Role
from chalicelib.domain.ids import EventId, RouteId
from chalicelib.domain.instants import utc

VERSION: Final = 1


class RouteEventType(StrEnum):
    """The types of events of a route. The names are part of the public API."""

    PLANNED = "route.planned"
    STARTED = "route.started"
    CHANGED = "route.changed"
    COMPLETED = "route.completed"
    RESUMED = "route.resumed"
    CANCELLED = "route.cancelled"


@dataclass(frozen=True, slots=True)
class RouteEvent:
    """One line, never edited.

    ``seq`` is the version of the plan that came with it: every change of a route has both, so a
    route's events count from 1 without gaps. ``data`` holds only JSON values and no personal data.
    """

    id: EventId
    route_id: RouteId
    seq: int
    type: RouteEventType
    occurred_at: datetime
    recorded_at: datetime
    actor_role: Role
    actor_id: str
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def audience(self) -> str:
        """Whom it may be told: the carrier's own people and systems."""
        return "staff"

    @property
    def severity(self) -> str:
        """``warning`` when a person may have to act, else ``info``."""
        return "info"


def to_message(event: RouteEvent) -> str:
    """The message for the topic, shaped as that of a shipment's event. Times in milliseconds."""
    return json.dumps(
        {
            "version": VERSION,
            "id": event.id,
            "type": event.type.value,
            "timestamp": _text(event.occurred_at),
            "data": {"route_id": event.route_id, "sequence": event.seq, **event.data},
            "recorded_at": _text(event.recorded_at),
            "actor": {"role": event.actor_role.value, "id": event.actor_id},
        },
        separators=(",", ":"),
        allow_nan=False,
    )


def _text(instant: datetime) -> str:
    return utc(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")
