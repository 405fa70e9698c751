from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.journal.changes import (
    TRANSACTION_ITEMS,
    Change,
    DepartureAdded,
    DriverAdded,
    HandledAdded,
    LearningMarkChange,
    LiveChange,
    ManifestChange,
    PageChange,
    PlanningClosed,
    Remembered,
    RequestRemembered,
    RouteChange,
    ShipmentChange,
)
from tests.support.fakes.accounts import InMemoryDrivers
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.routes import InMemoryRoutes
from tests.support.fakes.shipments import InMemoryShipments
from tests.support.fakes.travel import InMemoryTravelPages


@dataclass
class InMemoryRequests:
    memory: dict[str, Remembered] = field(default_factory=dict)

    def recall(self, key: str, now: datetime) -> Remembered | None:
        found = self.memory.get(key)
        return found if found and found.expires_at >= now else None

    def require(self, change: RequestRemembered) -> None:
        """Raise ConcurrentUpdate when the key belongs to an earlier request."""
        if self.recall(change.remembered.key, change.now) is not None:
            raise ConcurrentUpdate

    def write(self, change: RequestRemembered) -> None:
        self.memory[change.remembered.key] = change.remembered


@dataclass
class InMemoryJournal:
    """Checks every change first, then writes all of them into its stores."""

    shipments: InMemoryShipments = field(default_factory=InMemoryShipments)
    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)
    fleet: InMemoryFleet = field(default_factory=InMemoryFleet)
    drivers: InMemoryDrivers = field(default_factory=InMemoryDrivers)
    travel: InMemoryTravelPages = field(default_factory=InMemoryTravelPages)
    requests: InMemoryRequests = field(default_factory=InMemoryRequests)

    def commit(self, *changes: Change) -> None:
        items = sum(
            1 + len(getattr(change, "events", ())) + getattr(change, "writes_details", False)
            for change in changes
        )
        if items > TRANSACTION_ITEMS:
            raise ValueError(items)
        for store, change in self._stores(changes):
            store.require(change)
        for store, change in self._stores(changes):
            store.write(change)

    def _stores(self, changes: tuple[Change, ...]) -> Iterator[tuple[Any, Change]]:
        for change in changes:
            match change:
                case ShipmentChange():
                    yield self.shipments, change
                case LiveChange():
                    yield self.fleet, change
                case RouteChange():
                    yield self.routes, change
                case ManifestChange() | PlanningClosed() | HandledAdded():
                    yield self.routes.run_sheets, change
                case DepartureAdded():
                    yield self.routes.departed, change
                case DriverAdded():
                    yield self.drivers, change
                case PageChange() | LearningMarkChange():
                    yield self.travel, change
                case RequestRemembered():
                    yield self.requests, change
