import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.accounts.letters import Letter, LetterKind
from chalicelib.domain.accounts.letters import to_text as letter_to_text
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import MemberId, WebhookId
from chalicelib.domain.preferences.inbound import InboundText
from chalicelib.domain.preferences.keywords import Keyword
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.payloads import to_message
from chalicelib.domain.webhooks.tries import WebhookTry, to_text
from chalicelib.observability import logger
from chalicelib.triggers.queues import deliver_webhook, notify_recipient
from tests.support.builders import NOON, make_event
from tests.unit.triggers.batches import batch, failures


@dataclass(frozen=True)
class Report:
    is_complete: bool = True


@dataclass
class Office:
    """A use case that answers as a test likes; `told` is what it was given."""

    answer: Callable[[Event], Report] = lambda _: Report()
    told: list[Event] = field(default_factory=list)
    texts: list[InboundText] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    letter_answer: Report = field(default_factory=Report)

    def __call__(self, event: Event) -> Report:
        self.told.append(event)
        return self.answer(event)

    def write(self, letter: Letter) -> Report:
        self.letters.append(letter)
        return self.letter_answer


def notified(records: dict[str, Any], office: Office, **more: Any) -> Any:
    return notify_recipient(
        records,
        notify=office,
        again=lambda held: office(held.event),
        **{"hear": office.texts.append, "write": office.write} | more,
    )


def delivered(records: dict[str, Any], office: Office) -> Any:
    return deliver_webhook(records, deliver=office, again=lambda due: office(due.event))


@pytest.fixture
def office() -> Office:
    return Office()


def message(event: Event) -> dict[str, Any]:
    return {"messageId": f"message-{event.seq}", "body": to_message(event)}


@pytest.mark.parametrize("trigger", [notified, delivered])
class TestQueues:
    def test_every_message_is_told(self, trigger: Any, office: Office) -> None:
        events = [make_event(seq) for seq in (1, 2, 3)]

        assert trigger(batch(*map(message, events)), office) == failures()
        assert sorted(office.told, key=lambda event: event.seq) == events

    def test_what_became_of_a_route_is_not_for_them(self, trigger: Any, office: Office) -> None:
        told = {"messageId": "message-1", "body": '{"version":1,"type":"route.planned"}'}

        assert trigger(batch(told, message(make_event(2))), office) == failures()
        assert [event.seq for event in office.told] == [2]

    def test_failed_messages_alone_come_again(self, trigger: Any, office: Office) -> None:
        office.answer = lambda event: Report(is_complete=event.seq != 2)

        answer = trigger(batch(*(message(make_event(seq)) for seq in (3, 2, 1))), office)

        assert answer == failures("message-2")

    @pytest.mark.parametrize("error", [Unavailable(), KeyError("a mistake of ours")])
    def test_an_error_takes_its_own_message_only(
        self, trigger: Any, office: Office, error: Exception
    ) -> None:
        def answer(event: Event) -> Report:
            if event.seq == 1:
                raise error
            return Report()

        office.answer = answer

        answered = trigger(batch(*(message(make_event(seq)) for seq in (1, 2))), office)

        assert answered == failures("message-1")

    @pytest.mark.parametrize("body", ["", "{}", '{"version": 2}', "[]"])
    def test_poison_is_parked_and_the_rest_goes_on(
        self,
        trigger: Any,
        office: Office,
        body: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        spoiled = {"messageId": "poison", "body": body}

        with caplog.at_level(logging.ERROR, logger=logger.name):
            answer = trigger(batch(spoiled, message(make_event(2))), office)

        assert answer == failures("poison")
        assert [event.seq for event in office.told] == [2]
        assert "message parked" in caplog.messages

    def test_an_empty_batch_is_fine(self, trigger: Any, office: Office) -> None:
        assert trigger(batch(), office) == failures()


def test_notices_go_out_in_the_order_of_the_events(office: Office) -> None:
    notified(batch(*(message(make_event(seq)) for seq in (3, 1, 2))), office)

    assert [event.seq for event in office.told] == [1, 2, 3]


def test_no_notice_is_begun_when_time_runs_short(office: Office) -> None:
    left_s = iter([60.0, 14.9, 14.8])
    messages = [message(make_event(seq)) for seq in (1, 2, 3)]

    answer = notified(batch(*messages), office, time_left_s=lambda: next(left_s))

    assert answer == failures("message-2", "message-3")
    assert [event.seq for event in office.told] == [1]


def test_webhooks_of_a_batch_are_delivered_at_the_same_time(office: Office) -> None:
    all_are_here = threading.Barrier(10, timeout=10)

    def answer(event: Event) -> Report:
        all_are_here.wait()
        return Report(is_complete=event.type is EventType.CREATED)

    office.answer = answer
    messages = [message(make_event(seq)) for seq in range(1, 11)]

    assert delivered(batch(*messages), office) == failures()


def test_a_further_try_goes_another_way_than_an_event(office: Office) -> None:
    due = WebhookTry(make_event(2), WebhookId("whk_1"), 2, NOON)
    tries: list[WebhookTry] = []

    def again(found: WebhookTry) -> Report:
        tries.append(found)
        return Report()

    records = batch(message(make_event(1)), {"messageId": "again", "body": to_text(due)})

    assert deliver_webhook(records, deliver=office, again=again) == failures()
    assert [event.seq for event in office.told] == [1]
    assert tries == [due]


def answered(text: str, number: str = "+358401234567") -> dict[str, Any]:
    body = {"originationNumber": number, "messageBody": text}
    sent = {"SentTimestamp": str(int(NOON.timestamp() * 1000))}
    return {"messageId": f"message-{text}", "body": json.dumps(body), "attributes": sent}


def test_what_phones_answer_is_heard_before_anybody_is_told(office: Office) -> None:
    heard_after: list[int] = []

    def hear(text: InboundText) -> None:
        office.texts.append(text)
        heard_after.append(len(office.told))

    records = batch(message(make_event(1)), answered("STOP"), answered("Hello", "short"))

    assert notified(records, office, hear=hear) == failures()
    assert office.texts == [InboundText("+358401234567", Keyword.STOP, NOON)]
    assert heard_after == [0]
    assert len(office.told) == 1


def letter(body: str = "") -> dict[str, Any]:
    asked = Letter("1", LetterKind.SIGN_IN, MemberId("mbr_1"), NOON)
    return {"messageId": "letter", "body": body or letter_to_text(asked)}


def test_letters_to_members_are_written_before_recipients_are_told(office: Office) -> None:
    assert notified(batch(message(make_event(1)), letter()), office) == failures()

    assert [each.member_id for each in office.letters] == ["mbr_1"]
    assert len(office.told) == 1


def test_a_letter_that_is_not_done_comes_again_and_one_that_is_none_is_parked(
    office: Office,
) -> None:
    office.letter_answer = Report(is_complete=False)

    assert notified(batch(letter()), office) == failures("letter")
    assert notified(batch(letter('{"letter": "x"}')), office) == failures("letter")
    assert len(office.letters) == 1


def test_a_letter_that_failed_comes_again(office: Office) -> None:
    def write(_: Letter) -> Report:
        raise Unavailable

    assert notified(batch(letter()), office, write=write) == failures("letter")


def test_a_text_that_could_not_be_heard_comes_again_and_its_number_is_in_no_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def hear(text: InboundText) -> None:
        raise Unavailable

    assert notified(batch(answered("STOP")), office, hear=hear) == failures("message-STOP")
    assert "+358401234567" not in caplog.text
