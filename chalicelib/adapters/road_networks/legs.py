"""The legs of a plan, asked for a few at a time and all within one deadline.

Networks refuse a question as a whole when one address has no road: then it is asked again in
halves, until the legs without a way stand alone. Whatever else goes wrong spoils the whole plan: a
van is not timed by two measures because a server fell over half way.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPException
from typing import Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates

DEADLINE_S: Final = 5.0
"""For a whole plan. A dispatcher waits meanwhile, and the function has 28 s in all."""
LONGEST_S: Final = 10 * 86_400.0
"""No leg takes ten days; such a figure is a sentinel or a mistake."""

Ask = Callable[[Sequence[Coordinates], float], Sequence[float | None]]
"""Seconds for each pair of consecutive places, by a deadline of ``time.monotonic()``."""


class AskFewer(Exception):
    """There is no answer for these legs together, and perhaps one for some of them."""


def travel_times(
    places: Sequence[Coordinates], ask: Ask, *, legs_at_once: int, deadline_s: float
) -> tuple[float | None, ...]:
    """Seconds for each leg, None where there is no way.

    ``ask`` raises AskFewer, and OSError, HTTPException or ValueError for a fault. Raises
    Unavailable for any fault, and at the deadline.
    """
    ends_at = time.monotonic() + deadline_s
    starts = range(0, len(places) - 1, legs_at_once)
    try:
        return tuple(
            seconds
            for start in starts
            for seconds in _asked(places[start : start + legs_at_once + 1], ask, ends_at)
        )
    except (OSError, HTTPException, ValueError, RecursionError) as exc:
        raise Unavailable(dependency="road network") from exc


def seconds(value: object) -> float:
    """A duration as it was answered. Raises ValueError unless it is one."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_S:
        return float(value)
    msg = "no duration"
    raise ValueError(msg)


def diagonal(rows: Sequence[object], legs: int) -> Iterator[float | None]:
    """The seconds of consecutive places out of a matrix: its rows are starts, its columns ends.

    Null is no way. Raises ValueError for a matrix of another shape.
    """
    if len(rows) != legs:
        msg = "not as many rows as starts"
        raise ValueError(msg)
    for i, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != legs:
            msg = "not as many columns as ends"
            raise ValueError(msg)
        yield None if row[i] is None else seconds(row[i])


def _asked(places: Sequence[Coordinates], ask: Ask, ends_at: float) -> Sequence[float | None]:
    try:
        return ask(places, ends_at)
    except AskFewer:
        legs = len(places) - 1
        if legs == 1:
            return (None,)
    middle = legs // 2
    return (
        *_asked(places[: middle + 1], ask, ends_at),
        *_asked(places[middle:], ask, ends_at),
    )
