"""Routes. A plan never changes under its version, so a warm container reads each only once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.routes.departures import from_attributes
from chalicelib.adapters.dynamodb.routes.items import ON_DUTY, DepartureItem, RouteItem
from chalicelib.adapters.dynamodb.routes.plans import unpack_plan, unpack_summary
from chalicelib.adapters.dynamodb.values.departure_keys import DEPARTURE
from chalicelib.adapters.dynamodb.values.instants import from_text
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DriverId, HubId, RouteId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.routes import Duty

if TYPE_CHECKING:
    from chalicelib.domain.driving.run_sheets import RunSheet
    from chalicelib.domain.routes.routes import Route, RouteSummary

CACHED_STOPS: Final = 24_000
"""Of the plans in the cache together: those of 500 vans with 48 stops each, in some 30 MB."""


class DynamoRoutes:
    """The port ``Routes`` on DynamoDB, with a small cache of plans by version."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._plans: OrderedDict[tuple[RouteId, int], Route] = OrderedDict()
        self._cached_stops = 0

    def get(self, route_id: RouteId) -> Route:
        """One consistent read."""
        with translated():
            try:
                item = RouteItem.get(route_id, "PLAN", consistent_read=True)
            except RouteItem.DoesNotExist as exc:
                raise NotFound from exc
        return _route(item)

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
        self._keep(route)
        return route

    def plans(self, wanted: Sequence[tuple[RouteId, int]]) -> dict[RouteId, Route]:
        """From the cache, and a call for each hundred that are not there, eventually consistent."""
        found: dict[RouteId, Route] = {}
        for key in wanted:
            if key in self._plans:
                self._plans.move_to_end(key)
                found[key[0]] = self._plans[key]
        versions = {route_id: version for route_id, version in wanted if route_id not in found}
        with translated():
            keys = [(route_id, "PLAN") for route_id in versions]
            read = [_route(item) for item in RouteItem.batch_get(keys)] if keys else []
        for route in read:
            if route.plan_version == versions[route.id]:
                self._keep(route)
                found[route.id] = route
        return found

    def _keep(self, route: Route) -> None:
        """The plan that was used least lately makes room."""
        self._plans[route.id, route.plan_version] = route
        self._cached_stops += len(route.stops)
        while self._cached_stops > CACHED_STOPS and len(self._plans) > 1:
            _, gone = self._plans.popitem(last=False)
            self._cached_stops -= len(gone.stops)

    def run_sheet(
        self, route_id: RouteId, plan_version: int, now: datetime, *, is_current: bool = False
    ) -> RunSheet:
        """One eventually consistent query: half a unit for each 4 kB.

        A consistent one for the current state, and where the first has not got so far as the
        caller knows.
        """
        from chalicelib.adapters.dynamodb.routes.run_sheets import read  # noqa: PLC0415 - rare

        found = read(route_id, now, plan_of=_route, consistent_read=is_current)
        if found is None or found.manifest is None or found.route.plan_version < plan_version:
            found = read(route_id, now, plan_of=_route, consistent_read=True)
        if found is None:
            raise NotFound
        return found

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

    def on_duty(self) -> tuple[Duty, ...]:
        """One eventually consistent query: half a unit for each 4 kB of keys."""
        with translated():
            found = list(RouteItem.by_duty.query(ON_DUTY))
        return tuple(Duty(DriverId(item.driver_id), RouteId(item.route_id)) for item in found)

    def by_service_day(
        self,
        service_day: date,
        hub_id: HubId,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[RouteSummary]:
        """In the order of creation, from the index; a plan of version 1 is read for its own."""
        with translated():
            found = RouteItem.by_service_day.query(
                f"{service_day.isoformat()}#{hub_id}",
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            items: list[Any] = list(found)  # PynamoDB does not say what may be missing
        summaries = tuple(
            self.get(RouteId(item.route_id)).summary if item.summary is None else _summary(item)
            for item in items
        )
        return Listing(summaries, position_of(found.last_evaluated_key))


def _summary(item: Any) -> RouteSummary:  # noqa: ANN401 - of the table, the index or a query
    return unpack_summary(item.summary, RouteId(item.route_id), from_text(item.created_at))


def _route(item: Any) -> Route:  # noqa: ANN401 - as above
    if item.plan is None:
        from chalicelib.adapters.dynamodb.routes.first_plans import from_document  # noqa: PLC0415 - as rare

        return from_document(item.document, item.stops)
    return unpack_plan(item.plan, _summary(item))
