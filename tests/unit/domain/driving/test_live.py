from dataclasses import replace

from hypothesis import given, settings

from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.ids import DriverId
from chalicelib.domain.policy import Policy
from tests.support.builders import NOON, make_drive, make_eta, make_live, minutes
from tests.support.depth import times
from tests.support.strategies import lives, lives_of


def test_a_new_driver_has_no_head_and_no_stop() -> None:
    live = Live(DriverId("drv_1"))

    assert live.head(Policy()) is None
    assert live.next_stop is None
    assert live.stops_before(0) == 0


def test_the_head_is_the_newest_credible_fix() -> None:
    drive = make_drive(6)

    assert make_live(recent=drive).head(Policy()) == drive[-1]


def test_done_stops_are_not_counted() -> None:
    done = Progress(is_done=True)
    live = make_live(4).with_progress(0, done).with_progress(2, done)

    assert list(live.remaining()) == [1, 3]
    assert live.next_stop == 1
    assert [live.stops_before(i) for i in range(4)] == [0, 0, 0, 1]


def test_out_of_turn_the_order_is_that_of_the_etas() -> None:
    live = make_live(
        5, last_stop=2, etas=tuple(make_eta(NOON + minutes(m)) for m in (50, 9, 1, 4, 30))
    )
    reached = Progress(arrived_at=NOON)

    assert live.with_progress(2, Progress(is_done=True)).remaining() == [3, 1, 4, 0]
    assert live.with_progress(2, reached).remaining() == [2, 3, 1, 4, 0]
    assert live.with_progress(2, reached).under_way == 2
    assert live.with_progress(2, reached).stops_before(4) == 3


def test_a_stop_that_was_left_without_a_report_comes_last() -> None:
    live = make_live(4, last_stop=1, etas=(None, None, make_eta(NOON), make_eta(NOON + minutes(9))))
    for i in (0, 1):
        live = live.with_progress(i, Progress(arrived_at=NOON))

    assert live.remaining() == [1, 2, 3, 0]


@settings(max_examples=times(quick=20, deep=2_000))
@given(lives())
def test_stops_before_counts_what_remains(live: Live) -> None:
    remaining = list(live.remaining())

    assert [live.stops_before(i) for i in remaining] == list(range(len(remaining)))
    assert live.next_stop == (remaining[0] if remaining else None)


@settings(max_examples=times(quick=20, deep=2_000))
@given(lives_of(3))
def test_one_stops_progress_is_replaced_alone(live: Live) -> None:
    changed = replace(live.progress[1], is_done=not live.progress[1].is_done)

    after = live.with_progress(1, changed)

    assert after.progress == (live.progress[0], changed, live.progress[2])
    assert replace(after, progress=live.progress) == live
