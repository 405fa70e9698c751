"""The facts of routes, and the days of hubs that are made of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.metrics.documents import unpack_facts, unpack_tallies
from chalicelib.adapters.dynamodb.metrics.items import CountedItem, OnRouteItem
from chalicelib.adapters.dynamodb.metrics.keys import (
    PARTS,
    ROUTE,
    between,
    day_of_part,
    of_route_item,
    part_item,
    route_item,
)
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.values.instants import from_ms
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.metrics.days import DayPart, Grouping, HubDay
from chalicelib.domain.metrics.periods import Period
from chalicelib.domain.metrics.stored import CountedRoute, StoredDay, StoredFacts

ON: Final = "ON#"


class DynamoCountedRoutes:
    """The port ``CountedRoutes`` on DynamoDB."""

    def get(self, route: CountedRoute) -> StoredFacts | None:
        """One item: 2 to 20 kB."""
        with translated():
            try:
                item = CountedItem.get(route.hub_id, route_item(route), consistent_read=True)
            except CountedItem.DoesNotExist:
                return None
        return _facts(item)

    def of_day(self, hub_id: HubId, service_day: date) -> tuple[StoredFacts, ...]:
        """One query."""
        with translated():
            found = CountedItem.query(
                hub_id,
                CountedItem.item.between(*between(ROUTE, Period(service_day, service_day))),
                consistent_read=True,
            )
            return tuple(map(_facts, found))

    def page(
        self, hub_id: HubId, period: Period, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[StoredFacts]:
        """One query, at half the price."""
        with translated():
            found = CountedItem.query(
                hub_id,
                CountedItem.item.between(*between(ROUTE, period)),
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            facts = tuple(map(_facts, found))
        return Listing(facts, position_of(found.last_evaluated_key))

    def note(
        self, route: CountedRoute, shipment_ids: Sequence[ShipmentId], *, expires_at: datetime
    ) -> None:
        """A call for each 25, a unit each. A repeat writes the same."""
        with translated(), OnRouteItem.batch_write() as batch:
            for shipment_id in shipment_ids:
                batch.save(
                    OnRouteItem(
                        owner_id=shipment_id,
                        item=f"{ON}{route.route_id}",
                        hub_id=route.hub_id,
                        service_day=route.service_day.isoformat(),
                        expires_at=int(expires_at.timestamp()),
                    )
                )

    def with_shipment(self, shipment_id: ShipmentId, now: datetime) -> tuple[CountedRoute, ...]:
        """One query: a unit."""
        with translated():
            found = list(
                OnRouteItem.query(
                    shipment_id,
                    OnRouteItem.item.startswith(ON),
                    filter_condition=OnRouteItem.expires_at > int(now.timestamp()),
                    consistent_read=True,
                )
            )
        return tuple(
            CountedRoute(
                HubId(item.hub_id),
                date.fromisoformat(item.service_day),
                RouteId(item.item.removeprefix(ON)),
            )
            for item in found
        )


class DynamoHubDays:
    """The port ``HubDays`` on DynamoDB."""

    def get(self, hub_id: HubId, service_day: date) -> StoredDay | None:
        """A read of the total, and a query for each grouping."""
        period = Period(service_day, service_day)
        with translated():
            try:
                total = CountedItem.get(
                    hub_id, part_item(Grouping.TOTAL, service_day, 0), consistent_read=True
                )
            except CountedItem.DoesNotExist:
                return None
        drivers = _tallies(hub_id, period, Grouping.DRIVER)
        shippers = _tallies(hub_id, period, Grouping.SHIPPER)
        day = HubDay(
            hub_id,
            service_day,
            {DriverId(key): tally for key, tally in drivers.items()},
            {ShipperId(key): tally for key, tally in shippers.items()},
        )
        return StoredDay(day, int(total.version or 0), from_ms(int(total.counted_ms)))

    def span(self, hub_id: HubId, period: Period, grouping: Grouping) -> tuple[DayPart, ...]:
        """One query: half a unit for each 4 kB of that grouping."""
        found: dict[date, DayPart] = {}
        for item in _parts(hub_id, period, grouping, is_consistent=False):
            day = day_of_part(item.item)
            before = found[day].tallies if day in found else {}
            found[day] = DayPart(
                hub_id,
                day,
                from_ms(int(item.counted_ms)),
                {**before, **unpack_tallies(item.packed)},
            )
        return tuple(part for part in found.values() if part.tallies)


def _tallies(hub_id: HubId, period: Period, grouping: Grouping) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for item in _parts(hub_id, period, grouping, is_consistent=True):
        found |= unpack_tallies(item.packed)
    return found


def _parts(
    hub_id: HubId, period: Period, grouping: Grouping, *, is_consistent: bool
) -> list[CountedItem]:
    with translated():
        return list(
            CountedItem.query(
                hub_id,
                CountedItem.item.between(*between(PARTS[grouping], period)),
                consistent_read=is_consistent,
            )
        )


def _facts(item: CountedItem) -> StoredFacts:
    hub_id = HubId(item.owner_id)
    service_day, route_id = of_route_item(item.item)
    return StoredFacts(
        unpack_facts(item.packed, hub_id, service_day, route_id),
        int(item.version or 0),
        from_ms(int(item.counted_ms)),
    )
