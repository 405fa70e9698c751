"""Virtual time, and what happens in it."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from local.agenda import Agenda, Doings
from local.clock import VirtualClock
from tests.support.builders import NOON


class Wall:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_fast_clock_runs_ahead_of_the_wall() -> None:
    wall = Wall()
    clock = VirtualClock(NOON, speed=10, monotonic=wall)

    wall.now_s += 6

    assert clock.now() == NOON + timedelta(minutes=1)
    assert clock.real_s_until(NOON + timedelta(minutes=2)) == pytest.approx(6)


def test_a_change_of_speed_does_not_jump() -> None:
    wall = Wall()
    clock = VirtualClock(NOON, speed=10, monotonic=wall)

    wall.now_s += 6
    clock.run(1)
    wall.now_s += 6

    assert clock.now() == NOON + timedelta(seconds=66)


def test_a_standing_clock_moves_only_when_told() -> None:
    wall = Wall()
    clock = VirtualClock(NOON, monotonic=wall)

    wall.now_s += 3_600
    clock.advance(timedelta(seconds=5))

    assert clock.now() == NOON + timedelta(seconds=5)
    assert clock.real_s_until(NOON) == 0
    assert math.isinf(clock.real_s_until(NOON + timedelta(minutes=1)))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        VirtualClock(NOON.replace(tzinfo=None))


def test_doings_take_turns_in_the_order_of_time() -> None:
    clock, seen = VirtualClock(NOON), list[tuple[str, int]]()

    def every(seconds: float, name: str) -> Doings:
        at = yield 0.0
        while True:
            seen.append((name, round((at - NOON).total_seconds())))
            at = yield seconds

    agenda = Agenda(clock)
    agenda.add(every(10, "slow"))
    agenda.add(every(4, "fast"), after_s=1)
    agenda.run_until(NOON + timedelta(seconds=12))

    assert seen == [
        ("slow", 0),
        ("fast", 1),
        ("fast", 5),
        ("fast", 9),
        ("slow", 10),
    ]
    assert clock.now() == NOON + timedelta(seconds=12)


def test_doings_are_told_their_own_time_even_when_the_clock_is_ahead() -> None:
    clock, seen = VirtualClock(NOON), list[datetime]()

    def twice() -> Doings:
        seen.append((yield 0.0))
        clock.advance(timedelta(seconds=30))
        seen.append((yield 5.0))

    agenda = Agenda(clock)
    agenda.add(twice())
    agenda.run_until(NOON + timedelta(minutes=1))

    assert seen == [NOON, NOON + timedelta(seconds=5)]


def test_doings_that_lag_too_far_are_moved_on_to_the_clock() -> None:
    clock, seen = VirtualClock(NOON), list[datetime]()

    def twice() -> Doings:
        seen.append((yield 0.0))
        clock.advance(timedelta(hours=1))
        seen.append((yield 5.0))

    agenda = Agenda(clock)
    agenda.add(twice())
    agenda.run_until(NOON + timedelta(hours=2))

    assert seen == [NOON, datetime(2026, 11, 23, 13, 0, tzinfo=UTC)]
