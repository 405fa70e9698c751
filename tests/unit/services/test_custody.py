"""Random days of plans, scans, starts, deliveries, failures and repeats: where each parcel is.

Every parcel is at the hub, on one van, delivered or returned at every moment. The run sheet and the
events say the same as the shipments.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import Conflict, Invalid, NotFound
from chalicelib.domain.ids import DriverId, HubId, ShipmentId
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.domain.shipments.custody import (
    ParcelState,
    aboard,
    delivered,
    has_undecided,
    parcel_state,
)
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, FailureReason, Status
from chalicelib.services.driving.correct_outcomes import CorrectOutcome
from chalicelib.services.driving.scan_parcels import ScanParcels, ScanResult, ScanVerdict
from chalicelib.services.driving.unload_parcels import UnloadParcels
from chalicelib.services.driving.work_stops import WorkStop
from chalicelib.services.routes.plan_routes import PlanRoute
from chalicelib.services.routes.show_routes import ShowRoutes
from chalicelib.services.routes.start_route import StartOrder, StartRoute
from chalicelib.services.shipments.cancel_shipment import CancelShipment
from chalicelib.services.shipments.receive_parcels import ReceiveParcels
from chalicelib.services.shipments.retry_shipment import RetryShipment
from chalicelib.services.shipments.return_shipment import ReturnShipment
from tests.support.builders import make_hub, make_shipment, minutes
from tests.support.depth import times
from tests.support.fakes.road_networks import InMemoryRoadNetwork
from tests.support.in_memory import InMemoryCarrier

SHIPMENTS: Final = 5
STEPS: Final = 80
OFFICE: Final = Actor(Role.DISPATCHER, "key_1")
DRIVERS: Final = (DriverId("drv_1"), DriverId("drv_2"))
Where = dict[tuple[ShipmentId, str], ParcelState]


@dataclass
class Day:
    """A carrier with two vans, and everything that was done, to be done again."""

    rng: random.Random
    carrier: InMemoryCarrier = field(default_factory=InMemoryCarrier)
    done: list[Callable[[], object]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    actions: int = 0

    def __post_init__(self) -> None:
        self.carrier.road_network = InMemoryRoadNetwork()  # type: ignore[attr-defined]
        hub = make_hub()
        self.carrier.hubs.put(hub)
        for number in range(1, SHIPMENTS + 1):
            codes = [f"P{number}-{i}" for i in range(self.rng.randint(1, 3))]
            shipment = make_shipment(number, parcels=tuple(map(Parcel, codes)))
            self.carrier.has(shipment)
            now = self.carrier.clock.now()
            self.carrier.barcodes.take(
                shipment.shipper_id,
                codes,
                shipment.id,
                now=now,
                expires_at=now + timedelta(days=60),
            )
        self.carrier.has(*(Live(driver_id, version=1) for driver_id in DRIVERS))

    @property
    def taken_off(self) -> int:
        """How often anything may have been taken off a van: then a late scan loads it again."""
        return self.counts.get("unload", 0) + self.counts.get("receive", 0)

    @property
    def where(self) -> Where:
        """Where each parcel is."""
        return {
            (shipment.id, barcode): parcel_state(shipment, barcode)
            for shipment in self.carrier.shipments.shipments.values()
            for barcode in shipment.barcodes
        }

    def driver(self) -> Actor:
        driver_id = self.rng.choice(DRIVERS)
        return Actor(Role.DRIVER, driver_id, driver_id=driver_id, epoch=1)

    def action(self) -> str:
        self.actions += 1
        return f"action-{self.actions}"

    def step(self) -> None:
        """Anything that can happen; what is refused changes nothing."""
        kinds = [self.plan, *[self.scan] * 5, self.start, *[self.work] * 5]
        office = [self.cancel, self.retry, self.send_back, self.close, self.correct]
        act = self.rng.choice([*kinds, *office, self.unload, self.receive, self.repeat])
        before, stores = self.where, str(self.carrier.stores)
        try:
            act()
        except (Conflict, Invalid, NotFound):
            self.counts["refused"] = self.counts.get("refused", 0) + 1
            assert act in {self.plan, self.start} or str(self.carrier.stores) == stores
        self._assert_moves(act.__name__, before)
        self.carrier.clock.go_on(minutes(self.rng.choice([1, 5, 30])))

    def do(self, name: str, what: Callable[[], object]) -> None:
        what()
        self.done.append(what)
        self.counts[name] = self.counts.get(name, 0) + 1

    def plan(self) -> None:
        ids = [ShipmentId(f"shp_{number:04d}") for number in range(1, SHIPMENTS + 1)]
        chosen = self.rng.sample(ids, self.rng.randint(1, 3))
        now = self.carrier.clock.now()
        order = NewRoute(
            driver_id=self.rng.choice(DRIVERS),
            hub_id=HubId("hub_1"),
            service_day=now.date(),
            starts_at=now,
            visits=tuple(PlannedVisit((each,)) for each in chosen),
        )
        self.do("plan", lambda: self.carrier.use(PlanRoute)(order, actor=OFFICE))

    def scan(self) -> None:
        shipment_id, barcode = self.rng.choice(list(self.where))
        text = self.rng.choice(["{}", "{}\r\n", "]C0{}", " {}"]).format(barcode)
        chosen = self.rng.choice([None, None, shipment_id])
        scan = Scan(self.action(), text, self.carrier.clock.now(), chosen)
        actor, taken_off = self.driver(), self.taken_off
        first: list[tuple[ScanResult, ...]] = []

        def once() -> None:
            results = self.carrier.use(ScanParcels)((scan,), actor=actor)
            took = {ScanVerdict.LOADED, ScanVerdict.PARTLY_LOADED}
            if not first:
                first.append(results)
            elif self.taken_off == taken_off and {first[0][0].verdict, results[0].verdict} <= took:
                assert results[0].verdict == first[0][0].verdict
                assert results[0].shipment_id == first[0][0].shipment_id

        self.do("scan", once)

    def start(self) -> None:
        order, actor = StartOrder(self.action(), confirms_other_day=True), self.driver()
        self.do("start", lambda: self.carrier.use(StartRoute).of_driver(actor, order))

    def work(self) -> None:
        actor = self.driver()
        live = self.carrier.fleet.live(DriverId(actor.id))
        if live.route_id is None:
            return
        stop = self.rng.choice(self.carrier.routes.get(live.route_id).stops)
        step = self.rng.choice([Step.ARRIVE, Step.DELIVER, Step.DELIVER, Step.FAIL])
        parcels = [(c.shipment_id, barcode) for c in stop.consignments for barcode in c.barcodes]
        scanned = [key for key in parcels if self.where[key] is not ParcelState.AT_HUB]
        barcodes = [barcode for _, barcode in self.rng.choice([scanned, scanned, parcels])]
        barcodes = barcodes or [barcode for _, barcode in parcels]
        is_partial = step is not Step.ARRIVE and self.rng.random() < 0.4
        some = self.rng.sample(barcodes, self.rng.randint(1, len(barcodes))) if is_partial else []
        report = StopReport(
            stop_id=stop.id,
            step=step,
            action_id=self.action(),
            occurred_at=self.carrier.clock.now(),
            reason=FailureReason.NOT_HOME if step is Step.FAIL else None,
            barcodes=tuple(some),
        )
        self.do(step.value, lambda: self.carrier.use(WorkStop)(report, actor=actor))

    def some(self, *statuses: Status) -> ShipmentId:
        """Any shipment, most often one with such a status."""
        found = self.carrier.shipments.shipments.values()
        wanted = [shipment.id for shipment in found if shipment.status in statuses]
        chosen = wanted if wanted and self.rng.random() < 0.8 else [each.id for each in found]
        return self.rng.choice(chosen)

    def cancel(self) -> None:
        if self.rng.random() < 0.9:  # else there would soon be nothing to deliver
            return
        key = self.some()
        use = self.carrier.use(CancelShipment)
        self.do("cancel", lambda: use(key, reason=None, actor=OFFICE))

    def retry(self) -> None:
        key = self.some(Status.ATTEMPT_FAILED)
        use = self.carrier.use(RetryShipment)
        self.do("retry", lambda: use(key, lambda shipment: shipment, actor=OFFICE))

    def send_back(self) -> None:
        key = self.some(Status.ATTEMPT_FAILED)
        use = self.carrier.use(ReturnShipment)
        self.do("send_back", lambda: use.begin(key, reason=None, actor=OFFICE))

    def close(self) -> None:
        key = self.some(Status.RETURNING)
        use = self.carrier.use(ReturnShipment)
        self.do("close", lambda: use.close(key, actor=OFFICE))

    def correct(self) -> None:
        key = self.some(Status.DELIVERED, Status.ATTEMPT_FAILED)
        last = self.carrier.shipments.get(key).last_attempt
        outcome = self.rng.choice(list(TrueOutcome))
        reason = FailureReason.LOST if outcome is TrueOutcome.ATTEMPT_FAILED else None
        order = CorrectionOrder(outcome, "A mistake", reason, last.number if last else None)
        use = self.carrier.use(CorrectOutcome)
        self.do("correct", lambda: use(key, order, actor=OFFICE))

    def unload(self) -> None:
        key, barcode = self.rng.choice(list(self.where))
        actor, use = self.driver(), self.carrier.use(UnloadParcels)
        scan = Scan(self.action(), barcode, self.carrier.clock.now(), key)
        self.do("unload", lambda: use((scan,), actor=actor))

    def receive(self) -> None:
        key, barcode = self.rng.choice(list(self.where))
        use = self.carrier.use(ReceiveParcels)
        scan = Scan(self.action(), barcode, self.carrier.clock.now(), key)
        self.do("receive", lambda: use(HubId("hub_1"), (scan,), actor=OFFICE))

    def repeat(self) -> None:
        """One of the last requests comes again, as from a queue whose answer was lost.

        Plans and corrections have an Idempotency-Key for that.
        """
        once = ("Day.plan.", "Day.correct.")
        again = [what for what in self.done[-4:] if not what.__qualname__.startswith(once)]
        if again:
            before = self.where
            self.rng.choice(again)()
            self.counts["repeat"] = self.counts.get("repeat", 0) + 1
            assert delivered_of(self.where) >= delivered_of(before)

    def _assert_moves(self, act: str, before: Where) -> None:
        """Parcels move only as what was done can move them."""
        may_move = {
            "plan": {(ParcelState.ABOARD, ParcelState.AT_HUB)},
            "scan": {(ParcelState.AT_HUB, ParcelState.ABOARD)},
            "work": {
                (ParcelState.ABOARD, ParcelState.DELIVERED),
                (ParcelState.AT_HUB, ParcelState.DELIVERED),  # the office took it back too early
                (ParcelState.DELIVERED, ParcelState.ABOARD),  # the driver takes a delivery back
            },
            "start": set(),
            "cancel": {(ParcelState.ABOARD, ParcelState.AT_HUB)},
            "retry": {(ParcelState.ABOARD, ParcelState.AT_HUB)},
            "send_back": {(ParcelState.ABOARD, ParcelState.AT_HUB)},
            "close": {(ParcelState.AT_HUB, ParcelState.RETURNED)},
            "unload": {(ParcelState.ABOARD, ParcelState.AT_HUB)},
            "receive": {(ParcelState.ABOARD, ParcelState.AT_HUB)},
            "correct": {
                (ParcelState.ABOARD, ParcelState.DELIVERED),
                (ParcelState.DELIVERED, ParcelState.ABOARD),
                (ParcelState.DELIVERED, ParcelState.AT_HUB),
                (ParcelState.ABOARD, ParcelState.AT_HUB),
            },
        }
        now = self.where
        moves = {(before[key], now[key]) for key in now if before[key] is not now[key]}
        for shipment_id, _ in delivered_of(before) - delivered_of(now):
            assert self.is_corrected(shipment_id), shipment_id
        allowed = may_move.get(act, set().union(*may_move.values()))
        assert moves <= allowed, (act, moves)

    def is_corrected(self, shipment_id: ShipmentId) -> bool:
        """Whether its history tells that an outcome was put right at this moment."""
        now = self.carrier.clock.now()
        events = self.carrier.shipments.histories[shipment_id].values()
        return any(e.type is EventType.CORRECTED and e.recorded_at == now for e in events)


def delivered_of(where: Where) -> set[tuple[ShipmentId, str]]:
    return {key for key, state in where.items() if state is ParcelState.DELIVERED}


def assert_told(day: Day) -> None:
    """The events alone say which parcels were handed over and which are on the road."""
    for shipment_id, shipment in day.carrier.shipments.shipments.items():
        handed: set[str] = set()
        out: set[str] = set()
        for event in day.carrier.shipments.histories[shipment_id].values():
            handed, out = told_by(event, shipment, handed, out)
        assert handed == delivered(shipment), shipment
        assert out <= aboard(shipment), (out, shipment)
        if shipment.status in {"out_for_delivery", "arrived", "delivered", "attempt_failed"}:
            assert out == aboard(shipment), (out, shipment)


def told_by(
    event: Event, shipment: Shipment, handed: set[str], out: set[str]
) -> tuple[set[str], set[str]]:
    """What is handed over and what is out after an event."""
    named = event.data.get("barcodes")
    concerned = set(named) if isinstance(named, list) else set(shipment.barcodes)
    is_loaded_alone = event.type is EventType.LOADED and isinstance(named, list)
    match event.type, event.data.get("outcome"):
        case (EventType.DELIVERED, _) | (EventType.CORRECTED, "delivered"):
            handed, out = handed | concerned, out - concerned
        case (EventType.CORRECTED, _):
            is_at_hub = event.data["status"] == "accepted"
            handed, out = handed - concerned, set() if is_at_hub else out | concerned
        case (EventType.ACCEPTED, _):
            out = out - concerned
        case (EventType.RETURNING | EventType.CANCELLED, _):
            out = set()
    is_out = event.type is EventType.OUT_FOR_DELIVERY or is_loaded_alone
    return handed, out | concerned if is_out else out


def assert_on_one_van(day: Day) -> None:
    """What is aboard has one driver, and the driver's route lists it."""
    for shipment in day.carrier.shipments.shipments.values():
        if aboard(shipment):
            assert shipment.assignment is not None
            route = day.carrier.routes.get(shipment.assignment.route_id)
            assert shipment.id in {each for stop in route.stops for each in stop.shipment_ids}


def assert_shown(day: Day) -> None:
    """The driver sees each parcel of the route where it is, and open stops have something to do."""
    for driver_id in DRIVERS:
        actor = Actor(Role.DRIVER, driver_id, driver_id=driver_id, epoch=1)
        live = day.carrier.fleet.live(driver_id)
        if not live.is_on_shift:
            continue
        shown = day.carrier.use(ShowRoutes).of_driver(actor)
        assert shown.route.status is RouteStatus.ACTIVE
        for key, seen in shown.shipments.items():
            shipment = day.carrier.shipments.get(key)
            if shipment.is_on(shown.route.id):
                real = tuple(parcel_state(shipment, barcode) for barcode in seen.barcodes)
                assert seen.states == real, (seen, shipment)
                assert not has_undecided(shipment) or shipment.status in ON_THE_WAY, shipment


@pytest.mark.parametrize("seed", range(times(quick=20, deep=3_000)))
def test_every_parcel_is_accounted_for_at_every_moment(seed: int) -> None:
    day = Day(random.Random(seed))

    for _ in range(STEPS):
        day.step()
        assert_told(day)
        assert_on_one_van(day)
        assert_shown(day)


def test_random_days_do_everything() -> None:
    """The days above deliver, fail, repeat and are refused; else they would show nothing."""
    counts: dict[str, int] = {}
    for seed in range(40):
        day = Day(random.Random(seed))
        for _ in range(STEPS):
            day.step()
        for name, count in day.counts.items():
            counts[name] = counts.get(name, 0) + count

    assert set(counts) >= {
        "plan",
        "scan",
        "start",
        "deliver",
        "fail",
        "arrive",
        "repeat",
        "refused",
        "cancel",
        "retry",
        "send_back",
        "close",
        "correct",
        "unload",
        "receive",
    }
    assert min(counts.values()) >= 3, counts
