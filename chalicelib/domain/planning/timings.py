"""When a van reaches each of its stops, and what its day is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.eta.chain import BreakAhead, Breaks


class Visited(NamedTuple):
    """One stop of a day: the way to it, the work at it, and its window, in seconds."""

    travel_s: float
    service_s: float
    opens_s: float
    closes_s: float


@dataclass(frozen=True, slots=True)
class Timing:
    """A van's day in seconds. It leaves at the start and is back at ``finish_s``.

    ``late_s`` is how much later than their windows all its stops are reached together, with the
    time after the end of its hours. ``late`` are the indexes of its late stops.
    """

    finish_s: float
    driving_s: float
    service_s: float
    waiting_s: float
    break_s: float
    late_s: float
    late: tuple[int, ...]


def timing(
    stops: Sequence[Visited],
    *,
    starts_s: float,
    back_s: float,
    ends_s: float,
    breaks: Iterable[BreakAhead] = (),
) -> Timing:
    """The day of a van that makes these stops; ``back_s`` is the way from the last one to the hub.

    It waits where it is early, and takes its breaks where an ETA expects them (``chain``).
    """
    resting = Breaks(breaks, starts_s)
    elapsed_s = waiting_s = break_s = late_s = 0.0
    late: list[int] = []
    for i, stop in enumerate(stops):
        rest_s = resting.taken_s(elapsed_s, stop.travel_s, is_left=i > 0)
        at_s = starts_s + elapsed_s + rest_s + stop.travel_s
        early_s = max(0.0, stop.opens_s - at_s)
        if at_s > stop.closes_s:
            late_s += at_s - stop.closes_s
            late.append(i)
        elapsed_s = at_s - starts_s + early_s + stop.service_s
        waiting_s += early_s
        break_s += rest_s
    if stops:
        rest_s = resting.taken_s(elapsed_s, back_s, is_left=True)
        elapsed_s += rest_s + back_s
        break_s += rest_s
    finish_s = starts_s + elapsed_s
    return Timing(
        finish_s=finish_s,
        driving_s=sum(stop.travel_s for stop in stops) + (back_s if stops else 0.0),
        service_s=sum(stop.service_s for stop in stops),
        waiting_s=waiting_s,
        break_s=break_s,
        late_s=late_s + (max(0.0, finish_s - ends_s) if stops else 0.0),
        late=tuple(late),
    )
