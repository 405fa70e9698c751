"""Routes, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from chalicelib.domain.driving.departures import Departure, from_hub
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.journal.changes import DepartureAdded, LiveChange, RouteChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Break, Route, RouteStatus
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores, on_moto
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, make_live, make_route, minutes
from tests.support.depth import times
from tests.support.faults import Faults
from tests.support.strategies import departures as any_departure
from tests.support.strategies import routes as any_route

DAY = date(2026, 11, 23)
HUB = HubId("hub_1")


def new(route: Route) -> RouteChange:
    return RouteChange(route, None)


def listed(routes: Routes, day: date = DAY, hub_id: HubId = HUB, limit: int = 2) -> list[list[str]]:
    """The ids of all pages."""
    pages: list[list[str]] = []
    position = None
    while True:
        found = routes.by_service_day(day, hub_id, limit=limit, position=position)
        pages.append([str(route.id) for route in found.data])
        position = found.position
        if position is None:
            return pages


def test_what_was_put_is_what_is_read(journal: Journal, routes: Routes) -> None:
    route = make_route(120)

    journal.commit(new(route))

    assert routes.get(route.id) == route
    assert routes.plan(route.id, 1) == route


def test_an_unknown_route_is_not_found(routes: Routes) -> None:
    with pytest.raises(NotFound):
        routes.get(RouteId("rte_9"))
    with pytest.raises(NotFound):
        routes.plan(RouteId("rte_9"), 1)


def test_a_new_plan_version_replaces_the_old_one(journal: Journal, routes: Routes) -> None:
    route = make_route()
    journal.commit(new(route))
    started = replace(route, status=RouteStatus.ACTIVE, plan_version=2, started_at=NOON)

    journal.commit(RouteChange(started, 1))

    assert routes.get(route.id) == started
    assert routes.plan(route.id, 2) == started


@pytest.mark.parametrize("expected", [None, 1, 3])
def test_a_stale_plan_version_is_refused(
    journal: Journal, routes: Routes, expected: int | None
) -> None:
    route = make_route(plan_version=2)
    journal.commit(new(route))

    with pytest.raises(ConcurrentUpdate):
        journal.commit(RouteChange(replace(route, plan_version=3), expected))
    assert routes.get(route.id) == route


def test_a_plan_that_has_moved_on_is_a_conflict(journal: Journal, routes: Routes) -> None:
    journal.commit(new(make_route(plan_version=2)))

    with pytest.raises(ConcurrentUpdate):
        routes.plan(RouteId("rte_1"), 1)


class TestListing:
    def test_the_routes_of_a_hubs_day_in_the_order_of_creation(
        self, journal: Journal, routes: Routes
    ) -> None:
        for i in (3, 1, 2, 5, 4):
            journal.commit(new(make_route(1, id=f"rte_{i}", created_at=NOON + minutes(i))))

        pages = listed(routes)

        assert [route_id for page in pages for route_id in page] == [
            f"rte_{i}" for i in range(1, 6)
        ]
        assert all(len(page) <= 2 for page in pages)

    def test_a_list_has_what_it_shows_and_no_stops(self, journal: Journal, routes: Routes) -> None:
        route = make_route(7, status=RouteStatus.ACTIVE, plan_version=2, started_at=NOON)
        journal.commit(new(route))

        (found,) = routes.by_service_day(DAY, HUB, limit=9, position=None).data

        assert found == route.summary
        assert (found.stop_count, found.shipment_count) == (7, 7)

    def test_only_of_that_day_and_hub(self, journal: Journal, routes: Routes) -> None:
        journal.commit(new(make_route(1, id="rte_1")))
        journal.commit(new(make_route(1, id="rte_2", service_day=DAY + timedelta(days=1))))
        journal.commit(new(make_route(1, id="rte_3", hub_id=HubId("hub_2"))))

        assert listed(routes) == [["rte_1"]]
        assert listed(routes, hub_id=HubId("hub_9")) == [[]]


@settings(
    max_examples=times(quick=15, deep=300),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(any_route())
def test_any_route_comes_back(dynamo: Stores, route: Route) -> None:
    try:  # an earlier example may have had the same id
        present = dynamo.routes.get(route.id).plan_version
    except NotFound:
        present = None

    dynamo.journal.commit(RouteChange(route, present))

    assert dynamo.routes.get(route.id) == route


def test_a_warm_plan_costs_no_call(dynamo: Stores) -> None:
    dynamo.journal.commit(new(make_route()))
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.routes.plan(RouteId("rte_1"), 1)
        dynamo.routes.plan(RouteId("rte_1"), 1)

    assert meter.call_count == 1


def test_a_plan_of_200_stops_stays_small_and_smaller_in_its_index(dynamo: Stores) -> None:
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(new(make_route(200)))

    assert meter.write_units <= 14 + 1


def test_an_edit_that_no_list_shows_writes_no_index_entry(dynamo: Stores) -> None:
    route = make_route()
    dynamo.journal.commit(new(route))
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(RouteChange(replace(route, breaks=(Break(NOON, NOON, 60),)), 1))

    assert meter.write_units == 1


def test_a_lost_answer_is_no_conflict_with_oneself(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    with Faults(plan={("dynamodb", "PutItem", 1): faults.ack_lost}).on(*dynamodb_clients()):
        dynamo.journal.commit(new(make_route()))

    assert dynamo.routes.get(RouteId("rte_1")) == make_route()


def departed(stores: Stores, *departures: Departure) -> None:
    """Write departures as a driver's reports do, each with a live state."""
    live = stores.fleet.glance(make_live().driver_id)
    version = live.version if live else None
    for departure in departures:
        after = make_live(version=(version or 0) + 1)
        stores.journal.commit(LiveChange(after, version), DepartureAdded(departure))
        version = after.version


class TestDepartures:
    def test_a_route_that_nobody_drives_has_none(self, routes: Routes) -> None:
        assert routes.departures(RouteId("rte_9"), NOON) == ()

    @pytest.mark.parametrize("stores", [on_moto], indirect=True)
    @settings(
        max_examples=times(25, 300),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(departure=any_departure())
    def test_what_was_written_is_what_is_read(self, stores: Stores, departure: Departure) -> None:
        departed(stores, departure)

        just_before = departure.expires_at - timedelta(seconds=1)
        assert departure in stores.routes.departures(departure.route_id, just_before)

    def test_they_are_read_in_the_order_of_time(self, stores: Stores) -> None:
        hub = from_hub(make_live(), NOON, Policy())
        first = replace(hub, stop_number=0, left_at=NOON + minutes(1), etas=())
        second = replace(hub, stop_number=10, left_at=NOON + minutes(1))
        third = replace(hub, stop_number=2, left_at=NOON + minutes(2), stood_at=None)
        elsewhere = replace(hub, route_id=RouteId("rte_2"))

        departed(stores, third, first, elsewhere, hub, second)

        assert stores.routes.departures(hub.route_id, NOON) == (hub, first, second, third)

    def test_what_has_expired_is_not_read_though_it_may_be_there_for_days(
        self, stores: Stores
    ) -> None:
        hub = from_hub(make_live(), NOON, Policy())
        later = replace(hub, left_at=NOON + minutes(1), expires_at=hub.expires_at + minutes(1))
        departed(stores, hub, later)

        assert stores.routes.departures(hub.route_id, hub.expires_at) == (later,)
        assert stores.routes.departures(hub.route_id, later.expires_at) == ()

    def test_a_departure_is_written_with_its_live_state_or_not_at_all(self, stores: Stores) -> None:
        departure = from_hub(make_live(), NOON, Policy())

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(LiveChange(make_live(), 7), DepartureAdded(departure))

        assert stores.routes.departures(departure.route_id, NOON) == ()

    def test_the_departures_of_200_stops_are_one_query_of_few_units(self, dynamo: Stores) -> None:
        live = make_live(200)
        hub = from_hub(live, NOON, Policy())
        departed(
            dynamo,
            hub,
            *(
                replace(
                    hub,
                    stop_number=i,
                    left_at=NOON + minutes(i + 1),
                    etas=(*[None] * (i + 1), *live.etas[i + 1 :]),
                )
                for i in range(200)
            ),
        )

        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            found = dynamo.routes.departures(hub.route_id, NOON)

        assert len(found) == 201
        assert meter.call_count == 1
        assert meter.read_units <= 40
