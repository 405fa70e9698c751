"""Metrics: the facts of routes, and the days of hubs that are made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.ids import HubId, ShipmentId
    from chalicelib.domain.listings import Listing
    from chalicelib.domain.metrics.days import DayPart, Grouping
    from chalicelib.domain.metrics.periods import Period
    from chalicelib.domain.metrics.stored import CountedRoute, StoredDay, StoredFacts


class CountedRoutes(Protocol):
    """The facts of routes. The journal writes them."""

    def get(self, route: CountedRoute) -> StoredFacts | None:
        """Read consistently; None when the route was never counted."""
        ...

    def of_day(self, hub_id: HubId, service_day: date) -> tuple[StoredFacts, ...]:
        """All of a hub's day, read consistently, in the order of their routes."""
        ...

    def page(
        self, hub_id: HubId, period: Period, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[StoredFacts]:
        """The facts of a hub's routes in order of their days; perhaps a moment old."""
        ...

    def note(
        self, route: CountedRoute, shipment_ids: Sequence[ShipmentId], *, expires_at: datetime
    ) -> None:
        """Note that these shipments were on the route. May be repeated."""
        ...

    def with_shipment(self, shipment_id: ShipmentId, now: datetime) -> tuple[CountedRoute, ...]:
        """The routes that were counted and have had this shipment, read consistently."""
        ...


class HubDays(Protocol):
    """The days of hubs. The journal writes them."""

    def get(self, hub_id: HubId, service_day: date) -> StoredDay | None:
        """The whole day, read consistently; None when nothing of it was counted."""
        ...

    def span(self, hub_id: HubId, period: Period, grouping: Grouping) -> tuple[DayPart, ...]:
        """The days of a period in their order, each as one part of it; perhaps a moment old."""
        ...
