"""Shipments with their history, in memory and on DynamoDB."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from chalicelib.adapters.dynamodb.shipments.allowed_proofs import UPLOAD
from chalicelib.adapters.dynamodb.shipments.events import item_key
from chalicelib.adapters.dynamodb.shipments.mapping import DETAILS, SHIPMENT
from chalicelib.adapters.dynamodb.shipments.repository import FIRST_EVENT, LAST_OF_SHIPMENT
from chalicelib.domain.attention.waiting import Waiting
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unavailable
from chalicelib.domain.ids import ProofId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.journal.changes import (
    LiveChange,
    Remembered,
    RequestRemembered,
    RouteChange,
    ShipmentChange,
)
from chalicelib.domain.proofs.proofs import AllowedProof, ProofKind
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.contract.shipments.golden_values import SHIPMENTS
from tests.support import faults
from tests.support.aws import SESSION, STAGE, dynamodb_clients, stack_of, table_names
from tests.support.builders import (
    NOON,
    make_address,
    make_assignment,
    make_event,
    make_live,
    make_range,
    make_route,
    make_shipment,
    minutes,
)
from tests.support.depth import times
from tests.support.faults import Faults
from tests.support.golden import put_golden_items
from tests.support.strategies import shipments as any_shipment

SHIPPER = ShipperId("shr_1")
ID = ShipmentId("shp_0001")
KEY = "shr_1#once"
BATCH = "BatchGetItem"


def created(number: int = 1, **changes: object) -> ShipmentChange:
    """A new shipment with its first event."""
    shipment = make_shipment(number, **changes)
    return ShipmentChange(shipment, (event_of(shipment),), None)


def moved(shipment: Shipment, status: Status = Status.ACCEPTED) -> ShipmentChange:
    """One step on."""
    after = replace(
        shipment, status=status, version=shipment.version + 1, seq=shipment.seq + 1, updated_at=NOON
    )
    return ShipmentChange(after, (event_of(after, EventType.ACCEPTED),), shipment.version)


def event_of(shipment: Shipment, event_type: EventType = EventType.CREATED) -> Event:
    return make_event(
        shipment.seq,
        id=f"evt_{shipment.id}_{shipment.seq}",
        type=event_type,
        shipment_id=shipment.id,
        shipper_id=shipment.shipper_id,
        data={"status": shipment.status.value},
    )


def memory(**changes: object) -> RequestRemembered:
    """The memory of a request that made the first shipment."""
    default = Remembered(
        key=KEY, fingerprint="f1", result_id=ID, expires_at=NOON + timedelta(days=1)
    )
    return RequestRemembered(replace(default, **changes), NOON)  # type: ignore[arg-type]


class TestReading:
    def test_what_was_created_is_what_is_read(self, journal: Journal, shipments: Shipments) -> None:
        change = created()

        journal.commit(change)

        assert shipments.get(ID) == change.after
        assert shipments.with_history(ID, newest=99) == (change.after, change.events)

    def test_an_unknown_shipment_is_not_found(self, shipments: Shipments) -> None:
        with pytest.raises(NotFound):
            shipments.get(ID)
        with pytest.raises(NotFound):
            shipments.with_history(ID, newest=99)
        assert shipments.events(ID, limit=5, position=None).data == ()

    def test_many_are_read_at_once_and_the_unknown_left_out(
        self, journal: Journal, shipments: Shipments
    ) -> None:
        changes = [created(i) for i in range(1, 121)]
        for start in range(0, 120, 30):
            journal.commit(*changes[start : start + 30])
        wanted = [change.after.id for change in changes]

        found = shipments.get_many([*wanted, wanted[0], ShipmentId("shp_none")])

        assert found == {change.after.id: change.after for change in changes}
        backward = [*reversed(wanted), wanted[0], ShipmentId("shp_none")]
        assert shipments.glances(backward) == tuple(found[each] for each in reversed(wanted))
        assert shipments.glances([]) == ()
        assert shipments.get_many([]) == {}

    def test_the_history_is_paged_oldest_first(
        self, journal: Journal, shipments: Shipments
    ) -> None:
        change = created()
        journal.commit(change)
        told = list(change.events)
        for _ in range(4):
            change = moved(change.after)
            journal.commit(change)
            told += change.events

        pages: list[tuple[Event, ...]] = []
        position = None
        while not pages or position:
            page = shipments.events(ID, limit=2, position=position)
            pages.append(page.data)
            position = page.position

        assert [event for page in pages for event in page] == told
        assert [len(page) for page in pages] == [2, 2, 1]
        assert shipments.with_history(ID, newest=3) == (change.after, tuple(told[2:]))
        assert shipments.events_before(ID, 3, newest=1) == (told[1],)
        assert shipments.events_before(ID, 3, newest=9) == tuple(told[:2])
        assert shipments.events_before(ID, 1, newest=9) == ()
        assert shipments.with_history(ID, newest=99)[1] == tuple(told)

    def test_uploads_are_no_part_of_the_history(self, stores: Stores) -> None:
        shipments, change = stores.shipments, created()
        stores.journal.commit(change)
        allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
        stores.allowed_proofs.allow(ID, ProofId("prf_1"), allowed, expected_by=NOON)

        assert shipments.with_history(ID, newest=99) == (change.after, change.events)
        assert len(shipments.events(ID, limit=9, position=None).data) == 1


class TestExpiring:
    def test_what_has_expired_is_not_there(self, stores: Stores) -> None:
        shipments = stores.shipments
        stores.journal.commit(created(1))
        stores.journal.commit(created(2))
        shipments.expire(ID, NOON + minutes(5))

        stores.clock.at = NOON + minutes(5) - timedelta(seconds=1)
        assert shipments.get(ID) == created(1).after
        assert shipments.glimpse(ID) == created(1).after.glimpse
        stores.clock.at = NOON + minutes(5)

        reads: list[Callable[[], object]] = [
            lambda: shipments.get(ID),
            lambda: shipments.glimpse(ID),
            lambda: shipments.with_history(ID, newest=9),
        ]
        for read in reads:
            with pytest.raises(NotFound):
                read()
        other = created(2).after
        assert shipments.get_many([ID, other.id]) == {other.id: other}
        assert shipments.by_shipper(SHIPPER, limit=9, position=None).data == (other,)

    def test_what_is_kept_after_all_is_there_for_good(self, stores: Stores) -> None:
        stores.journal.commit(created())
        stores.shipments.expire(ID, NOON + minutes(5))

        stores.shipments.expire(ID, None)
        stores.clock.at = NOON + timedelta(days=900)

        assert stores.shipments.with_history(ID, newest=9) == (created().after, created().events)

    def test_a_mark_of_the_first_format_counts_as_well(self, dynamo: Stores) -> None:
        put_golden_items("v1", "shipments")
        shipment_id = SHIPMENTS["shipment-loaded"].id
        dynamo.shipments.expire(shipment_id, NOON)

        assert dynamo.shipments.get_many([shipment_id]) == {}
        with pytest.raises(NotFound):
            dynamo.shipments.get(shipment_id)


class TestListing:
    def test_a_shippers_own_newest_first(self, journal: Journal, shipments: Shipments) -> None:
        for i in (2, 1, 3):
            journal.commit(created(i, created_at=NOON + minutes(i)))
        journal.commit(created(4, shipper_id=ShipperId("shr_2")))

        first = shipments.by_shipper(SHIPPER, limit=2, position=None)
        second = shipments.by_shipper(SHIPPER, limit=2, position=first.position)

        assert [shipment.id for shipment in first.data] == ["shp_0003", "shp_0002"]
        assert [shipment.id for shipment in second.data] == ["shp_0001"]
        assert second.position is None

    def test_what_comes_in_between_pages_shifts_nothing(
        self, journal: Journal, shipments: Shipments
    ) -> None:
        for i in (1, 2, 3):
            journal.commit(created(i, created_at=NOON + minutes(i)))
        first = shipments.by_shipper(SHIPPER, limit=2, position=None)

        journal.commit(created(9, created_at=NOON + minutes(9)))
        second = shipments.by_shipper(SHIPPER, limit=2, position=first.position)

        assert [shipment.id for shipment in second.data] == ["shp_0001"]

    def test_who_has_none_gets_an_empty_page(self, shipments: Shipments) -> None:
        page = shipments.by_shipper(SHIPPER, limit=2, position=None)

        assert (page.data, page.position) == ((), None)


class TestCreating:
    def test_nothing_is_created_over_another(self, journal: Journal, shipments: Shipments) -> None:
        change = created()
        journal.commit(change)

        with pytest.raises(ConcurrentUpdate):
            journal.commit(created(reference="another"))
        assert shipments.get(ID) == change.after

    def test_the_same_key_twice_is_one_shipment(self, stores: Stores) -> None:
        stores.journal.commit(created(1), memory())

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(created(2), memory(result_id="shp_0002", fingerprint="f2"))

        assert stores.requests.recall(KEY, NOON) == memory().remembered
        with pytest.raises(NotFound):
            stores.shipments.get(ShipmentId("shp_0002"))
        assert len(stores.shipments.by_shipper(SHIPPER, limit=9, position=None).data) == 1

    def test_another_key_is_another_shipment(self, journal: Journal, shipments: Shipments) -> None:
        journal.commit(created(1), memory(key="shr_1#a"))
        journal.commit(created(2), memory(key="shr_1#b"))

        assert len(shipments.by_shipper(SHIPPER, limit=9, position=None).data) == 2

    def test_a_memory_ends(self, stores: Stores) -> None:
        stores.journal.commit(created(1), memory())
        within, after = NOON + timedelta(hours=23), NOON + timedelta(days=1, seconds=1)

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(created(2), replace(memory(), now=within))
        assert stores.requests.recall(KEY, within) is not None
        assert stores.requests.recall(KEY, after) is None
        stores.journal.commit(created(2), replace(memory(result_id="shp_0002"), now=after))

        assert stores.shipments.get(ShipmentId("shp_0002")) == created(2).after

    def test_a_refused_creation_is_not_remembered(self, stores: Stores) -> None:
        stores.journal.commit(created(1))

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(created(1), memory())
        assert stores.requests.recall(KEY, NOON) is None


class TestCommitting:
    def test_a_step_and_its_event_are_written_together(
        self, journal: Journal, shipments: Shipments
    ) -> None:
        first = created()
        journal.commit(first)
        second = moved(first.after)

        journal.commit(second)

        assert shipments.with_history(ID, newest=99) == (second.after, first.events + second.events)

    @pytest.mark.parametrize("expected_version", [None, 2])
    def test_a_stale_version_is_refused(
        self, journal: Journal, shipments: Shipments, expected_version: int | None
    ) -> None:
        first = created()
        journal.commit(first)

        with pytest.raises(ConcurrentUpdate):
            journal.commit(replace(moved(first.after), expected_version=expected_version))
        assert shipments.with_history(ID, newest=99) == (first.after, first.events)

    def test_history_is_never_overwritten(self, journal: Journal, shipments: Shipments) -> None:
        first = created()
        journal.commit(first)
        forged = replace(moved(first.after), events=(make_event(1, id="evt_forged"),))

        with pytest.raises(ConcurrentUpdate):
            journal.commit(forged)
        assert shipments.with_history(ID, newest=99) == (first.after, first.events)

    def test_all_or_nothing(self, stores: Stores) -> None:
        one, other = created(1), created(2)
        stores.journal.commit(one)
        stores.journal.commit(other)
        stores.journal.commit(LiveChange(make_live(version=1), None))
        stale = replace(moved(other.after), expected_version=7)
        live = LiveChange(make_live(version=2), 1)
        route = RouteChange(make_route(), None)

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(moved(one.after), stale, live, route)
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(moved(one.after), replace(live, expected_version=9))
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(moved(one.after), live, replace(route, expected_plan_version=3))

        assert stores.shipments.get(one.after.id) == one.after
        assert stores.fleet.live(make_live().driver_id).version == 1
        with pytest.raises(NotFound):
            stores.routes.get(RouteId("rte_1"))

    def test_shipments_live_state_and_route_go_together(self, stores: Stores) -> None:
        changes = [created(i) for i in range(1, 33)]
        live, route = make_live(version=1), make_route()

        stores.journal.commit(*changes, LiveChange(live, None), RouteChange(route, None))

        assert stores.shipments.get(changes[31].after.id) == changes[31].after
        assert stores.fleet.live(live.driver_id) == live
        assert stores.routes.get(route.id) == route

    def test_a_transaction_has_an_end(self, journal: Journal, shipments: Shipments) -> None:
        changes = [created(i) for i in range(1, 35)]

        with pytest.raises(ValueError, match="10"):
            journal.commit(*changes)
        assert shipments.by_shipper(SHIPPER, limit=9, position=None).data == ()


@settings(
    max_examples=times(quick=15, deep=300),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(any_shipment())
def test_any_shipment_comes_back(dynamo: Stores, shipment: Shipment) -> None:
    present = dynamo.shipments.get_many([shipment.id]).get(shipment.id)
    dynamo.journal.commit(ShipmentChange(shipment, (), present.version if present else None))

    assert dynamo.shipments.get(shipment.id) == shipment


class TestFaults:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        faults.never_wait(monkeypatch)

    def test_a_lost_answer_is_no_conflict_with_oneself(self, dynamo: Stores) -> None:
        lost = {("dynamodb", "TransactWriteItems", n): faults.ack_lost for n in (1, 3)}
        first = created()
        with Faults(plan=lost).on(*dynamodb_clients()) as injected:
            dynamo.journal.commit(first, memory())
            dynamo.journal.commit(moved(first.after))

        assert len(injected.log) == 2
        assert dynamo.shipments.get(ID) == moved(first.after).after
        assert len(dynamo.shipments.with_history(ID, newest=99)[1]) == 2

    def test_a_collision_is_a_conflict_and_changes_nothing(self, dynamo: Stores) -> None:
        first = created()
        dynamo.journal.commit(first)
        collision = {("dynamodb", "TransactWriteItems", 1): faults.TRANSACTION_CONFLICT}

        with (
            Faults(plan=collision).on(*dynamodb_clients()),
            pytest.raises(ConcurrentUpdate),
        ):
            dynamo.journal.commit(moved(first.after))

        assert dynamo.shipments.get(ID) == first.after

    def test_an_outage_is_unavailable(self, dynamo: Stores) -> None:
        with Faults(outage={"dynamodb": faults.THROTTLE}).on(*dynamodb_clients()):
            with pytest.raises(Unavailable):
                dynamo.journal.commit(created(), memory())
            with pytest.raises(Unavailable):
                dynamo.shipments.get_many([ID])
            with pytest.raises(Unavailable):
                dynamo.shipments.with_history(ID, newest=99)

        with pytest.raises(NotFound):
            dynamo.shipments.get(ID)


class TestWaiting:
    def test_what_waits_is_listed_by_when_to_look_until_it_waits_no_more(
        self, stores: Stores
    ) -> None:
        changes = [
            created(number, window=make_range(NOON + timedelta(hours=hours)))
            for number, hours in ((1, 5), (2, 2), (3, 30), (4, 1))
        ]
        stores.journal.commit(*changes, created(5, assignment=make_assignment()))

        def waiting(limit: int, until_h: float = 24) -> list[list[str]]:
            pages: list[list[str]] = []
            position = None
            while not pages or position:
                page = stores.shipments.waiting(
                    Waiting.UNASSIGNED,
                    until=NOON + timedelta(hours=until_h),
                    limit=limit,
                    position=position,
                )
                pages.append([shipment.id for shipment in page.data])
                position = page.position
            return [page for page in pages if page]

        assert waiting(2) == [["shp_0004", "shp_0002"], ["shp_0001"]]
        assert waiting(9, until_h=48) == [["shp_0004", "shp_0002", "shp_0001", "shp_0003"]]
        planned = replace(changes[1].after, assignment=make_assignment(), version=2)
        stores.journal.commit(ShipmentChange(planned, (), 1))
        assert waiting(9) == [["shp_0004", "shp_0001"]]

    def test_a_page_is_two_calls_and_a_unit_for_each(self, dynamo: Stores) -> None:
        dynamo.journal.commit(*(created(number) for number in range(1, 26)))

        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            found = dynamo.shipments.waiting(
                Waiting.UNASSIGNED, until=NOON, limit=25, position=None
            )

        assert len(found.data) == 25
        assert meter.calls == {"Query": 1, "BatchGetItem": 1}
        assert meter.read_units <= 25 + 1


def test_a_shipment_with_its_history_is_one_cheap_call(dynamo: Stores) -> None:
    dynamo.journal.commit(created())
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.shipments.with_history(ID, newest=20)

    assert (meter.call_count, meter.read_units) == (1, 0.5)


class TestTwoItems:
    def test_a_change_of_status_leaves_the_details_and_their_index_alone(
        self, dynamo: Stores
    ) -> None:
        first = created()
        dynamo.journal.commit(first)
        before = items_of(ID)[DETAILS]

        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            dynamo.journal.commit(moved(first.after))

        assert items_of(ID)[DETAILS] == before
        assert meter.write_units == 4 + 1  # its entry in the feed

    def test_what_has_no_events_is_one_unit(self, dynamo: Stores) -> None:
        first = created()
        dynamo.journal.commit(first)
        scanned = replace(first.after, scanned_barcodes=frozenset({"BARCODE-1"}), version=2)

        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            dynamo.journal.commit(ShipmentChange(scanned, (), 1))

        assert (meter.calls, meter.write_units) == ({"PutItem": 1}, 1)
        assert dynamo.shipments.get(ID) == scanned

    def test_changed_details_are_written_with_the_change(self, dynamo: Stores) -> None:
        first = created()
        dynamo.journal.commit(first)
        elsewhere = replace(
            first.after,
            address=make_address(city="Espoo"),
            shipper_id=ShipperId("shr_2"),
            version=2,
            details_version=2,
        )

        dynamo.journal.commit(ShipmentChange(elsewhere, (), 1))

        assert dynamo.shipments.get(ID) == elsewhere
        assert dynamo.shipments.get_many([ID]) == {ID: elsewhere}
        assert dynamo.shipments.by_shipper(SHIPPER, limit=9, position=None).data == ()
        moved_on = moved(elsewhere)
        dynamo.journal.commit(moved_on)
        assert dynamo.shipments.by_shipper(ShipperId("shr_2"), limit=9, position=None).data == (
            moved_on.after,
        )

    def test_items_of_two_moments_are_read_again(self, dynamo: Stores) -> None:
        """As when an eventual or a half-done read meets new details beside an old state."""
        first = created()
        dynamo.journal.commit(first)
        old = items_of(ID)
        corrected = replace(
            first.after, reference="CORRECTED", window=make_range(), version=2, details_version=2
        )
        dynamo.journal.commit(ShipmentChange(corrected, (), 1))
        new = items_of(ID)

        shipments = dynamo.shipments
        reads: list[tuple[Callable[[], Any], str, int]] = [
            (lambda: shipments.get(ID), "Query", 2),
            (lambda: shipments.with_history(ID, newest=9)[0], "Query", 2),
            (lambda: shipments.get_many([ID])[ID], BATCH, 2),
            (lambda: shipments.by_shipper(SHIPPER, limit=9, position=None).data[0], "Query", 1),
            (lambda: shipments.by_shipper(SHIPPER, limit=9, position=None).data[0], BATCH, 1),
            (lambda: shipments.by_shipper(SHIPPER, limit=9, position=None).data[0], BATCH, 2),
        ]
        for torn in (old[SHIPMENT], old[DETAILS]):
            for read, operation, number in reads:
                put_items(torn)
                with before_call(operation, number, lambda: put_items(*new.values())):
                    assert read() == corrected

    def test_items_that_never_fit_together_are_unavailable(self, dynamo: Stores) -> None:
        dynamo.journal.commit(created())
        details = items_of(ID)[DETAILS]
        put_items(details | {"version": {"N": "7"}})

        with CapacityMeter().watching(*dynamodb_clients()) as meter, pytest.raises(Unavailable):
            dynamo.shipments.get_many([ID])

        assert meter.calls == {BATCH: 3}
        with CapacityMeter().watching(*dynamodb_clients()) as meter, pytest.raises(Unavailable):
            dynamo.shipments.get(ID)
        assert meter.calls == {"Query": 3}  # who may only query can read it again, too

    @pytest.mark.parametrize("lost", [SHIPMENT, DETAILS])
    def test_a_shipment_that_is_half_deleted_is_gone(self, dynamo: Stores, lost: str) -> None:
        """What expires at one time is deleted one item after the other."""
        dynamo.journal.commit(created())
        delete_item(ID, lost)

        assert dynamo.shipments.get_many([ID]) == {}
        assert dynamo.shipments.by_shipper(SHIPPER, limit=9, position=None).data == ()
        with pytest.raises(NotFound):
            dynamo.shipments.get(ID)
        with pytest.raises(NotFound):
            dynamo.shipments.with_history(ID, newest=9)

    def test_details_without_a_state_are_no_shipment(self, dynamo: Stores) -> None:
        """A read may meet the details of a shipment that is just being created."""
        dynamo.journal.commit(created())
        details = items_of(ID)[DETAILS]
        put_items(details | {"shipment_id": {"S": "shp_0002"}})
        half = ShipmentId("shp_0002")

        assert dynamo.shipments.get_many([half]) == {}
        with pytest.raises(NotFound):
            dynamo.shipments.get(half)
        listed = dynamo.shipments.by_shipper(SHIPPER, limit=9, position=None)
        assert listed.data == (created().after,)

    def test_a_shipment_of_the_first_format_stays_one_item(self, dynamo: Stores) -> None:
        put_golden_items("v1", "shipments")
        for name, written in SHIPMENTS.items():
            stored = dynamo.shipments.get(written.id)
            change = moved(replace(stored, seq=90), Status.ACCEPTED)

            dynamo.journal.commit(change)

            assert set(items_of(stored.id)) & {SHIPMENT, DETAILS} == {SHIPMENT}, name
            assert dynamo.shipments.get(stored.id) == change.after
            listed = dynamo.shipments.by_shipper(stored.shipper_id, limit=50, position=None)
            assert change.after in listed.data

    def test_it_is_split_when_its_details_change(self, dynamo: Stores) -> None:
        put_golden_items("v1", "shipments")
        stored = dynamo.shipments.get(SHIPMENTS["shipment-loaded"].id)
        version = stored.version + 1
        after = replace(stored, reference="NEW", version=version, details_version=version)

        dynamo.journal.commit(ShipmentChange(after, (), stored.version))

        assert set(items_of(stored.id)) == {SHIPMENT, DETAILS}
        assert dynamo.shipments.get(stored.id) == after
        listed = dynamo.shipments.by_shipper(SHIPPER, limit=50, position=None).data
        assert [shipment for shipment in listed if shipment.id == stored.id] == [after]

    def test_nothing_sorts_between_events_and_shipment(self) -> None:
        others = [item_key(99_999_999), SHIPMENT, DETAILS]

        assert [FIRST_EVENT, *others, LAST_OF_SHIPMENT, UPLOAD] == sorted(
            [FIRST_EVENT, *others, LAST_OF_SHIPMENT, UPLOAD]
        )


def items_of(shipment_id: ShipmentId) -> dict[str, dict[str, Any]]:
    """The raw items of a shipment by their sort keys."""
    rows = SESSION.client("dynamodb").query(
        TableName=table_names(stack_of(STAGE))["shipments"],
        KeyConditionExpression="shipment_id = :id",
        ExpressionAttributeValues={":id": {"S": shipment_id}},
    )["Items"]
    return {row["item"]["S"]: row for row in rows}


def put_items(*items: Mapping[str, Any]) -> None:
    """Write raw items, past our own code."""
    name = table_names(stack_of(STAGE))["shipments"]
    for item in items:
        SESSION.client("dynamodb").put_item(TableName=name, Item=item)


def delete_item(shipment_id: ShipmentId, item: str) -> None:
    SESSION.client("dynamodb").delete_item(
        TableName=table_names(stack_of(STAGE))["shipments"],
        Key={"shipment_id": {"S": shipment_id}, "item": {"S": item}},
    )


@contextmanager
def before_call(operation: str, number: int, happens: Callable[[], object]) -> Iterator[None]:
    """Something happens just before the call of that operation with that number, from 1."""
    (client, *_), calls = dynamodb_clients(), count(1)

    def react(**_: object) -> None:
        if next(calls) == number:
            happens()

    client.meta.events.register_first(f"before-call.dynamodb.{operation}", react)
    try:
        yield
    finally:
        client.meta.events.unregister(f"before-call.dynamodb.{operation}", react)
