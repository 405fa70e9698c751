"""The facts of a route: what became of it, counted anew from all that is known of it.

Nothing is ever added to old facts. Whenever something of a route has changed, its facts are made
again as a whole: a repeat changes nothing, and late truth replaces what was believed before. They
are kept apart by driver and shipment, so that each reader may ask for their own, and every figure
leads to the shipments behind it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.metrics.driven import Driven, duty_of, stints_of
from chalicelib.domain.metrics.goods import Handled, tallies_of
from chalicelib.domain.metrics.risks import eta_tally, risk_tally
from chalicelib.domain.metrics.tallies import Tally, added, spread
from chalicelib.domain.routes.routes import Route


@dataclass(frozen=True, slots=True)
class VanFacts:
    """What a driver and the van did on a route: stops, ways, times, ETAs."""

    driver_id: DriverId
    tally: Tally


@dataclass(frozen=True, slots=True)
class GoodsFacts:
    """What became of a shipment on a route, as far as this driver is concerned."""

    shipment_id: ShipmentId
    shipper_id: ShipperId
    driver_id: DriverId
    tally: Tally


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What became of a route. ``shipment_ids`` are all that ever were on it.

    The ETAs of a stop count once for the van, and once for each of its shipments.
    """

    route_id: RouteId
    hub_id: HubId
    service_day: date
    vans: tuple[VanFacts, ...] = ()
    goods: tuple[GoodsFacts, ...] = ()
    shipment_ids: tuple[ShipmentId, ...] = ()


def facts(route: Route, driven: Driven, handled: Iterable[Handled]) -> RouteFacts:
    """Count everything of the route anew. The order of what is handed in does not matter."""
    goods = [
        GoodsFacts(each.shipment.id, each.shipment.shipper_id, driver_id, tally)
        for each in handled
        for driver_id, tally in tallies_of(route, driven, each).items()
    ]
    vans = {driver_id: added(_of_van(route, driven, driver_id)) for driver_id in drivers_of(route)}
    return RouteFacts(
        route_id=route.id,
        hub_id=route.hub_id,
        service_day=route.service_day,
        vans=tuple(VanFacts(key, tally) for key, tally in sorted(vans.items()) if tally),
        goods=tuple(sorted(goods, key=lambda each: (each.shipment_id, each.driver_id))),
        shipment_ids=tuple(sorted({each.shipment_id for each in route.roll})),
    )


def drivers_of(route: Route) -> tuple[DriverId, ...]:
    """All who have driven the route, in their order, each once."""
    return tuple(dict.fromkeys((*(each.driver_id for each in route.stints), route.driver_id)))


def _of_van(route: Route, driven: Driven, driver_id: DriverId) -> Iterator[Tally]:
    own = [each for each in driven.departures if each.driver_id == driver_id]
    drove = {each for each, _ in stints_of(route, route.completed_at or route.starts_at)}
    if driver_id not in drove:
        return
    numbers = {each.stop_number for each in own if each.stop_number is not None}
    yield {
        "routes": 1,
        "stops_done": len(numbers),
        "distance_m": driven.distance_m.get(driver_id, 0),
        "duty_s": round(duty_of(driven.departures, driver_id).total_seconds()),
    }
    if driver_id == route.driver_id:
        yield {"stops_planned": len(route.stops)}
    yield spread("service", _visits_s(own))
    yield spread("driving", _legs_s(driven.departures, driver_id))
    for stop in route.stops:
        if stop.number in numbers:
            yield eta_tally(stop.id, driven)
            yield risk_tally(stop, driven)


def _visits_s(departures: Iterable[Departure]) -> Iterator[float]:
    """How long the van stood at each stop, from the arrival until it left."""
    for each in departures:
        if each.stop_number is not None and each.arrived_at is not None:
            yield max((each.left_at - each.arrived_at).total_seconds(), 0.0)


def _legs_s(departures: Sequence[Departure], driver_id: DriverId) -> Iterator[float]:
    """How long each way took, from leaving one place until the arrival at the next."""
    for before, after in pairwise(departures):
        if after.driver_id == driver_id and after.arrived_at is not None:
            yield max((after.arrived_at - before.left_at).total_seconds(), 0.0)
