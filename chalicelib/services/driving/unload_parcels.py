"""A driver unloads by scanning: what could not be delivered is at the hub again.

So is what was loaded by mistake before the van left, and what was cancelled meanwhile. What is out
for delivery stays so until its visit is reported. A repeat changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.barcodes import Index
from chalicelib.domain.shipments.custody import undecided
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.unloading import is_to_be_unloaded, unloaded
from chalicelib.services.driving.shifts import live_of, planned_routes
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried
from chalicelib.services.routes.whereabouts import Whereabouts


class UnloadVerdict(StrEnum):
    """The result of a scan."""

    UNLOADED = "unloaded"
    NOT_ABOARD = "not_aboard"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AMBIGUOUS = "ambiguous"
    NOT_ON_ROUTE = "not_on_route"


@dataclass(frozen=True, slots=True)
class UnloadResult:
    """The verdict on one scan. ``choices`` are the shipments that an ambiguous one can mean."""

    action_id: str
    verdict: UnloadVerdict
    shipment_id: ShipmentId | None = None
    choices: tuple[ShipmentId, ...] = ()


_Named = tuple[ShipmentId, str]


@dataclass(frozen=True, slots=True)
class UnloadParcels:
    """Takes scans in. Raises NotFound without a route and Unauthorized for a revoked token."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(self, scans: tuple[Scan, ...], *, actor: Actor) -> tuple[UnloadResult, ...]:
        """A result for each scan, in order."""
        routes = self._routes(live_of(self.fleet, actor))
        index = _index(routes)
        return tuple(retried(partial(self._scan, scan, index, actor)) for scan in scans)

    def _routes(self, live: Live) -> tuple[Route, ...]:
        """Those that parcels on the van belong to: driven now or last, or to be driven."""
        planned = planned_routes(self.routes, live)
        driven = () if live.route_id is None else (self.routes.get(live.route_id),)
        if not planned and not driven:
            raise NotFound
        return (*driven, *planned)

    def _scan(self, scan: Scan, index: Index[_Named], actor: Actor) -> UnloadResult:
        named = [
            (self.shipments.get(shipment_id), barcode)
            for shipment_id, barcode in index.find(scan.barcode)
            if scan.shipment_id in {None, shipment_id}
        ]
        aboard = [(s, barcode) for s, barcode in named if is_to_be_unloaded(s, barcode)]
        choices = tuple(dict.fromkeys(shipment.id for shipment, _ in aboard))
        if len(choices) > 1:
            return UnloadResult(scan.action_id, UnloadVerdict.AMBIGUOUS, choices=choices)
        if aboard:
            return self._unload(scan, *aboard[0], actor)
        if named:
            return UnloadResult(scan.action_id, UnloadVerdict.NOT_ABOARD, named[-1][0].id)
        return UnloadResult(scan.action_id, UnloadVerdict.NOT_ON_ROUTE)

    def _unload(self, scan: Scan, shipment: Shipment, barcode: str, actor: Actor) -> UnloadResult:
        place = Whereabouts.of(shipment, self.routes)
        if place.is_on_the_road and barcode in undecided(shipment):
            return UnloadResult(scan.action_id, UnloadVerdict.OUT_FOR_DELIVERY, shipment.id)
        now = self.clock.now()
        is_planned = place.route is not None and place.route.status is RouteStatus.PLANNED
        after, events = unloaded(
            shipment,
            barcode,
            stays_planned=is_planned,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=scan.occurred_at(shipment, now),
            now=now,
        )
        self.journal.commit(
            ShipmentChange(after, events, shipment.version),
            *place.told(after, self.routes, now, is_read_anew=True),
        )
        return UnloadResult(scan.action_id, UnloadVerdict.UNLOADED, shipment.id)


def _index(routes: Sequence[Route]) -> Index[_Named]:
    things: dict[str, list[_Named]] = {}
    for route in routes:
        for shipment_id, barcode in route.parcels:
            things.setdefault(barcode, []).append((shipment_id, barcode))
    return Index(things)
