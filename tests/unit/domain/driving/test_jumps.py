import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.jumps import RECENT_FIXES, credible, is_drivable, newest, teleports
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.screening import Reason, Screened, screen
from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId
from chalicelib.domain.policy import Policy
from tests.support.builders import HELSINKI, NOON, make_drive, make_fix, minutes, north_of, seconds
from tests.support.strategies import fixes, town, tracks, untidy

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


def after(batches: Sequence[Sequence[Fix]], recent: tuple[Fix, ...] = ()) -> tuple[Fix, ...]:
    """The newest fixes after the batches came in, one after the other."""
    for batch in batches:
        recent = newest(recent, screened(batch, recent).usable)
    return recent


def head(recent: Sequence[Fix]) -> Fix:
    return credible(recent, POLICY)[-1]


class TestHead:
    @given(untidy(tracks() | st.lists(fixes(), min_size=1, max_size=12, unique=True).map(tuple)))
    def test_order_grouping_and_repetition_change_nothing(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]]
    ) -> None:
        told, batches = case

        recent = after(batches)

        assert recent == after([told])
        assert credible(recent, POLICY) == credible(after([told]), POLICY)

    @given(untidy(tracks()))
    def test_the_head_of_a_plain_drive_is_its_newest_fix(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]]
    ) -> None:
        told, batches = case

        assert head(after(batches)) == told[-1]

    @given(st.lists(fixes(town()), min_size=4, max_size=4, unique=True))
    def test_ties_are_settled_the_same_way_every_time(self, same_time: list[Fix]) -> None:
        at_once = [replace(fix, recorded_at=NOON, coordinates=HELSINKI) for fix in same_time]

        one = after([[fix] for fix in at_once])
        other = after([[fix] for fix in reversed(at_once)])

        assert one == other

    @given(tracks(), st.lists(fixes(), max_size=5))
    def test_repeating_any_batch_changes_nothing(
        self, drive: tuple[Fix, ...], noise: list[Fix]
    ) -> None:
        recent = after([drive, noise])

        assert after([drive, noise, drive, noise, noise], recent) == recent

    @given(tracks(min_size=1, max_size=12), fixes(town()), st.integers(600, 10_000))
    def test_a_late_fix_never_moves_it(
        self, drive: tuple[Fix, ...], late: Fix, late_s: int
    ) -> None:
        late = replace(late, recorded_at=drive[0].recorded_at - seconds(late_s), accuracy_m=None)
        assume(late.recorded_at >= SHIFT.started_at)
        recent = after([drive])

        assert head(after([[late]], recent)) == head(recent)

    @given(st.integers(1, 2), st.integers(1, 2), st.integers(0, 3))
    def test_late_fixes_do_not_decide_between_a_drive_and_a_jump(
        self, driven: int, jumped: int, late_count: int
    ) -> None:
        assume(driven >= jumped)
        drive = make_drive(driven, start=NOON - minutes(10))
        jumps = [
            make_fix(NOON - minutes(8) + seconds(i), coordinates=FAR_AWAY) for i in range(jumped)
        ]
        late = [
            make_fix(NOON - timedelta(hours=3) + seconds(i), coordinates=HELSINKI)
            for i in range(late_count)
        ]

        assert head(after([drive, jumps, late])) == drive[-1]

    @given(
        st.integers(2, 12),
        st.sampled_from([1.0, 5.0, 15.0, 30.0]),
        st.floats(200, 200_000),
        st.data(),
    )
    def test_one_jump_never_moves_it(
        self, count: int, every_s: float, way_m: float, data: st.DataObject
    ) -> None:
        drive = make_drive(count, start=NOON - minutes(10), every_s=every_s)
        last = drive[-1]
        jump_at = last.recorded_at + seconds(every_s)
        jump = make_fix(jump_at, coordinates=north_of(last.coordinates, way_m))
        assume(not is_drivable(last, jump, POLICY))
        assert head(after([drive, [jump]])) == last

        back = make_fix(
            jump_at + seconds(every_s),
            coordinates=north_of(HELSINKI, 10.0 * every_s * (count + 1)),
        )
        assert head(after([drive, [jump], [back]])) == back
        assert head(after(data.draw(st.permutations([drive, [jump], [back]])))) == back

    @pytest.mark.parametrize("way_m", [1_500.0, 2_000.0, 2_700.0, 4_000.0])
    def test_a_jump_that_only_older_fixes_could_reach_moves_nothing(self, way_m: float) -> None:
        drive = make_drive(3, start=NOON - minutes(5))
        jump = make_fix(
            drive[-1].recorded_at + seconds(30),
            coordinates=north_of(drive[-1].coordinates, -way_m),
        )

        assert head(after([drive, [jump]])) == drive[-1]

    @given(st.integers(1, 12), st.floats(2_000, 400_000))
    def test_a_van_that_really_is_elsewhere_is_followed_after_three(
        self, count: int, way_m: float
    ) -> None:
        drive = make_drive(count, start=NOON - minutes(30), every_s=15.0)
        place = north_of(drive[-1].coordinates, way_m)
        elsewhere = [
            make_fix(drive[-1].recorded_at + seconds(15 * i), coordinates=place) for i in (1, 2, 3)
        ]
        assume(count < 3 or not is_drivable(drive[-3], elsewhere[0], POLICY))

        recent = after([drive, elsewhere])

        assert head(recent) == elsewhere[-1]
        if count >= 3:
            assert head(after([drive, elsewhere[:1]])) == drive[-1]
            assert head(after([drive, elsewhere[:2]])) == drive[-1]

    @given(st.lists(fixes(town()), max_size=RECENT_FIXES, unique=True))
    def test_a_credible_chain_can_be_driven(self, some: list[Fix]) -> None:
        recent = newest((), some)
        chain = credible(recent, POLICY)

        assert set(chain) <= set(recent)
        assert bool(chain) == bool(recent)
        assert all(is_drivable(a, b, POLICY) for a, b in itertools.pairwise(chain))

    def test_across_the_antimeridian_it_goes_on(self) -> None:
        east = make_fix(NOON - seconds(30), coordinates=Coordinates(-17.0, 179.999))
        west = make_fix(NOON, coordinates=Coordinates(-17.0, -179.999))

        assert head(after([[east], [west]])) == west


class TestFrozenPlaces:
    """A device that repeats an old place with new times, between true ones."""

    FROZEN = Coordinates(60.18, 24.99)

    def drive(self, pattern: str, *, every_s: float = 2.0) -> list[Fix]:
        """A true fix of a van at 10 m/s for each t, the frozen place for each S."""
        return [
            make_fix(
                NOON - minutes(20) + seconds(every_s * i),
                coordinates=north_of(HELSINKI, 10.0 * every_s * i) if kind == "t" else self.FROZEN,
            )
            for i, kind in enumerate(pattern)
        ]

    @pytest.mark.parametrize(
        "pattern", ["tS" * 20, "ttS" * 14, "tSS" * 14, "tttSS" * 8, "tStSS" * 8, "tttSSttt"]
    )
    @pytest.mark.parametrize("every_s", [1.0, 2.0, 5.0])
    def test_the_van_stays_where_it_drives(self, pattern: str, every_s: float) -> None:
        recent: tuple[Fix, ...] = ()
        true = None
        for kind, fix in zip(pattern, self.drive(pattern, every_s=every_s), strict=True):
            recent = after([[fix]], recent)
            true = fix if kind == "t" else true

            assert head(recent) == true

    @given(
        st.lists(st.sampled_from(["t", "tS", "tSS"]), min_size=4, max_size=12).map("".join),
        st.randoms(use_true_random=False),
    )
    def test_whatever_the_order_in_which_they_arrive(self, pattern: str, chance: Random) -> None:
        told = [*self.drive("ttt"), *self.drive("ttt" + pattern)[3:]]
        shuffled = chance.sample(told, len(told))
        newest_true = max(
            (fix for fix in told if fix.coordinates != self.FROZEN), key=lambda fix: fix.sort_key
        )

        assert head(after([[fix] for fix in shuffled])) == head(after([told])) == newest_true

    def test_all_of_them_are_told_as_jumps_in_one_batch(self) -> None:
        pattern = "StStStStSSttS"

        result = screened(self.drive(pattern))

        jumps = [i for i, kind in enumerate(pattern) if kind == "S"]
        assert [v.index for v in result.verdicts if v.reasons == (Reason.TELEPORT,)] == jumps

    def test_with_three_in_a_row_the_van_really_is_there(self) -> None:
        assert head(after([self.drive("tttSSS")])).coordinates == self.FROZEN


class TestOrigin:
    """The hub at the start of the route is the first link."""

    ORIGIN = Fix(NOON - minutes(10), HELSINKI)

    def cached(self, count: int, way_m: float, *, every_s: float = 10.0) -> list[Fix]:
        place = north_of(HELSINKI, way_m)
        start = self.ORIGIN.recorded_at + seconds(1)
        return [make_fix(start + seconds(every_s * i), coordinates=place) for i in range(count)]

    def chain(self, recent: Sequence[Fix]) -> tuple[Fix, ...]:
        return credible(newest((), recent), POLICY, self.ORIGIN)

    def jumps(self, batch: Sequence[Fix], recent: Sequence[Fix] = ()) -> list[int]:
        result = screen(
            batch,
            recent=recent,
            received_at=NOON,
            shift=ShiftHours(self.ORIGIN.recorded_at),
            origin=self.ORIGIN,
            policy=POLICY,
        )
        return [v.index for v in result.verdicts if v.reasons == (Reason.TELEPORT,)]

    @pytest.mark.parametrize("way_m", [2_000.0, 30_000.0, 150_000.0])
    @pytest.mark.parametrize("count", [1, 2])
    def test_cached_fixes_of_elsewhere_are_not_believed(self, count: int, way_m: float) -> None:
        cached = self.cached(count, way_m)
        true = make_drive(5, start=cached[-1].recorded_at + seconds(10), every_s=10.0)

        assert self.chain(cached) == ()
        assert self.jumps(cached) == list(range(count))
        for i in range(1, 6):
            assert self.chain([*cached, *true[:i]])[-1] == true[i - 1]
            assert self.jumps(true[i - 1 : i], [*cached, *true[: i - 1]]) == []

    def test_a_van_that_was_not_at_the_hub_is_followed_from_the_third_fix_on(self) -> None:
        elsewhere = self.cached(4, 30_000.0)

        assert [len(self.chain(elsewhere[:i])) for i in (1, 2, 3, 4)] == [0, 0, 3, 4]
        assert self.jumps(elsewhere[:3]) == []
        assert self.jumps(elsewhere[2:3], elsewhere[:2]) == []

    @given(tracks(max_size=5))
    def test_it_takes_nothing_from_a_plain_drive(self, drive: tuple[Fix, ...]) -> None:
        origin = Fix(drive[0].recorded_at - minutes(10), HELSINKI)

        assert credible(drive, POLICY, origin) == drive

    @given(untidy(st.lists(fixes(), min_size=1, max_size=12, unique=True).map(tuple)))
    def test_order_grouping_and_repetition_change_nothing(
        self, case: tuple[tuple[Fix, ...], list[list[Fix]]]
    ) -> None:
        told, batches = case
        one = two = Live(DriverId("drv_1"), started_at=SHIFT.started_at, began_at=HELSINKI)

        one = one.with_fixes(screened(told).usable)
        for batch in batches:
            two = two.with_fixes(screened(batch, two.recent).usable)

        assert two == one
        assert two.head(POLICY) == one.head(POLICY)


class TestTeleports:
    @given(tracks(max_size=20))
    def test_a_plain_drive_has_none(self, drive: tuple[Fix, ...]) -> None:
        assert teleports(drive, POLICY) == frozenset()

    def test_two_jumps_that_disagree_are_both_told(self) -> None:
        drive = make_drive(2)
        one = make_fix(NOON + seconds(60), coordinates=FAR_AWAY)
        other = make_fix(NOON + seconds(90), coordinates=Coordinates(0.0, 20.0))

        assert teleports([*drive, one, other], POLICY) == {one, other}
