"""The feed of a shipper, in memory and on DynamoDB."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.aws import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, TOTAL_ATTEMPTS
from chalicelib.adapters.dynamodb.journal import DynamoJournal
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import FEED_SETTLES_AFTER
from chalicelib.domain.shipments.events import Event
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores, on_moto
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, make_event, make_shipment
from tests.support.depth import times

SHIPPER = ShipperId("shr_1")
OTHER = ShipperId("shr_2")


def created(number: int, shipper_id: ShipperId = SHIPPER, *, events: int = 1) -> ShipmentChange:
    shipment = make_shipment(number, shipper_id=shipper_id, seq=events)
    lines = tuple(
        make_event(
            seq,
            id=f"evt_{number:03d}{seq:03d}",
            shipment_id=shipment.id,
            shipper_id=shipper_id,
            recorded_at=NOON,
        )
        for seq in range(1, events + 1)
    )
    return ShipmentChange(shipment, lines, None)


def told(changes: Iterable[ShipmentChange], shipper_id: ShipperId = SHIPPER) -> list[Event]:
    return [e for change in changes for e in change.events if e.shipper_id == shipper_id]


def read(stores: Stores, *, limit: int = 100, shipper_id: ShipperId = SHIPPER) -> list[Event]:
    """All pages until an empty one."""
    return read_on(stores, None, limit=limit, shipper_id=shipper_id)


def read_on(
    stores: Stores,
    position: Mapping[str, str] | None,
    *,
    limit: int = 100,
    shipper_id: ShipperId = SHIPPER,
) -> list[Event]:
    """All pages from there until an empty one."""
    found: list[Event] = []
    while True:
        page = stores.feed.page(
            shipper_id,
            since=NOON - timedelta(days=1),
            until=stores.clock.now(),
            limit=limit,
            position=position,
        )
        assert page.position is not None
        assert len(page.data) <= limit
        if not page.data:
            return found
        found += page.data
        position = page.position


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_every_event_comes_once_and_in_the_order_of_writing(stores: Stores, limit: int) -> None:
    commits = [
        [created(1), created(2, OTHER), created(3, events=2)],
        [created(4, OTHER)],
        [created(5)],
        [created(6, events=3), created(7)],
    ]
    for changes in commits:
        stores.journal.commit(*changes)
        stores.clock.at += timedelta(seconds=1)
    everything = [change for changes in commits for change in changes]

    for shipper_id in (SHIPPER, OTHER):
        assert read(stores, limit=limit, shipper_id=shipper_id) == told(everything, shipper_id)


def test_an_empty_page_leads_to_what_comes_later_and_nothing_is_told_again(stores: Stores) -> None:
    going_on: dict[str, str] = {}

    def page(position: dict[str, str] | None, limit: int = 2) -> list[Event]:
        nonlocal going_on
        found = stores.feed.page(
            SHIPPER, since=NOON, until=stores.clock.now(), limit=limit, position=position
        )
        assert found.position is not None
        going_on = dict(found.position)
        return list(found.data)

    first, second, third = created(1), created(2), created(3)
    assert page(None) == []
    stores.clock.at += timedelta(seconds=1)
    assert page(going_on) == []
    stores.journal.commit(first)
    assert page(going_on) == []  # it is as young as the end of the page
    stores.clock.at += timedelta(seconds=1)
    stores.journal.commit(second, third)
    assert page(going_on) == list(first.events)
    assert page(going_on) == []
    stores.clock.at += timedelta(milliseconds=1)
    assert page(going_on) == [*second.events, *third.events]
    assert page(going_on) == []


def test_what_was_written_before_since_is_left_out(stores: Stores) -> None:
    early, late = created(1), created(2)
    stores.journal.commit(early)
    stores.clock.at += timedelta(hours=1)
    since = stores.clock.now()
    stores.journal.commit(late)
    stores.clock.at += timedelta(hours=1)

    page = stores.feed.page(SHIPPER, since=since, until=stores.clock.now(), limit=9, position=None)

    assert list(page.data) == list(late.events)


def test_33_events_written_together_cost_the_feed_four_units_at_most(dynamo: Stores) -> None:
    changes = [created(number) for number in range(1, 34)]
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(*changes)
    dynamo.clock.at += timedelta(seconds=1)
    without_feed = 33 * (2 + 1 + 2 + 1 + 2)  # state and details with an index each, event

    with CapacityMeter().watching(*dynamodb_clients()) as reading:
        assert read(dynamo) == told(changes)

    assert meter.write_units <= without_feed + 4
    assert reading.calls == {"Query": 1, "BatchGetItem": 1}


def test_an_event_is_read_only_when_every_try_to_write_it_is_over() -> None:
    longest_write_s = TOTAL_ATTEMPTS * (CONNECT_TIMEOUT_S + READ_TIMEOUT_S)

    assert FEED_SETTLES_AFTER.total_seconds() >= 2 * longest_write_s


@settings(max_examples=times(quick=3, deep=300))
@given(
    writes=st.lists(
        st.tuples(st.integers(0, 29_999), st.integers(0, 20_000)), min_size=3, max_size=6
    ),
    looks=st.lists(st.integers(1, 40_000), min_size=1, max_size=5),
    limit=st.integers(1, 4),
)
def test_no_event_slips_behind_a_cursor_however_late_it_is_written(
    writes: list[tuple[int, int]], looks: list[int], limit: int
) -> None:
    """Each write gets its place, takes up to half a minute, and others overtake it."""
    with on_moto() as stores:
        start_ms, pending = 0, []
        for number, (delay_ms, pause_ms) in enumerate(writes, start=1):
            start_ms += pause_ms
            pending.append((start_ms + delay_ms, start_ms, created(number, events=2)))
        seen: list[Event] = []
        position: Mapping[str, str] | None = None
        now_ms = 0
        for pause_ms in (*looks, 300_000):
            now_ms += pause_ms
            for done in sorted((e for e in pending if e[0] <= now_ms), key=itemgetter(0)):
                placed_at = NOON + timedelta(milliseconds=done[1])
                DynamoJournal(lambda at=placed_at: at).commit(done[2])  # type: ignore[misc]
                pending.remove(done)
            page = stores.feed.page(
                SHIPPER,
                since=NOON - timedelta(days=1),
                until=NOON + timedelta(milliseconds=now_ms) - FEED_SETTLES_AFTER,
                limit=limit,
                position=position,
            )
            seen += page.data
            position = page.position
        stores.clock.at += timedelta(hours=1)
        seen += read_on(stores, position)

    assert sorted(event.id for event in seen) == [
        f"evt_{number:03d}{seq:03d}" for number in range(1, len(writes) + 1) for seq in (1, 2)
    ]
