"""Facts of routes and days of hubs, in memory and on DynamoDB."""

from datetime import date, timedelta

import pytest

from chalicelib.adapters.dynamodb.metrics.items import CountedItem
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.journal.changes import FactsChange, HubDayChange
from chalicelib.domain.metrics.days import Grouping, HubDay, day_of
from chalicelib.domain.metrics.facts import GoodsFacts, RouteFacts, VanFacts
from chalicelib.domain.metrics.periods import Period
from chalicelib.domain.metrics.stored import CountedRoute, StoredDay, StoredFacts
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, minutes
from tests.support.faults import Faults

HUB, OTHER_HUB = HubId("hub_1"), HubId("hub_2")
MONDAY = date(2026, 11, 23)
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))


def route_facts(number: int = 1, *, day: date = MONDAY, hub_id: HubId = HUB) -> RouteFacts:
    driver_id = DriverId(f"drv_{number}")
    return RouteFacts(
        RouteId(f"rte_{number}"),
        hub_id,
        day,
        (VanFacts(driver_id, {"distance_m": 8_000 + number, "routes": 1}),),
        (
            GoodsFacts(
                ShipmentId(f"shp_{number:04d}"),
                ShipperId("shr_1"),
                driver_id,
                {"delivered": 1, "eta.at_start.signed_s": -40, "tried": 1},
            ),
        ),
        (ShipmentId(f"shp_{number:04d}"),),
    )


def place(facts: RouteFacts) -> CountedRoute:
    return CountedRoute(facts.hub_id, facts.service_day, facts.route_id)


def big_day(drivers: int, *, day: date = MONDAY) -> HubDay:
    return HubDay(HUB, day, {DriverId(f"drv_{i:03d}"): {"tried": i + 1} for i in range(drivers)})


def test_nothing_is_counted_at_first(stores: Stores) -> None:
    assert stores.counted_routes.get(place(route_facts())) is None
    assert stores.counted_routes.of_day(HUB, MONDAY) == ()
    assert stores.counted_routes.with_shipment(ShipmentId("shp_0001"), NOON) == ()
    assert stores.hub_days.get(HUB, MONDAY) is None
    assert stores.hub_days.span(HUB, WEEK, Grouping.TOTAL) == ()
    stores.counted_routes.note(place(route_facts()), [], expires_at=NOON)


def test_facts_are_read_as_they_were_written(stores: Stores) -> None:
    facts, later = route_facts(), route_facts(2)
    stores.journal.commit(FactsChange(facts, None, NOON))
    stores.journal.commit(FactsChange(later, None, NOON + minutes(1)))
    stores.journal.commit(FactsChange(route_facts(3, day=WEEK.last), None, NOON))
    stores.journal.commit(FactsChange(route_facts(4, hub_id=OTHER_HUB), None, NOON))

    assert stores.counted_routes.get(place(facts)) == StoredFacts(facts, 1, NOON)
    assert stores.counted_routes.of_day(HUB, MONDAY) == (
        StoredFacts(facts, 1, NOON),
        StoredFacts(later, 1, NOON + minutes(1)),
    )


def test_a_span_is_paged_in_the_order_of_its_days(stores: Stores) -> None:
    for number, days in ((1, 3), (2, 0), (3, 6), (4, 7)):
        facts = route_facts(number, day=MONDAY + timedelta(days=days))
        stores.journal.commit(FactsChange(facts, None, NOON))

    first = stores.counted_routes.page(HUB, WEEK, limit=2, position=None)
    second = stores.counted_routes.page(HUB, WEEK, limit=2, position=first.position)

    found = [each.facts.route_id for each in (*first.data, *second.data)]
    assert found == ["rte_2", "rte_1", "rte_3"]
    assert second.position is None


def test_whoever_read_other_facts_writes_none(stores: Stores) -> None:
    facts = route_facts()
    stores.journal.commit(FactsChange(facts, None, NOON))
    stores.journal.commit(FactsChange(facts, 1, NOON + minutes(1)))

    for expected in (None, 1, 3):
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(FactsChange(facts, expected, NOON + minutes(2)))

    assert stores.counted_routes.get(place(facts)) == StoredFacts(facts, 2, NOON + minutes(1))


def test_a_shipment_leads_to_its_routes_until_that_expires(stores: Stores) -> None:
    shipment_id = ShipmentId("shp_0001")
    friday, monday = (place(route_facts(n, day=d)) for n, d in ((1, MONDAY), (2, WEEK.last)))
    for _ in range(2):
        stores.counted_routes.note(friday, [shipment_id], expires_at=NOON + minutes(1))
        stores.counted_routes.note(
            monday, [shipment_id, ShipmentId("shp_0002")], expires_at=NOON + minutes(2)
        )

    assert stores.counted_routes.with_shipment(shipment_id, NOON) == (friday, monday)
    assert stores.counted_routes.with_shipment(shipment_id, NOON + minutes(1)) == (monday,)


def test_a_day_is_read_whole_or_by_one_grouping(stores: Stores) -> None:
    day = day_of(HUB, MONDAY, [route_facts(1), route_facts(2)])
    stores.journal.commit(HubDayChange(day, None, None, NOON))

    assert stores.hub_days.get(HUB, MONDAY) == StoredDay(day, 1, NOON)
    for grouping in Grouping:
        (part,) = stores.hub_days.span(HUB, WEEK, grouping)
        assert part.tallies == day.divided(grouping)
        assert (part.hub_id, part.service_day, part.counted_at) == (HUB, MONDAY, NOON)
    assert stores.hub_days.span(OTHER_HUB, WEEK, Grouping.TOTAL) == ()


def test_a_day_of_many_drivers_shrinks_without_a_rest(stores: Stores) -> None:
    many, few = big_day(95), big_day(3)
    stores.journal.commit(HubDayChange(many, None, None, NOON))
    assert stores.hub_days.get(HUB, MONDAY) == StoredDay(many, 1, NOON)

    stores.journal.commit(HubDayChange(few, many, 1, NOON + minutes(1)))

    assert stores.hub_days.get(HUB, MONDAY) == StoredDay(few, 2, NOON + minutes(1))
    (part,) = stores.hub_days.span(HUB, WEEK, Grouping.DRIVER)
    assert part.tallies == few.divided(Grouping.DRIVER)


def test_whoever_read_another_day_writes_nothing_of_it(stores: Stores) -> None:
    day, other = big_day(50), big_day(60)
    stores.journal.commit(HubDayChange(day, None, None, NOON))

    for expected in (None, 2):
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(HubDayChange(other, None, expected, NOON))

    assert stores.hub_days.get(HUB, MONDAY) == StoredDay(day, 1, NOON)


def test_the_same_is_the_same_to_the_byte(dynamo: Stores) -> None:
    day = day_of(HUB, MONDAY, [route_facts(1), route_facts(2)])
    dynamo.journal.commit(HubDayChange(day, None, None, NOON))
    dynamo.journal.commit(FactsChange(route_facts(), None, NOON))
    before = {item.item: bytes(item.packed) for item in CountedItem.query(HUB)}

    again = day_of(HUB, MONDAY, [route_facts(2), route_facts(1)])
    dynamo.journal.commit(HubDayChange(again, day, 1, NOON))
    dynamo.journal.commit(FactsChange(route_facts(), 1, NOON))

    assert {item.item: bytes(item.packed) for item in CountedItem.query(HUB)} == before
    expiry_days = {(item.expires_at / 86_400) for item in CountedItem.query(HUB)}
    assert len(expiry_days) == 1


def test_a_year_of_days_is_one_query_a_hub(dynamo: Stores) -> None:
    for n in range(60):
        day = big_day(20, day=MONDAY + timedelta(days=n))
        dynamo.journal.commit(HubDayChange(day, None, None, NOON))

    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        found = dynamo.hub_days.span(
            HUB, Period(MONDAY, MONDAY + timedelta(days=59)), Grouping.TOTAL
        )

    assert len(found) == 60
    assert meter.calls == {"Query": 1}
    assert meter.read_units <= 2


def test_a_lost_answer_is_no_conflict_with_oneself(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    lost = {("dynamodb", "PutItem", 1): faults.ack_lost}

    with Faults(plan=lost).on(*dynamodb_clients()):
        dynamo.journal.commit(FactsChange(route_facts(), None, NOON))

    found = dynamo.counted_routes.get(place(route_facts()))
    assert found == StoredFacts(route_facts(), 1, NOON)
