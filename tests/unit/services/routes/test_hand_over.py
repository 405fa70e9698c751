"""A van changes hands on the road: what the new driver goes on with, and what the former one says
late.
"""

from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.shift_hours import ShiftHours, hours_of
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.ids import DriverId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.edits import MAX_STINTS, Assign, Remove
from chalicelib.domain.routes.routes import Route, RouteStatus, Stint
from chalicelib.domain.shipments.custody import has_aboard
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.shifts import live_of_van
from tests.support.builders import HELSINKI, minutes, north_of
from tests.support.depots import DRIVER, OTHER, Depot
from tests.support.fakes.contested import goes_well, lost_race

A, B, C = (DriverId(f"drv_{n}") for n in (1, 2, 3))


def refused(depot: Depot, route: Route, driver: int) -> str:
    with pytest.raises(Invalid) as refusal:
        depot.hand_over(route, driver)
    errors: Any = refusal.value.data["errors"]
    return str(errors[0]["code"])


def handed_over(*numbers: int) -> tuple[Depot, Route]:
    """A van that has driven for ten minutes, and another driver in it since then."""
    depot = Depot()
    route = depot.started(*numbers)
    depot.drive(north_of(HELSINKI, 300.0), after=minutes(10))
    depot.hand_over(route, 2)
    return depot, depot.route(route.id)


def seen(live: Live) -> tuple[Any, ...]:
    """What those who wait can tell of a van."""
    return live.recent, live.progress, live.etas, live.last_stop, live.estimated_at


class TestTheNewDriver:
    def test_goes_on_where_the_van_is_with_all_that_is_aboard(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3)
        depot.drive(north_of(HELSINKI, 300.0), after=minutes(10))
        depot.report(route.stops[0].id)
        before = depot.live()

        depot.hand_over(route, 2)

        after, plan = depot.live(2), depot.route(route.id)
        assert seen(after) == seen(before)
        assert (after.route_id, after.plan_version) == (route.id, plan.plan_version)
        assert (after.started_at, after.epoch) == (depot.now, 1)
        assert (plan.driver_id, plan.stints) == (B, (Stint(A, depot.now),))
        assert depot.carrier.routes.on_duty()[0].driver_id == B
        aboard = [has_aboard(depot.carrier.shipment(n)) for n in (1, 2, 3)]
        assert aboard == [False, True, True]

    def test_reads_the_route_at_once_and_the_former_one_no_more(self) -> None:
        depot, route = handed_over(1, 2)

        assert depot.sheet(OTHER).route == route
        for route_id in (None, route.id):
            with pytest.raises(NotFound):
                depot.sheet(DRIVER, route_id)

    def test_drives_on_and_ends_the_route(self) -> None:
        depot, route = handed_over(1, 2)
        depot.drive(north_of(HELSINKI, 1_000.0), after=minutes(2), driver=2)
        for stop in route.stops:
            depot.report(stop.id, actor=OTHER)

        assert depot.route(route.id).status is RouteStatus.COMPLETED
        assert depot.carrier.shipment(2).status is Status.DELIVERED
        assert not depot.live(2).is_on_shift

    def test_is_noted_with_the_shipments_that_are_not_finished(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.report(route.stops[0].id)
        told = dict(depot.carrier.shipments.histories)

        depot.hand_over(route, 2)

        noted = [depot.carrier.shipment(n).assignment for n in (1, 2)]
        assert [each.driver_id for each in noted if each] == [A, B]
        assert depot.carrier.shipments.histories == told

    def test_is_in_the_event_of_the_route(self) -> None:
        depot, route = handed_over(1, 2)

        event = depot.carrier.route_history.histories[route.id][route.plan_version]

        assert event.data["changes"] == ["assign"]
        assert (event.data["driver_id"], event.data["previous_driver_id"]) == (B, A)

    def test_may_be_the_first_one_again(self) -> None:
        depot, route = handed_over(1, 2)
        depot.carrier.clock.go_on(minutes(5))
        depot.hand_over(route, 1)

        again = depot.route(route.id)
        assert [stint.driver_id for stint in again.stints] == [A, B]
        assert again.previous_of(A) is None
        assert depot.sheet(DRIVER).route == again
        assert depot.live(2).ended_at == depot.now

    def test_changes_nothing_in_a_dry_run(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        before = depot.live(), depot.live(2)

        effect = depot.hand_over(route, 2, is_dry_run=True)

        assert effect.route.driver_id == B
        assert [each.eta_before for each in effect.stops] == [e.eta_after for e in effect.stops]
        assert effect.told == ()
        assert (depot.live(), depot.live(2), depot.route(route.id)) == (*before, route)

    def test_and_another_edit_of_the_same_request_go_together(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3)
        depot.edit(route.id, Remove(route.stops[1].id), Assign(B))

        plan = depot.route(route.id)
        assert (plan.plan_version, plan.driver_id) == (route.plan_version + 1, B)
        assert len(depot.live(2).progress) == len(depot.live(1).progress) == len(plan.stops) == 2
        assert depot.carrier.shipment(2).status is Status.ACCEPTED

    def test_takes_over_nothing_where_the_last_stop_goes_with_it(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.report(route.stops[0].id)

        with pytest.raises(Invalid) as refusal:
            depot.edit(route.id, Remove(route.stops[1].id), Assign(B))

        errors: Any = refusal.value.data["errors"]
        assert errors[0]["code"] == "nothing_left"
        assert depot.live().is_on_shift

    def test_whose_note_fails_is_found_by_the_plan(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.carrier.journal.before = [goes_well, *[lost_race] * 9]

        depot.hand_over(route, 2)

        assigned = depot.carrier.shipment(1).assignment
        assert assigned is not None
        assert assigned.driver_id == A
        live = live_of_van(depot.carrier.fleet, depot.carrier.routes, assigned)
        assert live is not None
        assert (live.driver_id, live.etas) == (B, depot.live(2).etas)
        assert live.version < min(depot.live(1).version, depot.live(2).version)


class TestRefusals:
    def test_a_driver_with_another_route_under_way(self) -> None:
        depot = Depot()
        route = depot.started(1)
        other = depot.plan(2, driver=2)
        depot.load(2, actor=OTHER)
        depot.start(other, OTHER)

        assert refused(depot, route, 2) == "driver_on_the_road"
        assert depot.route(route.id).driver_id == A

    def test_a_driver_whom_nobody_knows(self) -> None:
        depot = Depot()
        assert refused(depot, depot.started(1), 7) == "unknown_driver"

    def test_a_van_that_has_changed_hands_very_often(self) -> None:
        depot = Depot()
        route = depot.started(1)
        for turn in range(MAX_STINTS):
            depot.hand_over(route, 2 - turn % 2)

        assert refused(depot, route, 2 - MAX_STINTS % 2) == "too_many"

    def test_the_same_driver_is_no_hand_over(self) -> None:
        depot = Depot()
        route = depot.started(1)
        depot.hand_over(route, 1)

        assert depot.route(route.id).stints == ()
        assert depot.live().is_on_shift


class TestLateFixes:
    def late(self, depot: Depot, at: datetime, way_m: float) -> Any:
        (verdict,) = depot.send(Fix(at, north_of(HELSINKI, way_m), 8.0)).verdicts
        return verdict

    def test_of_the_time_before_belong_to_the_route(self) -> None:
        depot, route = handed_over(1, 2)
        until = route.stints[0].until
        depot.drive(north_of(HELSINKI, 1_600.0), after=minutes(5), driver=2)

        verdict = self.late(depot, until - minutes(1), 250.0)

        assert verdict.reasons == ()
        kept = depot.carrier.fleet.track(A, since=route.created_at, until=depot.now, now=depot.now)
        assert [fix.recorded_at for fix in kept] == [until - minutes(1), until]

    def test_of_the_time_after_do_not(self) -> None:
        depot, route = handed_over(1, 2)
        depot.carrier.clock.go_on(minutes(5))

        verdict = self.late(depot, route.stints[0].until + minutes(2), 900.0)

        assert [each.value for each in verdict.reasons] == ["off_shift"]

    def test_tell_of_a_visit_before_the_hand_over(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.carrier.clock.go_on(minutes(20))
        depot.hand_over(route, 2)
        until = depot.now
        depot.drive(north_of(HELSINKI, 1_500.0), after=minutes(1), driver=2)
        stood = [Fix(until - minutes(9 - i), north_of(HELSINKI, 1_000.0), 8.0) for i in range(5)]

        depot.send(*stood)
        depot.drive(north_of(HELSINKI, 1_600.0), after=minutes(1), driver=2)

        visit = depot.live(2).progress[0].unreported
        assert visit is not None
        assert visit.earliest == stood[0].recorded_at
        assert EventType.ARRIVED in depot.carrier.told(1)

    def test_move_the_van_forward_where_nothing_newer_is_known(self) -> None:
        depot, route = handed_over(1, 2)
        until = route.stints[0].until
        depot.carrier.clock.go_on(minutes(1))

        self.late(depot, until, 310.0)

        head = depot.live(2).head(depot.carrier.policy)
        assert head is not None
        assert head.recorded_at == until

    def test_are_taken_when_the_former_driver_is_on_another_route(self) -> None:
        depot, route = handed_over(1, 2)
        until = route.stints[0].until
        other = depot.plan(3)
        depot.load(3)
        depot.carrier.clock.go_on(minutes(5))
        depot.start(other)
        depot.carrier.clock.go_on(minutes(1))

        assert self.late(depot, until - minutes(2), 200.0).is_stored
        assert not self.late(depot, until + minutes(2), 900.0).is_stored

    def test_survive_edits_since(self) -> None:
        depot, route = handed_over(1, 2, 3)
        depot.edit(route.id, Remove(route.stops[1].id))

        assert self.late(depot, route.stints[0].until - minutes(2), 200.0).is_stored


class TestLateReports:
    def test_of_the_time_before_count_as_ever(self) -> None:
        depot, route = handed_over(1, 2)
        at = route.stints[0].until - minutes(1)
        depot.carrier.clock.go_on(minutes(5))

        depot.report(route.stops[0].id, at=at)

        shipment, live = depot.carrier.shipment(1), depot.live(2)
        assert shipment.status is Status.DELIVERED
        assert shipment.last_attempt is not None
        assert (shipment.last_attempt.driver_id, shipment.last_attempt.occurred_at) == (A, at)
        assert live.progress[0].is_done
        assert len(depot.route(route.id).stops) == 2
        assert depot.carrier.routes.departures(route.id, depot.now)[-1].driver_id == A

    def test_of_a_failed_visit_count_as_ever(self) -> None:
        depot, route = handed_over(1, 2)

        depot.report(route.stops[0].id, Step.FAIL, at=depot.now - minutes(1))

        assert depot.carrier.shipment(1).status is Status.ATTEMPT_FAILED
        assert depot.live(2).progress[0].is_done

    def test_of_a_delivery_after_it_are_deliveries_and_leave_the_plan(self) -> None:
        depot, route = handed_over(1, 2)
        depot.carrier.clock.go_on(minutes(5))

        depot.report(route.stops[0].id)

        assert depot.carrier.shipment(1).status is Status.DELIVERED
        assert [stop.id for stop in depot.route(route.id).stops] == [route.stops[1].id]

    def test_of_a_failure_after_it_are_only_kept(self) -> None:
        depot, route = handed_over(1, 2)
        depot.carrier.clock.go_on(minutes(5))

        depot.report(route.stops[0].id, Step.FAIL)

        assert depot.carrier.shipment(1).status is Status.ARRIVING
        assert depot.carrier.told(1)[-1] is EventType.SUPERSEDED
        assert not depot.live(2).progress[0].is_done

    def test_change_nothing_that_the_new_driver_has_done_since(self) -> None:
        depot, route = handed_over(1, 2)
        at = depot.now - minutes(1)
        depot.carrier.clock.go_on(minutes(5))
        depot.report(route.stops[0].id, actor=OTHER)

        depot.report(route.stops[0].id, Step.FAIL, at=at)

        assert depot.carrier.shipment(1).status is Status.DELIVERED
        assert depot.carrier.told(1)[-1] is EventType.SUPERSEDED

    def test_come_again_without_a_second_effect(self) -> None:
        depot, route = handed_over(1, 2)
        depot.carrier.clock.go_on(minutes(5))
        for at in (None, depot.now - minutes(7)):
            depot.report(route.stops[0].id, at=at)
            depot.reports -= 1  # the same action
            before = depot.carrier.shipment(1)
            depot.report(route.stops[0].id, at=at)

            assert depot.carrier.shipment(1) == before

    def test_count_after_the_route_has_ended(self) -> None:
        depot, route = handed_over(1, 2)
        at = depot.now - minutes(1)
        depot.carrier.clock.go_on(minutes(5))
        for stop in route.stops:
            depot.report(stop.id, Step.FAIL, actor=OTHER)
        assert depot.route(route.id).status is RouteStatus.COMPLETED

        depot.report(route.stops[1].id, at=at)

        assert depot.carrier.shipment(2).status is Status.DELIVERED

    def test_count_when_the_former_driver_is_on_another_route(self) -> None:
        depot, route = handed_over(1, 2)
        at = depot.now - minutes(1)
        other = depot.plan(3)
        depot.load(3)
        depot.start(other)
        depot.carrier.clock.go_on(minutes(5))

        depot.report(route.stops[0].id, at=at)

        assert depot.carrier.shipment(1).status is Status.DELIVERED
        assert depot.live(2).progress[0].is_done
        assert not depot.live(1).progress[0].is_done


class TestScans:
    def test_the_former_driver_loads_nothing_more(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2)
        depot.load(1)
        depot.start(route)
        depot.hand_over(route, 2)

        with pytest.raises(NotFound):
            depot.load(2)
        depot.load(2, actor=OTHER)

        assert depot.carrier.shipment(2).status is Status.OUT_FOR_DELIVERY
        assert not depot.live(2).progress[1].is_done

    def test_a_scan_during_the_hand_over_boards_the_van(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2)
        depot.load(1)
        depot.start(route)
        depot.carrier.journal.before = [goes_well, lambda: depot.hand_over(route, 2)]

        depot.load(2)

        assert depot.carrier.shipment(2).status is Status.OUT_FOR_DELIVERY
        assert depot.live(1).ended_at is not None


def test_hours_are_those_of_the_driver_alone() -> None:
    depot, route = handed_over(1, 2)
    first = route.stints[0].until
    depot.carrier.clock.go_on(minutes(5))
    depot.hand_over(route, 1)
    second, again = depot.now, depot.route(route.id)
    started_at = route.started_at
    assert started_at is not None

    assert hours_of(again, A) == ShiftHours(started_at, None, (Range(first, second),))
    assert hours_of(again, B) == ShiftHours(first, second)
    assert hours_of(again, C) is None
