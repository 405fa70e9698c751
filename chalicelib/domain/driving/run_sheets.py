"""Run sheets: a route as its driver reads it, with each shipment's door and state.

A run sheet is read far more often than its parts change, so it is not made of shipments. The
manifest is written once with the plan. What is scanned and how visits end is noted as sets of
numbers that only grow. The statuses follow from both, the plan and the live state. They are those
of the shipments as long as the route is open: no other route may take over its shipments then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.policy import RUN_SHEET_RETENTION
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.routes.routes import Consignment, Route, Stop
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One shipment for its driver. Personal data: never in keys, logs or metrics.

    ``status`` is the shipment's when the route was planned.
    """

    shipment_id: ShipmentId
    reference: str
    status: Status
    recipient_name: str
    address_lines: tuple[str, ...]
    city: str
    postal_code: str | None
    instructions: str | None
    photo: Requirement

    @classmethod
    def of(cls, shipment: Shipment) -> "ManifestEntry":
        """The part of a shipment that its driver needs."""
        return cls(
            shipment_id=shipment.id,
            reference=shipment.reference,
            status=shipment.status,
            recipient_name=shipment.recipient.name,
            address_lines=shipment.address.lines,
            city=shipment.address.city,
            postal_code=shipment.address.postal_code,
            instructions=shipment.address.instructions,
            photo=shipment.proof_requirements.photo,
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The entries of all shipments of a route, in the plan's order.

    Whoever changes a shipment's details or erases a recipient writes the manifest of its route too,
    until ``expires_at``.
    """

    route_id: RouteId
    entries: tuple[ManifestEntry, ...]
    expires_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Handled:
    """What a driver has done so far, by numbers.

    ``parcels`` are the parcels scanned, numbered from 0 through the whole plan. ``failed`` and
    ``delivered`` number shipments likewise. ``failed`` has every failed attempt, ``delivered`` only
    those whose stop had more to do afterwards: what was aboard for a stop that is done, and did not
    fail, was delivered.
    """

    parcels: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    delivered: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.parcels or self.failed or self.delivered)


@dataclass(frozen=True, slots=True)
class RunSheet:
    """A plan with its manifest, None where that has expired or was never written."""

    route: Route
    manifest: Manifest | None
    handled: Handled


@dataclass(frozen=True, slots=True)
class DriverShipment:
    """A shipment as its driver sees it now. ``scanned_barcodes`` are sorted."""

    entry: ManifestEntry
    status: Status
    barcodes: tuple[str, ...]
    scanned_barcodes: tuple[str, ...]

    @classmethod
    def of(cls, shipment: Shipment) -> "DriverShipment":
        """From the shipment itself."""
        return cls(
            entry=ManifestEntry.of(shipment),
            status=shipment.status,
            barcodes=tuple(parcel.barcode for parcel in shipment.parcels),
            scanned_barcodes=tuple(sorted(shipment.scanned_barcodes)),
        )


def run_sheet_expires_at(route: Route) -> datetime:
    """When the run sheet's parts are forgotten; then a driver's route is read from shipments."""
    return max(route.starts_at, route.created_at).replace(microsecond=0) + RUN_SHEET_RETENTION


def scanned_parcels(route: Route, scanned: Mapping[ShipmentId, frozenset[str]]) -> frozenset[int]:
    """The numbers of these barcodes of these shipments."""
    return frozenset(
        first + i
        for consignment, _, first in _numbered(route)
        for i, barcode in enumerate(consignment.barcodes)
        if barcode in scanned.get(consignment.shipment_id, ())
    )


def shipment_numbers(route: Route) -> dict[ShipmentId, int]:
    """The number of each shipment of a plan."""
    return {consignment.shipment_id: number for consignment, number, _ in _numbered(route)}


def driver_shipments(
    route: Route, manifest: Manifest, handled: Handled, live: Live
) -> dict[ShipmentId, DriverShipment]:
    """Each shipment of a route that is planned or being driven, as its driver sees it."""
    is_driven = live.route_id == route.id
    stops = [
        (stop, live.progress[i] if is_driven else None)
        for i, stop in enumerate(route.stops)
        for _ in stop.consignments
    ]
    found: dict[ShipmentId, DriverShipment] = {}
    for (consignment, number, first), entry, (stop, progress) in zip(
        _numbered(route), manifest.entries, stops, strict=True
    ):
        scanned = [
            barcode
            for i, barcode in enumerate(consignment.barcodes)
            if first + i in handled.parcels
        ]
        is_loaded = len(scanned) == len(consignment.barcodes)
        status = _before_departure(entry.status, is_loaded=is_loaded, is_scanned=bool(scanned))
        if progress is not None and stop.promise is not None and is_loaded:
            status = _on_the_road(number, handled, progress)
        found[consignment.shipment_id] = DriverShipment(
            entry, status, consignment.barcodes, tuple(sorted(set(scanned)))
        )
    return found


def _before_departure(planned: Status, *, is_loaded: bool, is_scanned: bool) -> Status:
    """A scan accepts what nobody has accepted yet, and the last one of a shipment loads it."""
    if is_loaded:
        return Status.LOADED
    return Status.ACCEPTED if is_scanned else planned


def _on_the_road(number: int, handled: Handled, progress: Progress) -> Status:
    if number in handled.failed:
        return Status.ATTEMPT_FAILED
    if progress.is_done or number in handled.delivered:
        return Status.DELIVERED
    if progress.arrived_at is not None:
        return Status.ARRIVED
    return Status.ARRIVING if progress.has_approached else Status.OUT_FOR_DELIVERY


def _numbered(route: Route) -> Iterator[tuple[Consignment, int, int]]:
    """Each shipment of a plan with its number and that of its first parcel."""
    first = 0
    for number, consignment in enumerate(_consignments(route.stops)):
        yield consignment, number, first
        first += len(consignment.barcodes)


def _consignments(stops: tuple[Stop, ...]) -> Iterator[Consignment]:
    for stop in stops:
        yield from stop.consignments
