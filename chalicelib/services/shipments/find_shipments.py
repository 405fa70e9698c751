"""Shipments are listed and searched, each search by an index that answers it; none is a scan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.errors import ConcurrentUpdate, Invalid, NotFound
from chalicelib.domain.ids import HubId, ShipmentId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.policy import FEED_SETTLES_AFTER, Policy
from chalicelib.domain.routes.routes import Route, RouteSummary
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.searches import Search
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Barcodes, EventFeed, References, Shipments
from chalicelib.services.ports.system import Clock

MOST_ROUTES: Final = 5
"""So many routes are looked through for a page; it may be short, and its cursor leads on."""
OFFSET: Final = "shipment"
ROUTE: Final = "route_"
ONLY_STAFF: Final = "Only staff look at the routes of a hub's day."
Position = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class FindShipments:
    """A page of what a search finds.

    Raises Invalid for a search that no index answers, and for staff who name no shipper where they
    must; NotFound for an unknown or foreign shipper.
    """

    shipments: Shipments
    shippers: Shippers
    references: References
    barcodes: Barcodes
    feed: EventFeed
    routes: Routes
    clock: Clock
    policy: Policy

    def __call__(
        self, search: Search, actor: Actor, *, limit: int, position: Position
    ) -> Listing[Shipment]:
        """The next shipments. A page may be short, or empty, and still have a next one."""
        search.require_served()
        if search.service_day is not None and search.hub_id is not None:
            if actor.role not in STAFF:
                raise Invalid(ONLY_STAFF, pointer="?service_day", code="unserved_search")
            return self._of_day(search.service_day, search.hub_id, search, limit, position)
        if search.barcode is not None and search.shipper_id is None and actor.role in STAFF:
            return self._anywhere(search.barcode, limit, position)
        shipper_id = actor.shipper(search.shipper_id)
        if actor.role in STAFF:
            self.shippers.get(shipper_id)
        if search.reference is not None:
            return Listing(self._with_reference(shipper_id, search.reference))
        if search.barcode is not None:
            return Listing(self._with_barcode(shipper_id, search.barcode))
        if search.updated_since is not None:
            return self._updated(shipper_id, search, limit, position)
        return self.shipments.by_shipper(shipper_id, limit=limit, position=position)

    def _with_reference(self, shipper_id: ShipperId, reference: str) -> tuple[Shipment, ...]:
        """The one that it names now; a reference of a cancelled shipment may name another."""
        holders = self.references.holders(shipper_id, [reference], now=self.clock.now())
        return self.shipments.glances(list(holders.values()))

    def _with_barcode(self, shipper_id: ShipperId, barcode: str) -> tuple[Shipment, ...]:
        """The one that got the code last; an older code may be remembered no more."""
        code = normal_form(barcode)
        holders = self.barcodes.holders(shipper_id, [code], now=self.clock.now())
        return self.shipments.glances(holders.get(code, ()))[:1]

    def _anywhere(self, barcode: str, limit: int, position: Position) -> Listing[Shipment]:
        """Of whom is this parcel? The newest few shipments of all shippers that have the code."""
        code = normal_form(barcode)
        holders = self.barcodes.everywhere([code], now=self.clock.now()).get(code, ())
        begin = int((position or {}).get(OFFSET, "0"))
        newest_first = sorted(holders, reverse=True)
        end = begin + limit
        following = {OFFSET: str(end)} if end < len(newest_first) else None
        return Listing(self.shipments.glances(newest_first[begin:end]), following)

    def _updated(
        self, shipper_id: ShipperId, search: Search, limit: int, position: Position
    ) -> Listing[Shipment]:
        """By the feed: in the order of their news, once a page however much there is of one."""
        now = self.clock.now()
        kept_since = now - self.policy.shipment_retention
        page = self.feed.page(
            shipper_id,
            since=max(search.updated_since or kept_since, kept_since),
            until=now - FEED_SETTLES_AFTER,
            limit=limit,
            position=position,
        )
        ids = list(dict.fromkeys(event.shipment_id for event in page.data))
        found = filter(_matches(search), self.shipments.glances(ids))
        return Listing(tuple(found), page.position if page.data else None)

    def _of_day(
        self, service_day: date, hub_id: HubId, search: Search, limit: int, position: Position
    ) -> Listing[Shipment]:
        """Route by route, in the order of their creation, and of each in the order of its plan."""
        found: list[Shipment] = []
        at = dict(position or {})
        for _ in range(MOST_ROUTES):
            before = _of_routes(at)
            page = self.routes.by_service_day(service_day, hub_id, limit=1, position=before)
            following = page.position
            for summary in page.data:
                ids, begin = self._planned(summary), int(at.get(OFFSET, "0"))
                end = begin + limit - len(found)
                found += self._on(summary, ids[begin:end], search)
                if end < len(ids):
                    return Listing(tuple(found), _position(before, end))
            if following is None:
                return Listing(tuple(found))
            at = _position(following, 0)
            if len(found) >= limit:
                break
        return Listing(tuple(found), at)

    def _planned(self, summary: RouteSummary) -> tuple[ShipmentId, ...]:
        """The shipments of a route; none of one whose plan moved on a moment ago."""
        route = self._plan(summary)
        stops = () if route is None else route.stops
        return tuple(shipment_id for stop in stops for shipment_id in stop.shipment_ids)

    def _plan(self, summary: RouteSummary) -> Route | None:
        """From the cache where it is; the index may be a version behind."""
        try:
            return self.routes.plan(summary.id, summary.plan_version)
        except ConcurrentUpdate:
            return self.routes.get(summary.id)
        except NotFound:
            return None

    def _on(
        self, summary: RouteSummary, ids: tuple[ShipmentId, ...], search: Search
    ) -> list[Shipment]:
        """Those of the plan that no other route has taken over."""
        matches = _matches(search)
        return [s for s in self.shipments.glances(ids) if s.is_on(summary.id) and matches(s)]


def _matches(search: Search) -> Callable[[Shipment], bool]:
    return lambda shipment: search.status in {None, shipment.status}


def _of_routes(at: Mapping[str, str]) -> Position:
    """The part of a position that leads to a route; None for the first."""
    found = {k.removeprefix(ROUTE): v for k, v in at.items() if k.startswith(ROUTE)}
    return found or None


def _position(routes: Position, offset: int) -> dict[str, str]:
    return {OFFSET: str(offset), **{f"{ROUTE}{k}": v for k, v in (routes or {}).items()}}
