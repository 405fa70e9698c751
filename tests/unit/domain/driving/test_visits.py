from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import stop_times
from chalicelib.domain.driving.journeys import Advance, advance, needs_track
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.screening import Screened, screen
from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.driving.visit_reports import leave, reach
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    north_of,
    seconds,
)
from tests.support.depth import times

POLICY: Final = Policy()
MODEL: Final = FactoryPrior()
STEP_M: Final = 1_000.0
ROUTE: Final = make_route(
    [make_stop(i, coordinates=north_of(HELSINKI, STEP_M * (i + 1))) for i in range(4)],
    hub_coordinates=HELSINKI,
)
Event = tuple[AlertKind, int, float]
FACTS: Final = {
    AlertKind.ARRIVED: AlertKind.ARRIVED,
    AlertKind.WITHDRAWN: AlertKind.WITHDRAWN,
    AlertKind.WITHDRAWN_NEARBY: AlertKind.WITHDRAWN,
}


def started(route: Route = ROUTE, **changes: object) -> Live:
    """A van that has just left the hub."""
    count = len(route.stops)
    promised = Progress(promise=make_range(NOON, timedelta(hours=9)))
    fresh = make_live(
        count,
        recent=(),
        started_at=NOON,
        etas=(None,) * count,
        progress=(promised,) * count,
        is_at_hub=True,
    )
    return replace(fresh, **changes)  # type: ignore[arg-type]


def at(after_s: float, way_m: float, **changes: object) -> Fix:
    """The van so many metres north of the hub, so long after the start."""
    place = north_of(HELSINKI, way_m)
    return make_fix(NOON + seconds(after_s), coordinates=place, **changes)


def drive(
    *parts: tuple[float, float, float], every_s: float = 20.0, start_s: float = 10.0
) -> list[Fix]:
    """Fixes of a van: each part goes from some metres to others within some seconds."""
    fixes, after_s = [], start_s
    for from_m, to_m, lasts_s in parts:
        count = int(lasts_s // every_s)
        for i in range(count):
            fixes.append(at(after_s, from_m + (to_m - from_m) * i / count))
            after_s += every_s
    return fixes


OUT: Final = drive((0, 1_000, 140), (1_000, 1_000, 240), (1_000, 1_900, 140))
"""To the first stop, four minutes there, and on."""


def sent(
    live: Live,
    *batches: Sequence[Fix],
    route: Route = ROUTE,
    now_s: float | None = None,
    policy: Policy = POLICY,
) -> tuple[Live, list[Alert]]:
    """The live state after these batches, and all that was told on the way."""
    told: list[Alert] = []
    known: set[Fix] = set()
    plan_times = stop_times(route, MODEL, NOON)
    for batch in batches:
        known.update(batch)
        newest = max(fix.recorded_at for fix in known)
        now = newest if now_s is None else NOON + seconds(now_s)
        screened = screened_of(batch, live.recent)
        late = needs_track(live, screened, policy)
        step = Advance(live, is_complete=False)
        while not step.is_complete:
            step = advance(
                step.live,
                screened,
                route,
                plan_times,
                now=now,
                model=MODEL,
                policy=policy,
                track=screened_of(known, ()).trusted if late else None,
            )
            told += step.alerts
        live = step.live
    return live, told


def screened_of(fixes: Iterable[Fix], recent: Sequence[Fix]) -> Screened:
    in_order: list[Fix] = sorted(fixes, key=lambda fix: fix.sort_key)
    return screen(
        in_order,
        recent=recent,
        received_at=NOON + timedelta(hours=10),
        shift=ShiftHours(NOON),
        policy=POLICY,
    )


def facts(told: Iterable[Alert]) -> list[Event]:
    return [
        (FACTS[a.kind], a.stop_index, (a.occurred_at - NOON).total_seconds())
        for a in told
        if a.kind in FACTS
    ]


def chunks(fixes: Sequence[Fix], size: int) -> list[list[Fix]]:
    return [list(fixes[i : i + size]) for i in range(0, len(fixes), size)]


EXPECTED: Final = [(AlertKind.ARRIVED, 0, 150.0), (AlertKind.WITHDRAWN, 0, 410.0)]


class TestGrouping:
    def test_one_by_one(self) -> None:
        assert facts(sent(started(), *chunks(OUT, 1))[1]) == EXPECTED

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 15, 100])
    def test_in_batches_however_late(self, size: int) -> None:
        _, told = sent(started(), *chunks(OUT, size), now_s=7_200)

        assert facts(told) == EXPECTED

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 15, 100])
    def test_newest_first(self, size: int) -> None:
        newest_first = [list(reversed(batch)) for batch in chunks(OUT, size)][::-1]

        _, told = sent(started(), *newest_first)

        assert facts(told) == EXPECTED

    @pytest.mark.parametrize("size", [1, 4, 9])
    def test_saved_fixes_after_a_fresh_one(self, size: int) -> None:
        _, told = sent(started(), OUT[-1:], *chunks(OUT[:-1], size))

        assert facts(told) == EXPECTED

    @settings(max_examples=times(quick=40, deep=4_000), deadline=None)
    @given(st.data())
    def test_any_grouping_order_of_batches_and_repetition_tell_the_same(
        self, data: st.DataObject
    ) -> None:
        """In their order or the newest first, each however shuffled; the van is on its way again.

        The device may be silent on the way: at the start, or at any fix. Where the van stands right
        now is told at once, whatever earlier fixes may still come; the newest fix settles the rest.
        """
        stays = data.draw(st.lists(st.sampled_from([0, 60, 120, 300]), min_size=4, max_size=4))
        parts = []
        for i, stay_s in enumerate(stays):
            parts += [(STEP_M * i, STEP_M * (i + 1), 100), (STEP_M * (i + 1),) * 2 + (stay_s,)]
        fixes = drive(*parts, (STEP_M * 4, STEP_M * 4 + 900, 100))
        spans = st.tuples(st.integers(0, len(fixes) - 7), st.integers(1, 15))
        unheard = {i for a, n in data.draw(st.lists(spans, max_size=2)) for i in range(a, a + n)}
        way_out = range(len(fixes) - 6, len(fixes))
        fixes = [fix for i, fix in enumerate(fixes) if i in way_out or i not in unheard]
        newest = at(10_000, STEP_M * 4 + 900)
        cuts = sorted(data.draw(st.sets(st.integers(1, len(fixes) - 1), max_size=8)))
        batches = [fixes[a:b] for a, b in zip([0, *cuts], [*cuts, len(fixes)], strict=True)]
        again = data.draw(st.lists(st.sampled_from(batches), max_size=3))
        order = data.draw(st.sampled_from([[*batches, *again], [*again, *batches][::-1]]))
        order = [data.draw(st.permutations(batch)) for batch in order]

        _, one_by_one = sent(started(), *chunks(fixes, 1), [newest], now_s=20_000)
        _, told = sent(started(), *order, [newest], now_s=20_000)

        assert sorted(facts(told)) == sorted(facts(one_by_one))


SILENT_START: Final = [
    drive(
        (STEP_M * i, STEP_M * i, 60), (STEP_M * i, STEP_M * (i + 1), 100), start_s=160.0 * i + 150
    )
    for i in (1, 2, 3, 4)
]
"""No fix for five minutes; then a minute at each stop, and on. A list for each visit."""


class TestSilentStart:
    EXPECTED: Final = [
        *((AlertKind.ARRIVED, i, 310.0 + 160 * i) for i in range(4)),
        *((AlertKind.WITHDRAWN, i, 390.0 + 160 * i) for i in range(4)),
    ]

    @pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7])
    def test_short_visits_are_told_in_any_grouping(self, size: int) -> None:
        fixes = [fix for visit in SILENT_START for fix in visit]

        _, told = sent(started(), *chunks(fixes, size))

        assert sorted(facts(told)) == self.EXPECTED

    def test_a_batch_for_each_visit(self) -> None:
        _, told = sent(started(), *SILENT_START, [at(960, 4_900)])

        assert sorted(facts(told)) == self.EXPECTED

    def test_the_visit_behind_the_gap_waits_for_the_next_newer_fix(self) -> None:
        live, told = sent(started(), SILENT_START[0])

        assert facts(told) == []
        assert live.unsettled_until == SILENT_START[0][-1].recorded_at

    def test_until_then_repeats_tell_nothing(self) -> None:
        live, told = sent(started(), SILENT_START[0], SILENT_START[0][:5], SILENT_START[0])

        assert facts(told) == []
        assert live.unsettled_until == SILENT_START[0][-1].recorded_at

    def test_what_fills_the_gap_tells_it_with_its_true_beginning(self) -> None:
        _, told = sent(started(), SILENT_START[0], drive((0, 1_000, 100), (1_000, 1_000, 200)))

        assert facts(told)[0] == (AlertKind.ARRIVED, 0, 110.0)


class TestLateFixes:
    def test_a_hole_that_a_batch_spans_hides_no_visit(self) -> None:
        """The device was silent on the way, and says so itself."""
        fixes = drive((0, 200, 60)) + drive((1_000, 1_000, 240), (1_000, 1_900, 140), start_s=900)

        _, told = sent(started(), fixes[-1:], fixes[:-1])

        assert facts(told)[0] == (AlertKind.ARRIVED, 0, 900.0)

    def test_where_the_van_stands_now_is_told_whatever_is_missing(self) -> None:
        _, told = sent(started(), drive((1_000, 1_000, 60), start_s=900))

        assert facts(told) == [(AlertKind.ARRIVED, 0, 900.0)]

    def test_a_day_offline_is_told_in_parts(self) -> None:
        parts = []
        for i in range(4):
            parts += [(STEP_M * i, STEP_M * (i + 1), 100), (STEP_M * (i + 1), STEP_M * (i + 1), 80)]
        fixes = drive(*parts)

        one_live, one = sent(started(), *chunks(fixes, 1), now_s=7_200)
        live, told = sent(
            started(), fixes, now_s=7_200, policy=replace(POLICY, alerts_per_commit=1)
        )

        assert facts(told) == facts(one)
        assert live.progress == one_live.progress
        assert live.recent == one_live.recent

    def test_a_stop_that_is_done_is_not_told_again(self) -> None:
        live, _ = sent(started(), OUT[-2:])
        live = left(live, 0, 400)

        _, told = sent(live, OUT)

        assert facts(told) == []


class TestWithdrawing:
    def test_the_stop_has_an_eta_and_its_turn_again(self) -> None:
        live, _ = sent(started(), *chunks(OUT, 1))

        assert live.progress[0].arrived_at is None
        assert live.etas[0] is not None
        assert sorted(live.remaining()) == [0, 1, 2, 3]

    def test_fresh_news_say_what_is_expected_instead(self) -> None:
        _, told = sent(started(), *chunks(OUT, 1))

        withdrawn = next(a for a in told if a.kind in FACTS and a.kind is not AlertKind.ARRIVED)
        assert withdrawn.kind is AlertKind.WITHDRAWN_NEARBY
        assert withdrawn.eta is not None
        assert withdrawn.stops_before == 0

    def test_old_news_predict_nothing(self) -> None:
        _, told = sent(started(), OUT, now_s=7_200)

        assert [(a.kind, a.eta) for a in told if a.kind is not AlertKind.ARRIVED] == [
            (AlertKind.WITHDRAWN, None)
        ]

    def test_the_drivers_own_report_is_firm(self) -> None:
        live, _ = sent(started(), OUT[:15])
        live = reach(live, 0, NOON + seconds(200), POLICY)

        live, told = sent(live, OUT[15:])

        assert facts(told) == []
        assert live.progress[0].arrived_at == NOON + seconds(150)

    def test_an_outcome_of_a_part_is_not(self) -> None:
        live, _ = sent(started(), OUT[:15])
        live = reach(live, 0, NOON + seconds(200), POLICY, is_firm=False)

        live, told = sent(live, OUT[15:])

        assert facts(told) == [(AlertKind.WITHDRAWN, 0, 410.0)]
        assert live.etas[0] is not None

    def test_an_outcome_of_a_part_tells_where_the_van_is(self) -> None:
        """No fix has told the arrival, and those that follow tell that the van has left."""
        live, _ = sent(started(), OUT[:7])
        live = reach(live, 0, NOON + seconds(160), POLICY, is_firm=False)
        assert (live.under_way, live.etas[0]) == (0, None)

        live, _ = sent(live, [at(200 + 20 * i, 1_400 + 100 * i) for i in range(3)])

        assert live.progress[0].arrived_at is None
        assert live.etas[0] is not None

    def test_a_late_outcome_of_a_part_does_not_bring_the_van_back(self) -> None:
        live, _ = sent(started(), OUT)

        assert reach(live, 0, NOON + seconds(200), POLICY, is_firm=False) == live

    def test_one_fix_elsewhere_withdraws_nothing(self) -> None:
        live, _ = sent(started(), OUT[:15])

        live, told = sent(live, [at(310, 1_300)], [at(330, 1_005)])

        assert facts(told) == []
        assert live.away_since is None

    def test_a_step_out_of_the_circle_withdraws_nothing(self) -> None:
        live, _ = sent(started(), OUT[:15])

        _, told = sent(live, *[[at(310 + 20 * i, 1_110)] for i in range(9)])

        assert facts(told) == []

    def test_who_comes_back_arrives_again(self) -> None:
        route = make_route([make_stop(0, coordinates=north_of(HELSINKI, 1_000))])
        live = started(replace(route, hub_coordinates=HELSINKI))
        fixes = drive((0, 1_000, 140), (1_000, 1_000, 60), (1_000, 1_400, 120), (1_400, 1_000, 60))
        fixes += drive((1_000, 1_000, 60), start_s=390)

        _, told = sent(live, *chunks(fixes, 1), route=replace(route, hub_coordinates=HELSINKI))

        assert [kind for kind, _, _ in facts(told)] == [
            AlertKind.ARRIVED,
            AlertKind.WITHDRAWN,
            AlertKind.ARRIVED,
        ]

    def test_stops_left_without_a_report_do_not_hold_up_the_next(self) -> None:
        """A driver who reports only in the evening: each visit is in turn."""
        parts = []
        for i in range(4):
            parts += [(STEP_M * i, STEP_M * (i + 1), 100), (STEP_M * (i + 1), STEP_M * (i + 1), 80)]

        live, told = sent(started(), *chunks(drive(*parts), 1))

        assert [i for kind, i, _ in facts(told) if kind is AlertKind.ARRIVED] == [0, 1, 2, 3]
        assert live.under_way == 3

    def test_a_late_report_of_the_visit_has_the_arrival_of_the_track(self) -> None:
        live, _ = sent(started(), OUT)

        assert live.progress[0].arrival_before(NOON + seconds(390), POLICY) == NOON + seconds(150)
        assert live.progress[0].arrival_before(NOON + minutes(30), POLICY) is None
        late = reach(live, 0, NOON + seconds(160), POLICY)
        assert late.progress[0].arrived_at == NOON + seconds(150)


class TestBesideAnotherDoor:
    def test_a_light_near_a_later_door_is_no_arrival(self) -> None:
        fixes = drive((0, 1_967, 140), (1_967, 1_967, 220), (1_967, 1_000, 80))

        _, told = sent(started(), *chunks(fixes, 1))

        assert facts(told) == []

    def test_a_long_stand_out_of_turn_is_told_and_withdrawn(self) -> None:
        fixes = drive((0, 2_000, 140), (2_000, 2_000, 300), (2_000, 1_000, 80))

        live, told = sent(started(), *chunks(fixes, 1))

        assert [(kind, i) for kind, i, _ in facts(told)] == [
            (AlertKind.ARRIVED, 1),
            (AlertKind.WITHDRAWN, 1),
        ]
        assert live.last_stop is None
        assert live.remaining() == [0, 1, 2, 3]

    def test_who_starts_beside_a_door_must_leave_it_first(self) -> None:
        route = replace(ROUTE, hub_coordinates=north_of(HELSINKI, 3_978))
        yard = [at(s, 3_978 + 70 * (s % 40 == 10)) for s in range(10, 900, 20)]

        live, told = sent(started(route), *chunks(yard, 1), route=route)

        assert facts(told) == []
        back = [at(960, 3_000), at(980, 3_000), *(at(1_040 + 60 * i, 4_000) for i in range(6))]
        _, told = sent(live, *[[fix] for fix in back], route=route)
        assert [i for _, i, _ in facts(told)] == [3]

    def test_who_starts_at_a_door_away_from_the_hub_must_leave_it_first(self) -> None:
        _, told = sent(started(), *chunks(drive((1_000, 1_000, 400)), 1))

        assert facts(told) == []


class TestVagueFixes:
    @pytest.mark.parametrize("accuracy_m", [61.0, 200.0, 450.0])
    def test_they_are_no_arrival(self, accuracy_m: float) -> None:
        vague = [at(60 + 20 * i, 1_000, accuracy_m=accuracy_m) for i in range(30)]

        _, told = sent(started(), [at(1, 20)], vague)

        assert facts(told) == []

    def test_the_error_counts_as_distance(self) -> None:
        def parked(way_m: float, accuracy_m: float) -> list[Fix]:
            return [at(90 + 20 * i, 1_000 + way_m, accuracy_m=accuracy_m) for i in range(5)]

        assert facts(sent(started(), parked(55, 15))[1]) != []
        assert facts(sent(started(), parked(10, 59))[1]) != []
        assert facts(sent(started(), parked(55, 45))[1]) == []

    def test_better_fixes_agree_with_unsure_ones(self) -> None:
        sure, unsure = at(90, 1_050, accuracy_m=10.0), at(110, 1_055, accuracy_m=50.0)

        assert facts(sent(started(), [sure, unsure])[1]) == [(AlertKind.ARRIVED, 0, 90.0)]

    def test_they_neither_end_nor_withdraw_a_visit(self) -> None:
        live, _ = sent(started(), OUT[:15])
        vague = [at(310 + 20 * i, 1_400, accuracy_m=300.0) for i in range(9)]

        live, told = sent(live, *chunks(vague, 1))

        assert facts(told) == []
        assert live.under_way == 0


def left(live: Live, stop: int, after_s: float) -> Live:
    when = NOON + seconds(after_s)
    plan_times = stop_times(ROUTE, MODEL, NOON)
    return leave(live, stop, ROUTE, plan_times, left_at=when, now=when, model=MODEL, policy=POLICY)
