from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.breaks import breaks_ahead, breaks_taken
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import planned_etas, remaining_etas, stop_times
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.eta.chain import BreakAhead
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Break, Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_fix,
    make_live,
    make_route,
    minutes,
    north_of,
    seconds,
)

PRIOR: Final = FactoryPrior()
POLICY: Final = Policy()
LUNCH: Final = Break(NOON, NOON + minutes(60), 1_800)
AWAY: Final = north_of(HELSINKI, -3_000.0)


def route(*breaks: Break, stops: int = 5) -> Route:
    return make_route(stops, breaks=breaks, hub_coordinates=north_of(HELSINKI, -1_000.0))


def planned(plan: Route, departs_at: datetime = NOON) -> tuple[Eta, ...]:
    return planned_etas(stop_times(plan, PRIOR, departs_at), PRIOR, departs_at, plan.breaks)


def seen(*steps: tuple[float, float]) -> list[Fix]:
    """(minutes after noon, metres north of a place off all stops) of each fix."""
    return [make_fix(NOON + minutes(at), coordinates=north_of(AWAY, m)) for at, m in steps]


def after(fixes: Sequence[Fix], live: Live | None = None, *breaks: Break) -> Live:
    """The live state after these fixes, each in a batch of its own."""
    live = live or make_live(5, recent=())
    before = None
    for fix in fixes:
        since, taken_s = breaks_taken(live, before, [fix], route(*breaks or (LUNCH,)), POLICY)
        recent = (*live.recent, fix)[-6:]
        live = replace(live, recent=recent, standing_since=since, breaks_taken_s=taken_s)
        before = fix
    return live


def ahead(live: Live, at: datetime, *breaks: Break) -> list[tuple[float, bool]]:
    return [(p.left_s, p.is_now) for p in breaks_ahead(breaks or (LUNCH,), at, live)]


class TestWhatIsAhead:
    def test_before_its_span_all_of_a_break_is_ahead(self) -> None:
        assert list(breaks_ahead([LUNCH], NOON - minutes(1))) == [
            BreakAhead(NOON.timestamp(), (NOON + minutes(60)).timestamp(), 1_800)
        ]

    def test_a_break_gets_shorter_while_the_van_stands(self) -> None:
        live = after(seen((0, 0), (10, 5)))

        assert ahead(live, NOON + minutes(10)) == [(1_200, True)]

    def test_a_stand_before_the_span_does_not_count(self) -> None:
        live = after(seen((-20, 0), (10, 5)))

        assert live.standing_since == NOON - minutes(20)
        assert ahead(live, NOON - minutes(1)) == [(1_800, False)]
        assert ahead(live, NOON + minutes(10)) == [(1_200, True)]

    def test_a_light_is_no_break(self) -> None:
        live = after(seen((0, 0), (4, 0), (5, 900)))

        assert (live.standing_since, live.breaks_taken_s) == (None, ())
        assert ahead(live, NOON + minutes(5)) == [(1_800, False)]

    def test_the_part_of_a_break_that_was_taken_stays_taken(self) -> None:
        live = after(seen((0, 0), (20, 0), (21, 900), (30, 5_000)))

        assert live.breaks_taken_s == (1_200,)
        assert ahead(live, NOON + minutes(30)) == [(600, False)]

    def test_it_is_over_when_it_has_been_taken(self) -> None:
        live = after(seen((0, 0), (31, 0), (32, 900)))

        assert live.breaks_taken_s == (1_800,)
        assert ahead(live, NOON + minutes(32)) == []

    def test_it_is_over_when_its_time_has_passed(self) -> None:
        assert ahead(make_live(), NOON + minutes(90)) == [(1_800, False)]
        assert ahead(make_live(), NOON + minutes(90) + seconds(1)) == []

    def test_a_service_is_no_break(self) -> None:
        at_the_door = [make_fix(NOON + minutes(m), coordinates=HELSINKI) for m in (0, 20)]

        assert after(at_the_door).standing_since is None

    def test_a_break_may_be_taken_at_a_stop_that_is_done(self) -> None:
        at_the_door = [make_fix(NOON + minutes(m), coordinates=HELSINKI) for m in (0, 20)]
        live = make_live(5, recent=()).with_progress(0, Progress(is_done=True))

        assert after(at_the_door, live).standing_since == NOON

    def test_a_van_that_creeps_in_a_queue_takes_no_break(self) -> None:
        live = after(seen(*[(m, 12.0 * m) for m in range(12)]))

        assert live.breaks_taken_s == ()
        assert live.standing_since is None or NOON + minutes(11) - live.standing_since < minutes(5)

    def test_two_breaks_are_taken_one_after_the_other(self) -> None:
        tea = Break(NOON + minutes(10), NOON + minutes(90), 600)
        live = after(seen((0, 0), (45, 0), (46, 900)), None, LUNCH, tea)

        assert live.breaks_taken_s == (1_800, 600)

    def test_batches_or_single_fixes_are_the_same(self) -> None:
        drive = seen((0, 0), (7, 3), (14, 1), (15, 500), (16, 1_000), (20, 1_001), (29, 1_000))

        one = breaks_taken(make_live(5, recent=()), None, drive, route(LUNCH), POLICY)

        live = after(drive)
        assert one == (live.standing_since, live.breaks_taken_s)

    @given(st.lists(st.tuples(st.integers(1, 900), st.floats(-100, 100)), max_size=20))
    def test_no_more_is_taken_than_a_break_lasts(self, steps: list[tuple[int, float]]) -> None:
        at, drive = NOON - minutes(30), []
        for pause_s, way_m in steps:
            at += seconds(pause_s)
            drive.append(make_fix(at, coordinates=north_of(AWAY, way_m)))

        live = after(drive)

        assert all(0 <= taken_s <= LUNCH.duration_s for taken_s in live.breaks_taken_s)
        for each in breaks_ahead([LUNCH], at, live):
            assert 0 < each.left_s <= LUNCH.duration_s


class TestEtas:
    def later_s(self, *breaks: Break, departs_at: datetime = NOON) -> list[float]:
        """By how much breaks put off the planned arrivals, in full tens of seconds."""
        plain, paused = (planned(r, departs_at) for r in (route(), route(*breaks)))
        for eta in paused:
            assert eta.earliest <= eta.point <= eta.latest
        pairs = zip(plain, paused, strict=True)
        return [(b.point - a.point).total_seconds() // 10 * 10 for a, b in pairs]

    def test_a_break_comes_when_the_first_stop_in_its_span_is_left(self) -> None:
        assert self.later_s(LUNCH) == [0, 1_800, 1_800, 1_800, 1_800]
        later = Break(NOON + minutes(12), NOON + minutes(90), 1_800)
        assert self.later_s(later) == [0, 0, 1_800, 1_800, 1_800]

    def test_a_break_comes_at_the_latest_on_the_leg_that_would_pass_its_span(self) -> None:
        soon = Break(NOON + seconds(1), NOON + seconds(60), 1_800)

        assert self.later_s(soon) == [1_800] * 5

    def test_a_break_after_the_route_or_before_it_changes_nothing(self) -> None:
        evening = Break(NOON + timedelta(hours=6), NOON + timedelta(hours=7), 1_800)
        morning = Break(NOON - timedelta(hours=4), NOON - timedelta(hours=3), 1_800)

        assert self.later_s(morning, evening) == [0] * 5

    def test_a_stop_that_may_come_before_or_after_has_a_range_for_both(self) -> None:
        plain, paused = (planned(r) for r in (route(), route(LUNCH)))

        assert paused[0].latest >= plain[0].latest + minutes(29)  # the break may come first
        assert abs(paused[1].earliest - plain[1].earliest) < minutes(1)  # or later

    def test_a_driver_on_a_break_goes_on_when_it_is_over(self) -> None:
        plan, head = route(LUNCH), make_fix(NOON + minutes(10), coordinates=AWAY)
        live = make_live(5, standing_since=NOON)
        plan_times = stop_times(plan, PRIOR, NOON)

        resting = remaining_etas(live, head, plan_times, plan, PRIOR)
        driving = remaining_etas(make_live(5), head, plan_times, route(), PRIOR)

        gaps_s = [_gap_s(a, b) for a, b in zip(driving, resting, strict=True)]
        assert gaps_s == pytest.approx([1_200] * 5, abs=10)

    @pytest.mark.parametrize("taken_s", [0, 600, 1_799])
    def test_what_is_left_of_a_break_is_still_ahead(self, taken_s: int) -> None:
        plan, head = route(LUNCH), make_fix(NOON + minutes(10), coordinates=AWAY)
        live = make_live(5, breaks_taken_s=(taken_s,))
        plan_times = stop_times(plan, PRIOR, NOON)

        partly = remaining_etas(live, head, plan_times, plan, PRIOR)
        driving = remaining_etas(live, head, plan_times, route(), PRIOR)

        gaps_s = [_gap_s(a, b) for a, b in zip(driving, partly, strict=True)]
        assert gaps_s == pytest.approx([0, *[1_800 - taken_s] * 4], abs=10)


def _gap_s(one: object, other: object) -> float:
    return (other.point - one.point).total_seconds()  # type: ignore[attr-defined]
