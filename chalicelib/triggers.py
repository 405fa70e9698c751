"""The plain functions behind the stream and the queues: records in, the failed ones out.

What fails is handed back, alone, and comes again. What no repeat will mend (a record that is no
event of ours, a message of a version to come) is logged and counted as parked, and handed back too:
after its last try AWS puts it into the dead-letter queue, where somebody sees it. Nothing blocks
the rest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import RouteId
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import from_message
from chalicelib.observability import Metric, count, counted, logger

NOTICE_S: Final = 15.0
"""No notice is begun with less time left: two channels, each with a time-out of its own."""

Failures = dict[str, list[dict[str, str]]]
TimeLeft = Callable[[], float]


class Report(Protocol):
    """What a use case says about one event."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to try."""
        ...


class Container(Protocol):
    """What is needed of ``chalicelib.bootstrap.container.Container``."""

    @property
    def event_from_image(self) -> Callable[[Mapping[str, Any]], Event]:
        """Reads a stream record's NewImage. Raises Invalid."""
        ...

    @property
    def publish_events(self) -> Callable[[Sequence[Event]], frozenset[str]]:
        """The ids of the events that were not taken."""
        ...

    @property
    def learn_travel_times(self) -> Callable[[Sequence[RouteId]], frozenset[RouteId]]:
        """The routes that were not learnt from."""
        ...

    @property
    def notify_recipient(self) -> Callable[[Event], Report]:
        """Tells a recipient."""
        ...

    @property
    def deliver_webhook(self) -> Callable[[Event], Report]:
        """Tells a shipper."""
        ...


def _for_ever() -> float:
    return float("inf")


def publish_events(event: Mapping[str, Any], container: Container) -> Failures:
    """Publish the events of a stream batch; failed sequence numbers, the lowest first.

    Lambda goes on from the lowest. Records behind a failed one are published all the same, so that
    none of them waits for it, or is lost with it; listeners tell the repeats by the event's id.
    """
    with counted():
        sequences_by_id: dict[str, str] = {}
        events: list[Event] = []
        failed: set[str] = set()
        records = [record for record in event["Records"] if _is_new(record, "EVENT#")]
        for record in records:
            sequence = record["dynamodb"]["SequenceNumber"]
            try:
                found = container.event_from_image(record["dynamodb"]["NewImage"])
            except Invalid as exc:
                _park("record", sequence, exc)
                failed.add(sequence)
            else:
                events.append(found)
                sequences_by_id[found.id] = sequence
        failed |= {sequences_by_id[event_id] for event_id in container.publish_events(events)}
        in_order = (record["dynamodb"]["SequenceNumber"] for record in records)
        return _failures(sequence for sequence in in_order if sequence in failed)


def learn_travel_times(event: Mapping[str, Any], container: Container) -> Failures:
    """Learn from the departures of a stream batch; failed sequence numbers, the lowest first."""
    with counted():
        records = [record for record in event["Records"] if _is_new(record, "DEPARTURE#")]
        routes_by_sequence = {
            record["dynamodb"]["SequenceNumber"]: RouteId(
                record["dynamodb"]["Keys"]["route_id"]["S"]
            )
            for record in records
        }
        failed = container.learn_travel_times(tuple(routes_by_sequence.values()))
        return _failures(
            sequence for sequence, route_id in routes_by_sequence.items() if route_id in failed
        )


def notify_recipient(
    event: Mapping[str, Any], container: Container, *, time_left_s: TimeLeft = _for_ever
) -> Failures:
    """Tell recipients, in the order of each shipment's events; the ids of failed messages.

    When time runs short, what is left over counts as failed and comes again.
    """
    with counted():
        failed: set[str] = set()
        messages = list(_messages(event, failed))
        for message_id, found in sorted(messages, key=lambda message: message[1].seq):
            if time_left_s() < NOTICE_S or not _is_done(
                message_id, found, container.notify_recipient
            ):
                failed.add(message_id)
        return _in_order(event, failed)


def deliver_webhook(event: Mapping[str, Any], container: Container) -> Failures:
    """Tell shippers, all messages at the same time: a dead endpoint holds up no other shipper's."""
    with counted():
        failed: set[str] = set()
        messages = list(_messages(event, failed))
        deliver = container.deliver_webhook
        with ThreadPoolExecutor(max(len(messages), 1)) as threads:
            results = threads.map(lambda m: _is_done(m[0], m[1], deliver), messages)
            failed |= {
                message_id
                for (message_id, _), is_done in zip(messages, results, strict=True)
                if not is_done
            }
        return _in_order(event, failed)


def _is_new(record: Mapping[str, Any], kind: str) -> bool:
    """The event source filters alike; this holds for any other way here too."""
    item = str(record["dynamodb"].get("Keys", {}).get("item", {}).get("S"))
    return record["eventName"] == "INSERT" and item.startswith(kind)


def _messages(event: Mapping[str, Any], failed: set[str]) -> Iterator[tuple[str, Event]]:
    """Message ids with their events; ids of what cannot be read go to ``failed``."""
    for record in event["Records"]:
        try:
            yield record["messageId"], from_message(record["body"])
        except Invalid as exc:
            _park("message", record["messageId"], exc)
            failed.add(record["messageId"])


def _is_done(message_id: str, event: Event, use_case: Callable[[Event], Report]) -> bool:
    try:
        return use_case(event).is_complete
    except Exception:  # noqa: BLE001 - one message must not take the others of its batch with it
        logger.exception("message failed", extra={"message_id": message_id, "event_id": event.id})
        return False


def _park(kind: str, identifier: str, exc: Invalid) -> None:
    count(Metric.MESSAGES_PARKED)
    logger.error(f"{kind} parked", extra={"identifier": identifier, "errors": exc.data["errors"]})


def _in_order(event: Mapping[str, Any], failed: set[str]) -> Failures:
    ids = (record["messageId"] for record in event["Records"])
    return _failures(message_id for message_id in ids if message_id in failed)


def _failures(identifiers: Iterator[str]) -> Failures:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}
