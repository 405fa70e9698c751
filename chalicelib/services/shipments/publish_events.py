"""The outbox is emptied: events from the stream of its table go to the topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.senders import EventTopic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.shipments.events import Event


@dataclass(frozen=True, slots=True)
class PublishEvents:
    """Publishes events as they come, each at least once; listeners tell repeats by their id."""

    topic: EventTopic

    def __call__(self, events: Sequence[Event | RouteEvent]) -> frozenset[str]:
        """The ids of the events that were not taken, to be tried again."""
        not_taken = self.topic.publish(events) if events else frozenset()
        published = len(events) - len(not_taken)
        count(Metric.EVENTS_PUBLISHED, published)
        count(Metric.EVENTS_NOT_PUBLISHED, len(not_taken))
        logger.info(
            "events published", extra={"published": published, "not_published": len(not_taken)}
        )
        return not_taken
