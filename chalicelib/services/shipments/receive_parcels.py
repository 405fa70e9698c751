"""Parcels are scanned at a hub: they are accepted, and what vans bring back is unloaded.

The scan says that the parcel is here. A parcel that should be on the road, was cancelled or goes
back to its sender changes nothing but is told, so that somebody puts it where it belongs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EVENT, EventId, HubId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.barcodes import Index, names
from chalicelib.domain.shipments.barcodes_in_use import is_open
from chalicelib.domain.shipments.custody import ParcelState, parcel_state, undecided
from chalicelib.domain.shipments.lifecycle import Step, may_take, take
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.shipments.unloading import is_to_be_unloaded, unloaded
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Barcodes, Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried
from chalicelib.services.routes.whereabouts import Whereabouts


class HubVerdict(StrEnum):
    """The result of a scan."""

    ACCEPTED = "accepted"
    ALREADY_ACCEPTED = "already_accepted"
    UNLOADED = "unloaded"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HubScanResult:
    """The verdict on one scan. ``choices`` are the shipments that an ambiguous one can mean."""

    action_id: str
    verdict: HubVerdict
    shipment_id: ShipmentId | None = None
    choices: tuple[ShipmentId, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiveParcels:
    """Takes scans of a hub in. Safe to repeat. Raises NotFound for an unknown hub."""

    hubs: Hubs
    shipments: Shipments
    barcodes: Barcodes
    routes: Routes
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self, hub_id: HubId, scans: Sequence[Scan], *, actor: Actor
    ) -> tuple[HubScanResult, ...]:
        """A result for each scan, in order."""
        hub = self.hubs.get(hub_id)
        found = self._found(scans)
        return tuple(self._scan(scan, found, hub.id, actor) for scan in scans)

    def _found(self, scans: Sequence[Scan]) -> Mapping[ShipmentId, Shipment]:
        """The shipments that the scans can mean, by all readings of their codes."""
        codes = {reading for scan in scans for reading in _readings(scan.barcode)}
        holders = self.barcodes.everywhere(sorted(codes), now=self.clock.now())
        named = {scan.shipment_id for scan in scans if scan.shipment_id is not None}
        held = {shipment_id for held_ids in holders.values() for shipment_id in held_ids}
        wanted = sorted(held | named)
        return self.shipments.get_many(wanted) if wanted else {}

    def _scan(
        self, scan: Scan, found: Mapping[ShipmentId, Shipment], hub_id: HubId, actor: Actor
    ) -> HubScanResult:
        things: dict[str, list[tuple[ShipmentId, str]]] = {}
        for shipment_id, shipment in found.items():
            if scan.shipment_id in {None, shipment_id}:
                for barcode in shipment.barcodes:
                    things.setdefault(barcode, []).append((shipment_id, barcode))
        meant = sorted(Index(things).find(scan.barcode))
        if not meant:
            return HubScanResult(scan.action_id, HubVerdict.UNKNOWN)
        open_ones = [each for each in meant if is_open(found[each[0]])]
        choices = tuple(dict.fromkeys(shipment_id for shipment_id, _ in open_ones))
        if len(choices) > 1:
            return HubScanResult(scan.action_id, HubVerdict.AMBIGUOUS, choices=choices)
        shipment_id, barcode = (open_ones or meant)[-1]  # without an open one, the latest
        receive = partial(self._receive, scan, shipment_id, barcode, hub_id, actor)
        return HubScanResult(scan.action_id, retried(receive), shipment_id)

    def _receive(
        self, scan: Scan, shipment_id: ShipmentId, barcode: str, hub_id: HubId, actor: Actor
    ) -> HubVerdict:
        shipment = self.shipments.get(shipment_id)
        now = self.clock.now()
        at = scan.occurred_at(shipment, now)
        if may_take(shipment, Step.ACCEPT, actor):
            after, event = take(
                shipment,
                Step.ACCEPT,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                occurred_at=at,
                now=now,
                data={"hub_id": hub_id},
            )
            self.journal.commit(ShipmentChange(after, (event,), shipment.version))
            return HubVerdict.ACCEPTED
        if is_to_be_unloaded(shipment, barcode):
            return self._unload(shipment, barcode, at, now, actor)
        return _as_it_is(shipment, barcode)

    def _unload(
        self, shipment: Shipment, barcode: str, at: datetime, now: datetime, actor: Actor
    ) -> HubVerdict:
        place = Whereabouts.of(shipment, self.routes)
        is_out = shipment.status in ON_THE_WAY or place.is_on_the_road
        if is_out and barcode in undecided(shipment):
            return HubVerdict.OUT_FOR_DELIVERY
        is_planned = place.route is not None and place.route.status is RouteStatus.PLANNED
        after, events = unloaded(
            shipment,
            barcode,
            stays_planned=is_planned,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=at,
            now=now,
        )
        self.journal.commit(
            ShipmentChange(after, events, shipment.version),
            *place.told(after, self.routes, now, is_read_anew=True),
        )
        is_cancelled = shipment.status is Status.CANCELLED
        return HubVerdict.CANCELLED if is_cancelled else HubVerdict.UNLOADED


def _readings(scanned: str) -> set[str]:
    """The normal forms under which the code of a parcel may be kept."""
    found = names(scanned).all
    return {*found, *(reading.upper() for reading in found)} - {""}


def _as_it_is(shipment: Shipment, barcode: str) -> HubVerdict:
    """The verdict on a parcel that is on no van and was accepted before."""
    if parcel_state(shipment, barcode) is ParcelState.DELIVERED:
        return HubVerdict.DELIVERED
    return {
        Status.RETURNING: HubVerdict.RETURNING,
        Status.RETURNED: HubVerdict.RETURNED,
        Status.CANCELLED: HubVerdict.CANCELLED,
    }.get(shipment.status, HubVerdict.ALREADY_ACCEPTED)
