from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.ids import HubId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ReferenceClaimed, ShipmentChange
from chalicelib.domain.shipments.searches import Search
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.shipments.find_shipments import FindShipments
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_event,
    make_route,
    make_shipment,
    make_shipper,
    make_stop,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

OWNER = make_actor(Role.SHIPPER)
STAFF = make_actor(Role.DISPATCHER)
OWN, OTHER = ShipperId("shr_1"), ShipperId("shr_2")
DAY, HUB = date(2026, 11, 23), HubId("hub_1")
THAT_DAY: dict[str, Any] = {"service_day": DAY, "hub_id": HUB}


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    for number in (1, 2):
        carrier.shippers.put(make_shipper(number))
    return carrier


def found(
    carrier: InMemoryCarrier, actor: Actor = OWNER, *, limit: int = 50, **asked: Any
) -> list[str]:
    """The ids on all pages of a search."""
    find, ids, position, pages = carrier.use(FindShipments), list[str](), None, 0
    while pages == 0 or position:
        page = find(Search(**asked), actor, limit=limit, position=position)
        assert len(page.data) <= limit
        ids += [shipment.id for shipment in page.data]
        position, pages = page.position, pages + 1
        assert pages < 30
    return ids


def created(number: int, **changes: Any) -> Shipment:
    """One created so many hours ago: the higher the number, the older."""
    return make_shipment(number, created_at=NOON - timedelta(hours=number), **changes)


class TestLists:
    def test_without_a_search_it_is_the_shippers_own_newest_first(
        self, carrier: InMemoryCarrier
    ) -> None:
        carrier.has(created(3), created(1), created(2, shipper_id=OTHER), created(4))

        assert found(carrier, limit=2) == ["shp_0001", "shp_0003", "shp_0004"]
        assert found(carrier, STAFF, shipper_id=OTHER) == ["shp_0002"]

    @pytest.mark.parametrize("shipper_id", [OTHER, "shr_9"])
    def test_a_foreign_list_is_not_there(self, carrier: InMemoryCarrier, shipper_id: str) -> None:
        with pytest.raises(NotFound):
            found(carrier, shipper_id=ShipperId(shipper_id))

    def test_staff_name_a_shipper_that_is_there(self, carrier: InMemoryCarrier) -> None:
        with pytest.raises(Invalid):
            found(carrier, STAFF)
        with pytest.raises(NotFound):
            found(carrier, STAFF, shipper_id=ShipperId("shr_9"))


class TestNames:
    def test_a_barcode_finds_the_shipment_that_got_it_last_however_it_is_written(
        self, carrier: InMemoryCarrier
    ) -> None:
        carrier.has(make_shipment(1), make_shipment(2))
        for number in (1, 2):
            carrier.barcodes.take(
                OWN,
                ["340123450000000017"],
                ShipmentId(f"shp_{number:04d}"),
                now=NOON,
                expires_at=NOON + timedelta(days=60),
            )

        assert found(carrier, barcode="(00)340123450000000017") == ["shp_0002"]
        assert found(carrier, STAFF, shipper_id=OWN, barcode="00340123450000000017") == ["shp_0002"]
        assert found(carrier, barcode="X") == []
        assert found(carrier, STAFF, shipper_id=OTHER, barcode="340123450000000017") == []

    @pytest.mark.parametrize("limit", [1, 50])
    def test_staff_who_found_a_parcel_ask_whose_it_is(
        self, carrier: InMemoryCarrier, limit: int
    ) -> None:
        carrier.has(make_shipment(1), make_shipment(2, shipper_id=OTHER))
        for number, shipper_id in ((1, OWN), (2, OTHER)):
            carrier.barcodes.take(
                shipper_id,
                ["X-1"],
                ShipmentId(f"shp_{number:04d}"),
                now=NOON,
                expires_at=NOON + timedelta(days=60),
            )

        assert found(carrier, STAFF, limit=limit, barcode="X-1") == ["shp_0002", "shp_0001"]
        assert found(carrier, STAFF, limit=limit, barcode="X-2") == []

    def test_a_reference_finds_the_shipment_that_it_names(self, carrier: InMemoryCarrier) -> None:
        carrier.has(make_shipment(1))
        claim = ReferenceClaimed(
            OWN, "ORDER-1", make_shipment(1).id, None, NOON, NOON + timedelta(days=60)
        )
        carrier.stores.commit(claim)

        assert found(carrier, reference="ORDER-1") == ["shp_0001"]
        assert found(carrier, reference="ORDER-2") == []
        assert found(carrier, STAFF, shipper_id=OTHER, reference="ORDER-1") == []


class TestNews:
    def news(self, carrier: InMemoryCarrier, shipment: Shipment) -> Shipment:
        """A change of a shipment, which is new if it has no version yet."""
        before = carrier.shipments.shipments.get(shipment.id)
        version = before.version if before else 0
        seq = before.seq + 1 if before else 1
        after = replace(shipment, version=version + 1, seq=seq)
        event = make_event(seq, id=f"evt_{shipment.id}_{seq}", shipment_id=shipment.id)
        carrier.stores.commit(ShipmentChange(after, (event,), version or None))
        carrier.clock.go_on(minutes(1))
        return after

    def test_what_has_news_since_then_is_found_in_the_order_of_the_news(
        self, carrier: InMemoryCarrier
    ) -> None:
        first, second, third = (self.news(carrier, make_shipment(n)) for n in (1, 2, 3))
        since = carrier.clock.now()
        self.news(carrier, replace(second, status=Status.CANCELLED))
        self.news(carrier, first)

        assert found(carrier, updated_since=since) == ["shp_0002", "shp_0001"]
        assert found(carrier, updated_since=since, limit=1) == ["shp_0002", "shp_0001"]
        assert found(carrier, updated_since=since, status=Status.CANCELLED) == ["shp_0002"]
        assert found(carrier, updated_since=carrier.clock.now()) == []
        assert third.id in found(carrier, updated_since=NOON - timedelta(days=999))


class TestDays:
    @pytest.fixture
    def planned(self, carrier: InMemoryCarrier) -> InMemoryCarrier:
        """Two routes of the day with three and one shipments, one of them of another shipper."""
        routes = [
            make_route([make_stop(0), make_stop(1), make_stop(2)]),
            make_route([make_stop(3)], id=RouteId("rte_2"), created_at=NOON),
            make_route([make_stop(4)], id=RouteId("rte_3"), hub_id=HubId("hub_2")),
        ]
        for route in routes:
            carrier.has(route)
            for stop in route.stops:
                for shipment_id in stop.shipment_ids:
                    number = int(shipment_id[-4:])
                    assigned = make_assignment(route_id=route.id)
                    shipper_id = OTHER if number == 2 else OWN
                    carrier.has(make_shipment(number, assignment=assigned, shipper_id=shipper_id))
        return carrier

    @pytest.mark.parametrize("limit", [1, 2, 3, 50])
    def test_staff_see_what_is_on_a_hubs_routes_of_a_day_of_all_shippers(
        self, planned: InMemoryCarrier, limit: int
    ) -> None:
        ids = found(planned, STAFF, limit=limit, **THAT_DAY)

        assert ids == [f"shp_000{number}" for number in (1, 2, 3, 4)]

    def test_what_another_route_has_taken_over_is_left_out(self, planned: InMemoryCarrier) -> None:
        elsewhere = make_assignment(route_id=RouteId("rte_9"))
        planned.has(make_shipment(2, assignment=elsewhere))

        assert found(planned, STAFF, **THAT_DAY) == ["shp_0001", "shp_0003", "shp_0004"]

    def test_a_status_narrows_it(self, planned: InMemoryCarrier) -> None:
        planned.has(replace(planned.shipment(4), status=Status.LOADED))

        assert found(planned, STAFF, limit=2, status=Status.LOADED, **THAT_DAY) == ["shp_0004"]

    def test_it_is_not_for_shippers(self, planned: InMemoryCarrier) -> None:
        with pytest.raises(Invalid, match="Only staff"):
            found(planned, OWNER, **THAT_DAY)


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"status": Status.DELIVERED}, "?status"),
        ({"status": Status.DELIVERED, "barcode": "A"}, "?status"),
        ({"barcode": "A", "updated_since": NOON}, "?updated_since"),
        ({"barcode": "A", "reference": "A"}, "?barcode"),
        ({"updated_since": NOON, **THAT_DAY}, "?service_day"),
        ({"service_day": DAY}, "?service_day"),
        ({"hub_id": HUB}, "?hub_id"),
        ({"shipper_id": OWN, **THAT_DAY}, "?shipper_id"),
    ],
)
def test_what_only_a_scan_would_answer_is_refused_with_a_sentence(
    carrier: InMemoryCarrier, asked: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        found(carrier, STAFF, **asked)

    errors: Any = refused.value.data["errors"]
    (error,) = errors
    assert (error["pointer"], error["code"]) == (pointer, "unserved_search")
    assert error["detail"].endswith(".")
