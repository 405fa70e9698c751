import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.shipments.events import from_image, to_attributes
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import RouteId
from chalicelib.domain.shipments.events import Event
from chalicelib.observability import logger
from chalicelib.services.shipments.publish_events import PublishEvents
from chalicelib.triggers.streams import learn_travel_times, publish_events
from tests.support.builders import make_event
from tests.support.fakes.topic import InMemoryTopic
from tests.unit.triggers.batches import batch, failures


@dataclass
class Streams:
    """Both streams, over a topic and a learner that a test can look into."""

    topic: InMemoryTopic = field(default_factory=InMemoryTopic)
    aside: list[Mapping[str, str]] = field(default_factory=list)
    is_aside_full: bool = False
    unlearnt: frozenset[RouteId] = frozenset()
    learnt: list[RouteId] = field(default_factory=list)

    def publish(self, records: dict[str, Any]) -> Any:
        return publish_events(
            records, read=from_image, publish=PublishEvents(self.topic), set_aside=self._set_aside
        )

    def _set_aside(self, pointer: Mapping[str, str]) -> None:
        if self.is_aside_full:
            raise Unavailable
        self.aside.append(pointer)

    def learn(self, records: dict[str, Any]) -> Any:
        return learn_travel_times(records, learn=self._learn)

    def _learn(self, route_ids: Sequence[RouteId]) -> frozenset[RouteId]:
        self.learnt += route_ids
        return self.unlearnt


@pytest.fixture
def streams() -> Streams:
    return Streams()


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


class TestPublishEvents:
    def test_all_events_of_a_batch_are_published(self, streams: Streams) -> None:
        events = [make_event(seq) for seq in range(1, 101)]

        assert streams.publish(batch(*map(record, events))) == failures()
        assert streams.topic.published == events

    def test_what_was_not_taken_comes_again_lowest_first(self, streams: Streams) -> None:
        streams.topic.room = 1

        answer = streams.publish(batch(*(record(make_event(seq)) for seq in (1, 2, 3))))

        assert answer == failures("2000", "3000")

    def test_a3_poison_in_the_middle_is_set_aside_alone_and_holds_up_nothing(
        self, streams: Streams, caplog: pytest.LogCaptureFixture
    ) -> None:
        records = [poison(50) if seq == 50 else record(make_event(seq)) for seq in range(1, 101)]

        with caplog.at_level(logging.ERROR, logger=logger.name):
            assert streams.publish(batch(*records)) == failures()
        assert streams.aside == [
            {"shipment_id": make_event().shipment_id, "item": "EVENT#00000050"}
        ]
        assert [event.seq for event in streams.topic.published] == [
            seq for seq in range(1, 101) if seq != 50
        ]
        assert "record parked" in caplog.messages

    def test_poison_and_trouble_are_told_in_the_order_of_the_stream(self, streams: Streams) -> None:
        streams.topic.room = 1
        records = [record(make_event(1)), record(make_event(2)), poison(3), record(make_event(4))]

        assert streams.publish(batch(*records)) == failures("2000", "4000")

    def test_poison_that_cannot_be_set_aside_now_comes_again(self, streams: Streams) -> None:
        streams.is_aside_full = True
        records = [record(make_event(1)), poison(2), record(make_event(3))]

        assert streams.publish(batch(*records)) == failures("2000")
        assert [event.seq for event in streams.topic.published] == [1, 3]

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
        self, streams: Streams, change: dict[str, Any]
    ) -> None:
        assert streams.publish(batch(record(make_event(), **change))) == failures()
        assert streams.topic.published == []

    def test_an_empty_batch_is_fine(self, streams: Streams) -> None:
        assert streams.publish(batch()) == failures()


def departure(sequence: int, route_id: str, **changes: Any) -> dict[str, Any]:
    """A record of the routes' stream: keys only."""
    keys = {"route_id": {"S": route_id}, "item": {"S": f"DEPARTURE#2026-11-23T12:00Z#{sequence}"}}
    return {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": f"{sequence}000", "Keys": keys},
        **changes,
    }


class TestLearnTravelTimes:
    def test_the_routes_of_all_departures_are_learnt_from(self, streams: Streams) -> None:
        found = batch(departure(1, "rte_1"), departure(2, "rte_2"), departure(3, "rte_1"))

        assert streams.learn(found) == failures()
        assert set(streams.learnt) == {"rte_1", "rte_2"}

    def test_what_could_not_be_learnt_comes_again_lowest_first(self, streams: Streams) -> None:
        streams.unlearnt = frozenset({RouteId("rte_1")})
        found = batch(departure(1, "rte_2"), departure(2, "rte_1"), departure(3, "rte_1"))

        assert streams.learn(found) == failures("2000", "3000")

    @pytest.mark.parametrize(
        "change",
        [
            {"eventName": "MODIFY"},
            {"eventName": "REMOVE"},  # it has expired
            {"dynamodb": {"SequenceNumber": "1", "Keys": {"item": {"S": "PLAN"}}}},
        ],
    )
    def test_plans_and_what_expires_teach_nothing(
        self, streams: Streams, change: dict[str, Any]
    ) -> None:
        assert streams.learn(batch(departure(1, "rte_1", **change))) == failures()
        assert streams.learnt == []
