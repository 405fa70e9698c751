"""A driver loads by scanning: tracking begins here.

Each scan has its own verdict. A shipment is loaded when all of its parcels have been scanned; one
that nobody has accepted yet is accepted by the same scan.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.actors import Actor
from chalicelib.domain.changes import Change
from chalicelib.domain.errors import NotFound, Unauthorized
from chalicelib.domain.events import Event
from chalicelib.domain.ids import EVENT, EventId, RouteId, ShipmentId
from chalicelib.domain.live import Live
from chalicelib.domain.routes import Route
from chalicelib.domain.shipments import Shipment, Step, may_take, take
from chalicelib.domain.statuses import ON_THE_WAY, Status
from chalicelib.services.ports import Clock, Fleet, Ids, Routes, Shipments
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan; ``action_id`` is the device's own name for it."""

    action_id: str
    barcode: str
    scanned_at: datetime


class ScanVerdict(StrEnum):
    """What a scan did."""

    LOADED = "loaded"
    ALREADY_LOADED = "already_loaded"
    PARTLY_LOADED = "partly_loaded"
    NOT_ON_ROUTE = "not_on_route"
    NOT_LOADABLE = "not_loadable"


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
    clock: Clock
    ids: Ids

    def __call__(self, scans: tuple[Scan, ...], *, actor: Actor) -> tuple[ScanResult, ...]:
        """A result for each scan, in order."""
        if actor.driver_id is None:
            raise Unauthorized
        live = self.fleet.live(actor.driver_id)
        if live.epoch != actor.epoch:
            raise Unauthorized
        route = self.routes.get(_route_to_load(live))
        return tuple(retried(lambda s=scan: self._scan(s, route, actor)) for scan in scans)  # type: ignore[misc]

    def _scan(self, scan: Scan, route: Route, actor: Actor) -> ScanResult:
        found = route.find_barcode(scan.barcode)
        if found is None:
            return ScanResult(scan.action_id, ScanVerdict.NOT_ON_ROUTE)
        _, shipment_id = found
        shipment = self.shipments.get(shipment_id)
        if not shipment.is_on(route.id):
            return ScanResult(scan.action_id, ScanVerdict.NOT_ON_ROUTE)
        if shipment.status is Status.LOADED or shipment.status in ON_THE_WAY:
            return ScanResult(scan.action_id, ScanVerdict.ALREADY_LOADED, shipment_id)
        if not may_take(shipment, Step.ACCEPT, actor) and not may_take(shipment, Step.LOAD, actor):
            return ScanResult(scan.action_id, ScanVerdict.NOT_LOADABLE, shipment_id)
        if scan.barcode in shipment.scanned_barcodes:
            return ScanResult(scan.action_id, ScanVerdict.PARTLY_LOADED, shipment_id)
        change = self._loaded(shipment, scan, actor)
        self.shipments.commit([change])
        is_loaded = change.after.status is Status.LOADED
        verdict = ScanVerdict.LOADED if is_loaded else ScanVerdict.PARTLY_LOADED
        return ScanResult(scan.action_id, verdict, shipment_id)

    def _loaded(self, shipment: Shipment, scan: Scan, actor: Actor) -> Change:
        now = self.clock.now()
        occurred_at = min(scan.scanned_at, now)
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
        return Change(after=after, events=tuple(events), expected_version=shipment.version)


def _route_to_load(live: Live) -> RouteId:
    if live.planned:
        return live.planned[0]
    if live.is_on_shift and live.route_id is not None:
        return live.route_id
    raise NotFound
