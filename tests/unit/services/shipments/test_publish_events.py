from chalicelib.services.shipments.publish_events import PublishEvents
from tests.support.builders import make_event
from tests.support.fakes.topic import InMemoryTopic


def test_events_reach_the_topic_in_their_order() -> None:
    topic = InMemoryTopic()
    events = [make_event(seq) for seq in (1, 2, 3)]

    assert PublishEvents(topic)(events) == frozenset()
    assert topic.published == events


def test_what_was_not_taken_is_reported() -> None:
    events = [make_event(seq) for seq in (1, 2, 3)]

    assert PublishEvents(InMemoryTopic(room=2))(events) == {"evt_3"}


def test_nothing_to_publish_calls_nobody() -> None:
    assert PublishEvents(InMemoryTopic(room=0))([]) == frozenset()
