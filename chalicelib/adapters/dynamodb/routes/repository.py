"""Routes. A plan never changes under its version, so a warm container reads each only once."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.routes.departures import from_attributes
from chalicelib.adapters.dynamodb.routes.documents import from_document
from chalicelib.adapters.dynamodb.routes.items import DepartureItem, RouteItem
from chalicelib.adapters.dynamodb.values.departure_keys import DEPARTURE
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.routes import Route

CACHED_PLANS: Final = 256


class DynamoRoutes:
    """The port ``Routes`` on DynamoDB, with a small cache of plans by version."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._plans: OrderedDict[tuple[RouteId, int], Route] = OrderedDict()

    def get(self, route_id: RouteId) -> Route:
        """One consistent read."""
        with translated():
            try:
                item = RouteItem.get(route_id, "PLAN", consistent_read=True)
            except RouteItem.DoesNotExist as exc:
                raise NotFound from exc
        return from_document(item.document, item.stops)

    def plan(self, route_id: RouteId, plan_version: int) -> Route:
        """From the cache, else one read.

        Raises ConcurrentUpdate when the plan has moved on meanwhile.
        """
        key = (route_id, plan_version)
        if key in self._plans:
            self._plans.move_to_end(key)
            return self._plans[key]
        route = self.get(route_id)
        if route.plan_version != plan_version:
            raise ConcurrentUpdate(route_id=route_id)
        self._plans[key] = route
        if len(self._plans) > CACHED_PLANS:
            self._plans.popitem(last=False)
        return route

    def departures(self, route_id: RouteId, now: datetime) -> tuple[Departure, ...]:
        """One consistent query; the sort key is the order of time."""
        with translated():
            found = DepartureItem.query(
                route_id,
                DepartureItem.item.startswith(DEPARTURE),
                filter_condition=DepartureItem.expires_at > int(now.timestamp()),
                consistent_read=True,
            )
            return tuple(from_attributes(item.attribute_values) for item in found)

    def by_service_day(
        self,
        service_day: date,
        hub_id: HubId,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Route]:
        """In the order of creation, from the index."""
        with translated():
            found = RouteItem.by_service_day.query(
                f"{service_day.isoformat()}#{hub_id}",
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            routes = tuple(from_document(item.document, item.stops) for item in found)
        return Listing(routes, position_of(found.last_evaluated_key))
