"""The outbox is emptied: events from the stream of the shipments table go to the topic."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.shipments.events import Event
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.senders import EventTopic


@dataclass(frozen=True, slots=True)
class PublishEvents:
    """Publishes events as they come, each at least once; listeners tell repeats by their id."""

    topic: EventTopic

    def __call__(self, events: Sequence[Event]) -> frozenset[str]:
        """The ids of the events that were not taken, to be tried again."""
        not_taken = self.topic.publish(events) if events else frozenset()
        published = len(events) - len(not_taken)
        count(Metric.EVENTS_PUBLISHED, published)
        count(Metric.EVENTS_NOT_PUBLISHED, len(not_taken))
        logger.info(
            "events published", extra={"published": published, "not_published": len(not_taken)}
        )
        return not_taken
