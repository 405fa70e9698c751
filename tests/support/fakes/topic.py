from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.domain.routes.events import RouteEvent
from chalicelib.domain.shipments.events import Event


@dataclass
class InMemoryTopic:
    """Keeps all published events. It takes at most `room` events, like a throttled topic."""

    published: list[Event | RouteEvent] = field(default_factory=list)
    room: int | None = None

    def publish(self, events: Sequence[Event | RouteEvent]) -> frozenset[str]:
        free = len(events) if self.room is None else max(self.room - len(self.published), 0)
        self.published += events[:free]
        return frozenset(event.id for event in events[free:])
