"""Asking a road network for the legs of a plan: a few at a time, all within one deadline.

A network refuses a whole request when one address has no road. Then we split the request into
halves, again and again, until the legs without a way are alone. Any other fault fails the whole
plan: we do not mix two sources of times in one plan because a server failed half way.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPException
from typing import Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates

DEADLINE_S: Final = 5.0
"""For a whole plan. A dispatcher is waiting, and the function has 28 s in all."""
LONGEST_S: Final = 10 * 86_400.0
"""No leg takes ten days. Such a figure is a placeholder or a mistake."""

Ask = Callable[[Sequence[Coordinates], float], Sequence[float | None]]
"""Gives the seconds for each pair of consecutive places, by a deadline of ``time.monotonic()``."""


class AskFewer(Exception):
    """The network has no answer for these legs together, but perhaps for some of them."""


def travel_times(
    places: Sequence[Coordinates], ask: Ask, *, legs_at_once: int, deadline_s: float
) -> tuple[float | None, ...]:
    """Seconds for each leg; None when there is no way.

    ``ask`` may raise AskFewer, and OSError, HTTPException or ValueError for a fault. Raises
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
    """A duration from an answer. Raises ValueError unless it is a duration."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_S:
        return float(value)
    msg = "The answer has no duration."
    raise ValueError(msg)


def diagonal(rows: Sequence[object], legs: int) -> Iterator[float | None]:
    """The seconds between consecutive places from a matrix of starts (rows) and ends (columns).

    Null means that there is no way. Raises ValueError for a matrix of another shape.
    """
    if len(rows) != legs:
        msg = "The answer has another number of rows than there are starts."
        raise ValueError(msg)
    for i, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != legs:
            msg = "The answer has another number of columns than there are ends."
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
