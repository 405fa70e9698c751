"""Live states and tracks, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from chalicelib.adapters.dynamodb.fleet.items import TrackItem
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unavailable
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.journal.changes import LiveChange, TrackEntry
from chalicelib.domain.learning.published import PublishedEtas
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from tests.contract.conftest import Stores, in_memory
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, make_drive, make_eta, make_fix, make_live, minutes
from tests.support.depth import times
from tests.support.faults import Faults
from tests.support.strategies import lives, tracks, untidy

DRIVER = DriverId("drv_1")


def entry(fixes: tuple[Fix, ...], **changes: object) -> TrackEntry:
    default = TrackEntry(
        driver_id=DRIVER,
        route_id=RouteId("rte_1"),
        fixes=fixes,
        live=make_live(),
        told_at=NOON,
        expires_at=NOON + timedelta(days=60),
    )
    return replace(default, **changes)  # type: ignore[arg-type]


def whole_track(
    fleet: Fleet, driver_id: DriverId = DRIVER, *, now: datetime = NOON
) -> tuple[Fix, ...]:
    day = timedelta(days=1)
    return fleet.track(driver_id, since=NOON - day, until=NOON + day, now=now)


class TestLive:
    def test_an_unknown_driver_is_not_found(self, fleet: Fleet) -> None:
        with pytest.raises(NotFound):
            fleet.live(DRIVER)
        assert fleet.glance(DRIVER) is None

    def test_what_was_put_is_what_is_read(self, journal: Journal, fleet: Fleet) -> None:
        live = make_live(
            120,
            recent=make_drive(6),
            nearest_stop=0,
            near_since=NOON,
            last_stop=3,
            planned=(RouteId("rte_2"),),
        )

        journal.commit(LiveChange(live, None))

        assert fleet.live(DRIVER) == live
        assert fleet.glance(DRIVER) == live
        assert fleet.glances([DRIVER, DriverId("drv_none")]) == {DRIVER: live}

    def test_a_new_version_replaces_the_old_one(self, journal: Journal, fleet: Fleet) -> None:
        journal.commit(LiveChange(make_live(version=1), None))
        after = make_live(version=2, recent=make_drive(3))

        journal.commit(LiveChange(after, 1))

        assert fleet.live(DRIVER) == after

    @pytest.mark.parametrize("expected_version", [None, 1, 3])
    def test_a_stale_version_is_refused(
        self, journal: Journal, fleet: Fleet, expected_version: int | None
    ) -> None:
        present = make_live(version=2)
        journal.commit(LiveChange(present, None))

        with pytest.raises(ConcurrentUpdate):
            journal.commit(LiveChange(make_live(version=3), expected_version))
        assert fleet.live(DRIVER) == present

    def test_what_is_not_there_has_no_version(self, journal: Journal) -> None:
        with pytest.raises(ConcurrentUpdate):
            journal.commit(LiveChange(make_live(version=2), 1))

    def test_drivers_do_not_share_a_state(self, journal: Journal, fleet: Fleet) -> None:
        one, other = make_live(), make_live(driver_id=DriverId("drv_2"), version=9)

        journal.commit(LiveChange(one, None))
        journal.commit(LiveChange(other, None))

        assert (fleet.live(DRIVER), fleet.live(DriverId("drv_2"))) == (one, other)


class TestTrack:
    def test_a_batch_is_kept_once(self, fleet: Fleet) -> None:
        drive = make_drive(5)

        assert fleet.append_track(entry(drive))
        assert not fleet.append_track(entry(drive))
        assert not fleet.append_track(entry(drive, live=make_live(version=7)))

        assert whole_track(fleet) == drive

    def test_another_batch_of_the_same_start_is_kept_too(self, fleet: Fleet) -> None:
        drive = make_drive(5)

        assert fleet.append_track(entry(drive[:2]))
        assert fleet.append_track(entry(drive))

        assert whole_track(fleet) == drive

    def test_overlapping_batches_are_one_track(self, fleet: Fleet) -> None:
        drive = make_drive(6)
        for batch in (drive[3:], drive[:4], drive[1:3]):
            fleet.append_track(entry(batch))

        assert whole_track(fleet) == drive

    def test_only_the_span_and_the_driver_that_are_asked_for(self, fleet: Fleet) -> None:
        early, late = (make_fix(NOON - timedelta(hours=3)),), (make_fix(NOON),)
        fleet.append_track(entry(early))
        fleet.append_track(entry(late))
        fleet.append_track(entry(make_drive(2), driver_id=DriverId("drv_2")))

        around, at = (NOON - minutes(1), NOON + minutes(1)), (NOON, NOON)
        for since, until in (around, at):
            assert fleet.track(DRIVER, since=since, until=until, now=NOON) == late
        assert whole_track(fleet) == early + late

    def test_what_has_expired_is_not_read_though_it_may_be_there_for_days(
        self, fleet: Fleet
    ) -> None:
        drive = make_drive(4)
        fleet.append_track(entry(drive[:2], expires_at=NOON + timedelta(days=60)))
        fleet.append_track(entry(drive[2:], expires_at=NOON + timedelta(days=61)))

        assert whole_track(fleet, now=NOON + timedelta(days=60)) == drive[2:]
        assert whole_track(fleet, now=NOON + timedelta(days=61)) == ()

    def test_made_up_places_keep_their_mark(self, fleet: Fleet) -> None:
        drive = make_drive(3)
        sent = (drive[0], replace(drive[1], is_mock=True), drive[2])

        fleet.append_track(entry(sent))

        assert whole_track(fleet) == sent

    def test_nothing_driven_is_no_track(self, fleet: Fleet) -> None:
        assert whole_track(fleet) == ()

    def test_a_thousand_fixes_are_one_batch(self, fleet: Fleet) -> None:
        drive = make_drive(1_000, every_s=1.0)

        assert fleet.append_track(entry(drive))
        assert whole_track(fleet) == drive


class TestHeldAlready:
    def test_only_what_other_batches_hold(self, fleet: Fleet) -> None:
        drive = make_drive(60)
        fleet.append_track(entry(drive[:40]))
        fleet.append_track(entry(drive[2:4], driver_id=DriverId("drv_2")))
        overlapping = entry(drive[10:])
        fleet.append_track(overlapping)

        assert fleet.held_already(overlapping, drive[10:]) == set(drive[10:40])
        assert fleet.held_already(overlapping, drive[20:25]) == set(drive[20:25])

    def test_each_of_many_single_ones(self, fleet: Fleet) -> None:
        drive = make_drive(50)
        for fix in drive[:49]:
            fleet.append_track(entry((fix,)))
        resent = entry(drive)
        fleet.append_track(resent)

        assert fleet.held_already(resent, drive) == set(drive[:49])

    def test_nothing_of_a_batch_that_came_alone(self, fleet: Fleet) -> None:
        alone = entry(make_drive(3))
        fleet.append_track(alone)

        assert fleet.held_already(alone, alone.fixes) == set()


class TestTold:
    def told(
        self,
        fleet: Fleet,
        since_min: float = -60,
        until_min: float = 60,
        *,
        now: datetime = NOON,
    ) -> list[PublishedEtas]:
        return list(
            fleet.published_etas(
                DRIVER,
                RouteId("rte_1"),
                since=NOON + minutes(since_min),
                until=NOON + minutes(until_min),
                now=now,
            )
        )

    def test_what_was_told_is_told_since_the_batch_came_in(self, fleet: Fleet) -> None:
        done = Progress(is_done=True)
        second, third = make_eta(NOON + minutes(5)), make_eta(NOON + minutes(9))
        live = make_live(3, etas=(None, second, third), estimated_at=NOON + minutes(39))
        live = live.with_progress(0, done)
        came_at = NOON + timedelta(minutes=40, milliseconds=123)
        fleet.append_track(entry(make_drive(5), live=live, told_at=came_at))

        told = PublishedEtas(came_at, {1: second, 2: third}, as_of=NOON + minutes(39))
        assert self.told(fleet) == [told]

    def test_batches_are_in_the_order_in_which_they_came(self, fleet: Fleet) -> None:
        drive = make_drive(4)
        fleet.append_track(entry(drive[:2], told_at=NOON + minutes(30)))
        fleet.append_track(entry(drive[2:], told_at=NOON + minutes(20)))

        assert [told.at for told in self.told(fleet)] == [NOON + minutes(20), NOON + minutes(30)]

    def test_a_repeat_is_told_since_the_first_time(self, fleet: Fleet) -> None:
        fleet.append_track(entry(make_drive(2)))
        fleet.append_track(entry(make_drive(2), told_at=NOON + minutes(5)))

        assert [told.at for told in self.told(fleet)] == [NOON]

    def test_only_the_route_the_driver_and_the_span_that_are_asked_for(self, fleet: Fleet) -> None:
        fleet.append_track(entry((make_fix(NOON),)))
        fleet.append_track(entry((make_fix(NOON + minutes(1)),), route_id=RouteId("rte_2")))
        fleet.append_track(entry((make_fix(NOON + minutes(2)),), driver_id=DriverId("drv_2")))
        fleet.append_track(entry((make_fix(NOON + minutes(3)),), told_at=NOON + minutes(3)))

        assert [told.at for told in self.told(fleet)] == [NOON, NOON + minutes(3)]
        assert [told.at for told in self.told(fleet, 0, 0)] == [NOON]
        assert self.told(fleet, 4, 9) == []

    def test_what_has_expired_is_told_no_more(self, fleet: Fleet) -> None:
        fleet.append_track(entry(make_drive(2)))

        assert len(self.told(fleet, now=NOON + timedelta(days=60, milliseconds=-1))) == 1
        assert self.told(fleet, now=NOON + timedelta(days=60)) == []


@settings(
    max_examples=times(quick=10, deep=300),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(untidy(tracks(max_size=8)))
def test_order_and_grouping_do_not_change_the_track(
    stores: Stores, case: tuple[tuple[Fix, ...], list[list[Fix]]]
) -> None:
    told, batches = case
    driver_id = DriverId(f"drv_{hash(str(case))}")

    for batch in batches:
        if batch:
            in_order = tuple(sorted(set(batch), key=lambda fix: fix.sort_key))
            stores.fleet.append_track(entry(in_order, driver_id=driver_id))

    assert whole_track(stores.fleet, driver_id) == told


@settings(
    max_examples=times(quick=20, deep=500),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lives())
def test_any_live_state_comes_back(dynamo: Stores, live: Live) -> None:
    present = dynamo.fleet.glance(live.driver_id)
    dynamo.journal.commit(LiveChange(live, present.version if present else None))

    assert dynamo.fleet.live(live.driver_id) == live


class TestFaults:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        faults.never_wait(monkeypatch)

    def test_a_lost_answer_is_no_conflict_with_oneself(self, dynamo: Stores) -> None:
        lost = {("dynamodb", "PutItem", n): faults.ack_lost for n in (1, 3)}
        with Faults(plan=lost).on(*dynamodb_clients()):
            dynamo.journal.commit(LiveChange(make_live(version=1), None))
            dynamo.journal.commit(LiveChange(make_live(version=2), 1))

        assert dynamo.fleet.live(DRIVER).version == 2

    def test_a_batch_whose_answer_was_lost_is_still_new(self, dynamo: Stores) -> None:
        lost = {("dynamodb", "PutItem", 1): faults.ack_lost}
        with Faults(plan=lost).on(*dynamodb_clients()):
            is_new = dynamo.fleet.append_track(entry(make_drive(3)))

        assert is_new
        assert whole_track(dynamo.fleet) == make_drive(3)

    @pytest.mark.parametrize(
        "action", [faults.THROTTLE, faults.DYNAMODB_500, faults.RESET], ids=["400", "500", "reset"]
    )
    def test_an_outage_is_unavailable_and_changes_nothing(
        self, dynamo: Stores, action: faults.Action
    ) -> None:
        dynamo.journal.commit(LiveChange(make_live(version=1), None))
        with Faults(outage={"dynamodb": action}).on(*dynamodb_clients()):
            with pytest.raises(Unavailable):
                dynamo.fleet.live(DRIVER)
            with pytest.raises(Unavailable):
                dynamo.journal.commit(LiveChange(make_live(version=2), 1))
            with pytest.raises(Unavailable):
                dynamo.fleet.append_track(entry(make_drive(3)))

        assert dynamo.fleet.live(DRIVER).version == 1
        assert whole_track(dynamo.fleet) == ()


def test_positions_expire(dynamo: Stores) -> None:
    kept = entry(make_drive(3))

    dynamo.fleet.append_track(kept)

    (item,) = TrackItem.query(DRIVER, TrackItem.item.startswith("TRACK#"))
    assert item.expires_at == kept.expires_at.timestamp()


def test_memory_needs_no_moto() -> None:
    with in_memory() as stores:
        assert stores.fleet.glance(DRIVER) is None
