"""Random days of a hub: a story of steps, the stores that the story leads to, and its figures.

The figures are counted a second time here, from the steps alone, slowly and in another way: each
name is one comprehension over the whole story. Nothing of `chalicelib.domain.metrics` is used.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import distance_m
from chalicelib.domain.ids import DriverId, EventId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import TrackEntry
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.routes.routes import Consignment, Route, RouteStatus, Stint, Stop
from chalicelib.domain.shipments.events import Event, EventType, range_data
from chalicelib.domain.shipments.shipments import Attempt, Correction, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_event,
    make_fix,
    make_live,
    make_proof,
    make_route,
    make_shipment,
    make_stop,
    minutes,
    north_of,
    seconds,
)
from tests.support.in_memory import InMemoryCarrier

REASONS: Final = (FailureReason.NOT_HOME, FailureReason.REFUSED, FailureReason.NO_ACCESS)
KEPT: Final = timedelta(days=60)


@dataclass(frozen=True)
class Step:
    """Something that happened at `at`; `what` says what, `facts` the rest."""

    at: datetime
    what: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.facts[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class Story:
    """The routes of a hub's day, its shipments as they were ordered, and all that happened."""

    routes: list[Route]
    shipments: dict[ShipmentId, Shipment]
    steps: list[Step]

    def of(self, what: str, **wanted: Any) -> list[Step]:
        return [
            s
            for s in self.steps
            if s.what == what and all(s.facts.get(k) == v for k, v in wanted.items())
        ]


def random_story(seed: int) -> Story:
    chance = random.Random(seed)
    numbers = iter(range(1, 1_000))
    routes: list[Route] = []
    shipments: dict[ShipmentId, Shipment] = {}
    steps: list[Step] = []
    for index in range(chance.randint(1, 3)):
        stops: list[Stop] = []
        for number in range(chance.randint(1, 5)):
            orders = [_order(chance, next(numbers)) for _ in range(chance.randint(1, 2))]
            shipments |= {each.id: each for each in orders}
            stops.append(
                make_stop(
                    number,
                    consignments=tuple(Consignment(each.id, each.barcodes) for each in orders),
                )
            )
        route = make_route(stops, id=RouteId(f"rte_{index}"), driver_id=DriverId(f"drv_{index}"))
        routes.append(_driven(chance, route, shipments, steps))
    _afterwards(chance, shipments, steps)
    return Story(routes, shipments, sorted(steps, key=lambda step: step.at))


def _order(chance: random.Random, number: int) -> Shipment:
    window = Range(NOON, NOON + minutes(chance.randint(5, 90)))
    return make_shipment(
        number,
        shipper_id=ShipperId(f"shr_{chance.randint(1, 3)}"),
        window=window if chance.random() < 0.6 else None,
        proof_requirements=ProofRequirements(
            photo=chance.choice([Requirement.NONE, Requirement.REQUIRED]),
            photo_when_failed=chance.choice([Requirement.NONE, Requirement.REQUIRED]),
        ),
    )


def _driven(
    chance: random.Random, route: Route, shipments: dict[ShipmentId, Shipment], steps: list[Step]
) -> Route:
    """Drive the route; perhaps another driver takes over between two stops."""
    at = NOON + seconds(chance.randint(0, 600))
    started_at, driver_id = at, DriverId(f"{route.driver_id}_first")
    hands_over_before = chance.randint(1, 8)
    stints: list[Stint] = []
    promises = {
        stop.number: Range(at + minutes(10 * stop.number), at + minutes(10 * stop.number + 15))
        for stop in route.stops
    }
    etas = [
        Eta(at + minutes(n), at + minutes(n - 4), at + minutes(n + 6))
        for n in (chance.randint(4, 60) for _ in route.stops)
    ]
    steps.append(Step(at, "start", {"route": route.id, "driver": driver_id, "etas": etas}))
    for stop in route.stops:
        for shipment_id in stop.shipment_ids:
            left = {"shipment": shipment_id, "promise": promises[stop.number]}
            steps += [Step(at, "left", left)]
    place = HELSINKI
    for index, stop in enumerate(route.stops):
        if index == hands_over_before:
            at += seconds(30)
            stints.append(Stint(driver_id, at))
            driver_id = DriverId(f"{route.driver_id}_second")
            at += seconds(1)
        fixes: list[Fix] = []
        for _ in range(chance.randint(1, 4)):
            at += seconds(chance.randint(20, 240))
            place = north_of(place, chance.choice([40.0, 250.0, 600.0]))
            fixes.append(make_fix(at, coordinates=place))
        facts = {"route": route.id, "driver": driver_id, "fixes": tuple(fixes)}
        steps.append(Step(at, "track", facts))
        arrived_at = at
        at += seconds(chance.randint(5, 900))
        steps.append(
            Step(
                at,
                "visit",
                {
                    "route": route.id,
                    "driver": driver_id,
                    "stop": stop.number,
                    "arrived_at": arrived_at if chance.random() < 0.9 else None,
                },
            )
        )
        for shipment_id in stop.shipment_ids:
            is_delivered = chance.random() < 0.75
            outcome: dict[str, Any] = {
                "shipment": shipment_id,
                "driver": driver_id,
                "route": route.id,
                "status": Status.DELIVERED if is_delivered else Status.ATTEMPT_FAILED,
                "reason": None if is_delivered else chance.choice(REASONS),
                "has_photo": chance.random() < 0.5,
            }
            steps.append(Step(at, "outcome", outcome))
            for _ in range(chance.randint(0, 3)):
                told_at = started_at + seconds(chance.randint(1, 300))
                steps.append(_news(chance, shipment_id, told_at))
    steps.append(Step(at + seconds(1), "end", {"route": route.id}))
    return replace(
        route,
        driver_id=driver_id,
        stints=tuple(stints),
        stops=tuple(replace(stop, promise=promises[stop.number]) for stop in route.stops),
    )


def _news(chance: random.Random, shipment_id: ShipmentId, at: datetime) -> Step:
    kind = chance.choice(["alert", "promise", "message", "message", "message"])
    if kind == "message":
        author = chance.choice(["recipient", "driver", "dispatcher"])
        return Step(at, "message", {"shipment": shipment_id, "author": author})
    event = EventType.DRIVER_SILENT if kind == "alert" else EventType.DELAYED
    return Step(at, "news", {"shipment": shipment_id, "type": event})


def _afterwards(chance: random.Random, shipments: Iterable[ShipmentId], steps: list[Step]) -> None:
    """On the next days: ratings, corrections, answers that were late, and another delivery."""
    for shipment_id in shipments:
        later = NOON + timedelta(hours=20)
        if chance.random() < 0.25:
            outcome = chance.choice(["delivered", "attempt_failed", "none"])
            steps.append(Step(later, "correct", {"shipment": shipment_id, "outcome": outcome}))
        if chance.random() < 0.5:
            for _ in range(chance.randint(1, 2)):
                later += seconds(chance.randint(1, 9_000))
                stars = chance.randint(1, 5)
                steps.append(Step(later, "rate", {"shipment": shipment_id, "stars": stars}))
        if chance.random() < 0.2:
            later += timedelta(hours=10)
            steps.append(Step(later, "left_again", {"shipment": shipment_id}))
            steps.append(Step(later + minutes(5), "rate_again", {"shipment": shipment_id}))


@dataclass
class Play:
    """The stores as the first steps of a story leave them."""

    story: Story
    carrier: InMemoryCarrier = field(default_factory=InMemoryCarrier)

    def until(self, count: int) -> "Play":
        """Put everything as it is after so many steps, whatever was there."""
        steps = self.story.steps[:count]
        clock = self.carrier.clock
        clock.go_on((steps[-1].at if steps else NOON) + seconds(10) - clock.now())
        for route in self.story.routes:
            self.carrier.has(self._route(route, steps))
            self._drive(route, steps)
        for shipment_id in self.story.shipments:
            shipment, events = _shipment(self.story, shipment_id, steps)
            self.carrier.shipments.shipments[shipment_id] = shipment
            self.carrier.shipments.histories[shipment_id] = {e.seq: e for e in events}
        return self

    def _route(self, route: Route, steps: Sequence[Step]) -> Route:
        started = [s.at for s in steps if s.what == "start" and s.route == route.id]
        ended = [s.at for s in steps if s.what == "end" and s.route == route.id]
        if not started:
            return route
        status = RouteStatus.COMPLETED if ended else RouteStatus.ACTIVE
        return replace(
            route,
            status=status,
            started_at=started[0],
            completed_at=ended[0] if ended else None,
        )

    def _drive(self, route: Route, steps: Sequence[Step]) -> None:
        left = self.carrier.routes.departed.left.setdefault(route.id, {})
        for step in steps:
            if step.facts.get("route") != route.id:
                continue
            if step.what in {"start", "visit"}:
                departure = Departure(
                    route_id=route.id,
                    driver_id=step.driver,
                    stop_number=step.facts.get("stop"),
                    left_at=step.at,
                    told_at=step.at,
                    expires_at=NOON + KEPT,
                    arrived_at=step.facts.get("arrived_at"),
                    etas=step.facts.get("etas", ()),
                )
                left[departure.key] = departure
            elif step.what == "track":
                live = make_live(0, driver_id=step.driver, route_id=route.id, etas=())
                self.carrier.fleet.append_track(
                    TrackEntry(step.driver, route.id, step.fixes, live, step.at, NOON + KEPT)
                )


def _shipment(  # noqa: C901 - a case for each kind of step
    story: Story, shipment_id: ShipmentId, steps: Sequence[Step]
) -> tuple[Shipment, list[Event]]:
    """A shipment as its steps leave it, with its history."""
    shipment = story.shipments[shipment_id]
    events = [make_event(1, shipment_id=shipment_id)]
    attempts: list[Attempt] = []
    corrections: list[Correction] = []

    def told(kind: EventType, at: datetime, **data: Any) -> None:
        seq = len(events) + 1
        events.append(
            make_event(
                seq,
                id=EventId(f"evt_{shipment_id}_{seq}"),
                shipment_id=shipment_id,
                type=kind,
                occurred_at=at,
                recorded_at=at,
                data=data,
            )
        )

    for step in steps:
        if step.facts.get("shipment") != shipment_id:
            continue
        match step.what:
            case "left":
                told(EventType.OUT_FOR_DELIVERY, step.at, promise=range_data(step.promise))
            case "left_again":
                later = Range(step.at, step.at + minutes(30))
                told(EventType.OUT_FOR_DELIVERY, step.at, promise=range_data(later))
            case "outcome":
                proofs = (make_proof(),) if step.has_photo else ()
                attempts.append(
                    Attempt(1, "a-1", step.status, step.at, step.driver, step.reason, None, proofs)
                )
                is_delivered = step.status is Status.DELIVERED
                kind = EventType.DELIVERED if is_delivered else EventType.ATTEMPT_FAILED
                told(kind, step.at)
            case "news":
                new = range_data(Range(step.at, step.at + minutes(20)))
                promise = {"promise": new} if step.type is EventType.DELAYED else {}
                told(step.type, step.at, **promise)
            case "message":
                told(EventType.MESSAGE_SENT, step.at, author=step.author, message_id="msg_1")
            case "rate":
                told(EventType.RATED, step.at, stars=step.stars, attempt_number=1)
            case "rate_again":
                told(EventType.RATED, step.at, stars=1, attempt_number=2)
            case "correct" if attempts:
                last = attempts[-1]
                became = None if step.outcome == "none" else Status(step.outcome)
                corrections.append(
                    Correction(1, "a-1", last.driver_id, step.at, last.status, became, "Wrong.")
                )
                if became is None:
                    attempts.pop()
                else:
                    reason = REASONS[0] if became is Status.ATTEMPT_FAILED else None
                    attempts[-1] = replace(last, status=became, reason=reason)
                told(EventType.CORRECTED, step.at, outcome=step.outcome)
    made = replace(
        shipment,
        attempts=1 if attempts or corrections else 0,
        last_attempt=attempts[-1] if attempts else None,
        corrections=tuple(corrections),
        seq=len(events),
    )
    return made, events


def recount(story: Story) -> dict[str, dict[str, Counter[str]]]:
    """The sums of the day by driver and by shipper, from the steps alone."""
    drivers: dict[str, Counter[str]] = defaultdict(Counter)
    shippers: dict[str, Counter[str]] = defaultdict(Counter)
    for shipment_id, shipment in story.shipments.items():
        driver_id, tally = _of_goods(story, shipment)
        if driver_id is not None:
            drivers[driver_id].update(tally)
            shippers[shipment.shipper_id].update(tally)
        assert shipment_id == shipment.id
    for route in story.routes:
        for driver_id, tally in _of_vans(story, route):
            drivers[driver_id].update(tally)
    return {
        "driver": {key: +tally for key, tally in drivers.items()},
        "shipper": {key: +tally for key, tally in shippers.items()},
    }


def _of_goods(story: Story, shipment: Shipment) -> tuple[str | None, Counter[str]]:
    outcomes = story.of("outcome", shipment=shipment.id)
    if not outcomes:
        return None, Counter()
    (outcome,) = outcomes
    corrected = story.of("correct", shipment=shipment.id)
    final = corrected[-1].outcome if corrected else outcome.status.value
    if final == "none":
        return None, Counter()
    is_delivered = final == "delivered"
    tally = Counter(tried=1, first_tried=1, attempts=1, could_rate=1)
    tally["delivered"] = tally["first_delivered"] = int(is_delivered)
    if not is_delivered:
        tally["failed"] = 1
        reason = REASONS[0] if corrected else outcome.reason
        tally[f"failed.{reason.value}"] = 1
    asked = shipment.proof_requirements
    if (asked.photo if is_delivered else asked.photo_when_failed) is Requirement.REQUIRED:
        tally["proofs_asked"] = 1
        tally["proofs_complete"] = int(outcome.has_photo)
    if is_delivered and shipment.window is not None:
        _count_within(tally, "window", shipment.window, outcome.at)
    left = story.of("left", shipment=shipment.id)[0]
    visit = next(v for v in story.of("visit", route=outcome.route) if v.at == outcome.at)
    _count_within(tally, "promise", left.promise, visit.arrived_at or outcome.at)
    rated = story.of("rate", shipment=shipment.id)
    if rated:
        tally["ratings"], tally["stars"] = 1, rated[-1].stars
        tally[f"stars.{rated[-1].stars}"] = 1
    news = story.of("news", shipment=shipment.id)
    tally["alerts"] = len(news)
    tally["promise_changes"] = sum(each.type is EventType.DELAYED for each in news)
    _count_messages(tally, story.of("message", shipment=shipment.id))
    return outcome.driver, tally


def _count_within(tally: Counter[str], name: str, wanted: Range, at: datetime) -> None:
    tally[f"{name}.count"] += 1
    tally[f"{name}.early"] += at < wanted.earliest
    tally[f"{name}.late"] += at > wanted.latest
    tally[f"{name}.met"] += wanted.earliest <= at <= wanted.latest


def _count_messages(tally: Counter[str], messages: Sequence[Step]) -> None:
    waiting: datetime | None = None
    for each in messages:
        tally["messages"] += 1
        tally[f"messages.{each.author}"] += 1
        if each.author == "recipient" and waiting is None:
            tally["questions"] += 1
            waiting = each.at
        elif each.author != "recipient" and waiting is not None:
            tally["answer.count"] += 1
            tally["answer.sum_s"] += round((each.at - waiting).total_seconds())
            waiting = None


def _of_vans(story: Story, route: Route) -> Iterator[tuple[str, Counter[str]]]:
    (start,) = story.of("start", route=route.id)
    visits = story.of("visit", route=route.id)
    drivers = dict.fromkeys([start.driver, route.driver_id, *(v.driver for v in visits)])
    last_fix: dict[str, Fix] = {}
    way_m: Counter[str] = Counter()
    for track in story.of("track", route=route.id):
        for fix in track.fixes:
            before = last_fix.get(track.driver)
            if before is not None:
                way_m[track.driver] += distance_m(before.coordinates, fix.coordinates)  # type: ignore[assignment]
            last_fix[track.driver] = fix
    for driver_id in drivers:
        own = [v for v in visits if v.driver == driver_id]
        tally = Counter(routes=1, stops_done=len(own), distance_m=round(way_m[driver_id]))
        if driver_id == route.driver_id:
            tally["stops_planned"] = len(route.stops)
        left_at = start.at
        for visit in visits:
            if visit.driver == driver_id:
                tally["duty_s"] += round((visit.at - left_at).total_seconds())
                if visit.arrived_at is not None:
                    tally["service.count"] += 1
                    tally["service.sum_s"] += round((visit.at - visit.arrived_at).total_seconds())
                    tally["driving.count"] += 1
                    tally["driving.sum_s"] += round((visit.arrived_at - left_at).total_seconds())
                    told = start.etas[visit.stop]
                    error_s = (told.point - visit.arrived_at).total_seconds()
                    tally["eta.at_start.count"] += 1
                    tally["eta.at_start.sum_s"] += round(abs(error_s))
                    is_covered = told.earliest <= visit.arrived_at <= told.latest
                    tally["eta.at_start.covered"] += is_covered
            left_at = visit.at
        yield driver_id, tally
