"""The hot path on fakes: what a batch of fixes does to track, head and alerts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.alerts import AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import Forecaster
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.screening import Reason
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unauthorized, Unavailable
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import LiveChange, RouteChange, ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.ingest_positions import FixBatch, IngestPositions, IngestReport
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_drive,
    make_eta,
    make_event,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    make_travelling,
    minutes,
    north_of,
    seconds,
)
from tests.support.depth import times
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.ids import CountingIds
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.routes import InMemoryRoutes
from tests.support.strategies import tracks, untidy

DRIVER = DriverId("drv_1")
STOPS = 3
LONG_BEFORE = NOON - timedelta(days=1)


@dataclass
class Road:
    """A van with three shipments on a route, far from its first stop."""

    clock: ManualClock = field(default_factory=ManualClock)
    fleet: InMemoryFleet = field(default_factory=InMemoryFleet)
    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)

    def __post_init__(self) -> None:
        self.journal = InMemoryJournal(routes=self.routes, fleet=self.fleet)
        self.shipments = self.journal.shipments
        self.ids = CountingIds()
        self.ingest = IngestPositions(
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            journal=self.journal,
            clock=self.clock,
            ids=self.ids,
            forecasts=Forecaster(FactoryPrior()),
            policy=Policy(),
        )
        promise = make_range(NOON, timedelta(hours=9))
        stops = [
            make_stop(i, coordinates=north_of(HELSINKI, 12_000.0 * (i + 1)), promise=promise)
            for i in range(STOPS)
        ]
        live = make_live(
            STOPS,
            recent=(),
            started_at=NOON - timedelta(hours=3),
            progress=(Progress(promise=promise),) * STOPS,
        )
        changes = [
            ShipmentChange(shipment, (make_event(4, shipment_id=shipment.id),), None)
            for shipment in map(make_travelling, range(STOPS))
        ]
        self.journal.commit(*changes, LiveChange(live, None), RouteChange(make_route(stops), None))

    def post(
        self, fixes: Sequence[Fix], *, sent_at: datetime | None = None, epoch: int = 1
    ) -> IngestReport:
        return self.ingest(FixBatch(DRIVER, epoch, tuple(fixes), sent_at))

    @property
    def live(self) -> Live:
        return self.fleet.live(DRIVER)

    @property
    def track(self) -> tuple[Fix, ...]:
        until = NOON + timedelta(days=1)
        return self.fleet.track(DRIVER, since=LONG_BEFORE, until=until, now=NOON)

    def shipment(self, stop: int) -> Shipment:
        return self.shipments.get(ShipmentId(f"shp_{stop + 1:04d}"))

    def told(self, stop: int) -> list[EventType]:
        _, history = self.shipments.with_history(ShipmentId(f"shp_{stop + 1:04d}"), newest=99)
        return [event.type for event in history if event.seq > 4]


@pytest.fixture
def road() -> Road:
    return Road()


def reasons(report: IngestReport) -> list[tuple[Reason, ...]]:
    return [verdict.reasons for verdict in report.verdicts]


class TestRepeating:
    @pytest.mark.parametrize("count", [1, 6, 7, 10, 50])
    def test_a_batch_sent_again_changes_nothing(self, road: Road, count: int) -> None:
        drive = make_drive(count, start=NOON - minutes(30))
        first = road.post(drive)
        live, rows = road.live, len(road.fleet.entries)

        again = [road.post(drive) for _ in range(3)]

        assert not first.is_repeat
        assert reasons(first) == [()] * count
        assert len(road.fleet.entries) == rows == 1
        assert road.track == drive
        assert road.live == live
        for report in again:
            told_as_new = sum(verdict.is_stored for verdict in report.verdicts)
            assert report.is_repeat or told_as_new == 0

    @settings(max_examples=times(quick=20, deep=2_000))
    @given(untidy(tracks(max_size=15)))
    def test_order_grouping_and_repetition_change_nothing(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]]
    ) -> None:
        told, batches = case
        one, other = Road(), Road()

        one.post(told)
        for batch in batches:
            if batch:
                other.post(batch)

        assert other.track == one.track == told
        assert other.live.head(Policy()) == one.live.head(Policy()) == told[-1]
        assert other.live.etas == one.live.etas


class TestScreening:
    def test_one_fix_from_the_future_costs_the_others_nothing(self, road: Road) -> None:
        drive = make_drive(5, start=NOON - minutes(5))

        report = road.post([*drive, make_fix(NOON + minutes(10))])

        assert reasons(report) == [(), (), (), (), (), (Reason.FUTURE,)]
        assert road.track == drive
        assert report.head_recorded_at == drive[-1].recorded_at

    def test_off_shift_nothing_is_kept(self, road: Road) -> None:
        live = replace(road.live, version=2, ended_at=NOON - minutes(60))
        road.journal.commit(LiveChange(live, 1))

        report = road.post(make_drive(3, start=NOON - minutes(5)))

        assert reasons(report) == [(Reason.OFF_SHIFT,)] * 3
        assert road.track == ()
        assert road.live == live

    def test_a_fix_of_before_the_end_still_completes_the_track(self, road: Road) -> None:
        live = replace(road.live, version=2, ended_at=NOON - minutes(60))
        road.journal.commit(LiveChange(live, 1))
        late = make_fix(NOON - minutes(61))

        road.post([late])

        assert road.track == (late,)
        assert road.live.etas == live.etas

    def test_a_late_fix_of_the_time_before_the_route_went_on_is_not_kept(self, road: Road) -> None:
        route = road.routes.get(RouteId("rte_1"))
        pause = make_range(NOON - minutes(40), minutes(20))
        paused = replace(route, plan_version=route.plan_version + 1, pauses=(pause,))
        road.journal.commit(
            RouteChange(paused, route.plan_version),
            LiveChange(replace(road.live, version=2, plan_version=paused.plan_version), 1),
        )
        before, between, after = (make_fix(NOON - minutes(m)) for m in (41, 30, 19))

        report = road.post([before, between, after])

        assert reasons(report) == [(), (Reason.OFF_SHIFT,), ()]
        assert road.track == (before, after)
        assert between not in road.live.recent

    def test_off_shift_a_plan_that_has_expired_is_not_missed(self, road: Road) -> None:
        road.journal.commit(LiveChange(replace(road.live, version=2, ended_at=LONG_BEFORE), 1))
        del road.routes.routes[RouteId("rte_1")]

        assert reasons(road.post([make_fix(NOON)])) == [(Reason.OFF_SHIFT,)]

    def test_nonsense_is_kept_out_of_the_head(self, road: Road) -> None:
        vague = make_fix(accuracy_m=5_000.0)

        report = road.post([vague])

        assert reasons(report) == [(Reason.POOR_ACCURACY,)]
        assert road.track == (vague,)
        assert report.head_recorded_at is None


class TestLateFixes:
    """Fixes of a route that the driver has finished, sent after the next one has started."""

    EARLIER = RouteId("rte_0")

    def on_the_second_route(self) -> Road:
        road = Road()
        earlier = make_route(
            1,
            id=self.EARLIER,
            status=RouteStatus.COMPLETED,
            started_at=NOON - timedelta(hours=8),
            completed_at=NOON - timedelta(hours=4),
        )
        present = replace(road.routes.get(RouteId("rte_1")), previous=self.EARLIER)
        road.routes.write(RouteChange(earlier, None))
        road.routes.write(RouteChange(present, present.plan_version))
        return road

    def test_they_complete_the_track_of_that_route_and_nothing_else(self) -> None:
        road = self.on_the_second_route()
        late = make_drive(8, start=NOON - timedelta(hours=6))
        before = road.live

        report = road.post([*late, make_fix(NOON)])

        assert reasons(report) == [()] * 9
        assert report.alerts == ()
        by_route = {entry.route_id: entry for entry in road.fleet.entries.values()}
        assert by_route[self.EARLIER].fixes == late
        assert by_route[RouteId("rte_1")].fixes == (make_fix(NOON),)
        assert tuple(by_route[self.EARLIER].live.etas) == ()
        assert road.live.recent == (make_fix(NOON),)
        assert road.live.route_id == before.route_id

    def test_alone_they_change_no_live_state(self) -> None:
        road = self.on_the_second_route()
        before = road.live
        late = make_drive(8, start=NOON - timedelta(hours=6))

        first, again = road.post(late), road.post(late)

        assert road.live == before
        assert (first.is_repeat, again.is_repeat) == (False, True)
        assert road.track == late

    def test_a_route_that_was_never_finished_and_the_time_between_are_off_shift(self) -> None:
        road = self.on_the_second_route()

        report = road.post(
            [make_fix(NOON - timedelta(hours=9)), make_fix(NOON - timedelta(hours=3, minutes=30))]
        )

        assert reasons(report) == [(Reason.OFF_SHIFT,)] * 2
        assert road.track == ()

    @settings(max_examples=times(quick=20, deep=1_000))
    @given(untidy(tracks(min_size=2, max_size=12)), st.integers(1, 11))
    def test_order_grouping_and_repetition_change_neither_track(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]], cut: int
    ) -> None:
        told, batches = case
        begins = told[min(cut, len(told) - 1)].recorded_at
        tracks_by_route = []
        for posted in ([list(told)], batches):
            road = self.on_the_second_route()
            earlier = replace(
                road.routes.get(self.EARLIER), completed_at=begins - timedelta(milliseconds=1)
            )
            road.routes.write(RouteChange(earlier, earlier.plan_version))
            road.journal.commit(LiveChange(replace(road.live, version=2, started_at=begins), 1))
            for batch in filter(None, posted):
                road.post(batch)
            found: dict[RouteId, set[Fix]] = {}
            for entry in road.fleet.entries.values():
                found.setdefault(entry.route_id, set()).update(entry.fixes)
            tracks_by_route.append((found, road.live.recent, road.live.etas))

        one, other = tracks_by_route
        assert one == other
        assert one[0][self.EARLIER] == {fix for fix in told if fix.recorded_at < begins}


class TestSilentStart:
    """No fix for the first minutes, and then each visit in a batch of its own."""

    def visit(self, stop: int, at_s: float) -> list[Fix]:
        """Eighty seconds at the door, then the way on."""
        door_m = 12_000.0 * (stop + 1)
        ways_m = [door_m] * 4 + [door_m + 400.0 * i for i in range(1, 25)]
        return [
            make_fix(NOON + seconds(at_s + 20 * i), coordinates=north_of(HELSINKI, way_m))
            for i, way_m in enumerate(ways_m)
        ]

    def test_every_visit_is_told_with_the_newer_ones(self, road: Road) -> None:
        live = replace(road.live, version=2, started_at=NOON - minutes(5), is_at_hub=True)
        road.journal.commit(LiveChange(live, 1))

        road.clock.at = NOON + minutes(10)
        road.post(self.visit(0, 0))
        first = road.told(0)
        road.clock.at = NOON + minutes(20)
        road.post(self.visit(1, 600))
        road.clock.at = NOON + minutes(30)
        road.post(self.visit(2, 1_200))

        assert EventType.ARRIVED not in first
        assert all(EventType.ARRIVED in road.told(stop) for stop in range(STOPS))
        assert road.live.unsettled_until is None


class TestRepeatedFixes:
    def counts(self, report: IngestReport) -> tuple[int, int]:
        new = 0 if report.is_repeat else sum(not verdict.reasons for verdict in report.verdicts)
        return new, sum(Reason.DUPLICATE in verdict.reasons for verdict in report.verdicts)

    def test_an_overlap_counts_what_is_new(self, road: Road) -> None:
        drive = make_drive(60, start=NOON - minutes(40))
        road.post(drive[:40])

        report = road.post(drive[10:])

        assert self.counts(report) == (20, 30)
        assert road.track == drive

    def test_late_ones_are_new_once(self, road: Road) -> None:
        drive = make_drive(30, start=NOON - minutes(40))
        road.post(drive[20:])

        assert self.counts(road.post(drive[:12])) == (12, 0)
        assert self.counts(road.post(drive[5:18])) == (6, 7)

    @settings(max_examples=times(quick=20, deep=1_000))
    @given(untidy(tracks(max_size=15)))
    def test_every_fix_is_new_exactly_once(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]]
    ) -> None:
        told, batches = case
        road = Road()

        new = sum(self.counts(road.post(batch))[0] for batch in batches if batch)

        assert new == len(told)


class TestCachedFixes:
    """A device that first reports where it was long ago."""

    HUB_M = -1_000.0

    def started(self, road: Road) -> None:
        live = replace(
            road.live,
            version=2,
            started_at=NOON - minutes(10),
            began_at=north_of(HELSINKI, self.HUB_M),
            etas=tuple(make_eta(NOON + minutes(20 * i + 20)) for i in range(STOPS)),
            progress=(Progress(promise=make_range(NOON, minutes(100))),) * STOPS,
        )
        road.journal.commit(LiveChange(live, 1))
        road.clock.go_on(minutes(-9))

    def at(self, after_s: float, way_m: float) -> Fix:
        place = north_of(HELSINKI, way_m)
        return make_fix(NOON - minutes(10) + seconds(after_s), coordinates=place)

    def told(self, road: Road) -> list[EventType]:
        return [event for i in range(STOPS) for event in road.told(i)]

    @pytest.mark.parametrize("way_m", [-30_000.0, -150_000.0])
    @pytest.mark.parametrize("count", [1, 2])
    def test_a_route_is_not_told_to_be_late(self, road: Road, way_m: float, count: int) -> None:
        self.started(road)
        for i in range(count):
            road.post([self.at(1 + 10 * i, way_m)])
        assert road.live.head(Policy()) is None
        for i in range(count, count + 4):
            fix = self.at(1 + 10 * i, self.HUB_M + 100 * i)
            report = road.post([fix])

            assert report.head_recorded_at == fix.recorded_at
            assert reasons(report) == [()]

        assert EventType.DELAYED not in self.told(road)

    def test_one_fix_that_could_be_reached_waits_for_a_second(self, road: Road) -> None:
        self.started(road)
        road.clock.go_on(minutes(60))
        far = NOON + minutes(51)
        away = north_of(HELSINKI, -120_000.0)

        road.post([make_fix(far - seconds(30), coordinates=away)])
        alone = self.told(road)
        road.post([make_fix(far, coordinates=away)])

        assert EventType.DELAYED not in alone
        assert EventType.DELAYED in self.told(road)

    def test_the_all_clear_of_an_error_of_ours_does_not_wait(self, road: Road) -> None:
        self.started(road)
        away = -150_000.0
        for i in range(4):
            road.post([self.at(1 + 10 * i, away)])
        wrong = self.told(road)
        for i in range(4, 7):
            road.post([self.at(1 + 10 * i, self.HUB_M)])

        assert EventType.DELAYED in wrong
        assert self.told(road).count(EventType.BACK_ON_TIME) == wrong.count(EventType.DELAYED)
        assert not road.live.progress[0].is_delayed


class TestClock:
    @pytest.mark.parametrize("days", [-1, 1, -9_000, 9_000])
    def test_a_wrong_clock_is_corrected(self, road: Road, days: int) -> None:
        right = make_drive(10, start=NOON - minutes(5))
        offset = timedelta(days=days)
        wrong = [replace(fix, recorded_at=fix.recorded_at + offset) for fix in right]
        unskewed = Road()
        unskewed.post(right)

        report = road.post(wrong, sent_at=NOON + offset)

        assert report.clock_skew == offset
        assert road.track == right
        for ours, theirs in zip(road.live.etas, unskewed.live.etas, strict=True):
            assert ours is not None
            assert theirs is not None
            assert abs(ours.point - theirs.point) <= seconds(60)

    def test_repeated_later_it_is_still_the_same_batch(self, road: Road) -> None:
        offset = timedelta(days=1, microseconds=123_456)
        wrong = [
            replace(fix, recorded_at=fix.recorded_at + offset)
            for fix in make_drive(10, start=NOON - minutes(5))
        ]
        road.post(wrong, sent_at=NOON + offset)
        live = road.live

        road.clock.go_on(seconds(40))
        report = road.post(wrong, sent_at=NOON + offset)

        assert len(road.fleet.entries) == 1
        assert road.live == live
        assert report.is_repeat or not any(verdict.is_stored for verdict in report.verdicts)

    def test_a_mended_clock_is_not_blocked(self, road: Road) -> None:
        offset = timedelta(days=1)
        wrong = [make_fix(NOON - minutes(5) + offset)]
        road.post(wrong, sent_at=NOON + offset)

        report = road.post([make_fix(NOON - seconds(5))], sent_at=NOON)

        assert report.clock_skew == timedelta(0)
        assert report.head_recorded_at == NOON - seconds(5)


class TestTelling:
    def at_the_door(self, stop: int = 0) -> list[Fix]:
        place = north_of(HELSINKI, 12_000.0 * (stop + 1) - 20.0)
        return [make_fix(NOON - seconds(s), coordinates=place) for s in (40, 20, 0)]

    def test_a_plain_drive_tells_nothing_and_writes_twice(self, road: Road) -> None:
        before = road.live.version

        report = road.post(make_drive(3, start=NOON - minutes(5)))

        assert report.alerts == ()
        assert road.live.version == before + 1
        assert [road.told(i) for i in range(STOPS)] == [[], [], []]

    def test_an_arrival_is_told_once_with_its_shipment(self, road: Road) -> None:
        report = road.post(self.at_the_door())
        road.post(self.at_the_door())

        assert [alert.kind for alert in report.alerts if alert.stop_index == 0] == [
            AlertKind.ARRIVED
        ]
        assert road.shipment(0).status is Status.ARRIVED
        assert road.told(0) == [EventType.ARRIVED]

    def test_a_delay_is_told_with_the_new_promise(self, road: Road) -> None:
        early = make_range(NOON - minutes(60), minutes(30))
        live = replace(
            road.live, version=2, progress=(Progress(promise=early), *road.live.progress[1:])
        )
        road.journal.commit(LiveChange(live, 1))

        road.post([make_fix(NOON)])

        late = road.shipment(0)
        assert late.is_delayed
        assert late.promise is not None
        assert late.promise.latest > early.latest
        assert EventType.DELAYED in road.told(0)
        assert road.live.progress[0].promise == late.promise

    def test_a_shipment_that_another_route_has_taken_over_is_left_alone(self, road: Road) -> None:
        elsewhere = replace(road.shipment(0), assignment=None, version=5)
        road.journal.commit(ShipmentChange(elsewhere, (), 4))

        road.post(self.at_the_door())

        assert road.shipment(0) == elsewhere
        assert road.live.progress[0].arrived_at is not None


class TestConflicts:
    def test_a_revoked_token_is_refused(self, road: Road) -> None:
        with pytest.raises(Unauthorized):
            road.post([make_fix()], epoch=2)
        assert road.track == ()

    def test_an_unknown_driver_is_not_found(self, road: Road) -> None:
        with pytest.raises(NotFound):
            road.ingest(FixBatch(DriverId("drv_9"), 1, (make_fix(),)))

    def test_who_was_slower_reads_again(self, road: Road) -> None:
        rivals = Rivals(road, wins=2)

        replace_fleet(road, rivals).post(make_drive(3, start=NOON - minutes(5)))

        assert rivals.won == 2
        assert road.live.head(Policy()) == make_drive(3, start=NOON - minutes(5))[-1]
        assert road.live.clock_skew == timedelta(0)

    def test_who_is_always_slower_gives_up_and_may_repeat(self, road: Road) -> None:
        drive = make_drive(3, start=NOON - minutes(5))

        with pytest.raises(Unavailable):
            replace_fleet(road, Rivals(road, wins=100)).post(drive)
        replace_fleet(road, road.fleet).post(drive)

        assert road.track == drive
        assert road.live.head(Policy()) == drive[-1]


@dataclass
class Rivals(InMemoryFleet):
    """A fleet where, so many times, somebody else writes between our read and our write."""

    road: Road | None = None
    wins: int = 0
    won: int = 0

    def __init__(self, road: Road, wins: int) -> None:
        super().__init__(lives=road.fleet.lives, entries=road.fleet.entries)
        self.wins = wins
        self.won = 0

    def require(self, change: LiveChange) -> None:
        if self.won < self.wins:
            self.won += 1
            present = self.lives[change.after.driver_id]
            self.lives[present.driver_id] = replace(present, version=present.version + 1)
        super().require(change)


def replace_fleet(road: Road, fleet: InMemoryFleet) -> Road:
    road.ingest = replace(road.ingest, fleet=fleet, journal=replace(road.journal, fleet=fleet))
    return road


def test_a_rival_is_a_conflict() -> None:
    road = Road()
    with pytest.raises(ConcurrentUpdate):
        Rivals(road, wins=1).require(LiveChange(replace(road.live, version=2), 1))
