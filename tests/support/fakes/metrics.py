from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import HubId, ShipmentId
from chalicelib.domain.journal.changes import FactsChange, HubDayChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.metrics.days import DayPart, Grouping
from chalicelib.domain.metrics.periods import Period
from chalicelib.domain.metrics.stored import CountedRoute, StoredDay, StoredFacts
from tests.support.fakes.paging import page


def _place(change: FactsChange) -> CountedRoute:
    facts = change.facts
    return CountedRoute(facts.hub_id, facts.service_day, facts.route_id)


@dataclass
class InMemoryCountedRoutes:
    """The facts of routes, and the routes of shipments with their expiry."""

    stored: dict[CountedRoute, StoredFacts] = field(default_factory=dict)
    noted: dict[ShipmentId, dict[CountedRoute, datetime]] = field(default_factory=dict)

    def get(self, route: CountedRoute) -> StoredFacts | None:
        return self.stored.get(route)

    def of_day(self, hub_id: HubId, service_day: date) -> tuple[StoredFacts, ...]:
        return self._of(hub_id, Period(service_day, service_day))

    def page(
        self, hub_id: HubId, period: Period, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[StoredFacts]:
        return page(
            self._of(hub_id, period),
            lambda each: f"{each.facts.service_day}#{each.facts.route_id}",
            limit=limit,
            position=position,
        )

    def note(
        self, route: CountedRoute, shipment_ids: Sequence[ShipmentId], *, expires_at: datetime
    ) -> None:
        for shipment_id in shipment_ids:
            self.noted.setdefault(shipment_id, {})[route] = expires_at

    def with_shipment(self, shipment_id: ShipmentId, now: datetime) -> tuple[CountedRoute, ...]:
        noted = self.noted.get(shipment_id, {})
        return tuple(
            sorted(
                (route for route, expires_at in noted.items() if expires_at > now),
                key=lambda route: route.route_id,
            )
        )

    def require(self, change: FactsChange) -> None:
        """Raise ConcurrentUpdate when the change expects another version."""
        present = self.stored.get(_place(change))
        if (None if present is None else present.version) != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: FactsChange) -> None:
        version = (change.expected_version or 0) + 1
        self.stored[_place(change)] = StoredFacts(change.facts, version, change.counted_at)

    def _of(self, hub_id: HubId, period: Period) -> tuple[StoredFacts, ...]:
        own = [
            place for place in self.stored if place.hub_id == hub_id and place.service_day in period
        ]
        own.sort(key=lambda place: (place.service_day, place.route_id))
        return tuple(self.stored[place] for place in own)


@dataclass
class InMemoryHubDays:
    """The days of hubs with their versions."""

    stored: dict[tuple[HubId, date], StoredDay] = field(default_factory=dict)

    def get(self, hub_id: HubId, service_day: date) -> StoredDay | None:
        return self.stored.get((hub_id, service_day))

    def span(self, hub_id: HubId, period: Period, grouping: Grouping) -> tuple[DayPart, ...]:
        days = sorted(day for hub, day in self.stored if hub == hub_id and day in period)
        found = [self.stored[hub_id, day] for day in days]
        return tuple(
            DayPart(hub_id, each.day.service_day, each.counted_at, each.day.divided(grouping))
            for each in found
            if each.day.divided(grouping)
        )

    def require(self, change: HubDayChange) -> None:
        """Raise ConcurrentUpdate when the change expects another version."""
        present = self.stored.get((change.day.hub_id, change.day.service_day))
        if (None if present is None else present.version) != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: HubDayChange) -> None:
        version = (change.expected_version or 0) + 1
        place = change.day.hub_id, change.day.service_day
        self.stored[place] = StoredDay(change.day, version, change.counted_at)
