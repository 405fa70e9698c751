"""A driver loads by scanning: tracking begins here.

Each scan has its own verdict. A shipment is loaded when all of its parcels have been scanned; one
that nobody has accepted yet is accepted by the same scan. Afterwards the run sheet is told of all
parcels that are scanned now; if that is cut off, the repeat of the scans or the start tells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Handled, run_sheet_expires_at, scanned_parcels
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import HandledAdded, ShipmentChange
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.lifecycle import Step, may_take, take
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.driving.shifts import live_of, planned_routes
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan; ``action_id`` is the device's own name for it."""

    action_id: str
    barcode: str
    scanned_at: datetime


class ScanVerdict(StrEnum):
    """The result of a scan."""

    LOADED = "loaded"
    ALREADY_LOADED = "already_loaded"
    PARTLY_LOADED = "partly_loaded"
    NOT_ON_ROUTE = "not_on_route"
    NOT_LOADABLE = "not_loadable"


ABOARD: Final = frozenset(
    {ScanVerdict.LOADED, ScanVerdict.ALREADY_LOADED, ScanVerdict.PARTLY_LOADED}
)
"""The parcel is on the van now."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The verdict on one scan."""

    action_id: str
    verdict: ScanVerdict
    shipment_id: ShipmentId | None = None


@dataclass(frozen=True, slots=True)
class ScanParcels:
    """Takes scans in. Safe to repeat: what is loaded stays loaded. Raises NotFound without a route
    to load and Unauthorized for a revoked token.
    """

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(self, scans: tuple[Scan, ...], *, actor: Actor) -> tuple[ScanResult, ...]:
        """A result for each scan, in order."""
        routes = self._routes(live_of(self.fleet, actor))
        results = tuple(retried(partial(self._scan, scan, routes, actor)) for scan in scans)
        for route in routes:
            self._note(route, scans, results)
        return results

    def _note(self, route: Route, scans: Sequence[Scan], results: Sequence[ScanResult]) -> None:
        scanned: dict[ShipmentId, frozenset[str]] = {}
        for scan, result in zip(scans, results, strict=True):
            if result.verdict in ABOARD and result.shipment_id:
                earlier = scanned.get(result.shipment_id, frozenset())
                scanned[result.shipment_id] = earlier | {scan.barcode}
        handled = Handled(parcels=scanned_parcels(route, scanned))
        if handled:
            self.journal.commit(HandledAdded(route.id, handled, run_sheet_expires_at(route)))

    def _routes(self, live: Live) -> tuple[Route, ...]:
        """Those that a parcel may belong to: what is to be driven, then what is being driven."""
        planned = planned_routes(self.routes, live)
        if live.is_on_shift and live.route_id is not None:
            return (*planned, self.routes.get(live.route_id))
        if not planned:
            raise NotFound
        return planned

    def _scan(self, scan: Scan, routes: Sequence[Route], actor: Actor) -> ScanResult:
        """The first shipment with this barcode that still lacks it, else the last one found."""
        result = ScanResult(scan.action_id, ScanVerdict.NOT_ON_ROUTE)
        for route in routes:
            for shipment_id in route.find_barcode(scan.barcode):
                shipment = self.shipments.get(shipment_id)
                if not shipment.is_on(route.id):
                    continue
                result = self._load(scan, shipment, route, actor)
                if result.verdict in {ScanVerdict.LOADED, ScanVerdict.PARTLY_LOADED}:
                    return result
        return result

    def _load(self, scan: Scan, shipment: Shipment, route: Route, actor: Actor) -> ScanResult:
        def verdict(value: ScanVerdict) -> ScanResult:
            return ScanResult(scan.action_id, value, shipment.id)

        if shipment.status is Status.LOADED or shipment.status in ON_THE_WAY:
            return verdict(ScanVerdict.ALREADY_LOADED)
        may_load = may_take(shipment, Step.ACCEPT, actor) or may_take(shipment, Step.LOAD, actor)
        if route.status is not RouteStatus.PLANNED or not may_load:
            return verdict(ScanVerdict.NOT_LOADABLE)  # a van that has left takes nothing more
        if scan.barcode in shipment.scanned_barcodes:
            return verdict(ScanVerdict.PARTLY_LOADED)
        change = self._loaded(shipment, scan, actor)
        self.journal.commit(change)
        is_loaded = change.after.status is Status.LOADED
        return verdict(ScanVerdict.LOADED if is_loaded else ScanVerdict.PARTLY_LOADED)

    def _loaded(self, shipment: Shipment, scan: Scan, actor: Actor) -> ShipmentChange:
        now = self.clock.now()
        occurred_at = min(max(scan.scanned_at, shipment.created_at), now)
        after = replace(
            shipment,
            scanned_barcodes=shipment.scanned_barcodes | {scan.barcode},
            version=shipment.version + 1,
            updated_at=now,
        )
        events: list[Event] = []
        for step in (Step.ACCEPT, Step.LOAD):
            is_due = step is Step.ACCEPT or after.is_fully_scanned
            if is_due and may_take(after, step, actor):
                after, event = take(
                    after,
                    step,
                    actor=actor,
                    event_id=EventId(self.ids.new(EVENT)),
                    occurred_at=occurred_at,
                    now=now,
                )
                events.append(event)
        return ShipmentChange(after=after, events=tuple(events), expected_version=shipment.version)
