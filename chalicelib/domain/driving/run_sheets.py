"""Run sheets: a route as its driver reads it, with each shipment's door and state.

A run sheet is read far more often than its parts change, so it is not made of shipments. The
manifest is written once with the plan. What is scanned and how visits end is noted as sets of
numbers that only grow. The statuses follow from both, the plan and the live state. They are those
of the shipments as long as the route is open: no other route may take over its shipments then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.policy import RUN_SHEET_RETENTION
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.routes.routes import Consignment, Route
from chalicelib.domain.shipments.custody import ParcelState, parcel_state, state_of
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_NO_VAN, Status
from chalicelib.domain.wishes.wishes import NO_WISHES, Wishes


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One shipment for its driver. Personal data: never in keys, logs or metrics.

    ``status`` is the shipment's when the route was planned. Where the office has changed the
    shipment since (``is_read_anew``), its state is that of the shipment, not that of the notes.
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
    is_read_anew: bool = False
    wishes: Wishes = NO_WISHES
    signature: Requirement = Requirement.OPTIONAL
    pin: Requirement = Requirement.NONE
    photo_when_failed: Requirement = Requirement.OPTIONAL

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
            wishes=shipment.wishes,
            signature=shipment.proof_requirements.signature,
            pin=shipment.proof_requirements.pin,
            photo_when_failed=shipment.proof_requirements.photo_when_failed,
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """The entries of all shipments of a route, in the order in which they joined it.

    So another order of the stops changes no manifest.

    Whoever changes a shipment's details or erases a recipient writes the manifest of its route too,
    until ``expires_at``.
    """

    route_id: RouteId
    entries: tuple[ManifestEntry, ...]
    expires_at: datetime
    version: int = 1

    @property
    def read_anew(self) -> tuple[ShipmentId, ...]:
        """The shipments whose state the notes do not tell."""
        return tuple(entry.shipment_id for entry in self.entries if entry.is_read_anew)

    def with_changed(self, shipment: Shipment, *, is_read_anew: bool) -> "Manifest":
        """The manifest with the shipment's details of now; what was read anew stays so."""
        present = ManifestEntry.of(shipment)
        return replace(
            self,
            version=self.version + 1,
            entries=tuple(
                replace(
                    present,
                    status=entry.status,
                    is_read_anew=is_read_anew or entry.is_read_anew,
                )
                if entry.shipment_id == shipment.id
                else entry
                for entry in self.entries
            ),
        )

    def listing(
        self, listed: Sequence[ShipmentId], changed: Iterable["ManifestEntry"] = ()
    ) -> "Manifest":
        """The manifest of these shipments, in this order; ``changed`` are their newer entries."""
        entries = {entry.shipment_id: entry for entry in (*self.entries, *changed)}
        present = tuple(entries[key] for key in listed)
        return replace(self, entries=present, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Handled:
    """What a driver has done so far, by numbers.

    ``parcels`` are the parcels scanned, numbered from 0 in the order in which they joined the
    route. No edit of the plan changes these numbers. ``failed_parcels``
    and ``delivered_parcels`` number parcels likewise. A parcel that failed first and was delivered
    afterwards is in both. Deliveries are noted only where the stop had more to do afterwards or
    was done before, and of what failed before: what was aboard for a stop that is done, and did not
    fail, was delivered.

    ``failed`` and ``delivered`` number whole shipments. An earlier release noted only these; they
    count for shipments of which no single parcel is noted.
    """

    parcels: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    delivered: frozenset[int] = frozenset()
    failed_parcels: frozenset[int] = frozenset()
    delivered_parcels: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return any((self.parcels, self.failed, self.delivered, self.parcels_decided))

    @property
    def parcels_decided(self) -> frozenset[int]:
        """The parcels whose outcome is noted singly."""
        return self.failed_parcels | self.delivered_parcels


@dataclass(frozen=True, slots=True)
class RunSheet:
    """A plan with its manifest, None where that has expired or was never written."""

    route: Route
    manifest: Manifest | None
    handled: Handled


@dataclass(frozen=True, slots=True)
class ParcelOnSheet:
    """A parcel as its driver sees it."""

    barcode: str
    state: ParcelState


@dataclass(frozen=True, slots=True)
class DriverShipment:
    """A shipment as its driver sees it now. ``scanned_barcodes`` are sorted.

    ``states`` says for each of the ``barcodes`` where its parcel is.
    """

    entry: ManifestEntry
    status: Status
    barcodes: tuple[str, ...]
    scanned_barcodes: tuple[str, ...]
    states: tuple[ParcelState, ...]

    @property
    def parcels(self) -> tuple[ParcelOnSheet, ...]:
        """Each parcel with where it is."""
        return tuple(map(ParcelOnSheet, self.barcodes, self.states))

    @property
    def missing(self) -> tuple[str, ...]:
        """The barcodes of the parcels that are not on the van and have not been delivered."""
        if self.status in ON_NO_VAN:
            return ()
        pairs = zip(self.barcodes, self.states, strict=True)
        return tuple(barcode for barcode, state in pairs if state is ParcelState.AT_HUB)

    @classmethod
    def of(cls, shipment: Shipment) -> "DriverShipment":
        """From the shipment itself."""
        return cls(
            entry=ManifestEntry.of(shipment),
            status=shipment.status,
            barcodes=tuple(parcel.barcode for parcel in shipment.parcels),
            scanned_barcodes=tuple(sorted(shipment.scanned_barcodes)),
            states=tuple(parcel_state(shipment, barcode) for barcode in shipment.barcodes),
        )


def run_sheet_expires_at(route: Route) -> datetime:
    """When the run sheet's parts are forgotten; then a driver's route is read from shipments."""
    return max(route.starts_at, route.created_at).replace(microsecond=0) + RUN_SHEET_RETENTION


def parcel_numbers(route: Route, barcodes: Mapping[ShipmentId, frozenset[str]]) -> frozenset[int]:
    """The numbers of the parcels with these barcodes."""
    return frozenset(
        first + i
        for consignment, _, first in _numbered(route).values()
        for i, barcode in enumerate(consignment.barcodes)
        if barcode in barcodes.get(consignment.shipment_id, ())
    )


def shipment_numbers(route: Route) -> dict[ShipmentId, int]:
    """The number of each shipment of a route."""
    return {key: number for key, (_, number, _) in _numbered(route).items()}


def driver_shipments(
    route: Route, manifest: Manifest, handled: Handled, live: Live
) -> dict[ShipmentId, DriverShipment]:
    """Each shipment of a route that is planned or being driven, as its driver sees it."""
    is_driven = live.route_id == route.id
    stops = {
        shipment_id: (stop, live.progress[i] if is_driven else None)
        for i, stop in enumerate(route.stops)
        for shipment_id in stop.shipment_ids
    }
    numbered = _numbered(route)
    found: dict[ShipmentId, DriverShipment] = {}
    for shipment_id, entry in zip(route.listed, manifest.entries, strict=True):
        consignment, number, first = numbered[shipment_id]
        stop, progress = stops[shipment_id]
        numbers = range(first, first + len(consignment.barcodes))
        scanned = handled.parcels.intersection(numbers)
        is_loaded = len(scanned) == len(numbers)
        status = _before_departure(entry.status, is_loaded=is_loaded, is_scanned=bool(scanned))
        delivered: frozenset[int] = frozenset()
        if progress is not None and stop.promise is not None and scanned:
            visit = _Visit.of(numbers, number, handled, progress)
            status, delivered = visit.status(progress), visit.delivered
        barcodes = consignment.barcodes
        found[shipment_id] = DriverShipment(
            entry,
            status,
            barcodes,
            tuple(sorted({barcodes[each - first] for each in scanned})),
            tuple(
                state_of(status, is_delivered=each in delivered, is_aboard=each in scanned)
                for each in numbers
            ),
        )
    return found


def _before_departure(planned: Status, *, is_loaded: bool, is_scanned: bool) -> Status:
    """A scan accepts what nobody has accepted yet, and the last one of a shipment loads it."""
    if is_loaded:
        return Status.LOADED
    return Status.ACCEPTED if is_scanned else planned


@dataclass(frozen=True, slots=True)
class _Visit:
    """What became of the parcels of one shipment that are on the road, by their numbers."""

    delivered: frozenset[int]
    failed: frozenset[int]
    undecided: frozenset[int]

    @classmethod
    def of(cls, numbers: range, number: int, handled: Handled, progress: Progress) -> "_Visit":
        """From the notes, singly where there are such, and from how far the stop is."""
        scanned = handled.parcels.intersection(numbers)
        delivered = handled.delivered_parcels.intersection(scanned)
        failed = handled.failed_parcels.intersection(scanned) - delivered
        if handled.parcels_decided.isdisjoint(numbers):
            if number in handled.failed:
                failed = scanned
            elif number in handled.delivered:
                delivered = scanned
        undecided = scanned - delivered - failed
        if progress.is_done:
            return cls(delivered | undecided, failed, frozenset())
        return cls(delivered, failed, undecided)

    def status(self, progress: Progress) -> Status:
        """The shipment's status."""
        if not self.undecided:
            return Status.ATTEMPT_FAILED if self.failed else Status.DELIVERED
        if progress.arrived_at is not None:
            return Status.ARRIVED
        return Status.ARRIVING if progress.has_approached else Status.OUT_FOR_DELIVERY


def _numbered(route: Route) -> dict[ShipmentId, tuple[Consignment, int, int]]:
    """Each shipment of a route with its number and that of its first parcel.

    A shipment that was taken off and joined again counts as it joined last.
    """
    found: dict[ShipmentId, tuple[Consignment, int, int]] = {}
    first = 0
    for number, consignment in enumerate(route.roll):
        found[consignment.shipment_id] = consignment, number, first
        first += len(consignment.barcodes)
    return found
