import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.shipments.events import from_image, to_attributes
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import RouteId
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.payloads import to_message
from chalicelib.observability import logger
from chalicelib.services.shipments.publish_events import PublishEvents
from chalicelib.triggers import (
    deliver_webhook,
    learn_travel_times,
    notify_recipient,
    publish_events,
)
from tests.support.builders import make_event
from tests.support.fakes.topic import InMemoryTopic


@dataclass(frozen=True)
class Report:
    is_complete: bool = True


@dataclass
class Container:
    """The use cases as one function each; `told` is what they were given."""

    topic: InMemoryTopic = field(default_factory=InMemoryTopic)
    answer: Callable[[Event], Report] = lambda _: Report()
    told: list[Event] = field(default_factory=list)
    unlearnt: frozenset[RouteId] = frozenset()
    learnt: list[RouteId] = field(default_factory=list)

    def event_from_image(self, image: Mapping[str, Any]) -> Event:
        return from_image(image)

    def publish_events(self, events: Sequence[Event]) -> frozenset[str]:
        return PublishEvents(self.topic)(events)

    def learn_travel_times(self, route_ids: Sequence[RouteId]) -> frozenset[RouteId]:
        self.learnt += route_ids
        return self.unlearnt

    def notify_recipient(self, event: Event) -> Report:
        self.told.append(event)
        return self.answer(event)

    deliver_webhook = notify_recipient


@pytest.fixture
def container() -> Container:
    return Container()


def record(event: Event, **changes: Any) -> dict[str, Any]:
    """A record of the stream; its sequence number is the event's `seq` times a thousand."""
    values = to_attributes(event)
    image = {name: {"N" if name == "seq" else "S": str(v)} for name, v in values.items()}
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": f"{event.seq}000",
            "Keys": {name: image[name] for name in ("shipment_id", "item")},
            "NewImage": image,
        },
        **changes,
    }


def poison(seq: int) -> dict[str, Any]:
    spoiled = record(make_event(seq))
    spoiled["dynamodb"]["NewImage"]["type"] = {"S": "shipment.teleported"}
    return spoiled


def message(event: Event) -> dict[str, Any]:
    return {"messageId": f"message-{event.seq}", "body": to_message(event)}


def batch(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}


def failures(*identifiers: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


class TestPublishEvents:
    def test_all_events_of_a_batch_are_published(self, container: Container) -> None:
        events = [make_event(seq) for seq in range(1, 101)]

        assert publish_events(batch(*map(record, events)), container) == failures()
        assert container.topic.published == events

    def test_what_was_not_taken_comes_again_lowest_first(self, container: Container) -> None:
        container.topic.room = 1

        answer = publish_events(batch(*(record(make_event(seq)) for seq in (1, 2, 3))), container)

        assert answer == failures("2000", "3000")

    def test_a3_poison_in_the_middle_parks_alone(
        self, container: Container, caplog: pytest.LogCaptureFixture
    ) -> None:
        records = [poison(50) if seq == 50 else record(make_event(seq)) for seq in range(1, 101)]

        with caplog.at_level(logging.ERROR, logger=logger.name):
            assert publish_events(batch(*records), container) == failures("50000")
        assert [event.seq for event in container.topic.published] == [
            seq for seq in range(1, 101) if seq != 50
        ]
        assert "record parked" in caplog.messages

    def test_poison_and_trouble_are_told_in_the_order_of_the_stream(
        self, container: Container
    ) -> None:
        container.topic.room = 1
        records = [record(make_event(1)), record(make_event(2)), poison(3), record(make_event(4))]

        answer = publish_events(batch(*records), container)

        assert answer == failures("2000", "3000", "4000")

    @pytest.mark.parametrize(
        "change",
        [
            {"eventName": "MODIFY"},
            {"eventName": "REMOVE"},
            {
                "eventName": "REMOVE",
                "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
                "dynamodb": {"SequenceNumber": "1", "Keys": {}},
            },
            {"dynamodb": {"SequenceNumber": "1", "Keys": {"item": {"S": "SHIPMENT"}}}},
            {"dynamodb": {"SequenceNumber": "1"}},
        ],
    )
    def test_o4_only_new_events_are_published(
        self, container: Container, change: dict[str, Any]
    ) -> None:
        assert publish_events(batch(record(make_event(), **change)), container) == failures()
        assert container.topic.published == []

    def test_an_empty_batch_is_fine(self, container: Container) -> None:
        assert publish_events(batch(), container) == failures()


def departure(sequence: int, route_id: str, **changes: Any) -> dict[str, Any]:
    """A record of the routes' stream: keys only."""
    keys = {"route_id": {"S": route_id}, "item": {"S": f"DEPARTURE#2026-11-23T12:00Z#{sequence}"}}
    return {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": f"{sequence}000", "Keys": keys},
        **changes,
    }


class TestLearnTravelTimes:
    def test_the_routes_of_all_departures_are_learnt_from(self, container: Container) -> None:
        found = batch(departure(1, "rte_1"), departure(2, "rte_2"), departure(3, "rte_1"))

        assert learn_travel_times(found, container) == failures()
        assert set(container.learnt) == {"rte_1", "rte_2"}

    def test_what_could_not_be_learnt_comes_again_lowest_first(self, container: Container) -> None:
        container.unlearnt = frozenset({RouteId("rte_1")})
        found = batch(departure(1, "rte_2"), departure(2, "rte_1"), departure(3, "rte_1"))

        assert learn_travel_times(found, container) == failures("2000", "3000")

    @pytest.mark.parametrize(
        "change",
        [
            {"eventName": "MODIFY"},
            {"eventName": "REMOVE"},  # it has expired
            {"dynamodb": {"SequenceNumber": "1", "Keys": {"item": {"S": "PLAN"}}}},
        ],
    )
    def test_plans_and_what_expires_teach_nothing(
        self, container: Container, change: dict[str, Any]
    ) -> None:
        assert learn_travel_times(batch(departure(1, "rte_1", **change)), container) == failures()
        assert container.learnt == []


@pytest.mark.parametrize("trigger", [notify_recipient, deliver_webhook])
class TestQueues:
    def test_every_message_is_told(self, trigger: Any, container: Container) -> None:
        events = [make_event(seq) for seq in (1, 2, 3)]

        assert trigger(batch(*map(message, events)), container) == failures()
        assert sorted(container.told, key=lambda event: event.seq) == events

    def test_failed_messages_alone_come_again(self, trigger: Any, container: Container) -> None:
        container.answer = lambda event: Report(is_complete=event.seq != 2)

        answer = trigger(batch(*(message(make_event(seq)) for seq in (3, 2, 1))), container)

        assert answer == failures("message-2")

    @pytest.mark.parametrize("error", [Unavailable(), KeyError("a mistake of ours")])
    def test_an_error_takes_its_own_message_only(
        self, trigger: Any, container: Container, error: Exception
    ) -> None:
        def answer(event: Event) -> Report:
            if event.seq == 1:
                raise error
            return Report()

        container.answer = answer

        answered = trigger(batch(*(message(make_event(seq)) for seq in (1, 2))), container)

        assert answered == failures("message-1")

    @pytest.mark.parametrize("body", ["", "{}", '{"version": 2}', "[]"])
    def test_poison_is_parked_and_the_rest_goes_on(
        self,
        trigger: Any,
        container: Container,
        body: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        spoiled = {"messageId": "poison", "body": body}

        with caplog.at_level(logging.ERROR, logger=logger.name):
            answer = trigger(batch(spoiled, message(make_event(2))), container)

        assert answer == failures("poison")
        assert [event.seq for event in container.told] == [2]
        assert "message parked" in caplog.messages

    def test_an_empty_batch_is_fine(self, trigger: Any, container: Container) -> None:
        assert trigger(batch(), container) == failures()


def test_notices_go_out_in_the_order_of_the_events(container: Container) -> None:
    notify_recipient(batch(*(message(make_event(seq)) for seq in (3, 1, 2))), container)

    assert [event.seq for event in container.told] == [1, 2, 3]


def test_no_notice_is_begun_when_time_runs_short(container: Container) -> None:
    left_s = iter([60.0, 14.9, 14.8])
    messages = [message(make_event(seq)) for seq in (1, 2, 3)]

    answer = notify_recipient(batch(*messages), container, time_left_s=lambda: next(left_s))

    assert answer == failures("message-2", "message-3")
    assert [event.seq for event in container.told] == [1]


def test_webhooks_of_a_batch_are_delivered_at_the_same_time(container: Container) -> None:
    all_are_here = threading.Barrier(10, timeout=10)

    def answer(event: Event) -> Report:
        all_are_here.wait()
        return Report(is_complete=event.type is EventType.CREATED)

    container.answer = answer
    messages = [message(make_event(seq)) for seq in range(1, 11)]

    assert deliver_webhook(batch(*messages), container) == failures()
