"""Reports: something is wrong after a visit; the office hears of it, and answers in the thread."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.attention.waiting import Waiting, Waits, waits
from chalicelib.domain.errors import NotFound, ReportClosed, ThreadClosed
from chalicelib.domain.messages.threads import Draft
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.domain.shipments.concerns import About
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.reported import may_report
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.attention.close_concern import CloseConcern
from chalicelib.services.messages.read_messages import ReadMessages
from chalicelib.services.messages.write_message import WriteMessage
from chalicelib.services.repeats import NO_MEMORY
from tests.support.builders import (
    NOON,
    make_actor,
    make_attempt,
    make_live,
    make_rating,
    make_route,
    make_shipment,
    make_travelling,
)
from tests.support.in_memory import InMemoryCarrier

DISPATCHER = make_actor(Role.DISPATCHER)
DRIVER = make_actor(Role.DRIVER, epoch=1)
ID = make_travelling().id
LATER = NOON + timedelta(days=2)
WORDS = "The box is crushed."


def carrier(**changes: Any) -> InMemoryCarrier:
    made = InMemoryCarrier()
    made.clock.at = LATER
    default: dict[str, Any] = {"status": Status.DELIVERED, "completed_at": NOON}
    attempt = make_attempt(occurred_at=NOON)
    made.has(
        make_travelling(**default | {"last_attempt": attempt} | changes), make_route(), make_live()
    )
    return made


def report(made: InMemoryCarrier, action_id: str = "1", generation: int = 1) -> None:
    token = made.signer.tracking_token(ID, generation)
    use = made.use(WriteMessage)
    use.of_report(token, ReportReason.DAMAGED, WORDS, action_id=action_id)


def answer(made: InMemoryCarrier) -> None:
    draft = Draft(text="We send another one.")
    made.use(WriteMessage).of_office(ID, draft, actor=DISPATCHER, memory=NO_MEMORY)


def test_a_report_is_a_message_that_the_office_reads_and_the_driver_does_not() -> None:
    made = carrier()

    report(made)
    report(made)

    reads = made.use(ReadMessages)
    (message,) = reads.of_office(ID, DISPATCHER, limit=9, position=None).data
    assert message.text == WORDS
    assert reads.of_driver(DRIVER, limit=9, position=None).data == ()
    assert made.told() == [EventType.MESSAGE_SENT, EventType.REPORTED]
    assert WORDS not in repr(made.news())
    assert [event.seq for event in made.news()] == [5, 6]
    assert waits(made.shipment()) == Waits(Waiting.REPORTED, LATER)


def test_it_is_one_thing_at_a_time_and_the_answer_is_in_the_thread() -> None:
    made = carrier()
    report(made)
    with pytest.raises(ReportClosed, match="already"):
        report(made, "2")
    more = Draft(text="The contents too.")
    token = made.signer.tracking_token(ID, 1)
    made.use(WriteMessage).of_recipient(token, more, action_id="3")

    answer(made)

    assert waits(made.shipment()) is None
    with pytest.raises(ThreadClosed):
        made.use(WriteMessage).of_recipient(token, more, action_id="4")
    report(made, "5")
    assert waits(made.shipment()) == Waits(Waiting.REPORTED, LATER)
    made.use(CloseConcern)(ID, About.REPORTED, actor=DISPATCHER)
    found = made.shipment().report
    assert found is not None
    assert found.closed_at == LATER
    unanswered = waits(made.shipment())
    assert unanswered is not None
    assert unanswered.reason is Waiting.UNANSWERED


def test_a_report_comes_before_a_question_and_a_rating() -> None:
    made = carrier(rating=make_rating(1), unanswered_since=NOON)

    report(made)

    found = waits(made.shipment())
    assert found is not None
    assert found.reason is Waiting.REPORTED


@pytest.mark.parametrize("status", Status)
def test_nothing_is_reported_before_a_visit(status: Status) -> None:
    assert not may_report(make_shipment(status=status))
    after = make_shipment(status=status, last_attempt=make_attempt())
    is_under_way = status in {
        Status.CREATED,
        Status.LOADED,
        Status.OUT_FOR_DELIVERY,
        Status.ARRIVING,
        Status.ARRIVED,
    }
    assert may_report(after) != is_under_way


def test_a_revoked_link_reports_nothing() -> None:
    made = carrier(link_generation=2)

    with pytest.raises(NotFound):
        report(made)
    assert made.told() == []
