from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import stop_times
from chalicelib.domain.driving.journeys import Advance, advance, needs_track
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.screening import screen
from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.driving.visit_reports import leave, reach
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_drive,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    north_of,
    seconds,
)
from tests.support.strategies import tracks, untidy

POLICY: Final = Policy()
MODEL: Final = FactoryPrior()
FAR: Final = 12_000.0  # metres from the track's start to the first stop: nobody is near
ROUTE: Final = make_route(
    make_stop(i, coordinates=north_of(HELSINKI, FAR * (i + 1))) for i in range(3)
)
STOP_TIMES: Final = stop_times(ROUTE, MODEL, NOON)
SHIFT: Final = NOON - timedelta(hours=4)


def on_the_road(**changes: object) -> Live:
    """A driver who has just left: no fix yet, nothing reached, generous promises."""
    fresh = make_live(
        3,
        recent=(),
        progress=(Progress(promise=make_range(NOON, timedelta(hours=9))),) * 3,
        started_at=SHIFT,
    )
    return replace(fresh, **changes)  # type: ignore[arg-type]


def after(
    live: Live,
    *batches: Sequence[Fix],
    now: datetime | None = None,
    route: Route = ROUTE,
    policy: Policy = POLICY,
) -> tuple[Live, list[Alert]]:
    """The live state after these batches, sent at once, and all that was told on the way."""
    told: list[Alert] = []
    sent: set[Fix] = set()
    for batch in batches:
        sent.update(batch)
        screened = screen(
            batch,
            recent=live.recent,
            received_at=NOON + timedelta(hours=2),
            shift=ShiftHours(SHIFT),
            policy=POLICY,
        )
        track = trusted(sent) if needs_track(live, screened, POLICY) else None
        step = Advance(live, is_complete=False)
        while not step.is_complete:
            step = advance(
                step.live,
                screened,
                route,
                stop_times(route, MODEL, NOON),
                now=now or max((fix.recorded_at for fix in batch), default=NOON),
                model=MODEL,
                policy=policy,
                track=track,
            )
            told += step.alerts
        live = step.live
    return live, told


def trusted(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The trusted fixes of a whole track."""
    whole: list[Fix] = sorted(fixes, key=lambda fix: fix.sort_key)
    return screen(
        whole,
        recent=(),
        received_at=NOON + timedelta(hours=2),
        shift=ShiftHours(SHIFT),
        policy=POLICY,
    ).trusted


def standing(at_stop: int, *after_s: float, way_m: float = 10.0) -> list[Fix]:
    """A van that stands near a stop."""
    place = north_of(ROUTE.stops[at_stop].coordinates, way_m)
    return [make_fix(NOON + seconds(s), coordinates=place) for s in after_s]


class TestAdvance:
    @given(untidy(tracks(max_size=12)))
    def test_order_grouping_and_repetition_change_neither_head_nor_etas(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]]
    ) -> None:
        drive, batches = case

        one, _ = after(on_the_road(), drive)
        other, _ = after(on_the_road(), *batches)

        assert other.recent == one.recent
        assert other.head(POLICY) == one.head(POLICY) == drive[-1]
        assert other.etas == one.etas

    @given(tracks(), st.integers(1_500, 10_000), st.floats(-FAR, FAR * 0.9))
    def test_a_late_fix_changes_no_eta_and_tells_nothing(
        self, drive: tuple[Fix, ...], late_s: int, way_m: float
    ) -> None:
        """From anywhere that the van can have come from since, and where no stop is."""
        live, _ = after(on_the_road(), drive)
        late = make_fix(
            drive[0].recorded_at - seconds(late_s), coordinates=north_of(HELSINKI, way_m)
        )

        then, told = after(live, [late])

        assert told == []
        assert replace(then, recent=live.recent) == live
        assert then.head(POLICY) == live.head(POLICY)

    @given(tracks(min_size=3))
    def test_a_jump_and_back_moves_no_eta_and_tells_nothing(self, drive: tuple[Fix, ...]) -> None:
        live, _ = after(on_the_road(), drive)
        jump = make_fix(
            drive[-1].recorded_at + seconds(30),
            coordinates=north_of(drive[-1].coordinates, 200_000.0),
        )

        then, told = after(live, [jump])

        assert told == []
        assert then.etas == live.etas
        assert then.near_since == live.near_since

    def test_the_first_fix_gives_every_stop_an_eta(self) -> None:
        live, _ = after(on_the_road(etas=(None,) * 3), [make_fix()])

        assert all(eta is not None for eta in live.etas)

    def test_the_etas_are_as_of_the_head(self) -> None:
        drive = make_drive(3)

        live, _ = after(on_the_road(), drive)

        assert live.news_at == drive[-1].recorded_at

    def test_poor_fixes_move_nothing(self) -> None:
        live, _ = after(on_the_road(), make_drive(3))

        assert after(live, [make_fix(NOON + minutes(5), accuracy_m=5_000.0)]) == (live, [])

    def test_an_empty_batch_changes_nothing(self) -> None:
        live, _ = after(on_the_road(), make_drive(3))

        assert after(live, []) == (live, [])


class TestArriving:
    def test_standing_at_the_next_stop_is_arriving(self) -> None:
        live, told = after(on_the_road(), standing(0, 0, 10, 20))

        assert [(a.kind, a.stop_index, a.occurred_at) for a in told] == [
            (AlertKind.ARRIVED, 0, NOON)
        ]
        assert live.progress[0].arrived_at == NOON

    def test_standing_is_arriving_also_when_fixes_come_one_by_one(self) -> None:
        live, told = after(on_the_road(), *[[fix] for fix in standing(0, 0, 10, 20)])

        assert live.progress[0].arrived_at == NOON
        assert AlertKind.ARRIVED in [alert.kind for alert in told]

    @pytest.mark.parametrize(
        "fixes",
        [
            standing(0, 0, 10),
            standing(0, 0, 10, 20, way_m=61.0),
            standing(1, 0, 10, 20),
            [*standing(0, 0, 10), *standing(0, 15, way_m=200.0), *standing(0, 20, 30)],
        ],
        ids=["too short", "too far", "another stop", "drove on"],
    )
    def test_driving_past_is_not_arriving(self, fixes: list[Fix]) -> None:
        live, told = after(on_the_road(), fixes)

        assert AlertKind.ARRIVED not in [alert.kind for alert in told]
        assert live.progress[0].arrived_at is None

    def test_a_jump_to_the_stop_and_back_is_not_arriving(self) -> None:
        drive = make_drive(4, start=NOON - minutes(2))

        live, told = after(on_the_road(), drive, standing(0, 5))

        assert told == []
        assert live.near_since is None

    def test_a_jump_away_does_not_end_a_stay(self) -> None:
        stay = standing(0, 0, 5, 10)
        jump = [make_fix(NOON + seconds(15), coordinates=north_of(HELSINKI, -200_000.0))]

        live, _ = after(on_the_road(), stay, jump, standing(0, 20))

        assert live.progress[0].arrived_at == NOON


class TestOutOfTurn:
    def test_standing_at_another_stop_for_long_is_arriving_there(self) -> None:
        live, told = after(on_the_road(), standing(1, 0, 60, 120, 180, 240))

        arrived = [a for a in told if a.kind is AlertKind.ARRIVED]
        assert [(a.stop_index, a.occurred_at) for a in arrived] == [(1, NOON)]
        assert (live.under_way, live.nearest_stop, live.near_since) == (1, 1, NOON)

    def test_the_plan_goes_on_from_there_and_skipped_stops_stay_ahead(self) -> None:
        live, _ = after(on_the_road(), standing(2, 0, 60, 120, 180, 240), standing(2, 270))

        assert live.remaining() == [2, 1, 0]
        assert [live.stops_before(i) for i in range(3)] == [2, 1, 0]
        assert live.etas[2] is None
        assert live.etas[1] is not None
        assert live.etas[0] is not None
        assert live.etas[1].point < live.etas[0].point

    def test_alerts_follow_the_same_order(self) -> None:
        live, told = after(on_the_road(), standing(2, 0, 60, 120, 180, 240), standing(2, 270))
        live = leave(
            live,
            2,
            ROUTE,
            STOP_TIMES,
            left_at=NOON + minutes(5),
            now=NOON + minutes(5),
            model=MODEL,
            policy=POLICY,
        )
        near = make_fix(NOON + minutes(9), coordinates=north_of(ROUTE.stops[1].coordinates, 400.0))

        live, told = after(live, [near])

        assert [(a.kind, a.stop_index, a.stops_before) for a in told] == [
            (AlertKind.APPROACHING, 1, 0)
        ]
        assert live.remaining() == [1, 0]

    @given(st.lists(st.floats(-3_000, 3_000), min_size=1, max_size=20))
    def test_between_two_stops_the_order_never_changes(self, ways_m: list[float]) -> None:
        live, _ = after(on_the_road(), standing(1, 0, 60, 120, 180, 240), standing(1, 270))
        live = reach(live, 1, NOON, POLICY)
        expected = live.remaining()

        for i, way_m in enumerate(ways_m):
            place = north_of(ROUTE.stops[1].coordinates, 6_000.0 + way_m)
            live, _ = after(live, [make_fix(NOON + minutes(10 + 5 * i), coordinates=place)])

            assert live.remaining() == expected


class TestStaleNews:
    @pytest.mark.parametrize(("late_s", "is_told"), [(0, True), (180, True), (181, False)])
    def test_predictions_are_told_only_from_a_fresh_head(
        self,
        late_s: int,
        is_told: bool,  # noqa: FBT001 - a table
    ) -> None:
        near = [make_fix(coordinates=north_of(ROUTE.stops[0].coordinates, -500.0))]

        _, told = after(on_the_road(), near, now=NOON + seconds(late_s))

        assert [alert.kind for alert in told] == [AlertKind.APPROACHING] * is_told

    def test_past_events_are_told_however_late(self) -> None:
        _, told = after(on_the_road(), standing(0, 0, 10, 20), now=NOON + timedelta(hours=3))

        assert [(alert.kind, alert.occurred_at) for alert in told] == [(AlertKind.ARRIVED, NOON)]

    def test_a_held_back_alert_is_told_with_the_next_fresh_fix(self) -> None:
        near = north_of(ROUTE.stops[0].coordinates, -500.0)
        then = NOON + minutes(20)

        live, _ = after(on_the_road(), [make_fix(coordinates=near)], now=then)
        _, told = after(live, [make_fix(then, coordinates=near)], now=then)

        assert [alert.kind for alert in told] == [AlertKind.APPROACHING]


class TestReach:
    def test_the_drivers_report_counts(self) -> None:
        live = reach(on_the_road(), 1, NOON, POLICY)

        assert live.progress[1].arrived_at == NOON
        assert live.progress[1].has_approached
        assert live.etas[1] is None

    def test_the_first_reported_arrival_stays(self) -> None:
        live = reach(on_the_road(), 0, NOON, POLICY)

        assert reach(live, 0, NOON + minutes(5), POLICY) == live

    def test_a_stop_that_is_done_is_not_reached_again(self) -> None:
        live = on_the_road().with_progress(0, Progress(is_done=True))

        assert reach(live, 0, NOON, POLICY) == live

    def test_after_a_report_no_fix_tells_the_arrival_again(self) -> None:
        live = reach(on_the_road(), 0, NOON, POLICY)

        _, told = after(live, standing(0, 0, 10, 20, 30))

        assert told == []


class TestReachLate:
    """The van has been at the second stop since; the first is not done."""

    def reached(self, live: Live, stop_index: int, at_min: float) -> Live:
        then = reach(live, stop_index, NOON + minutes(at_min), POLICY)

        assert then.progress[stop_index].arrived_at == NOON + minutes(at_min)
        assert then.etas[stop_index] is None
        return then

    def left(self, live: Live, stop_index: int, at_min: float) -> Live:
        at = NOON + minutes(at_min)
        return leave(
            live, stop_index, ROUTE, STOP_TIMES, left_at=at, now=at, model=MODEL, policy=POLICY
        )

    def test_a_late_report_does_not_move_a_van_that_arrived_elsewhere(self) -> None:
        live, _ = after(on_the_road(), standing(1, 600, 660, 720, 780, 840))

        assert self.reached(live, 0, 5).under_way == 1
        assert self.reached(live, 0, 11).under_way == 0  # and then went back

    def test_a_late_report_does_not_move_a_van_reported_at_another_stop(self) -> None:
        live, _ = after(on_the_road(), [make_fix(NOON - minutes(1))])
        live = self.reached(live, 1, 10)

        assert self.reached(live, 0, 5).under_way == 1

    def test_without_fixes_a_later_departure_shows_that_the_van_moved_on(self) -> None:
        live = self.left(on_the_road(), 1, 10)

        assert self.reached(live, 0, 9).last_stop == 1
        assert self.reached(live, 0, 9).remaining() == [2, 0]
        assert self.reached(live, 0, 11).under_way == 0

    def test_after_a_departure_newer_fixes_show_that_the_van_moved_on(self) -> None:
        live, _ = after(on_the_road(), standing(1, 480, 540, 600, 660, 720))
        live = self.left(live, 1, 12)
        on_the_way = make_fix(NOON + minutes(20), coordinates=north_of(HELSINKI, 2.5 * FAR))
        live, _ = after(live, [on_the_way])

        then = self.reached(live, 0, 5)

        assert (then.last_stop, then.under_way, then.remaining()) == (1, None, [2, 0])
        assert self.reached(live, 2, 19).under_way == 2  # tapped a minute ago, parked far off

    def test_a_late_report_of_a_stop_ahead_counts(self) -> None:
        live, _ = after(on_the_road(), standing(0, 0, 10, 20, 30))
        live = self.left(live, 0, 1)
        around_the_corner = make_fix(NOON + minutes(20), coordinates=north_of(HELSINKI, FAR - 100))
        live, _ = after(live, [around_the_corner])

        assert self.reached(live, 1, 10).under_way == 1

    def test_a_late_report_counts_while_the_van_stands_there(self) -> None:
        live = self.left(on_the_road(), 1, 0.5)
        live, _ = after(live, standing(2, 4_200))

        assert self.reached(live, 2, 60).under_way == 2


class TestLeave:
    def left(self, live: Live, stop_index: int) -> Live:
        return leave(
            live, stop_index, ROUTE, STOP_TIMES, left_at=NOON, now=NOON, model=MODEL, policy=POLICY
        )

    def test_the_stop_is_done_and_the_next_has_a_fresh_eta(self) -> None:
        live, _ = after(on_the_road(), standing(0, 0, 10, 20))

        then = self.left(live, 0)

        assert then.progress[0] == Progress(is_done=True)
        assert (then.next_stop, then.near_since, then.etas[0]) == (1, None, None)
        assert then.etas[1] is not None
        assert live.etas[1] is not None
        assert then.etas[1].point < live.etas[1].point
        assert then.is_on_shift

    def test_after_the_last_stop_the_shift_has_ended(self) -> None:
        live = on_the_road()
        for i in (1, 0, 2):
            live = self.left(live, i)

        assert live.ended_at == NOON
        assert not live.is_on_shift
        assert live.etas == (None,) * 3

    @pytest.mark.parametrize("has_old_fix", [True, False])
    def test_without_a_newer_fix_the_way_ahead_begins_at_the_stop(
        self, *, has_old_fix: bool
    ) -> None:
        live = on_the_road()
        if has_old_fix:
            far_away = north_of(ROUTE.stops[0].coordinates, -3000)
            live = replace(live, recent=(make_fix(NOON - minutes(4), coordinates=far_away),))

        then = self.left(live, 0)

        assert then.last_stop == 0
        assert then.etas[0] is None
        assert then.etas[1] is not None
        assert abs((then.etas[1].point - NOON).total_seconds() - STOP_TIMES[1].travel.mean_s) <= 1
        assert then.head(POLICY) == live.head(POLICY)

    def test_a_report_from_elsewhere_is_no_visit(self) -> None:
        """A stop that is given up on the phone, tens of kilometres away."""
        live, _ = after(on_the_road(), make_drive(3, start=NOON - minutes(1)))

        then = self.left(live, 2)

        assert then.last_stop is None
        assert then.remaining() == [0, 1]
        assert then.etas[:2] == live.etas[:2]

    @pytest.mark.parametrize(
        ("seen_m", "ago_s", "ahead"),
        [
            (0.0, 25.0, [0, 1]),  # a customer in the next street has called, and is not at home
            (500.0, 25.0, [1, 0]),  # round the corner of the door
            (0.0, 240.0, [1, 0]),  # nobody knows better
        ],
    )
    def test_giving_up_a_stop_from_the_next_street_does_not_change_the_visit_order(
        self, seen_m: float, ago_s: float, ahead: list[int]
    ) -> None:
        doors = [north_of(HELSINKI, way_m) for way_m in (300.0, 450.0, 600.0)]
        route = make_route([make_stop(i, coordinates=door) for i, door in enumerate(doors)])
        seen = make_fix(NOON - seconds(ago_s), coordinates=north_of(HELSINKI, seen_m))

        then = leave(
            on_the_road(recent=(seen,)),
            2,
            route,
            stop_times(route, MODEL, NOON),
            left_at=NOON,
            now=NOON,
            model=MODEL,
            policy=POLICY,
        )

        assert then.remaining() == ahead

    def test_a_late_report_of_a_departure_does_not_move_the_van_back(self) -> None:
        live, _ = after(on_the_road(), standing(1, 3_600, 3_660, 3_720, 3_780, 3_840))

        then = self.left(live, 0)

        assert (then.last_stop, then.remaining()) == (1, [1, 2])
