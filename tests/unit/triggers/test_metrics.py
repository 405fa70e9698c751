"""Behind the queue of news: a batch is counted together, poison alone is parked."""

from collections.abc import Iterable

from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.metrics.news import News
from chalicelib.domain.routes.events import RouteEvent, RouteEventType
from chalicelib.domain.routes.events import to_message as route_message
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.payloads import to_message
from chalicelib.triggers.metrics import count_metrics
from tests.support.builders import NOON, make_event, minutes
from tests.unit.triggers.batches import batch, failures

FIRST = ShipmentId("shp_0001")
ENDED = News(NOON, route_id=RouteId("rte_1"))
RATED = News(NOON, shipment_id=FIRST)


def rated(name: str, at: int = 0) -> dict[str, str]:
    event = make_event(5, type=EventType.RATED, recorded_at=NOON + minutes(at))
    return {"messageId": name, "body": to_message(event)}


def of_route(name: str, kind: RouteEventType = RouteEventType.COMPLETED) -> dict[str, str]:
    event = make_event()
    told = RouteEvent(
        event.id,
        RouteId("rte_1"),
        3,
        kind,
        NOON,
        NOON,
        event.actor_role,
        "drv_1",
    )
    return {"messageId": name, "body": route_message(told)}


class Counts:
    """Notes what it is asked for; some news fails."""

    def __init__(self, *failing: News) -> None:
        self.failing, self.asked = frozenset(failing), list[list[News]]()

    def __call__(self, news: Iterable[News]) -> frozenset[News]:
        self.asked.append(list(news))
        return self.failing


def test_a_batch_is_counted_together_and_a_repeat_once() -> None:
    counts = Counts()

    assert (
        count_metrics(batch(of_route("a"), rated("b"), rated("c"), rated("d", at=1)), count=counts)
        == failures()
    )

    assert counts.asked == [[ENDED, RATED, News(NOON + minutes(1), shipment_id=FIRST)]]


def test_all_messages_of_news_that_failed_come_again_and_no_others() -> None:
    records = [of_route("a"), rated("b"), rated("c")]

    assert count_metrics(batch(*records), count=Counts(RATED)) == failures("b", "c")


def test_what_changes_no_metrics_is_left_alone() -> None:
    counts = Counts()
    other = {"messageId": "x", "body": to_message(make_event(2, type=EventType.LOADED))}

    found = count_metrics(batch(other, of_route("y", RouteEventType.STARTED)), count=counts)

    assert (found, counts.asked) == (failures(), [])


def test_poison_holds_up_nothing() -> None:
    counts = Counts()
    poison = [{"messageId": name, "body": body} for name, body in (("x", "{}"), ("y", "["))]
    newer = {"messageId": "z", "body": rated("z")["body"].replace('"version":1', '"version":2')}

    assert count_metrics(batch(*poison, newer, rated("b")), count=counts) == failures("x", "y", "z")
    assert counts.asked == [[RATED]]
