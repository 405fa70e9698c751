"""The vans of a suggestion: planned routes as they are, and new ones with their hours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.errors import Deactivated, Invalid, RouteOver, RouteUnderWay
from chalicelib.domain.ids import ROUTE, STOP, DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.planning.suggestions import AskedVan, Question
from chalicelib.domain.routes.new_routes import (
    LONGEST_ROUTE,
    NewRoute,
    require_breaks,
    service_day_of,
)
from chalicelib.domain.routes.new_stops import make_stop
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Drivers
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.routes.claims import share_of

NOBODY: Final = DriverId("")
"""Stands for the driver of a van that has none yet. Nothing is learnt of it."""


@dataclass(frozen=True, slots=True)
class Van:
    """A van and its plan as it is now; ``planned`` are the stops of a route that exists."""

    asked: AskedVan
    route: Route
    planned: frozenset[StopId]


@dataclass(frozen=True, slots=True)
class ReadVans:
    """Reads the vans of a question and checks them, as the plan of a route would.

    Raises NotFound, Deactivated, RouteUnderWay, RouteOver, and Invalid with a pointer.
    """

    routes: Routes
    drivers: Drivers
    clock: Clock
    ids: Ids

    def before(self, question: Question, hub: Hub) -> list[Van]:
        """Each van with what it has by now; what is new on it comes with ``with_visits``."""
        seen: set[RouteId] = set()
        found: list[Van] = []
        for i, asked in enumerate(question.vans):
            pointer = f"/vans/{i}"
            if asked.route_id is None:
                found.append(Van(asked, self._new(asked, question, hub, pointer), frozenset()))
            elif asked.route_id in seen:
                text = "This route is named twice."
                raise Invalid(text, pointer=f"{pointer}/route_id", code="repeated_route")
            else:
                seen.add(asked.route_id)
                route = self._planned(asked.route_id, question, hub, pointer)
                found.append(Van(asked, route, frozenset(stop.id for stop in route.stops)))
            _require_hours(found[-1], pointer)
        return found

    def with_visits(self, van: Van, index: int, shipments: Mapping[ShipmentId, Shipment]) -> Route:
        """The plan with the stops that are named for the van, behind those that it has."""
        stops = list(van.route.stops)
        for v, visit in enumerate(van.asked.visits):
            stops.append(
                make_stop(
                    StopId(self.ids.new(STOP)),
                    [share_of(shipments[shipment_id]) for shipment_id in visit.shipment_ids],
                    number=len(stops),
                    service_time_s=visit.service_time_s,
                    pointer=partial(_pointer, index, v),
                )
            )
        return replace(van.route, stops=tuple(stops))

    def _planned(self, route_id: RouteId, question: Question, hub: Hub, pointer: str) -> Route:
        route = self.routes.get(route_id)
        if route.status is RouteStatus.ACTIVE:
            text = "This route is under way. Edit it, or move its stops."
            raise RouteUnderWay(text, route_id=route.id)
        if not route.status.is_open:
            raise RouteOver
        if (route.hub_id, route.service_day) != (hub.id, question.service_day):
            text = "This route belongs to another hub or to another day."
            raise Invalid(text, pointer=f"{pointer}/route_id", code="another_day")
        return route

    def _new(self, asked: AskedVan, question: Question, hub: Hub, pointer: str) -> Route:
        if asked.driver_id is not None and not self.drivers.get(asked.driver_id).is_active:
            raise Deactivated(account_id=asked.driver_id)
        if asked.starts_at is None:
            text = "A van without a route needs the time when it leaves."
            raise Invalid(text, pointer=f"{pointer}/starts_at", code="missing")
        wanted = NewRoute(
            driver_id=asked.driver_id or NOBODY,
            hub_id=hub.id,
            service_day=question.service_day,
            starts_at=asked.starts_at,
            visits=asked.visits,
            breaks=asked.breaks,
        )
        service_day_of(wanted, hub, at=f"{pointer}/starts_at")
        require_breaks(wanted, at=f"{pointer}/breaks")
        return Route(
            id=RouteId(self.ids.new(ROUTE)),
            driver_id=wanted.driver_id,
            hub_id=hub.id,
            hub_coordinates=hub.coordinates,
            service_day=question.service_day,
            starts_at=asked.starts_at,
            stops=(),
            created_at=self.clock.now(),
            breaks=tuple(sorted(asked.breaks, key=lambda rest: (rest.earliest, rest.latest))),
        )


def _pointer(van: int, visit: int, shipment: int) -> str:
    return f"/vans/{van}/stops/{visit}/shipment_ids/{shipment}"


def _require_hours(van: Van, pointer: str) -> None:
    """Raises Invalid for a shift that ends before it begins, or lasts more than a day."""
    ends_at, starts_at = van.asked.ends_at, van.route.starts_at
    if ends_at is not None and not timedelta(0) < ends_at - starts_at <= LONGEST_ROUTE:
        text = "A shift ends within a day after the van has left."
        raise Invalid(text, pointer=f"{pointer}/ends_at", code="invalid_range")
