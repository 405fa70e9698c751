"""A plan is edited before its start and on the road: what is written, shown and told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.api.schemas.routes import RouteOut
from chalicelib.domain.driving.live import Progress
from chalicelib.domain.driving.run_sheets import RunSheet
from chalicelib.domain.errors import AlreadyAssigned, Invalid, NotFound, Outdated, RouteOver
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import LiveChange, RouteChange, RouteEventAdded
from chalicelib.domain.routes.edits import (
    Add,
    Assign,
    ChangeStop,
    Move,
    Remove,
    Reorder,
    SetBreaks,
    SetStart,
)
from chalicelib.domain.routes.routes import Break, RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.routes.show_routes import ShowRoutes
from tests.support.builders import HELSINKI, NOON, make_range, minutes, north_of
from tests.support.depots import Depot, delivered_by, numbers
from tests.support.fakes.contested import goes_well, lost_race
from tests.support.fakes.routes import InMemoryRoutes


def refused(depot: Depot, route_id: RouteId, *operations: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        depot.edit(route_id, *operations)
    errors: Any = refusal.value.data["errors"]
    return dict(errors[0])


class TestBeforeTheStart:
    def test_another_order_writes_the_plan_with_its_event_and_nothing_else(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2, 3)
        ids = [stop.id for stop in route.stops]
        depot.carrier.journal.tried.clear()

        depot.edit(route.id, Reorder((ids[2], ids[0], ids[1])))

        (changes,) = depot.carrier.journal.tried
        assert [type(change) for change in changes] == [RouteChange, RouteEventAdded]
        after = depot.route(route.id)
        assert (numbers(after), after.plan_version) == ([2, 0, 1], 2)
        planned = [stop.planned.point for stop in after.stops if stop.planned]
        assert planned == sorted(planned)
        assert list(depot.sheet().shipments) == ["shp_0001", "shp_0002", "shp_0003"]
        assert depot.sheet().route == after

    def test_a_start_after_it_goes_by_the_new_plan(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2, 3)
        depot.edit(route.id, Move(route.stops[2].id, before=route.stops[0].id))
        depot.load(1, 2, 3)

        started = depot.start(route)

        assert numbers(started) == [2, 0, 1]
        assert depot.live().numbers == (2, 0, 1)
        assert [depot.carrier.shipment(n).promise for n in (3, 1, 2)] == [
            stop.promise for stop in started.stops
        ]

    def test_what_is_removed_can_be_planned_again(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2, 3)
        depot.load(2)

        depot.edit(route.id, Remove(route.stops[1].id))

        freed = depot.carrier.shipment(2)
        assert (freed.assignment, freed.status, freed.scanned_barcodes) == (
            None,
            Status.ACCEPTED,
            frozenset(),
        )
        assert delivered_by(depot.route(route.id)) == ["shp_0001", "shp_0003"]
        assert set(depot.sheet().shipments) == {"shp_0001", "shp_0003"}
        other = depot.plan_of(2, driver=2)
        assert depot.carrier.shipment(2).is_on(other.id)

    def test_what_is_added_gets_a_stop_and_a_number_of_its_own(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2)
        depot.edit(route.id, Remove(route.stops[1].id))
        (third,) = depot.ship(3)

        depot.edit(route.id, Add((third,), before=route.stops[0].id))

        after = depot.route(route.id)
        assert (numbers(after), delivered_by(after)) == ([2, 0], ["shp_0003", "shp_0001"])
        assignment = depot.carrier.shipment(3).assignment
        assert assignment is not None
        assert (assignment.stop_number, assignment.stop_id) == (2, after.stops[0].id)
        assert {key: each.entry.reference for key, each in depot.sheet().shipments.items()} == {
            "shp_0001": "ORDER-1",
            "shp_0003": "ORDER-3",
        }

    def test_another_driver_drives_it(self) -> None:
        depot = Depot()
        route = depot.plan(1)

        depot.edit(route.id, Assign(DriverId("drv_2")))

        assert depot.route(route.id).driver_id == "drv_2"
        assert (depot.live(1).planned, depot.live(2).planned) == ((), (route.id,))

    def test_windows_breaks_and_start_change(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2)
        window, rest = make_range(NOON + minutes(60)), Break(NOON, NOON + minutes(60), 600)

        effect = depot.edit(
            route.id,
            ChangeStop(route.stops[0].id, window=window, service_time_s=240.0),
            SetBreaks((rest,)),
            SetStart(NOON + minutes(30)),
        )

        after = depot.route(route.id)
        assert (after.stops[0].window, after.stops[0].service_time_s) == (window, 240.0)
        assert (after.breaks, after.starts_at) == ((rest,), NOON + minutes(30))
        assert effect.stops[1].eta_before is not None
        assert effect.stops[1].eta_after is not None
        assert effect.stops[1].eta_after.point > effect.stops[1].eta_before.point

    def test_a_door_is_somewhere_else(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2)
        door = north_of(HELSINKI, 9_000.0)

        effect = depot.edit(route.id, ChangeStop(route.stops[0].id, place=door))

        assert depot.route(route.id).stops[0].coordinates == door
        assert effect.stops[0].eta_after != effect.stops[0].eta_before

    def test_a_dry_run_writes_nothing_and_says_the_same(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2, 3)
        late = Range(NOON, NOON + minutes(1))
        operations = (Remove(route.stops[0].id), ChangeStop(route.stops[1].id, window=late))
        depot.carrier.journal.tried.clear()

        dry = depot.edit(route.id, *operations, is_dry_run=True)

        assert depot.carrier.journal.tried == []
        assert depot.route(route.id) == route
        done = depot.edit(route.id, *operations)
        assert dry.broken_windows == done.broken_windows == (route.stops[1].id,)
        assert [replace(each) for each in dry.stops] == list(done.stops)
        assert [each.is_planned for each in dry.stops] == [True, True, False]


class TestOnTheRoad:
    def test_the_van_goes_on_by_the_new_order(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3, 4)
        depot.report(route.stops[0].id)
        ids = [stop.id for stop in route.stops]

        depot.edit(route.id, Reorder((ids[3], ids[2], ids[1])))

        after, live = depot.route(route.id), depot.live()
        assert numbers(after) == [0, 3, 2, 1]
        assert (live.numbers, live.plan_version) == ((0, 3, 2, 1), after.plan_version)
        assert (live.remaining(), live.last_stop) == ([1, 2, 3], 0)
        points = [eta.point for eta in live.etas if eta is not None]
        assert points == sorted(points)
        depot.report(ids[3])
        assert depot.carrier.shipment(4).status is Status.DELIVERED
        assert depot.carrier.routes.departures(route.id, NOON)[-1].stop_number == 3

    def test_one_transaction_writes_plan_and_live_state(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3)
        depot.carrier.journal.tried.clear()

        depot.edit(route.id, Move(route.stops[1].id, before=None))

        (changes,) = depot.carrier.journal.tried
        assert {type(change) for change in changes} >= {RouteChange, LiveChange}

    def test_an_earlier_time_is_told_to_whom_it_changed_for_and_to_nobody_else(self) -> None:
        depot = Depot(apart_m=200.0)
        route = depot.started(*range(1, 31))
        last = route.stops[29]

        effect = depot.edit(route.id, Move(last.id, before=route.stops[1].id))

        told = {each.shipment_id: each for each in effect.told}
        assert told["shp_0030"].event is EventType.PROMISED  # type: ignore[index]
        assert depot.carrier.told(30)[-1] is EventType.PROMISED
        shipment = depot.carrier.shipment(30)
        assert shipment.promise == told["shp_0030"].promise  # type: ignore[index]
        assert shipment.promise != last.promise
        assert depot.carrier.told(1)[-1] is EventType.OUT_FOR_DELIVERY
        assert {ShipmentId(f"shp_{n:04d}") for n in range(1, 31)} - set(told)

    def test_nobody_is_told_twice(self) -> None:
        depot = Depot()
        route = depot.started(*range(1, 31))
        depot.edit(route.id, Move(route.stops[29].id, before=route.stops[1].id))

        again = depot.edit(route.id, ChangeStop(route.stops[5].id, service_time_s=None))

        assert again.told == ()

    def test_many_earlier_times_are_all_told(self) -> None:
        depot = Depot(apart_m=200.0)
        route = depot.started(*range(1, 121))
        ids = tuple(stop.id for stop in route.stops)

        effect = depot.edit(route.id, Reorder(ids[60:] + ids[:60]))

        earlier = [each for each in effect.told if each.event is EventType.PROMISED]
        assert len(earlier) > 39
        for each in earlier:
            number = int(each.shipment_id.removeprefix("shp_"))
            assert depot.carrier.told(number)[-1] is EventType.PROMISED
            assert depot.carrier.shipment(number).promise == each.promise
        assert not any(each.promise for each in depot.live().progress)

    def test_what_is_taken_off_goes_back_and_its_recipient_hears_of_it(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3)

        effect = depot.edit(route.id, Remove(route.stops[1].id))

        freed = depot.carrier.shipment(2)
        assert (freed.status, freed.assignment, freed.promise) == (Status.ACCEPTED, None, None)
        assert depot.carrier.told(2)[-1] is EventType.UNASSIGNED
        assert [(t.shipment_id, t.event) for t in effect.told][:1] == [
            ("shp_0002", EventType.UNASSIGNED)
        ]
        assert len(depot.live().progress) == 2
        assert depot.live().index_of(1) is None

    def test_what_is_added_boards_when_it_is_scanned(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        (third,) = depot.ship(3)

        depot.edit(route.id, Add((third,), before=route.stops[1].id))
        waits = depot.live().progress[1]
        depot.load(3)

        assert waits == Progress(is_done=True)
        assert depot.carrier.shipment(3).status is Status.OUT_FOR_DELIVERY
        assert depot.live().remaining() == [0, 1, 2]
        assert depot.route(route.id).stops[1].promise == depot.carrier.shipment(3).promise

    def test_without_the_last_open_stop_the_route_is_complete_and_the_driver_free(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.report(route.stops[0].id)

        depot.edit(route.id, Remove(route.stops[1].id))

        assert depot.route(route.id).status is RouteStatus.COMPLETED
        assert not depot.live().is_on_shift

    def test_stops_that_were_left_out_come_after_the_one_reached(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3, 4)
        depot.drive(north_of(HELSINKI, 3_000.0), after=minutes(20))
        depot.report(route.stops[2].id)
        expected = [route.stops[i].number for i in depot.live().remaining()]

        depot.edit(route.id, ChangeStop(route.stops[3].id, service_time_s=60.0))

        assert numbers(depot.route(route.id)) == [2, *expected]
        assert depot.live().remaining() == [1, 2, 3]

    def test_a_fix_in_between_is_no_conflict(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3)
        depot.carrier.journal.before = [lost_race]

        depot.edit(route.id, Move(route.stops[0].id, before=None))

        assert numbers(depot.route(route.id)) == [1, 2, 0]

    def test_what_could_not_be_told_does_not_undo_the_edit(self) -> None:
        depot = Depot(apart_m=200.0)
        route = depot.started(*range(1, 121))
        ids = tuple(stop.id for stop in route.stops)
        depot.carrier.journal.before = [goes_well, *[lost_race] * 30]

        depot.edit(route.id, Reorder(ids[60:] + ids[:60]))

        assert numbers(depot.route(route.id))[0] == 60
        assert depot.live().progress[50].promise == route.stops[110].promise

    def test_who_was_passed_by_meanwhile_is_not_told(self) -> None:
        depot = Depot(apart_m=200.0)
        route = depot.started(*range(1, 121))
        ids = tuple(stop.id for stop in route.stops)

        def edited_again() -> None:
            depot.carrier.journal.before = []
            depot.edit(route.id, ChangeStop(ids[3], service_time_s=1.0))

        depot.carrier.journal.before = [goes_well, edited_again]
        depot.edit(route.id, Reorder(ids[60:] + ids[:60]))

        assert depot.route(route.id).plan_version == route.plan_version + 2
        assert depot.live().plan_version == route.plan_version + 2

    def test_a_silent_van_waits_with_later_times(self) -> None:
        depot = Depot(apart_m=200.0)
        route = depot.started(*range(1, 31))
        depot.carrier.clock.go_on(minutes(30))

        effect = depot.edit(route.id, Move(route.stops[1].id, before=None))

        assert EventType.DELAYED not in {each.event for each in effect.told}

    def test_a_driver_who_reads_while_it_is_edited_gets_one_plan(self) -> None:
        depot = Depot()
        route = depot.started(1, 2, 3)
        routes = depot.carrier.routes
        depot.carrier.routes = EditedMeanwhile(  # type: ignore[assignment]
            routes, lambda: depot.edit(route.id, Remove(route.stops[0].id))
        )

        sheet = depot.sheet()

        assert delivered_by(sheet.route) == ["shp_0002", "shp_0003"]
        assert len(sheet.live.progress) == 2

    def test_on_the_road_a_dispatcher_sees_progress_and_etas(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.report(route.stops[0].id, Step.ARRIVE)

        shown = depot.carrier.use(ShowRoutes).one(route.id)

        assert shown.live == depot.live()
        assert RouteOut.of(shown).stops[0].arrived_at == NOON
        assert RouteOut.of(shown).stops[1].eta is not None
        assert RouteOut.of(route).stops[1].eta is None


@dataclass
class EditedMeanwhile:
    """Routes whose plan is edited just before a run sheet of it is read."""

    routes: InMemoryRoutes
    edit: Callable[[], object]
    is_edited: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.routes, name)

    def run_sheet(self, route_id: RouteId, plan_version: int, now: datetime) -> RunSheet:
        if not self.is_edited:
            self.is_edited = True
            self.edit()
        return self.routes.run_sheet(route_id, plan_version, now)


class TestRefusals:
    @pytest.mark.parametrize(
        ("operation", "pointer", "code"),
        [
            (Move(StopId("stp_x"), None), "/operations/0/stop_id", "unknown_stop"),
            (Remove(StopId("stp_x")), "/operations/0/stop_id", "unknown_stop"),
            (Add((ShipmentId("shp_x"),)), "/operations/0/shipment_ids/0", "unknown_shipment"),
            (Add((ShipmentId("shp_0001"),)), "/operations/0/shipment_ids/0", "repeated_shipment"),
            (Assign(DriverId("drv_x")), "/operations/0/driver_id", "unknown_driver"),
            (SetStart(NOON + timedelta(days=2)), "/operations/0/starts_at", "another_day"),
            (
                SetBreaks((Break(NOON + timedelta(days=3), NOON + timedelta(days=3), 60),)),
                "/operations/0/breaks/0/latest",
                "outside_route",
            ),
        ],
    )
    def test_what_makes_no_sense_is_pointed_at(
        self, operation: Any, pointer: str, code: str
    ) -> None:
        depot = Depot()
        route = depot.plan(1, 2)

        error = refused(depot, route.id, operation)

        assert (error["pointer"], error["code"]) == (pointer, code)
        assert error["detail"].endswith(".")
        assert depot.route(route.id) == route

    def test_a_window_that_is_over_is_refused(self) -> None:
        depot = Depot()
        route = depot.plan(1)
        over = Range(NOON - minutes(60), NOON)

        error = refused(depot, route.id, ChangeStop(route.stops[0].id, window=over))

        assert (error["pointer"], error["code"]) == ("/operations/0/window", "window_over")

    def test_a_leg_that_nobody_drives_in_a_day_is_refused(self) -> None:
        depot = Depot()
        route = depot.plan(1)
        (far,) = depot.ship(3_200)

        error = refused(depot, route.id, Add((far,)))

        assert error["code"] == "leg_too_long"
        assert depot.carrier.shipment(3_200).assignment is None

    def test_a_stop_that_was_reached_keeps_its_place(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)
        depot.report(route.stops[0].id, Step.ARRIVE)

        error = refused(depot, route.id, Move(route.stops[0].id, before=None))

        assert error["code"] == "stop_reached"

    def test_before_and_after_the_start_not_everything_can_change(self) -> None:
        depot = Depot()
        route = depot.started(1, 2)

        assert refused(depot, route.id, SetStart(NOON))["code"] == "route_started"

    def test_an_empty_route_is_refused(self) -> None:
        depot = Depot()
        route = depot.plan(1)

        assert refused(depot, route.id, Remove(route.stops[0].id))["code"] == "empty_route"

    def test_an_edit_of_an_older_plan_is_refused(self) -> None:
        depot = Depot()
        route = depot.plan(1, 2)
        depot.edit(route.id, Move(route.stops[0].id, before=None), about=1)

        with pytest.raises(Outdated):
            depot.edit(route.id, Move(route.stops[0].id, before=None), about=1)

    def test_what_is_on_another_open_route_stays_there(self) -> None:
        depot = Depot()
        route = depot.plan(1)
        other = depot.plan(2, driver=2)

        with pytest.raises(AlreadyAssigned):
            depot.edit(route.id, Add((ShipmentId("shp_0002"),)))

        assert depot.carrier.shipment(2).is_on(other.id)

    def test_an_unknown_route_and_one_that_is_over_are_refused(self) -> None:
        depot = Depot()
        route = depot.started(1)
        depot.report(route.stops[0].id)

        with pytest.raises(RouteOver):
            depot.edit(route.id, SetBreaks(()))
        with pytest.raises(NotFound):
            depot.edit(RouteId("rte_none"), SetBreaks(()))
