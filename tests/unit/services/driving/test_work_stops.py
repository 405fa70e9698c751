from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.errors import (
    IllegalTransition,
    Invalid,
    NotFound,
    NothingAboard,
    Unauthorized,
    Unavailable,
)
from chalicelib.domain.ids import RouteId, StopId
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.services.retries import ATTEMPTS
from tests.support.builders import (
    NOON,
    make_assignment,
    make_live,
    make_route,
    make_stop,
    make_travelling,
    minutes,
)
from tests.support.fakes.contested import lost_race
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import (
    DRIVER,
    DRIVER_ID,
    FIRST,
    ROUTE,
    SECOND,
    assert_refused,
    live,
    on_the_road,
    report,
    two_at_one_door,
    work,
)


class TestArrive:
    def test_the_shipment_has_arrived_and_the_van_is_at_the_stop(self) -> None:
        carrier = on_the_road()

        shown = work(carrier, report(Step.ARRIVE))

        assert shown == (carrier.shipment(1),)
        assert carrier.shipment(1).status is Status.ARRIVED
        assert carrier.shipment(1).last_attempt is None
        assert carrier.told(1) == [EventType.ARRIVED]
        after = live(carrier)
        assert (after.progress[0].arrived_at, after.last_stop) == (NOON, 0)
        assert after.etas[0] is None
        assert after.version == make_live().version + 1

    def test_the_event_has_the_devices_time_and_its_name_for_the_action(self) -> None:
        carrier = on_the_road()

        work(carrier, report(Step.ARRIVE, occurred_at=NOON - minutes(4)))

        (event,) = carrier.news(1)
        assert (event.occurred_at, event.recorded_at) == (NOON - minutes(4), NOON)
        assert event.data == {
            "status": "arrived",
            "action_id": "action-1",
            "time_source": "device",
        }
        assert event.actor_id == DRIVER.id

    def test_nobody_has_left_and_the_route_goes_on(self) -> None:
        carrier = on_the_road(1)

        work(carrier, report(Step.ARRIVE))

        assert carrier.routes.departures(ROUTE, NOON) == ()
        assert carrier.routes.get(ROUTE).status is RouteStatus.ACTIVE
        assert live(carrier).is_on_shift


class TestDeliver:
    def test_the_shipment_is_delivered_by_this_attempt(self) -> None:
        carrier = on_the_road()

        work(carrier, report(note="At the neighbour's", occurred_at=NOON - minutes(2)))

        shipment = carrier.shipment(1)
        assert (shipment.status, shipment.completed_at) == (Status.DELIVERED, NOON - minutes(2))
        assert (shipment.version, shipment.seq, shipment.attempts) == (5, 5, 1)
        attempt = shipment.last_attempt
        assert attempt is not None
        assert (attempt.number, attempt.action_id) == (1, "action-1")
        assert (attempt.status, attempt.driver_id) == (Status.DELIVERED, DRIVER_ID)
        assert (attempt.occurred_at, attempt.note) == (NOON - minutes(2), "At the neighbour's")
        assert carrier.told(1) == [EventType.DELIVERED]

    def test_a_note_is_not_told(self) -> None:
        carrier = on_the_road()

        work(carrier, report(note="At the neighbour's"))

        assert "neighbour" not in str(carrier.news(1))

    def test_the_van_leaves_the_stop_and_the_others_are_still_to_be_made(self) -> None:
        carrier = on_the_road()

        work(carrier, report())

        after = live(carrier)
        assert after.remaining() == [1, 2]
        assert [eta is None for eta in after.etas] == [True, False, False]
        (departure,) = carrier.routes.departures(ROUTE, NOON)
        assert (departure.stop_number, departure.left_at) == (0, NOON)
        assert carrier.shipment(2).status is Status.OUT_FOR_DELIVERY

    def test_the_way_ahead_begins_when_the_stop_was_left(self) -> None:
        sooner, later = on_the_road(), on_the_road()

        work(sooner, report(occurred_at=NOON - minutes(10)))
        work(later, report(occurred_at=NOON))

        first, second = live(sooner).etas[1], live(later).etas[1]
        assert first is not None
        assert second is not None
        assert second.point - first.point == minutes(10)

    def test_the_last_stop_ends_route_and_shift(self) -> None:
        carrier = on_the_road(1)

        work(carrier, report())

        route = carrier.routes.get(ROUTE)
        assert (route.status, route.completed_at) == (RouteStatus.COMPLETED, NOON)
        assert route.plan_version == make_route().plan_version + 1
        after = live(carrier)
        assert (after.ended_at, after.is_on_shift) == (NOON, False)
        assert after.plan_version == route.plan_version

    def test_a_late_report_after_the_end_does_not_end_it_again(self) -> None:
        """A dispatcher may put a shipment back on the way; then the driver reports once more."""
        carrier = on_the_road(1)
        work(carrier, report())
        done = carrier.routes.get(ROUTE)
        corrected = make_travelling(version=9, seq=9)
        carrier.has(corrected)
        carrier.clock.go_on(minutes(5))

        work(carrier, report(action_id="action-2"))

        assert carrier.shipment(1).status is Status.DELIVERED
        assert carrier.routes.get(ROUTE) == done

    def test_everything_is_one_transaction(self) -> None:
        carrier = on_the_road(1)

        work(carrier, report())

        assert len(carrier.journal.tried) == 1


class TestFail:
    def test_the_attempt_has_failed_for_its_reason(self) -> None:
        carrier = on_the_road()

        work(carrier, report(Step.FAIL))

        shipment = carrier.shipment(1)
        assert (shipment.status, shipment.completed_at) == (Status.ATTEMPT_FAILED, None)
        assert shipment.last_attempt is not None
        assert shipment.last_attempt.reason is FailureReason.NOT_HOME
        (event,) = carrier.news(1)
        assert (event.type, event.data["reason"]) == (EventType.ATTEMPT_FAILED, "not_home")

    def test_no_photo_is_asked_of_a_failed_attempt(self) -> None:
        carrier = on_the_road(proof_requirements=ProofRequirements(photo=Requirement.REQUIRED))

        work(carrier, report(Step.FAIL))

        assert carrier.shipment(1).status is Status.ATTEMPT_FAILED

    def test_a_second_attempt_is_counted(self) -> None:
        carrier = on_the_road(attempts=1)

        work(carrier, report(Step.FAIL))

        attempt = carrier.shipment(1).last_attempt
        assert attempt is not None
        assert attempt.number == carrier.shipment(1).attempts == 2


class TestSeveralAtOneDoor:
    def test_one_report_is_about_all_of_them(self) -> None:
        carrier = two_at_one_door()

        shown = work(carrier, report())

        assert [shipment.id for shipment in shown] == [FIRST, SECOND]
        assert {shipment.status for shipment in shown} == {Status.DELIVERED}
        assert live(carrier).remaining() == [1]

    def test_until_the_last_of_them_is_done_the_van_stays(self) -> None:
        carrier = two_at_one_door()

        work(carrier, report(shipment_ids=(FIRST,)))

        assert carrier.shipment(2).status is Status.OUT_FOR_DELIVERY
        assert live(carrier).remaining() == [0, 1]
        assert live(carrier).last_stop == 0  # it is there, for something was done there
        assert carrier.routes.departures(ROUTE, NOON) == ()

        work(carrier, report(Step.FAIL, action_id="action-2", shipment_ids=(SECOND,)))

        assert live(carrier).remaining() == [1]

    def test_a_report_without_a_list_is_about_what_is_left(self) -> None:
        carrier = two_at_one_door()
        work(carrier, report(shipment_ids=(FIRST,)))

        work(carrier, report(Step.FAIL, action_id="action-2"))

        assert carrier.shipment(1).status is Status.DELIVERED
        assert carrier.shipment(2).status is Status.ATTEMPT_FAILED

    def test_if_one_may_not_take_the_step_none_does(self) -> None:
        gone = make_travelling(1, assignment=make_assignment(0), status=Status.RETURNING)
        carrier = two_at_one_door(gone)

        refused = assert_refused(carrier, report(shipment_ids=(FIRST, SECOND)), IllegalTransition)

        assert refused.data == {
            "shipment_id": SECOND,
            "current": "returning",
            "wanted": "deliver",
        }

    def test_what_another_route_has_taken_over_is_not_touched(self) -> None:
        taken = make_travelling(1, assignment=make_assignment(0, route_id=RouteId("rte_2")))
        carrier = two_at_one_door(taken)

        shown = work(carrier, report())

        assert [shipment.id for shipment in shown] == [FIRST]
        assert carrier.shipment(2) == taken

    def test_a_shipment_of_another_stop_is_refused(self) -> None:
        refused = assert_refused(on_the_road(), report(shipment_ids=(FIRST, SECOND)), Invalid)

        assert "'/shipment_ids/1'" in str(refused.data)


class TestRefusals:
    def test_a_revoked_token_reports_nothing(self) -> None:
        carrier = on_the_road()
        carrier.has(make_live(epoch=2))

        assert_refused(carrier, report(), Unauthorized)

    def test_a_driver_without_a_route_has_no_stops(self) -> None:
        carrier = on_the_road()
        carrier.has(Live(DRIVER_ID, version=1))

        assert_refused(carrier, report(), NotFound)

    def test_a_stop_of_another_route_is_not_found(self) -> None:
        assert_refused(on_the_road(), report(stop_id=StopId("stp_9")), NotFound)

    def test_a_stop_with_nothing_aboard_has_nothing_to_deliver(self) -> None:
        assert_refused(on_the_road(status=Status.ACCEPTED), report(), NothingAboard)

    @pytest.mark.parametrize("step", [Step.ARRIVE, Step.DELIVER, Step.FAIL])
    def test_what_is_on_its_way_back_takes_no_step(self, step: Step) -> None:
        assert_refused(on_the_road(status=Status.RETURNING), report(step), IllegalTransition)


@pytest.mark.parametrize(
    ("occurred_at", "told"),
    [
        (NOON + minutes(1), NOON),
        (NOON - minutes(61), NOON - minutes(60)),
        (NOON + minutes(3), NOON),
        (NOON - minutes(200), NOON),
    ],
    ids=["a little ahead", "a little before the start", "ahead", "long before the start"],
)
def test_a_report_happened_within_the_shift_so_far(occurred_at: datetime, told: datetime) -> None:
    carrier = on_the_road()

    work(carrier, report(occurred_at=occurred_at))

    assert carrier.news(1)[0].occurred_at == told


@pytest.mark.parametrize("step", [Step.ARRIVE, Step.DELIVER, Step.FAIL])
def test_a_repeat_changes_nothing_and_shows_the_same(step: Step) -> None:
    carrier = on_the_road()
    first = work(carrier, report(step))
    before = str(carrier.stores)
    carrier.clock.go_on(minutes(10))

    again = work(carrier, report(step))

    assert again == first
    assert str(carrier.stores) == before


def test_a_repeat_after_the_last_stop_changes_nothing() -> None:
    carrier = on_the_road(1)
    first = work(carrier, report())
    before = str(carrier.stores)

    assert work(carrier, report()) == first
    assert str(carrier.stores) == before


def test_a_report_that_was_taken_in_for_one_shipment_still_counts_for_the_other() -> None:
    carrier = two_at_one_door()
    work(carrier, report(shipment_ids=(FIRST,)))
    first = carrier.shipment(1)

    work(carrier, report(shipment_ids=(FIRST, SECOND)))

    assert carrier.shipment(1) == first
    assert carrier.shipment(2).status is Status.DELIVERED


def test_a_lost_race_is_run_again() -> None:
    carrier = on_the_road()
    carrier.journal.before = [lost_race] * (ATTEMPTS - 1)

    work(carrier, report())

    assert carrier.told(1) == [EventType.DELIVERED]


def test_a_race_that_is_lost_each_time_is_unavailable() -> None:
    carrier = on_the_road()
    carrier.journal.before = [lost_race] * ATTEMPTS

    assert_refused(carrier, report(), Unavailable)

    assert len(carrier.journal.tried) == ATTEMPTS


def test_of_two_reports_at_once_both_count() -> None:
    carrier = two_at_one_door()
    rival = report(Step.FAIL, action_id="action-2", shipment_ids=(SECOND,))
    carrier.journal.before = [lambda: work(carrier, rival)]

    shown = work(carrier, report(shipment_ids=(FIRST,)))

    assert [shipment.status for shipment in shown] == [Status.DELIVERED, Status.ATTEMPT_FAILED]
    assert live(carrier).remaining() == [1]


def test_of_the_same_report_twice_at_once_one_counts() -> None:
    carrier = on_the_road()
    carrier.journal.before = [lambda: work(carrier, report())]

    work(carrier, report())

    assert carrier.told(1) == [EventType.DELIVERED]
    assert carrier.shipment(1).attempts == 1


def test_a_plan_that_does_not_fit_the_live_state_is_unavailable() -> None:
    """An edit may come in between the two reads; if it stays so, nothing is guessed."""
    carrier = on_the_road()
    carrier.has(make_live(plan_version=2, recent=()))

    assert_refused(carrier, report(), Unavailable)


def reopened(carrier: InMemoryCarrier, *, second: Status = Status.OUT_FOR_DELIVERY) -> None:
    """The parcel of the second shipment is found on the van after the stop was done."""
    carrier.has(replace(carrier.shipment(2), status=second))
    before = live(carrier)
    carrier.has(replace(before.with_progress(0, Progress()), version=before.version + 1))


def with_a_second_attempt_to_make() -> InMemoryCarrier:
    """The first stop is done: one shipment has failed, the other one stayed at the hub."""
    left_behind = make_travelling(
        1, assignment=make_assignment(0), status=Status.ACCEPTED, promise=None
    )
    carrier = two_at_one_door(left_behind)
    work(carrier, report(Step.FAIL))
    assert live(carrier).progress[0].is_done
    return carrier


def test_a_second_attempt_sees_that_its_stop_is_reopened_at_the_same_time() -> None:
    carrier = with_a_second_attempt_to_make()
    carrier.journal.before = [lambda: reopened(carrier)]

    work(carrier, report(action_id="action-2", shipment_ids=(FIRST,)))

    assert carrier.shipment(1).status is Status.DELIVERED
    assert len(carrier.journal.tried) >= 3  # the failure, the lost race, and the delivery
    assert live(carrier).remaining() == [0, 1]

    work(carrier, report(action_id="action-3"))

    assert carrier.shipment(2).status is Status.DELIVERED
    assert live(carrier).remaining() == [1]


@pytest.mark.parametrize("step", [Step.ARRIVE, Step.DELIVER])
def test_an_open_stop_with_nothing_left_to_do_is_left_with_the_next_report(step: Step) -> None:
    carrier = two_at_one_door()
    work(carrier, report())
    reopened(carrier, second=Status.DELIVERED)
    told = carrier.told(1), carrier.told(2)

    work(carrier, report(step, action_id="action-2"))

    assert live(carrier).remaining() == [1]
    assert (carrier.told(1), carrier.told(2)) == told


class TestAfterTheNextStart:
    """What failed on the route before is still aboard."""

    def carrier(self) -> InMemoryCarrier:
        carrier = on_the_road(1)
        carrier.has(replace(carrier.routes.get(ROUTE), started_at=NOON - minutes(60)))
        work(carrier, report(Step.FAIL))
        carrier.clock.go_on(minutes(30))
        stops = [replace(make_stop(i), id=StopId(f"stp_next_{i}")) for i in range(2)]
        following = make_route(
            stops, id=RouteId("rte_2"), status=RouteStatus.ACTIVE, previous=ROUTE
        )
        before = live(carrier)
        carrier.has(following)
        carrier.has(
            make_live(
                2,
                route_id=following.id,
                plan_version=following.plan_version,
                started_at=carrier.clock.now() - minutes(10),
                version=before.version + 1,
                recent=(),
            )
        )
        return carrier

    def test_it_can_be_handed_over_at_the_old_stop(self) -> None:
        carrier = self.carrier()
        before = live(carrier)

        (shown,) = work(
            carrier, report(action_id="action-2", occurred_at=carrier.clock.now() - minutes(20))
        )

        assert shown == carrier.shipment(1)
        assert shown.status is Status.DELIVERED
        assert shown.completed_at == carrier.clock.now() - minutes(20)
        assert live(carrier) == before

    @pytest.mark.parametrize("step", [Step.ARRIVE, Step.DELIVER])
    def test_a_repeat_of_a_report_for_it_changes_nothing(self, step: Step) -> None:
        carrier = self.carrier()
        first = work(carrier, report(step, action_id="action-2"))
        before = str(carrier.stores)

        assert work(carrier, report(step, action_id="action-2")) == first
        assert str(carrier.stores) == before

    def test_a_stop_of_neither_route_is_not_found(self) -> None:
        assert_refused(self.carrier(), report(stop_id=StopId("stp_9")), NotFound)
