from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.jumps import RECENT_FIXES
from chalicelib.domain.driving.screening import Reason, Screened, UnreadableFix, Verdict, screen
from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import RouteId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from tests.support.builders import NOON, make_drive, make_fix, minutes, seconds
from tests.support.strategies import fixes, town

POLICY = Policy()
SHIFT = ShiftHours(NOON - timedelta(hours=4))
FAR_AWAY = Coordinates(61.97, 24.94)  # 200 km north of the town


def screened(
    batch: Sequence[Fix],
    recent: Sequence[Fix] = (),
    shift: ShiftHours | None = SHIFT,
) -> Screened:
    return screen(
        batch,
        recent=recent,
        received_at=NOON,
        shift=shift,
        policy=POLICY,
    )


def reasons(fix: Fix, recent: Sequence[Fix] = ()) -> set[Reason]:
    (verdict,) = screened([fix], recent).verdicts
    return set(verdict.reasons)


class TestScreen:
    def test_a_good_fix_is_taken_at_face_value(self) -> None:
        fix = make_fix()

        result = screened([fix])

        assert result.verdicts == (Verdict(0),)
        assert result.stored == result.usable == result.trusted == (fix,)

    @pytest.mark.parametrize(
        ("fix", "expected"),
        [
            (make_fix(NOON + minutes(2)), set()),
            (make_fix(NOON + minutes(2) + seconds(1)), {Reason.FUTURE}),
            (make_fix(SHIFT.started_at), set()),
            (make_fix(SHIFT.started_at - seconds(1)), {Reason.OFF_SHIFT}),
            (make_fix(NOON - timedelta(hours=49)), {Reason.TOO_OLD, Reason.OFF_SHIFT}),
            (make_fix(coordinates=Coordinates(0.0, 0.0)), {Reason.NULL_ISLAND}),
            (make_fix(coordinates=Coordinates(0.0, 24.9)), set()),
            (make_fix(coordinates=Coordinates(-0.009, 0.009)), {Reason.NULL_ISLAND}),
            (make_fix(accuracy_m=500.0), set()),
            (make_fix(accuracy_m=500.1), {Reason.POOR_ACCURACY}),
            (make_fix(accuracy_m=0.0), set()),
            (make_fix(accuracy_m=None), set()),
        ],
    )
    def test_each_reason_has_an_edge(self, fix: Fix, expected: set[Reason]) -> None:
        assert reasons(fix) == expected

    def test_all_reasons_are_told(self) -> None:
        hopeless = make_fix(
            NOON - timedelta(days=9), coordinates=Coordinates(0.0, 0.0), accuracy_m=5_000.0
        )

        assert reasons(hopeless, recent=[hopeless]) == {
            Reason.DUPLICATE,
            Reason.TOO_OLD,
            Reason.OFF_SHIFT,
            Reason.NULL_ISLAND,
            Reason.POOR_ACCURACY,
        }

    def test_off_shift_nothing_is_stored(self) -> None:
        verdicts = screened(make_drive(3, start=NOON - minutes(5)), shift=None)

        assert verdicts.stored == verdicts.usable == ()
        assert all(Reason.OFF_SHIFT in verdict.reasons for verdict in verdicts.verdicts)

    def test_between_an_end_and_going_on_nothing_is_stored(self) -> None:
        drive = make_drive(5, start=NOON - minutes(5))
        pause = Range(drive[1].recorded_at, drive[3].recorded_at)

        result = screen(
            drive,
            recent=(),
            received_at=NOON,
            shift=replace(SHIFT, pauses=(pause,)),
            policy=POLICY,
        )

        assert result.stored == (*drive[:2], *drive[3:])
        assert [v.index for v in result.verdicts if v.reasons == (Reason.OFF_SHIFT,)] == [2]

    def test_after_the_shift_nothing_is_stored(self) -> None:
        drive = make_drive(3, start=NOON - minutes(5))

        result = screen(
            drive,
            recent=(),
            received_at=NOON,
            shift=replace(SHIFT, ended_at=drive[1].recorded_at),
            policy=POLICY,
        )

        assert result.stored == drive[:2]
        assert result.verdicts[2].reasons == (Reason.OFF_SHIFT,)

    def test_one_bad_fix_does_not_affect_the_others(self) -> None:
        drive = make_drive(49, start=NOON - minutes(30))
        future = make_fix(NOON + minutes(10))

        result = screened([*drive[:20], future, *drive[20:]])

        assert result.stored == drive
        assert [v.reasons for v in result.verdicts if v.reasons] == [(Reason.FUTURE,)]
        assert result.verdicts[20] == Verdict(20, (Reason.FUTURE,))

    def test_suspects_are_stored_but_move_nothing(self) -> None:
        vague = make_fix(accuracy_m=5_000.0)

        result = screened([vague])

        assert (result.stored, result.usable) == ((vague,), ())

    def test_a_fix_sent_twice_in_one_batch_counts_once(self) -> None:
        fix = make_fix()

        result = screened([fix, fix])

        assert [v.reasons for v in result.verdicts] == [(), (Reason.DUPLICATE,)]
        assert result.stored == result.usable == (fix,)

    def test_stored_fixes_of_a_batch_do_not_depend_on_earlier_fixes(self) -> None:
        drive = make_drive(10, start=NOON - minutes(10))

        again = screened(drive, recent=drive[-RECENT_FIXES:])

        assert again.stored == screened(drive).stored == drive
        assert [v.is_stored for v in again.verdicts] == [True] * 4 + [False] * 6

    def test_a_jump_and_back_is_flagged_and_nothing_else(self) -> None:
        drive = make_drive(6, start=NOON - minutes(5))
        jump = replace(drive[3], coordinates=FAR_AWAY)

        result = screened([*drive[:3], jump, *drive[4:]])

        assert [v.index for v in result.verdicts if v.reasons == (Reason.TELEPORT,)] == [3]
        assert jump in result.stored
        assert jump in result.usable
        assert set(result.usable) - set(result.trusted) == {jump}

    def test_three_that_agree_are_no_jump(self) -> None:
        start = NOON - minutes(5)
        elsewhere = [make_fix(start + seconds(90 + 30 * i), coordinates=FAR_AWAY) for i in range(3)]

        result = screened([*make_drive(3, start=start), *elsewhere])

        assert not any(verdict.reasons for verdict in result.verdicts)

    def test_what_is_no_fix_has_its_own_verdict_among_the_others(self) -> None:
        drive = make_drive(2, start=NOON - minutes(5))
        lacks = (Reason.NO_PLACE, Reason.NO_TIME)

        result = screen(
            [drive[0], UnreadableFix(lacks), drive[1]],
            recent=(),
            received_at=NOON,
            shift=SHIFT,
            policy=POLICY,
        )

        assert [v.reasons for v in result.verdicts] == [(), lacks, ()]
        assert result.stored == drive

    def test_a_made_up_place_is_kept_and_moves_nothing(self) -> None:
        result = screened([make_fix(is_mock=True)])

        assert [v.reasons for v in result.verdicts] == [(Reason.MOCK,)]
        assert (len(result.stored), result.usable) == (1, ())

    def test_no_fixes_have_no_verdicts(self) -> None:
        assert screened([]) == Screened((), (), (), ())

    @given(
        st.lists(fixes(town()), max_size=12).flatmap(
            lambda batch: st.tuples(st.just(batch), st.permutations(batch))
        )
    )
    def test_order_changes_no_verdict(self, batches: tuple[list[Fix], list[Fix]]) -> None:
        one, other = map(screened, batches)

        def told(batch: list[Fix], result: Screened) -> list[tuple[object, ...]]:
            return sorted(
                (fix.sort_key, verdict.reasons)
                for fix, verdict in zip(batch, result.verdicts, strict=True)
            )

        assert told(batches[0], one) == told(batches[1], other)
        assert (one.stored, one.usable) == (other.stored, other.usable)

    @given(st.lists(fixes(), max_size=10), st.lists(fixes(), max_size=RECENT_FIXES, unique=True))
    def test_every_kept_fix_was_sent_and_is_kept_once(
        self, batch: list[Fix], recent: list[Fix]
    ) -> None:
        result = screened(batch, recent)

        assert [verdict.index for verdict in result.verdicts] == list(range(len(batch)))
        assert len(set(result.stored)) == len(result.stored)
        assert set(result.trusted) <= set(result.usable) <= set(result.stored) <= set(batch)


class TestEarlierShifts:
    EARLIER = RouteId("rte_0")
    HOURS = ShiftHours(NOON - timedelta(hours=9), NOON - timedelta(hours=5))

    def screened(self, *batch: Fix) -> Screened:
        return screen(
            batch,
            recent=(),
            received_at=NOON,
            shift=SHIFT,
            earlier={self.EARLIER: self.HOURS},
            policy=POLICY,
        )

    def test_what_was_driven_then_belongs_to_that_route(self) -> None:
        late, present = make_fix(NOON - timedelta(hours=6)), make_fix(NOON)

        result = self.screened(present, late)

        assert [v.reasons for v in result.verdicts] == [(), ()]
        assert all(v.is_stored for v in result.verdicts)
        assert result.late == ((self.EARLIER, (late,)),)
        assert result.stored == result.usable == result.trusted == (present,)

    def test_between_two_routes_nothing_is_stored(self) -> None:
        result = self.screened(make_fix(NOON - timedelta(hours=4, minutes=30)))

        assert result.verdicts == (Verdict(0, (Reason.OFF_SHIFT,)),)
        assert result.late == ()

    def test_in_a_pause_of_that_route_neither(self) -> None:
        pause = Range(NOON - timedelta(hours=7), NOON - timedelta(hours=6))
        hours = {self.EARLIER: replace(self.HOURS, pauses=(pause,))}
        late = make_fix(NOON - timedelta(hours=6, minutes=30))

        result = screen(
            [late], recent=(), received_at=NOON, shift=SHIFT, earlier=hours, policy=POLICY
        )

        assert result.verdicts == (Verdict(0, (Reason.OFF_SHIFT,)),)
        assert result.late == ()

    def test_they_are_judged_among_themselves(self) -> None:
        start = NOON - timedelta(hours=8)
        drive = make_drive(6, start=start)
        jump = replace(drive[3], coordinates=FAR_AWAY)

        result = self.screened(*drive[:3], jump, *drive[4:])

        assert [v.index for v in result.verdicts if v.reasons == (Reason.TELEPORT,)] == [3]
        assert result.late == ((self.EARLIER, (*drive[:3], jump, *drive[4:])),)
