"""The range of an ETA as people are shown it: on full five minutes, and calm.

An ETA moves with every fix, and its ends cross full five minutes to and fro. So a page would say
14:10–14:40, then 14:10–14:35, then 14:10–14:40 again. The shown range remembers itself instead:

- it grows only by ten minutes or more, so it never takes five minutes back;
- it shrinks only by ten minutes or more, and by half of what is left of it;
- once it has begun, its beginning stays: a page says "by 14:40" and goes on saying so;
- once it is over, it is "any minute" for the next stop, until the ETA is clearly later.

A range that remembers is wider than its ETA. Each end is therefore taken inwards before it goes to
full five minutes, so that the shown range holds as often as the ETA: in four of five cases
(docs/eta.md has the figures).

All times are whole seconds since the epoch, because this is done for many stops with every fix.
"""

from typing import Final, NamedTuple

STEP_S: Final = 300
LEAST_MOVE_S: Final = 600
"""An end moves by so much at least."""
LEAST_SHARE: Final = 0.5
"""It moves inwards by this share of what is left of the range at least."""
INWARDS_S: Final = 255
"""Measured on recorded days with the two above: what is shown holds as often as the ETA itself."""
LATER_AGAIN_S: Final = 360
"""The next stop is due any minute until its ETA ends later than this from now."""


class Span(NamedTuple):
    """A range in seconds since the epoch."""

    earliest_s: int
    latest_s: int


def fresh(eta: Span) -> Span:
    """The range of an ETA of which nothing has been shown yet."""
    begins_s = (eta.earliest_s + INWARDS_S) // STEP_S * STEP_S
    ends_s = -(-(eta.latest_s - INWARDS_S) // STEP_S) * STEP_S
    return Span(begins_s, max(ends_s, begins_s + STEP_S))


def steady(shown: Span | None, eta: Span, now_s: int, *, is_next: bool) -> Span:
    """The range to show now, after ``shown``. The same ETA again changes nothing.

    ``is_next``: the van makes no stop before this one.
    """
    new = fresh(eta)
    shown = shown or new
    soon_s = now_s // STEP_S * STEP_S + STEP_S
    if shown.latest_s <= now_s:
        return _after_its_end(shown, new, eta, now_s, soon_s, is_next=is_next)
    new = Span(new.earliest_s, max(new.latest_s, soon_s))
    has_begun = shown.earliest_s <= now_s
    left_s = shown.latest_s - (now_s if has_begun else shown.earliest_s)
    inwards_s = max(LEAST_MOVE_S, LEAST_SHARE * left_s)
    later_s = new.latest_s - shown.latest_s
    earlier_s = 0 if has_begun else shown.earliest_s - new.earliest_s
    if -inwards_s < later_s < LEAST_MOVE_S and -inwards_s < earlier_s < LEAST_MOVE_S:
        return shown
    begins_s, ends_s = shown
    if earlier_s >= LEAST_MOVE_S or earlier_s < 0:
        begins_s = new.earliest_s
    if later_s >= LEAST_MOVE_S or later_s < 0:
        ends_s = new.latest_s
    if ends_s >= begins_s + STEP_S:
        return Span(begins_s, ends_s)
    if later_s <= 0:  # all of it has moved forward
        return Span(min(new.earliest_s, shown.earliest_s - LEAST_MOVE_S), ends_s)
    return Span(begins_s, max(new.latest_s, shown.latest_s + LEAST_MOVE_S))


def _after_its_end(
    shown: Span, new: Span, eta: Span, now_s: int, soon_s: int, *, is_next: bool
) -> Span:
    """A range that is over stays, as "any minute", or is moved on."""
    still_s = now_s + LATER_AGAIN_S if is_next else shown.latest_s
    if eta.latest_s <= still_s:
        return shown
    return Span(shown.earliest_s, max(new.latest_s, shown.latest_s + LEAST_MOVE_S, soon_s))


def after_telling(shown: Span | None, promise: Span, now_s: int) -> Span:
    """The range to show once a promise has been told: the promise, but one that has begun has."""
    has_begun = shown is not None and shown.earliest_s <= now_s
    return Span(shown.earliest_s, promise.latest_s) if has_begun and shown else promise


def is_like(shown: Span, other: Span) -> bool:
    """Whether a page that shows the first need not change for the second."""
    return all(abs(a - b) < LEAST_MOVE_S for a, b in zip(shown, other, strict=True))
