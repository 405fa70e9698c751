"""The feed: a shipper's events in the order in which they were written.

An index entry for each event would cost a write unit each: a start of 200 stops writes as many. So
an entry stands for a whole commit. It is that of the shipper's first event in it, and that event
names the others. The time in its key is taken right before the write.

A position is where the next page begins: the key of an entry and how many of its events have been
read, or a time up to which everything has.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.shipments.events import from_attributes, item_key
from chalicelib.adapters.dynamodb.shipments.items import EventItem
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.adapters.dynamodb.writing import Addition, Put
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.events import Event

BEGIN: Final = "from"
READ: Final = "read"
AFTER: Final = "#"
"""Behind a key, this sorts after it and before every other: none begins with another."""


def enter(puts: Sequence[Put | Addition], at: datetime) -> None:
    """Give the first event of each shipper among these writes its place in the feed."""
    events_by_shipper: dict[str, list[EventItem]] = {}
    for put in puts:
        if isinstance(put.item, EventItem):
            events_by_shipper.setdefault(put.item.shipper_id, []).append(put.item)
    for first, *others in events_by_shipper.values():
        first.feed = f"{to_text(at)}#{first.event_id}"
        first.feed_also = _pack(others) if others else None


class DynamoFeed:
    """The port ``EventFeed`` on DynamoDB."""

    def page(
        self,
        shipper_id: ShipperId,
        *,
        since: datetime,
        until: datetime,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Event]:
        """One query of the index, and one batch for the events that the entries only name."""
        begin, end = to_text(since), to_text(until)
        resumed = position is not None and position[BEGIN] >= begin
        if position is not None and resumed:
            begin = position[BEGIN]
        if begin >= end:
            return Listing((), position or {BEGIN: begin, READ: "0"})
        with translated():
            found = EventItem.by_feed.query(
                shipper_id,
                EventItem.feed.between(begin, end),
                limit=limit,
                page_size=limit,
            )
            lines = [line for entry in found for line in _lines(entry)]
        if position is not None and resumed:
            read = int(position[READ])
            lines = [line for line in lines if line.entry != begin or line.number >= read]
        shown, left = lines[:limit], lines[limit:]
        following = {BEGIN: end, READ: "0"}
        if left:
            following = {BEGIN: left[0].entry, READ: str(left[0].number)}
        elif found.last_evaluated_key is not None:
            following = {BEGIN: f"{lines[-1].entry}{AFTER}", READ: "0"}
        return Listing(_events(shown), following)


class _Line(NamedTuple):
    """One event of an entry by its name, and its number in the entry; only the first is there."""

    entry: str
    number: int
    name: tuple[str, str]
    event: Event | None = None


def _lines(entry: EventItem) -> Iterator[_Line]:
    first = from_attributes(entry.attribute_values)
    yield _Line(entry.feed, 0, (entry.shipment_id, entry.item), first)
    for number, name in enumerate(_unpack(entry.feed_also), start=1):
        yield _Line(entry.feed, number, name)


def _events(lines: Sequence[_Line]) -> tuple[Event, ...]:
    """Their events, in this order; without those that have expired."""
    named = [line.name for line in lines if line.event is None]
    with translated():
        items = list(EventItem.batch_get(named, consistent_read=True)) if named else []
    found = {
        (item.shipment_id, item.item): from_attributes(item.attribute_values) for item in items
    }
    events = (line.event or found.get(line.name) for line in lines)
    return tuple(event for event in events if event is not None)


def _pack(events: Sequence[EventItem]) -> bytes:
    """Deflated text: ids of one moment begin alike."""
    return zlib.compress("\n".join(f"{each.shipment_id} {each.seq}" for each in events).encode(), 9)


def _unpack(packed: bytes | None) -> Iterator[tuple[str, str]]:
    """The keys of the events."""
    for line in zlib.decompress(packed).decode().splitlines() if packed else ():
        shipment_id, seq = line.split()
        yield shipment_id, item_key(int(seq))
