"""Behind the streams: records in, the sequence numbers of the failed ones out.

A stream goes on from the lowest failed sequence number, and everything behind it comes again. So
the records behind a failed one are worked on all the same: none of them waits for it, or is lost
with it, and a repeat of each is harmless.

What may pass (a topic that is throttled) comes again for as long as the stream keeps it. Poison,
which no repeat mends, is put into the dead-letter queue at once and holds up nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import Invalid, Unavailable
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.observability import counted
from chalicelib.triggers.failures import Failures, failures, park

if TYPE_CHECKING:
    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.shipments.events import Event

Batch = Mapping[str, Any]
"""As Lambda hands it over: ``{"Records": […]}``."""


def publish_events(
    batch: Batch,
    *,
    read: Callable[[Mapping[str, Any]], Event | RouteEvent],
    publish: Callable[[Sequence[Event | RouteEvent]], frozenset[str]],
    set_aside: Callable[[Mapping[str, str]], None],
) -> Failures:
    """Publish the new events of a batch. Returns failed sequence numbers, the lowest first.

    ``read`` makes an event of a record's NewImage and raises Invalid for anything else. ``publish``
    returns the ids of the events that were not taken. ``set_aside`` keeps the pointer to a record
    that is poison; where that raises Unavailable, the record comes again.
    """
    with counted():
        sequences_by_id: dict[str, str] = {}
        events: list[Event | RouteEvent] = []
        failed: set[str] = set()
        records = [record for record in batch["Records"] if _is_new(record, "EVENT#")]
        for record in records:
            sequence = record["dynamodb"]["SequenceNumber"]
            try:
                found = read(record["dynamodb"]["NewImage"])
            except Invalid as exc:
                park("record", sequence, exc)
                if not _is_set_aside(record, set_aside):
                    failed.add(sequence)
            else:
                events.append(found)
                sequences_by_id[found.id] = sequence
        failed |= {sequences_by_id[event_id] for event_id in publish(events)}
        in_order = (record["dynamodb"]["SequenceNumber"] for record in records)
        return failures(sequence for sequence in in_order if sequence in failed)


def learn_travel_times(
    batch: Batch, *, learn: Callable[[Sequence[RouteId]], frozenset[RouteId]]
) -> Failures:
    """Learn from the departures of a batch. Returns failed sequence numbers, the lowest first.

    ``learn`` returns the routes that could not be learnt from.
    """
    with counted():
        records = [record for record in batch["Records"] if _is_new(record, "DEPARTURE#")]
        routes_by_sequence = {
            record["dynamodb"]["SequenceNumber"]: RouteId(
                record["dynamodb"]["Keys"]["route_id"]["S"]
            )
            for record in records
        }
        failed = learn(tuple(routes_by_sequence.values()))
        return failures(
            sequence for sequence, route_id in routes_by_sequence.items() if route_id in failed
        )


def expire_shipments(
    batch: Batch, *, expire: Callable[[Sequence[ShipmentId]], frozenset[ShipmentId]]
) -> Failures:
    """Let the finished shipments of a batch expire. Returns failed sequence numbers, lowest first.

    ``expire`` returns the shipments that could not be marked.
    """
    with counted():
        records = [record for record in batch["Records"] if _is_new(record, "EVENT#")]
        shipments_by_sequence = {
            record["dynamodb"]["SequenceNumber"]: ShipmentId(
                record["dynamodb"]["Keys"]["shipment_id"]["S"]
            )
            for record in records
        }
        failed = expire(tuple(shipments_by_sequence.values()))
        return failures(
            sequence
            for sequence, shipment_id in shipments_by_sequence.items()
            if shipment_id in failed
        )


def _is_set_aside(
    record: Mapping[str, Any], set_aside: Callable[[Mapping[str, str]], None]
) -> bool:
    keys = record["dynamodb"]["Keys"]
    try:
        set_aside({name: str(value["S"]) for name, value in keys.items()})
    except Unavailable:
        return False
    return True


def _is_new(record: Mapping[str, Any], kind: str) -> bool:
    """Whether a record is a new item of that kind.

    The event source filters alike; this holds where records come another way.
    """
    item = str(record["dynamodb"].get("Keys", {}).get("item", {}).get("S"))
    return record["eventName"] == "INSERT" and item.startswith(kind)
