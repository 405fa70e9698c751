from dataclasses import replace

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.errors import (
    NotFound,
    NothingLoaded,
    RouteUnderWay,
    Unauthorized,
    Unavailable,
)
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import SHIPMENTS_PER_TRANSACTION
from chalicelib.domain.routes.routes import Consignment, Route, RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.routes.start_route import StartRoute
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_live,
    make_route,
    make_shipment,
    make_stop,
    minutes,
)
from tests.support.fakes.contested import cut_off, goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

DRIVER = make_actor(epoch=1)
DISPATCHER = make_actor(Role.DISPATCHER)
DRIVER_ID = DriverId("drv_1")
ROUTE = RouteId("rte_1")
OTHER_ROUTE = RouteId("rte_2")
PER_STOP = 20
MANY = 5 * PER_STOP  # three transactions of shipments, then the route's


def loaded(number: int, stop_index: int, route_id: RouteId = ROUTE) -> Shipment:
    assignment = make_assignment(stop_index, route_id=route_id)
    return make_shipment(number, status=Status.LOADED, version=3, seq=3, assignment=assignment)


def at_the_hub() -> InMemoryCarrier:
    """A route of three stops with everything on the van."""
    carrier = InMemoryCarrier()
    carrier.has(*(loaded(i + 1, i) for i in range(3)), make_route(3))
    carrier.has(Live(DRIVER_ID, version=1, planned=(OTHER_ROUTE, ROUTE)))
    return carrier


def with_a_full_van() -> InMemoryCarrier:
    """A hundred loaded shipments for five stops: more than a transaction holds."""
    carrier = InMemoryCarrier()
    stops = []
    for i in range(MANY // PER_STOP):
        numbers = range(i * PER_STOP + 1, (i + 1) * PER_STOP + 1)
        carrier.has(*(loaded(number, i) for number in numbers))
        names = [ShipmentId(f"shp_{number:04d}") for number in numbers]
        stops.append(make_stop(i, consignments=tuple(Consignment(n, ("B",)) for n in names)))
    carrier.has(make_route(stops), Live(DRIVER_ID, version=1, planned=(ROUTE,)))
    return carrier


def start(carrier: InMemoryCarrier) -> Route:
    return carrier.use(StartRoute)(ROUTE, actor=DRIVER)


def promises(carrier: InMemoryCarrier) -> list[Range | None]:
    return [shipment.promise for shipment in carrier.shipments.shipments.values()]


def test_what_is_on_the_van_is_out_for_delivery_with_the_promise_of_its_stop() -> None:
    carrier = at_the_hub()

    route = start(carrier)

    for number, stop in enumerate(route.stops, start=1):
        shipment = carrier.shipment(number)
        assert shipment.status is Status.OUT_FOR_DELIVERY
        assert shipment.version == 4
        assert shipment.promise is not None
        assert shipment.promise == shipment.first_promise == stop.promise


def test_the_event_of_the_departure_tells_promise_and_eta() -> None:
    carrier = at_the_hub()

    start(carrier)

    (event,) = carrier.news(2)
    promise, eta = carrier.shipment(2).promise, carrier.fleet.live(DRIVER_ID).etas[1]
    assert (event.type, event.occurred_at) == (EventType.OUT_FOR_DELIVERY, NOON)
    assert event.actor_id == DRIVER.id
    assert promise is not None
    assert eta is not None
    assert event.data["promise"] == {
        "earliest": promise.earliest.isoformat(),
        "latest": promise.latest.isoformat(),
    }
    assert event.data["eta"] == {
        "point": eta.point.isoformat(),
        "earliest": eta.earliest.isoformat(),
        "latest": eta.latest.isoformat(),
    }


def test_a_promise_is_the_range_of_the_eta_on_full_five_minutes() -> None:
    carrier = at_the_hub()

    route = start(carrier)

    for stop, eta in zip(route.stops, carrier.fleet.live(DRIVER_ID).etas, strict=True):
        assert eta is not None
        assert stop.promise == eta.range.widened_to(minutes(5))


def test_a_van_that_waits_for_a_window_to_open_is_promised_a_range() -> None:
    carrier = at_the_hub()
    opens_at = NOON + minutes(600)
    window = Range(opens_at, opens_at + minutes(60))
    route = carrier.routes.get(ROUTE)
    carrier.has(replace(route, stops=tuple(replace(s, window=window) for s in route.stops)))

    start(carrier)

    assert promises(carrier)[0] == Range(opens_at, opens_at + minutes(5))
    assert all(promise and promise.earliest < promise.latest for promise in promises(carrier))


def test_the_route_is_active_under_a_new_plan_version() -> None:
    carrier = at_the_hub()

    route = start(carrier)

    assert (route.status, route.started_at) == (RouteStatus.ACTIVE, NOON)
    assert route.plan_version == make_route().plan_version + 1
    assert carrier.routes.get(ROUTE) == route


def test_the_driver_is_on_shift_with_nothing_left_of_the_last_route() -> None:
    carrier = at_the_hub()
    before = make_live(
        5,
        version=7,
        route_id=OTHER_ROUTE,
        ended_at=NOON - minutes(90),
        clock_skew=minutes(9),
        planned=(ROUTE, OTHER_ROUTE),
        nearest_stop=4,
        last_stop=4,
    )
    carrier.has(before)

    route = start(carrier)

    after = carrier.fleet.live(DRIVER_ID)
    assert after == Live(
        DRIVER_ID,
        version=8,
        epoch=before.epoch,
        route_id=ROUTE,
        plan_version=route.plan_version,
        started_at=NOON,
        clock_skew=before.clock_skew,
        progress=(Progress(),) * 3,
        etas=after.etas,
        planned=(OTHER_ROUTE,),
        began_at=route.hub_coordinates,
        is_at_hub=True,
    )
    assert None not in after.etas
    assert route.previous == before.route_id


def test_the_van_has_left_the_hub() -> None:
    carrier = at_the_hub()

    start(carrier)

    (departure,) = carrier.routes.departures(ROUTE, NOON)
    assert (departure.stop_number, departure.left_at, departure.told_at) == (None, NOON, NOON)
    assert departure.etas == carrier.fleet.live(DRIVER_ID).etas


def test_a_stop_with_nothing_on_the_van_is_skipped_and_promised_nothing() -> None:
    carrier = at_the_hub()
    carrier.has(replace(carrier.shipment(2), status=Status.ACCEPTED))

    route = start(carrier)

    live = carrier.fleet.live(DRIVER_ID)
    assert [stop.promise is None for stop in route.stops] == [False, True, False]
    assert [eta is None for eta in live.etas] == [False, True, False]
    assert [progress.is_done for progress in live.progress] == [False, True, False]
    assert carrier.shipment(2).promise is None
    assert carrier.told(2) == []


def test_what_another_route_has_taken_over_stays() -> None:
    carrier = at_the_hub()
    carrier.has(loaded(2, 1, OTHER_ROUTE))

    start(carrier)

    assert carrier.shipment(2) == loaded(2, 1, OTHER_ROUTE)


@pytest.mark.parametrize("status", [Status.CREATED, Status.ACCEPTED, Status.CANCELLED])
def test_an_empty_van_does_not_start(status: Status) -> None:
    carrier = at_the_hub()
    carrier.has(*(replace(carrier.shipment(i), status=status) for i in (1, 2, 3)))

    with pytest.raises(NothingLoaded) as refused:
        start(carrier)

    assert refused.value.data == {"route_id": ROUTE}
    assert carrier.journal.tried == []


def test_a_driver_on_another_route_does_not_start_a_second_one() -> None:
    carrier = at_the_hub()
    carrier.has(make_live(route_id=OTHER_ROUTE))

    with pytest.raises(RouteUnderWay) as refused:
        start(carrier)

    assert refused.value.data == {"route_id": OTHER_ROUTE}
    assert carrier.shipment(1).status is Status.LOADED


def test_an_unknown_route_is_not_found() -> None:
    with pytest.raises(NotFound):
        at_the_hub().use(StartRoute)(OTHER_ROUTE, actor=DISPATCHER)


def test_another_drivers_route_is_not_found() -> None:
    carrier = at_the_hub()

    with pytest.raises(NotFound):
        carrier.use(StartRoute)(ROUTE, actor=make_actor(driver_id=DriverId("drv_2")))

    assert carrier.routes.get(ROUTE).status is RouteStatus.PLANNED


def test_a_dispatcher_starts_anybodys_route() -> None:
    carrier = at_the_hub()

    carrier.use(StartRoute)(ROUTE, actor=DISPATCHER)

    assert {event.actor_id for event in carrier.news(1)} == {DISPATCHER.id}
    assert carrier.fleet.live(DRIVER_ID).route_id == ROUTE


@pytest.mark.parametrize("status", [RouteStatus.ACTIVE, RouteStatus.COMPLETED])
def test_a_route_that_has_started_is_found_as_it_is(status: RouteStatus) -> None:
    carrier = at_the_hub()
    carrier.has(make_route(3, status=status))

    assert start(carrier) == make_route(3, status=status)
    assert carrier.journal.tried == []


def test_a_repeat_changes_nothing() -> None:
    carrier = at_the_hub()
    first = start(carrier)
    before, commits = str(carrier.stores), len(carrier.journal.tried)
    carrier.clock.go_on(minutes(3))

    assert start(carrier) == first
    assert len(carrier.journal.tried) == commits
    assert str(carrier.stores) == before


class TestOfDriver:
    """The driver says "start", and names no route."""

    @staticmethod
    def two_routes() -> InMemoryCarrier:
        carrier = at_the_hub()
        carrier.has(
            make_route(
                [make_stop(0)], id=OTHER_ROUTE, starts_at=make_route().starts_at - minutes(1)
            )
        )
        return carrier

    def test_the_earliest_loaded_route_starts(self) -> None:
        carrier = self.two_routes()
        carrier.has(loaded(1, 0, OTHER_ROUTE))

        assert carrier.use(StartRoute).of_driver(DRIVER).id == OTHER_ROUTE
        assert carrier.routes.get(ROUTE).status is RouteStatus.PLANNED

    def test_an_earlier_route_that_nobody_loads_does_not_block_the_day(self) -> None:
        carrier = self.two_routes()

        assert carrier.use(StartRoute).of_driver(DRIVER).id == ROUTE

    def test_a_repeat_finds_the_route_under_way(self) -> None:
        carrier = self.two_routes()
        start_route = carrier.use(StartRoute)
        first = start_route.of_driver(DRIVER)

        assert start_route.of_driver(DRIVER) == first

    def test_with_nothing_loaded_the_driver_is_told_so(self) -> None:
        carrier = self.two_routes()
        carrier.shipments.shipments.clear()

        with pytest.raises(NothingLoaded):
            carrier.use(StartRoute).of_driver(DRIVER)

    def test_without_a_planned_route_there_is_none_to_start(self) -> None:
        carrier = self.two_routes()
        carrier.has(Live(DRIVER_ID, version=1))

        with pytest.raises(NotFound):
            carrier.use(StartRoute).of_driver(DRIVER)

    def test_a_revoked_token_starts_nothing(self) -> None:
        carrier = self.two_routes()
        carrier.has(replace(carrier.fleet.live(DRIVER_ID), epoch=2))

        with pytest.raises(Unauthorized):
            carrier.use(StartRoute).of_driver(DRIVER)

        assert carrier.journal.tried == []


class TestInterrupted:
    """A start is several transactions; whatever lies between two of them, a repeat ends it."""

    @pytest.mark.parametrize("done", range(4))
    def test_a_start_that_was_cut_off_is_finished_by_its_repeat(self, done: int) -> None:
        carrier = with_a_full_van()
        carrier.journal.before = [goes_well] * done + [cut_off]
        with pytest.raises(Unavailable):
            start(carrier)
        departed = [s for s in carrier.shipments.shipments.values() if s.status in ON_THE_WAY]
        assert len(departed) == min(done * SHIPMENTS_PER_TRANSACTION, MANY)
        assert carrier.routes.get(ROUTE).status is RouteStatus.PLANNED
        carrier.clock.go_on(minutes(40))

        route = start(carrier)

        assert carrier.routes.get(ROUTE) == route
        assert route.status is RouteStatus.ACTIVE
        assert carrier.fleet.live(DRIVER_ID).route_id == ROUTE
        for number in range(1, MANY + 1):
            assert carrier.told(number) == [EventType.OUT_FOR_DELIVERY]
        for shipment in departed:
            assert carrier.shipments.get(shipment.id) == shipment

    def test_the_shipments_of_one_stop_have_one_promise_whatever_was_cut_off(self) -> None:
        """The third stop's shipments depart in two transactions, 40 minutes apart."""
        carrier = with_a_full_van()
        carrier.journal.before = [goes_well, cut_off]
        with pytest.raises(Unavailable):
            start(carrier)
        carrier.clock.go_on(minutes(40))

        route = start(carrier)

        for i, stop in enumerate(route.stops):
            found = promises(carrier)[i * PER_STOP : (i + 1) * PER_STOP]
            assert set(found) == {stop.promise}

    def test_a_stop_that_was_promised_before_the_cut_is_still_to_be_made(self) -> None:
        carrier = with_a_full_van()
        carrier.journal.before = [goes_well] * 3 + [cut_off]
        with pytest.raises(Unavailable):
            start(carrier)

        start(carrier)

        assert carrier.fleet.live(DRIVER_ID).remaining() == [0, 1, 2, 3, 4]


def test_no_transaction_is_too_large() -> None:
    carrier = with_a_full_van()

    start(carrier)

    assert [len(changes) for changes in carrier.journal.tried] == [45, 45, 10, 5]


@pytest.mark.parametrize("commit", [0, 1], ids=["of the shipments", "of the route"])
def test_a_lost_race_is_run_again(commit: int) -> None:
    carrier = at_the_hub()
    carrier.journal.before = [goes_well] * commit + [lost_race] * (ATTEMPTS - 1)

    assert start(carrier).status is RouteStatus.ACTIVE
    assert carrier.told(1) == [EventType.OUT_FOR_DELIVERY]


def test_a_race_that_is_lost_each_time_is_unavailable() -> None:
    carrier = at_the_hub()
    carrier.journal.before = [lost_race] * ATTEMPTS

    with pytest.raises(Unavailable):
        start(carrier)

    assert len(carrier.journal.tried) == ATTEMPTS
    assert carrier.shipment(1).status is Status.LOADED
    assert carrier.routes.get(ROUTE).status is RouteStatus.PLANNED


@pytest.mark.parametrize("commit", [0, 1], ids=["of the shipments", "of the route"])
def test_of_two_starts_at_once_both_find_the_same_route(commit: int) -> None:
    carrier = at_the_hub()
    rivals: list[Route] = []
    carrier.journal.before = [goes_well] * commit + [lambda: rivals.append(start(carrier))]

    route = start(carrier)

    assert rivals == [route]
    assert carrier.told(1) == [EventType.OUT_FOR_DELIVERY]
    assert len(carrier.routes.departures(ROUTE, NOON)) == 1
