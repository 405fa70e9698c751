"""Alert memory: what is remembered of the promises that were told, and for how long.

Live state is small, so few different times are kept. A new promise counts as told at the next full
``Policy.promise_step``: rounded up, it changes no sooner than it may. The time is forgotten when it
holds back nothing any more, and with the visit. Promises that were told as broken share the time of
the last telling.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.instants import Range, rounded_up
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, Stop


def promise_of(progress: Progress, stop: Stop) -> Range | None:
    """The promise that was told last; None when nothing was promised."""
    return progress.promise or stop.promise


def is_told_broken(progress: Progress, stop: Stop) -> bool:
    """Whether we told that the promise has ended, and no new one since."""
    promise, told_at = promise_of(progress, stop), progress.told_at
    return promise is not None and told_at is not None and promise.latest < told_at


def with_promise(
    progress: Progress, promise: Range, as_of: datetime, policy: Policy, *, is_delayed: bool
) -> Progress:
    """The memory of a new promise that is told as of then."""
    told_at = told_from(as_of, policy)
    return replace(progress, promise=promise, told_at=told_at, is_delayed=is_delayed)


def told_from(as_of: datetime, policy: Policy) -> datetime:
    """When a promise counts as told that was told as of then."""
    return rounded_up(as_of, policy.promise_step)


def is_promise_recent(progress: Progress, as_of: datetime, policy: Policy) -> bool:
    """Whether it is too soon to tell another promise."""
    told_at = progress.told_at
    return told_at is not None and as_of - told_at < policy.promise_min_interval


def with_memory(
    live: Live, progress: Sequence[Progress], route: Route, as_of: datetime, policy: Policy
) -> Live:
    """The live state with this memory of what was told, and no more times in it than are needed."""
    pairs = list(zip(progress, route.stops, strict=True))
    open_pairs = ((each, stop) for each, stop in pairs if not each.is_done)
    broken_at = (each.told_at for each, stop in open_pairs if is_told_broken(each, stop))
    last_at = max(filter(None, broken_at), default=None)

    def tidied(each: Progress, stop: Stop) -> Progress:
        if each.is_done:
            return each if each.told_at is None else replace(each, told_at=None)
        if is_told_broken(each, stop):
            return replace(each, told_at=last_at)
        is_needed = each.told_at is None or is_promise_recent(each, as_of, policy)
        return each if is_needed else replace(each, told_at=None)

    return replace(live, progress=tuple(tidied(each, stop) for each, stop in pairs))
