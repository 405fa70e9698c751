"""The chain of remaining stops: from durations to an ETA for each stop, a point and a range.

Means add up. Variances add up with a correlation of 0.12 between all parts. (With independent parts
an 80 % range covers only 66 %.) A driver who is early waits for the window.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from chalicelib.domain.eta.estimates import (
    FAR_RANGE_STEP_S,
    FAR_S,
    NEAR_RANGE_STEP_S,
    POINT_STEP_S,
    Duration,
    Eta,
)
from chalicelib.domain.eta.model import CORRELATION, RangeShape, TravelModel
from chalicelib.domain.instants import Range

TOGETHER: Final = CORRELATION * CORRELATION
INDEPENDENT: Final = 1.0 - TOGETHER
NEAR_STEPS_S: Final = (NEAR_RANGE_STEP_S, 1)
NO_TIME: Final = Duration(mu=-700.0, variance=0.0)
"""A duration of practically zero seconds. The log of zero itself does not exist."""


@dataclass(frozen=True, slots=True)
class StopTimes:
    """The travel to one remaining stop, the service at it, and its window."""

    travel: Duration
    dwell: Duration
    window: Range | None = None


class BreakAhead(NamedTuple):
    """A break that is still ahead, or the part of it that is left.

    It may begin between ``earliest_s`` and ``latest_s``, in seconds since the epoch. ``left_s`` is
    how long it still lasts. ``is_now`` is true while the driver takes it.
    """

    earliest_s: float
    latest_s: float
    left_s: float
    is_now: bool = False


class Span(NamedTuple):
    """Seconds from the start until a stop is reached: the point and the range.

    ``sigma_s`` and ``shape`` are the deviation and the shape that the range was made from.
    """

    stops_ahead: int
    point_s: float
    low_s: float
    high_s: float
    sigma_s: float
    shape: RangeShape


def chain(
    stop_times: Sequence[StopTimes],
    *,
    departs_at: datetime,
    model: TravelModel,
    breaks_ahead: Iterable[BreakAhead] = (),
) -> tuple[Eta, ...]:
    """An ETA for every stop in order, for a vehicle that leaves for the first at ``departs_at``.

    The driver takes the ``breaks_ahead`` in their order. Every ETA is finite, and
    earliest ≤ point ≤ latest.
    """
    at = datetime.fromtimestamp
    return tuple(
        Eta(at(point_s, UTC), at(earliest_s, UTC), at(latest_s, UTC))
        for point_s, earliest_s, latest_s in instants_s(
            stop_times, start_s=departs_at.timestamp(), model=model, breaks_ahead=breaks_ahead
        )
    )


def instants_s(
    stop_times: Sequence[StopTimes],
    *,
    start_s: float,
    model: TravelModel,
    breaks_ahead: Iterable[BreakAhead] = (),
) -> list[tuple[int, int, int]]:
    """``chain`` in whole seconds since the epoch: the point, the earliest, the latest.

    Each lies on the grid of ``estimates``, finer within the hour than beyond it. They are moved
    upward to it: nothing is expected in the past, or before its window opens. Points increase from
    stop to stop, so they tell the order of visits.
    """
    shapes = model.range_shapes(len(stop_times))
    found: list[tuple[int, int, int]] = []
    before_s = 0
    step_s, point_step_s = NEAR_STEPS_S
    for point_s, low_s, high_s, _ in _added_up(stop_times, shapes, start_s, breaks_ahead):
        if point_s > FAR_S:
            step_s, point_step_s = FAR_RANGE_STEP_S, POINT_STEP_S
        point = -int(-(start_s + point_s) // point_step_s) * point_step_s
        if point <= before_s:
            point = (before_s // point_step_s + 1) * point_step_s
        low = -int(-(start_s + low_s) // step_s) * step_s
        high = -int(-(start_s + high_s) // step_s) * step_s
        found.append((point, low if low < point else point, high if high > point else point))
        before_s = point
    return found


def spans(
    stop_times: Sequence[StopTimes],
    *,
    start_s: float,
    model: TravelModel,
    breaks_ahead: Iterable[BreakAhead] = (),
) -> Iterator[Span]:
    """The chain in seconds after ``start_s`` (since the epoch)."""
    shapes = model.range_shapes(len(stop_times))
    sums = _added_up(stop_times, shapes, start_s, breaks_ahead)
    for stops_ahead, (shape, found) in enumerate(zip(shapes, sums, strict=True), 1):
        yield Span(stops_ahead, *found, shape)


def _added_up(
    stop_times: Sequence[StopTimes],
    shapes: Sequence[RangeShape],
    start_s: float,
    breaks_ahead: Iterable[BreakAhead],
) -> Iterator[tuple[float, float, float, float]]:
    """For each stop in seconds after the start: the point, its range, the deviation.

    All stops of a route pass through here with every fix: plain tuples, and no call that can be
    made once before the loop, or not at all (``min`` and ``max`` would be a quarter of it).
    """
    elapsed_s = variance_s2 = deviation_s = sooner_s = later_s = 0.0
    breaks = Breaks(breaks_ahead, start_s)
    has_breaks, sqrt = bool(breaks), math.sqrt
    is_left = False
    for times, (low, high) in zip(stop_times, shapes, strict=True):
        travel, dwell, window = times.travel, times.dwell, times.window
        if has_breaks:
            elapsed_s += breaks.taken_s(elapsed_s, travel.mean_s, is_left=is_left)
            sooner_s, later_s = breaks.leeway_s(elapsed_s + travel.mean_s)
            is_left = True
        elapsed_s += travel.mean_s
        variance_s2 += travel.variance_s2
        deviation_s += travel.deviation_s
        sigma_s = sqrt(INDEPENDENT * variance_s2 + TOGETHER * deviation_s * deviation_s)
        soonest_s = elapsed_s - sooner_s
        low_s, least_s = soonest_s + low * sigma_s, 0.3 * soonest_s
        low_s = least_s if low_s < least_s else low_s
        high_s = elapsed_s + later_s + high * sigma_s
        if window is not None:
            opens_s = window.earliest.timestamp() - start_s
            low_s, high_s = max(low_s, opens_s), max(high_s, opens_s)
            elapsed_s = max(elapsed_s, opens_s)
        yield (
            elapsed_s,
            elapsed_s if low_s > elapsed_s else low_s,
            elapsed_s if high_s < elapsed_s else high_s,
            sigma_s,
        )
        elapsed_s += dwell.mean_s
        variance_s2 += dwell.variance_s2
        deviation_s += dwell.deviation_s


class Breaks:
    """The breaks of one chain: where they are taken, and how far that guess may be wrong.

    We assume that a driver takes a break on leaving the first stop within its span, or on the way
    to a stop that it would reach after the span. A break that has begun comes first.
    """

    __slots__ = ("ahead", "start_s", "taken")

    def __init__(self, breaks_ahead: Iterable[BreakAhead], start_s: float) -> None:
        """No break is taken yet. ``start_s`` is the start of the chain, since the epoch."""
        self.ahead = list(breaks_ahead)
        self.start_s = start_s
        self.taken: list[BreakAhead] = []

    def __bool__(self) -> bool:
        """Whether there are any breaks, taken or not."""
        return bool(self.ahead or self.taken)

    def taken_s(self, elapsed_s: float, travel_s: float, *, is_left: bool) -> float:
        """The seconds spent on breaks before the next stop, ``travel_s`` away.

        ``is_left`` is true when the leg begins at a stop.
        """
        spent_s = 0.0
        for each in tuple(self.ahead):
            now_s = self.start_s + elapsed_s + spent_s
            is_due = now_s + travel_s > each.latest_s or (is_left and now_s >= each.earliest_s)
            if is_due or each.is_now:
                spent_s += each.left_s
                self.ahead.remove(each)
                self.taken.append(each)
        return spent_s

    def leeway_s(self, arrival_s: float) -> tuple[float, float]:
        """How much sooner and later the van may reach a stop.

        Sooner, if a break counted before the stop is taken after it; later, the other way round.
        """
        at_s = self.start_s + arrival_s
        sooner_s = sum(
            p.left_s for p in self.taken if at_s - p.left_s <= p.latest_s and not p.is_now
        )
        later_s = sum(p.left_s for p in self.ahead if at_s >= p.earliest_s)
        return sooner_s, later_s


def remaining_dwell(dwell: Duration, elapsed: timedelta) -> Duration:
    """The time left of a service that has lasted ``elapsed``.

    This is the mean less the elapsed time, but at least a quarter of the mean: a driver who has
    been there for long will still not leave this second.
    """
    mean_s = dwell.mean_s
    left_s = max(mean_s - max(elapsed.total_seconds(), 0.0), 0.25 * mean_s)
    return Duration(math.log(left_s) - dwell.variance / 2.0, dwell.variance)
