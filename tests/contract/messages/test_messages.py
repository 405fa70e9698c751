"""Threads and their messages, in memory and on DynamoDB."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import MessageId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import (
    MessageAdded,
    MessageCopied,
    ShipmentChange,
    ThreadChange,
)
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.messages.threads import Author, Message, Thread
from chalicelib.domain.policy import Policy
from tests.contract.conftest import Stores
from tests.support.builders import NOON, make_event, make_message, make_travelling

SHIPMENT = ShipmentId("shp_0001")
ROUTE = RouteId("rte_1")
MESSAGES = [
    make_message(1),
    make_message(2, author=Author.DRIVER, text=None, quick_reply=QuickReply.FIVE_MINUTES),
    make_message(3, author=Author.SHIPPER, text="Ääkköset, 🚚 and\ntwo lines"),
]


def thread_with(*messages: Message) -> Thread:
    thread = Thread(SHIPMENT)
    for message in messages:
        thread = thread.with_message(message, f"mark of {message.id}", Policy())
    return thread


def test_a_thread_begins_empty_and_is_read_as_it_was_written(stores: Stores) -> None:
    thread = stores.threads.get(SHIPMENT)
    assert thread == Thread(SHIPMENT, version=thread.version)
    with pytest.raises(NotFound):
        stores.threads.message(SHIPMENT, MESSAGES[0].id)
    written = thread_with(*MESSAGES).with_read(Author.DRIVER, MESSAGES[0].id)

    stores.journal.commit(ThreadChange(written, 0))

    assert stores.threads.get(SHIPMENT) == written


def test_a_thread_is_written_only_over_the_version_that_was_read(stores: Stores) -> None:
    first = thread_with(MESSAGES[0])
    stores.journal.commit(ThreadChange(first, 0))

    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(ThreadChange(thread_with(MESSAGES[1]), 0))

    stores.journal.commit(ThreadChange(thread_with(*MESSAGES[:2]), first.version))
    assert stores.threads.get(SHIPMENT).count == 2


def test_messages_are_listed_oldest_first_and_page_by_page(stores: Stores) -> None:
    for message in reversed(MESSAGES):
        stores.journal.commit(MessageAdded(message))
    stores.journal.commit(MessageAdded(make_message(4, shipment_id=ShipmentId("shp_0002"))))

    first = stores.threads.page(SHIPMENT, limit=2, position=None)
    rest = stores.threads.page(SHIPMENT, limit=2, position=first.position)

    assert [*first.data, *rest.data] == MESSAGES
    assert stores.threads.newest(SHIPMENT, 2) == tuple(MESSAGES[1:])
    assert stores.threads.message(SHIPMENT, MESSAGES[1].id) == MESSAGES[1]


def test_a_thread_is_forgotten_with_its_messages_and_no_other(stores: Stores) -> None:
    other = make_message(4, shipment_id=ShipmentId("shp_0002"))
    stores.journal.commit(ThreadChange(thread_with(*MESSAGES), 0))
    for message in (*MESSAGES, other):
        stores.journal.commit(MessageAdded(message))

    for _ in range(2):
        stores.threads.forget(SHIPMENT)

    assert stores.threads.newest(SHIPMENT, 10) == ()
    thread = stores.threads.get(SHIPMENT)
    assert thread == Thread(SHIPMENT, version=thread.version)
    with pytest.raises(NotFound):
        stores.threads.message(SHIPMENT, MESSAGES[0].id)
    assert stores.threads.newest(other.shipment_id, 10) == (other,)


def test_a_message_of_another_thread_is_not_there(stores: Stores) -> None:
    stores.journal.commit(MessageAdded(MESSAGES[0]))

    with pytest.raises(NotFound):
        stores.threads.message(ShipmentId("shp_0002"), MESSAGES[0].id)
    with pytest.raises(NotFound):
        stores.threads.message(SHIPMENT, MessageId("msg_9999"))


def test_the_copies_of_a_route_expire(stores: Stores) -> None:
    stores.clock.at = NOON
    for message, hours in zip(MESSAGES, (1, 3, 3), strict=True):
        stores.journal.commit(MessageCopied(message, ROUTE, NOON + timedelta(hours=hours)))

    stores.clock.at = NOON + timedelta(hours=2)

    assert stores.route_messages.page(ROUTE, limit=9, position=None).data == tuple(MESSAGES[1:])
    assert stores.route_messages.page(RouteId("rte_2"), limit=9, position=None).data == ()


def test_the_history_of_a_shipment_holds_no_message(stores: Stores) -> None:
    shipment, event = make_travelling(version=1, seq=1), make_event()
    stores.journal.commit(ShipmentChange(shipment, (event,), None))

    stores.journal.commit(ThreadChange(thread_with(*MESSAGES), 0), *map(MessageAdded, MESSAGES))

    assert stores.shipments.with_history(shipment.id, newest=9) == (shipment, (event,))
    assert stores.shipments.get(shipment.id) == shipment
