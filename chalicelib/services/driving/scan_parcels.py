"""A driver loads by scanning: tracking begins here.

Each scan has its own verdict, and a repeat of a scan has the verdict of the first time. A shipment
is loaded when all of its parcels have been scanned; one that nobody has accepted yet is accepted by
the same scan. On the road a scanned parcel is out for delivery at once. Afterwards the run sheet is
told of all parcels that are scanned now; if that is cut off, the repeat of the scans or the start
tells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.loading import can_be_back, is_open_for_loading
from chalicelib.domain.driving.run_sheets import Handled, parcel_numbers, run_sheet_expires_at
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, DriverId, EventId, ShipmentId
from chalicelib.domain.journal.changes import HandledAdded, ShipmentChange
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.barcodes import Index
from chalicelib.domain.shipments.custody import (
    ParcelState,
    has_aboard,
    parcel_state,
    parts,
    parts_data,
    with_scanned,
)
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import Step, append, may_take, take
from chalicelib.domain.shipments.scans import (
    Scan,
    completed_by,
    is_of_earlier_route,
    scan_mark,
    with_mark,
)
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.driving.boarding import Boarding
from chalicelib.services.driving.shifts import live_of, planned_routes
from chalicelib.services.retries import retried


class ScanVerdict(StrEnum):
    """The result of a scan."""

    LOADED = "loaded"
    ALREADY_LOADED = "already_loaded"
    PARTLY_LOADED = "partly_loaded"
    AMBIGUOUS = "ambiguous"
    NOT_ON_ROUTE = "not_on_route"
    NOT_LOADABLE = "not_loadable"
    CANCELLED = "cancelled"


ABOARD: Final = frozenset(
    {ScanVerdict.LOADED, ScanVerdict.ALREADY_LOADED, ScanVerdict.PARTLY_LOADED}
)
"""The parcel is on a van, or was when the scan came first."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The verdict on one scan. ``choices`` are the shipments that an ambiguous one can mean.

    ``is_of_earlier_route``: it is the verdict of the first time, when another route was loaded.
    """

    action_id: str
    verdict: ScanVerdict
    shipment_id: ShipmentId | None = None
    barcode: str | None = None
    choices: tuple[ShipmentId, ...] = ()
    is_of_earlier_route: bool = False

    @property
    def is_aboard(self) -> bool:
        """Whether the parcel is on the van of its present route now."""
        return self.verdict in ABOARD and not self.is_of_earlier_route


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel that a scan can mean."""

    route: Route
    shipment: Shipment
    barcode: str

    @property
    def state(self) -> ParcelState:
        return parcel_state(self.shipment, self.barcode)


_Named = tuple[int, ShipmentId, str]
"""A parcel in the index: the number of its route, its shipment and its barcode."""


@dataclass(frozen=True, slots=True)
class ScanParcels(Boarding):
    """Takes scans in. Safe to repeat: what is loaded stays loaded. Raises NotFound without a route
    to load and Unauthorized for a revoked token.
    """

    def __call__(self, scans: tuple[Scan, ...], *, actor: Actor) -> tuple[ScanResult, ...]:
        """A result for each scan, in order."""
        live = live_of(self.fleet, actor)
        routes = self._routes(live)
        index = _index(routes)
        results = tuple(
            retried(partial(self._scan, scan, live, routes, index, actor)) for scan in scans
        )
        for route in routes:
            self._board_scanned(route, live.driver_id, results, actor)
            self._note(route, results)
        return results

    def _routes(self, live: Live) -> tuple[Route, ...]:
        """Those that a parcel may belong to: what is to be driven, then what is being driven."""
        planned = planned_routes(self.routes, live)
        if live.route_id is not None and is_open_for_loading(live, self.clock.now(), self.policy):
            driven = self.routes.get(live.route_id)
            if driven.driver_id == live.driver_id:  # else it was handed over
                return (*planned, driven)
        if not planned:
            raise NotFound
        return planned

    def _scan(
        self, scan: Scan, live: Live, routes: Sequence[Route], index: Index[_Named], actor: Actor
    ) -> ScanResult:
        """What the scan did the first time; else what it does now."""
        mark = scan_mark(DriverId(actor.id), scan.action_id, scan.barcode)
        parcels = self._parcels(scan, routes, index)
        cancelled = [p for p in parcels if p.shipment.status is Status.CANCELLED]
        parcels = [p for p in parcels if p not in cancelled]
        for parcel in parcels:
            is_complete = completed_by(parcel.shipment, mark)
            if is_complete is not None:
                verdict = ScanVerdict.LOADED if is_complete else ScanVerdict.PARTLY_LOADED
                is_earlier = is_of_earlier_route(parcel.shipment, mark)
                return replace(_result(scan, verdict, parcel), is_of_earlier_route=is_earlier)
        parcels = [p for p in parcels if self._is_taken(p, live, routes)]
        to_load = [p for p in parcels if _may_load(p, actor)]
        loaded = [p for p in parcels if p.state is ParcelState.ABOARD]
        choices = tuple(dict.fromkeys(p.shipment.id for p in parcels if p in [*to_load, *loaded]))
        if to_load and loaded and len(choices) > 1:
            return ScanResult(scan.action_id, ScanVerdict.AMBIGUOUS, choices=choices)
        if to_load:
            return self._load(scan, to_load[0], mark, actor)
        if loaded:
            return _result(scan, _when_aboard(loaded[-1].shipment), loaded[-1])
        return _not_loaded(scan, [*cancelled, *parcels])

    def _is_taken(self, parcel: _Parcel, live: Live, routes: Sequence[Route]) -> bool:
        """Whether the parcel's route still takes it, if it is at the hub.

        A route that has ended takes nothing once the next one is being loaded, or waits for that
        while the van can be back at the hub. It would go on, and the next one could not start.
        """
        if parcel.state is not ParcelState.AT_HUB:
            return True
        if parcel.route.status.is_open:
            return True
        following, now = [r for r in routes if r.id != parcel.route.id], self.clock.now()
        if can_be_back(live, parcel.route, now, self.policy) and any(
            route.may_start(now, self.policy) for route in following
        ):
            return False
        planned = {id_: route.id for route in following for id_, _ in route.parcels}
        found = self.shipments.get_many(list(planned))
        return not any(s.is_on(planned[key]) and has_aboard(s) for key, s in found.items())

    def _parcels(self, scan: Scan, routes: Sequence[Route], index: Index[_Named]) -> list[_Parcel]:
        """The parcels that the scan can mean, in the order of the routes; cancelled ones, too."""
        parcels = []
        for number, shipment_id, barcode in sorted(index.find(scan.barcode), key=lambda n: n[0]):
            if scan.shipment_id in {None, shipment_id}:
                shipment = self.shipments.get(shipment_id)
                is_cancelled = shipment.status is Status.CANCELLED
                if is_cancelled or shipment.is_on(routes[number].id):
                    parcels.append(_Parcel(routes[number], shipment, barcode))
        return parcels

    def _load(self, scan: Scan, parcel: _Parcel, mark: str, actor: Actor) -> ScanResult:
        change = self._loaded(parcel.shipment, parcel.barcode, scan, mark, actor)
        self.journal.commit(change)
        is_complete = change.after.is_fully_scanned
        verdict = ScanVerdict.LOADED if is_complete else ScanVerdict.PARTLY_LOADED
        return _result(scan, verdict, parcel)

    def _loaded(
        self, shipment: Shipment, barcode: str, scan: Scan, mark: str, actor: Actor
    ) -> ShipmentChange:
        now = self.clock.now()
        occurred_at = scan.occurred_at(shipment, now)
        after = with_mark(with_scanned(shipment, barcode), mark)
        after = replace(after, version=shipment.version + 1, updated_at=now)
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
        if shipment.status in ON_THE_WAY:  # the rest of it is out for delivery already
            after, event = append(
                after,
                EventType.LOADED,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                occurred_at=occurred_at,
                now=now,
                data=parts_data(after, [barcode]),
            )
            events.append(event)
        return ShipmentChange(after=after, events=tuple(events), expected_version=shipment.version)

    def _board_scanned(
        self, route: Route, driver_id: DriverId, results: Sequence[ScanResult], actor: Actor
    ) -> None:
        """On the road, what was scanned is out for delivery.

        A route may have been started since we read it, so this does not ask for its status.
        """
        own = {shipment_id for shipment_id, _ in route.parcels}
        scanned = [r.shipment_id for r in results if r.is_aboard and r.shipment_id in own]
        if not scanned:
            return
        shipment_ids = list(dict.fromkeys(filter(None, scanned)))
        self.board(driver_id, route.id, shipment_ids, actor=actor)

    def _note(self, route: Route, results: Sequence[ScanResult]) -> None:
        scanned: dict[ShipmentId, frozenset[str]] = {}
        for result in results:
            if result.is_aboard and result.shipment_id and result.barcode:
                earlier = scanned.get(result.shipment_id, frozenset())
                scanned[result.shipment_id] = earlier | {result.barcode}
        handled = Handled(parcels=parcel_numbers(route, scanned))
        if handled:
            self.journal.commit(HandledAdded(route.id, handled, run_sheet_expires_at(route)))


def _index(routes: Sequence[Route]) -> Index[_Named]:
    things: dict[str, list[_Named]] = {}
    for number, route in enumerate(routes):
        for shipment_id, barcode in route.parcels:
            things.setdefault(barcode, []).append((number, shipment_id, barcode))
    return Index(things)


def _may_load(parcel: _Parcel, actor: Actor) -> bool:
    """Whether a scan may load it: it is at the hub, and nobody has given the shipment up.

    A shipment of a route that is still planned can be on its way already, with a part of it: its
    start was interrupted.
    """
    shipment = parcel.shipment
    if parcel.state is not ParcelState.AT_HUB:
        return False
    if may_take(shipment, Step.ACCEPT, actor) or may_take(shipment, Step.LOAD, actor):
        return True
    has_left = ON_THE_WAY | {Status.DELIVERED, Status.ATTEMPT_FAILED}
    return shipment.status is Status.LOADED or shipment.status in has_left


def _not_loaded(scan: Scan, parcels: Sequence[_Parcel]) -> ScanResult:
    """The verdict on a parcel that cannot be loaded, or on none; the last one counts."""
    if not parcels:
        return ScanResult(scan.action_id, ScanVerdict.NOT_ON_ROUTE)
    is_cancelled = parcels[-1].shipment.status is Status.CANCELLED
    verdict = ScanVerdict.CANCELLED if is_cancelled else ScanVerdict.NOT_LOADABLE
    return _result(scan, verdict, parcels[-1])


def _when_aboard(shipment: Shipment) -> ScanVerdict:
    is_complete = parts(shipment).later == 0
    return ScanVerdict.ALREADY_LOADED if is_complete else ScanVerdict.PARTLY_LOADED


def _result(scan: Scan, verdict: ScanVerdict, parcel: _Parcel) -> ScanResult:
    return ScanResult(scan.action_id, verdict, parcel.shipment.id, parcel.barcode)
