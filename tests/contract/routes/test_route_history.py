"""The history of routes, in memory and on DynamoDB."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.shipments.outbox import event_from_image
from chalicelib.adapters.dynamodb.shipments.route_events import from_attributes, to_attributes
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import ConcurrentUpdate, Invalid
from chalicelib.domain.ids import EventId, RouteId
from chalicelib.domain.journal.changes import RouteEventAdded
from chalicelib.domain.routes.events import RouteEvent, RouteEventType
from tests.contract.conftest import Stores
from tests.support.builders import NOON

ROUTE = RouteId("rte_1")
FORGOTTEN_AT = NOON + timedelta(days=90)


def line(seq: int, event_id: str = "", **data: object) -> RouteEvent:
    return RouteEvent(
        id=EventId(event_id or f"evt_{seq}"),
        route_id=ROUTE,
        seq=seq,
        type=RouteEventType.CHANGED,
        occurred_at=NOON,
        recorded_at=NOON,
        actor_role=Role.DISPATCHER,
        actor_id="key_1",
        data=data,
    )


def add(stores: Stores, *lines: RouteEvent) -> None:
    stores.journal.commit(*(RouteEventAdded(each, FORGOTTEN_AT) for each in lines))


def test_events_are_read_in_their_order_page_by_page(stores: Stores) -> None:
    lines = [line(seq, changes=["move"]) for seq in range(1, 12)]
    for each in reversed(lines):
        add(stores, each)

    first = stores.route_history.page(ROUTE, limit=10, position=None)
    second = stores.route_history.page(ROUTE, limit=10, position=first.position)

    assert [*first.data, *second.data] == lines
    assert second.position is None
    assert stores.route_history.page(RouteId("rte_2"), limit=10, position=None).data == ()


def test_a_number_is_taken_once_and_a_repeat_is_no_other(stores: Stores) -> None:
    add(stores, line(1))
    add(stores, line(1))

    with pytest.raises(ConcurrentUpdate):
        add(stores, line(1, "evt_other"))


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=9)


@given(st.builds(line, st.integers(1, 99_999_999), changes=st.lists(texts), note=texts))
def test_what_is_kept_is_what_is_read_back_also_from_the_stream(event: RouteEvent) -> None:
    kept = to_attributes(event, FORGOTTEN_AT)
    image = {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in kept.items()
    }

    assert from_attributes(kept) == event
    assert event_from_image(image) == event


def test_what_no_release_has_written_is_refused() -> None:
    with pytest.raises(Invalid):
        event_from_image({"type": {"S": "route.flown"}})
