"""Threads: one item that changes with each message, and an item for each message."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.messages import message_from, message_to
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.shipments.items import MessageItem, ThreadItem
from chalicelib.adapters.dynamodb.stored import (
    Packed,
    PackedPart,
    optional_instant,
    optional_ms,
    pack,
    unpack,
)
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import MessageId, ShipmentId
from chalicelib.domain.journal.changes import MessageAdded, ThreadChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.messages.threads import Author, Message, Thread, Written

THREAD: Final = "THREAD"
MESSAGE: Final = f"{THREAD}#"
FORGOTTEN: Final = ""
"""The document of a message that was forgotten."""
FORGOTTEN_BY: Final = "forgotten"
LONG_AGO: Final = 1
"""In seconds since 1970: DynamoDB deletes the item when it comes by."""


class WrittenPart(PackedPart, frozen=True):
    """A message as its thread remembers it."""

    mark: str
    message_id: MessageId
    author: Author
    written_ms: int


class ReadPart(PackedPart, frozen=True):
    """How far somebody has read."""

    reader: Author
    message_id: MessageId


class ThreadState(Packed, frozen=True, kw_only=True):
    """All of a thread but its messages."""

    count: int
    newest: tuple[WrittenPart, ...] = ()
    read: tuple[ReadPart, ...] = ()
    told_ms: int | None = None


class DynamoThreads:
    """The port ``Threads``."""

    def get(self, shipment_id: ShipmentId) -> Thread:
        """One consistent read."""
        with translated():
            try:
                item = ThreadItem.get(shipment_id, THREAD, consistent_read=True)
            except ThreadItem.DoesNotExist:
                return Thread(shipment_id)
        return thread_of(item)

    def message(self, shipment_id: ShipmentId, message_id: MessageId) -> Message:
        """One consistent read."""
        with translated():
            try:
                item = MessageItem.get(shipment_id, f"{MESSAGE}{message_id}", consistent_read=True)
            except MessageItem.DoesNotExist as exc:
                raise NotFound from exc
        if item.document == FORGOTTEN:
            raise NotFound
        return message_from(item.document)

    def page(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        """One query."""
        with translated():
            found = MessageItem.query(
                shipment_id,
                MessageItem.item.startswith(MESSAGE),
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            messages = tuple(map(message_from, _documents(found)))
        return Listing(messages, position_of(found.last_evaluated_key))

    def newest(self, shipment_id: ShipmentId, limit: int) -> tuple[Message, ...]:
        """One query from the end."""
        with translated():
            found = MessageItem.query(
                shipment_id,
                MessageItem.item.startswith(MESSAGE),
                limit=limit,
                page_size=limit,
                scan_index_forward=False,
            )
            messages = list(map(message_from, _documents(found)))
        return tuple(reversed(messages))

    def forget(self, shipment_id: ShipmentId) -> None:
        """One query, and an empty item for each: a thread is short, and its end is rare.

        Nobody may delete from this table, where evidence lies, too. What is empty expires at once.
        """
        with translated():
            for item in list(MessageItem.query(shipment_id, MessageItem.item.startswith(MESSAGE))):
                item.document, item.expires_at = FORGOTTEN, LONG_AGO
                item.save()
            thread = self.get(shipment_id)
            if thread.version:
                empty = Thread(shipment_id, version=thread.version + 1)
                thread_item(empty, token=FORGOTTEN_BY).save()


def _documents(found: Iterable[MessageItem]) -> Iterator[str]:
    return (item.document for item in found if item.document != FORGOTTEN)


def thread_puts(change: ThreadChange, token: str) -> Iterator[Put]:
    """The thread where it is as it was read."""
    item = ThreadItem
    yield Put(
        thread_item(change.after, token),
        unchanged(item.item, item.version, item.token, change.expected_version or None, token),
    )


def message_puts(added: MessageAdded, token: str) -> Iterator[Put]:
    """Without a condition: the id is new, so a repeat of the write finds only itself."""
    del token
    message = added.message
    yield Put(
        MessageItem(
            shipment_id=message.shipment_id,
            item=f"{MESSAGE}{message.id}",
            document=message_to(message),
        )
    )


def thread_item(thread: Thread, token: str) -> ThreadItem:
    """The THREAD item."""
    state = ThreadState(
        count=thread.count,
        newest=tuple(
            WrittenPart(each.mark, each.message_id, each.author, to_ms(each.written_at))
            for each in thread.newest
        ),
        read=tuple(ReadPart(reader, read) for reader, read in sorted(thread.read.items())),
        told_ms=optional_ms(thread.told_at),
    )
    return ThreadItem(
        shipment_id=thread.shipment_id,
        item=THREAD,
        version=thread.version,
        token=token,
        thread=pack(state),
    )


def thread_of(item: ThreadItem) -> Thread:
    """The thread again."""
    state = unpack(ThreadState, item.thread)
    return Thread(
        shipment_id=ShipmentId(item.shipment_id),
        version=int(item.version),
        count=state.count,
        newest=tuple(
            Written(part.mark, part.message_id, part.author, from_ms(part.written_ms))
            for part in state.newest
        ),
        read={part.reader: part.message_id for part in state.read},
        told_at=optional_instant(state.told_ms),
    )
