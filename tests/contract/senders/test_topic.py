"""The topic, in memory and on SNS: events go out, and what was not taken is named."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.aws import client, forget_clients
from chalicelib.adapters.messaging.sns import MOST_BYTES, SnsEventTopic
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.payloads import from_message
from tests.support import faults
from tests.support.aws import SESSION
from tests.support.builders import make_event
from tests.support.fakes.topic import InMemoryTopic
from tests.support.faults import Action, Faults, xml_error


class Subscribed(SnsEventTopic):
    """The topic with a queue behind it, as the stack has them."""

    def __init__(self) -> None:
        self.sqs = SESSION.client("sqs")
        self.queue_url = self.sqs.create_queue(QueueName="all")["QueueUrl"]
        sns = SESSION.client("sns")
        super().__init__(sns.create_topic(Name="events")["TopicArn"])
        sns.subscribe(
            TopicArn=self._topic_arn,
            Protocol="sqs",
            Endpoint="arn:aws:sqs:us-east-1:123456789012:all",
            Attributes={"RawMessageDelivery": "true"},
        )

    def messages(self) -> list[Any]:
        found = []
        while received := self.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += received
            for message in received:
                self.sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    @property
    def published(self) -> list[Event]:
        return [from_message(message["Body"]) for message in self.messages()]


@pytest.fixture(scope="module")
def account() -> Iterator[Subscribed]:
    """One topic for all: clients take long to make."""
    with mock_aws():
        forget_clients()
        yield Subscribed()
    forget_clients()


@pytest.fixture
def sns(account: Subscribed) -> Subscribed:
    account.messages()  # what a test before left
    return account


@pytest.fixture(params=["in memory", "on sns"])
def topic(request: pytest.FixtureRequest) -> Any:
    return InMemoryTopic() if request.param == "in memory" else request.getfixturevalue("sns")


def in_order(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.seq)


@pytest.mark.parametrize("count", [1, 10, 11, 25])
def test_every_event_goes_out_once(topic: Any, count: int) -> None:
    events = [make_event(seq) for seq in range(1, count + 1)]

    assert topic.publish(events) == frozenset()
    assert in_order(topic.published) == events


def test_nothing_is_nothing(topic: Any) -> None:
    assert topic.publish([]) == frozenset()


def test_subscribers_may_filter_by_attributes(sns: Subscribed) -> None:
    sns.publish(
        [
            make_event(1, type=EventType.SUPERSEDED),
            make_event(2, type=EventType.DELAYED),
        ]
    )

    told = {
        json.loads(message["Body"])["data"]["sequence"]: {
            name: value["StringValue"] for name, value in message["MessageAttributes"].items()
        }
        for message in sns.messages()
    }
    assert told == {
        1: {
            "type": "shipment.superseded",
            "shipper_id": "shr_1",
            "audience": "internal",
            "severity": "info",
        },
        2: {
            "type": "eta.delayed",
            "shipper_id": "shr_1",
            "audience": "public",
            "severity": "warning",
        },
    }


def large(seq: int, size: int) -> Event:
    return make_event(seq, data={"status": "x" * size})


def test_large_events_go_out_in_more_calls(sns: Subscribed) -> None:
    events = [large(seq, 100_000) for seq in range(1, 6)]

    with Faults().on(client("sns")) as injected:
        assert sns.publish(events) == frozenset()

    assert injected.calls["sns", "PublishBatch"] == 3
    assert len(sns.published) == 5


def test_an_event_that_no_call_takes_is_named_and_the_rest_goes_out(sns: Subscribed) -> None:
    events = [make_event(1), large(2, MOST_BYTES), make_event(3)]

    assert sns.publish(events) == {"evt_2"}
    assert [event.seq for event in in_order(sns.published)] == [1, 3]


def test_entries_that_sns_turns_down_are_named(sns: Subscribed) -> None:
    def second_failed(request: Any) -> Any:
        body = (
            "<PublishBatchResponse><PublishBatchResult><Successful><member><Id>0</Id>"
            "<MessageId>m</MessageId></member></Successful><Failed><member><Id>1</Id>"
            "<Code>InternalError</Code><SenderFault>false</SenderFault></member></Failed>"
            "</PublishBatchResult></PublishBatchResponse>"
        )
        return faults.answer(request, 200, body.encode(), "text/xml")

    with Faults(plan={("sns", "PublishBatch", 1): second_failed}).on(client("sns")):
        assert sns.publish([make_event(1), make_event(2)]) == {"evt_2"}


@pytest.mark.parametrize(
    "action",
    [faults.SNS_503, faults.SNS_THROTTLE, faults.RESET, faults.CONNECT_TIMEOUT],
    ids=["503", "throttle", "reset", "connect"],
)
def test_a4_an_outage_names_all_and_stops_after_one_call(
    sns: Subscribed, action: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    events = [make_event(seq) for seq in range(1, 26)]

    with Faults(outage={"sns": action}).on(client("sns")) as injected:
        assert sns.publish(events) == {event.id for event in events}
        assert injected.calls["sns", "PublishBatch"] == 3  # one call with its retries
        injected.outage.clear()
        assert sns.publish(events) == frozenset()

    assert in_order(sns.published) == events


def test_an_outage_in_the_middle_names_the_rest(
    sns: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    events = [make_event(seq) for seq in range(1, 31)]
    plan = {("sns", "PublishBatch", call): faults.SNS_503 for call in (2, 3, 4)}

    with Faults(plan=plan).on(client("sns")):
        assert sns.publish(events) == {event.id for event in events[10:]}


def test_a_lost_answer_publishes_twice_rather_than_never(
    sns: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    with Faults(plan={("sns", "PublishBatch", 1): faults.ack_lost}).on(client("sns")):
        assert sns.publish([make_event(1)]) == frozenset()

    assert [event.seq for event in sns.published] == [1, 1]


def test_a_mistake_of_ours_is_raised(sns: Subscribed) -> None:
    forbidden = xml_error("AuthorizationError", 403)
    with (
        Faults(outage={"sns": forbidden}).on(client("sns")),
        pytest.raises(client("sns").exceptions.AuthorizationErrorException),
    ):
        sns.publish([make_event()])
