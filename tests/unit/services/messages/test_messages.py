"""Messages as use cases: who may write and read, what is written with them, and repeats."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound, ThreadClosed, Unauthorized
from chalicelib.domain.ids import DriverId, ShipperId
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.messages.threads import Author, Draft
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.messages.read_messages import ReadMessages
from chalicelib.services.messages.write_message import WriteMessage
from chalicelib.services.repeats import NO_MEMORY
from tests.support.builders import (
    NOON,
    make_actor,
    make_attempt,
    make_live,
    make_route,
    make_shipment,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

DRIVER = make_actor(Role.DRIVER, epoch=1)
DISPATCHER = make_actor(Role.DISPATCHER)
SHOP = make_actor(Role.SHIPPER)
HELLO = Draft(text="The gate is open.")
ID = make_travelling().id


def carrier(**changes: Any) -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.clock.at = NOON
    made.has(make_travelling(**changes), make_route(), make_live())
    return made


def token(made: InMemoryCarrier) -> str:
    return made.signer.tracking_token(ID, made.shipment().link_generation)


def test_a_message_of_the_recipient_reaches_the_driver_and_waits_for_an_answer() -> None:
    made = carrier()

    message = made.use(WriteMessage).of_recipient(token(made), HELLO, action_id="1")

    reads = made.use(ReadMessages)
    assert reads.of_driver(DRIVER, limit=9, position=None).data == (message,)
    assert reads.of_office(ID, SHOP, limit=9, position=None).data == (message,)
    assert (made.shipment().messages, made.shipment().unanswered_since) == (1, NOON)
    (event,) = made.news()
    assert event.type is EventType.MESSAGE_SENT
    assert HELLO.text is not None
    assert HELLO.text not in repr(event)
    assert "notice" not in event.data


def test_an_answer_tells_the_recipient_and_ends_the_waiting() -> None:
    made = carrier()
    write = made.use(WriteMessage)
    write.of_recipient(token(made), HELLO, action_id="1")

    reply = Draft(quick_reply=QuickReply.ON_MY_WAY)
    write.of_driver(ID, reply, action_id="2", actor=DRIVER)
    made.clock.go_on(minutes(1))
    write.of_office(ID, HELLO, actor=DISPATCHER, memory=NO_MEMORY)

    assert made.shipment().unanswered_since is None
    assert [event.data.get("notice") for event in made.news()] == [None, True, None]
    authors = [m.author for m in made.use(ReadMessages).behind(token(made)).messages]
    assert authors == [Author.RECIPIENT, Author.DRIVER, Author.DISPATCHER]


def test_a_repeated_action_writes_nothing_more() -> None:
    made = carrier()
    write = made.use(WriteMessage)
    first = write.of_recipient(token(made), HELLO, action_id="1")
    before = made.shipment()

    again = write.of_recipient(token(made), Draft(text="Something else"), action_id="1")

    assert again == first
    assert made.shipment() == before
    assert write.of_driver(ID, HELLO, action_id="1", actor=DRIVER) != first


def test_messages_are_over_two_hours_after_the_visit_but_the_office_still_answers() -> None:
    made = carrier(
        status=Status.DELIVERED, completed_at=NOON, last_attempt=make_attempt(occurred_at=NOON)
    )
    write = made.use(WriteMessage)
    made.clock.at = NOON + timedelta(hours=2)
    write.of_recipient(token(made), HELLO, action_id="1")
    made.clock.at = NOON + timedelta(hours=2, seconds=1)

    with pytest.raises(ThreadClosed, match="over"):
        write.of_recipient(token(made), HELLO, action_id="2")
    with pytest.raises(ThreadClosed):
        write.of_driver(ID, HELLO, action_id="3", actor=DRIVER)

    write.of_office(ID, HELLO, actor=SHOP, memory=NO_MEMORY)
    assert made.shipment().messages == 2


def test_nobody_writes_to_a_driver_who_has_not_loaded() -> None:
    made = InMemoryCarrier()
    made.has(make_shipment())

    with pytest.raises(ThreadClosed, match="on the van"):
        made.use(WriteMessage).of_recipient(token(made), HELLO, action_id="1")


def test_a_driver_of_another_route_and_a_foreign_shop_see_nothing() -> None:
    made = carrier()
    made.use(WriteMessage).of_recipient(token(made), HELLO, action_id="1")
    made.has(make_live(driver_id=DriverId("drv_2"), route_id=None, started_at=None))
    stranger = make_actor(Role.DRIVER, driver_id=DriverId("drv_2"), epoch=1)
    other_shop = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_2"))

    with pytest.raises(NotFound):
        made.use(WriteMessage).of_driver(ID, HELLO, action_id="1", actor=stranger)
    with pytest.raises(NotFound):
        made.use(WriteMessage).of_office(ID, HELLO, actor=other_shop, memory=NO_MEMORY)
    with pytest.raises(NotFound):
        made.use(ReadMessages).of_office(ID, other_shop, limit=9, position=None)
    assert made.use(ReadMessages).of_driver(stranger, limit=9, position=None).data == ()


def test_a_revoked_phone_neither_reads_nor_writes() -> None:
    made = carrier()
    revoked = make_actor(Role.DRIVER, epoch=7)

    with pytest.raises(Unauthorized):
        made.use(WriteMessage).of_driver(ID, HELLO, action_id="1", actor=revoked)
    with pytest.raises(Unauthorized):
        made.use(ReadMessages).of_driver(revoked, limit=9, position=None)


def test_a_revoked_link_writes_nothing() -> None:
    made = carrier(link_generation=2)
    old = made.signer.tracking_token(ID, 1)

    with pytest.raises(NotFound):
        made.use(WriteMessage).of_recipient(old, HELLO, action_id="1")


def test_what_has_been_read_is_marked_once() -> None:
    made = carrier()
    message = made.use(WriteMessage).of_recipient(token(made), HELLO, action_id="1")
    reads = made.use(ReadMessages)

    reads.seen_by_driver(ID, message.id, actor=DRIVER)
    version = made.threads.get(ID).version
    reads.seen_by_driver(ID, message.id, actor=DRIVER)

    assert made.threads.get(ID).read == {Author.DRIVER: message.id}
    assert made.threads.get(ID).version == version
