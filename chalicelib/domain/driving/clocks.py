"""Clocks: how the time of a device becomes ours, and how sure we are of it.

A phone's clock may be wrong, and a receiver may count its weeks from 0 again. A time that makes
sense as it stands is taken as it stands. Any correction must explain what the device reports.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.domain.instants import TimeSource
from chalicelib.domain.policy import Policy

ROLLOVER: Final = timedelta(weeks=1_024)
"""GPS counts weeks in 10 bits, so a receiver with old software is early by this or a multiple."""
GPS_EPOCH: Final = datetime(1980, 1, 6, tzinfo=UTC)
FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
NO_SKEW: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Shift:
    """What is known when a report comes: our time, and since when the driver has been on a route.

    ``known_skew`` is how far ahead of ours the device's clock was the last time that we knew.
    """

    received_at: datetime
    started_at: datetime | None
    known_skew: timedelta = NO_SKEW


def moved(at: datetime, by: timedelta) -> datetime:
    """The time moved by so much, but never off the calendar."""
    try:
        return at + by
    except OverflowError:
        return LAST if by > NO_SKEW else FIRST


def without_rollover(at: datetime, received_at: datetime, policy: Policy) -> datetime:
    """The time plus the full multiple of 1,024 weeks that makes it recent; else as it is."""
    if at >= received_at - policy.fix_age_limit or at < GPS_EPOCH:
        return at
    newest = received_at + policy.fix_future_limit
    found = at + (newest - at) // ROLLOVER * ROLLOVER
    return found if found >= received_at - policy.fix_age_limit else at


def device_clock_skew(
    recorded: Sequence[datetime], sent_at: datetime | None, shift: Shift, policy: Policy
) -> timedelta:
    """How far the device's clock is ahead of ours; zero when it is about right.

    ``sent_at`` (the device's clock when it sent) shows the skew directly. We use it unless the
    times make more sense as they stand. Without it we believe the times as they stand, unless the
    remembered skew explains them better, or all that may be meant lie ahead by up to a day. A skew
    that still fits is kept, so a repeated batch is corrected by exactly the same amount.
    """
    known = shift.known_skew if abs(shift.known_skew) <= policy.clock_skew_memory else NO_SKEW

    def sense(skew: timedelta) -> int:
        return sum(_sense(moved(at, -skew), shift, policy) for at in recorded)

    if sent_at is not None:
        seen = sent_at - shift.received_at
        if abs(seen) <= policy.clock_skew_limit:
            return NO_SKEW
        seen -= seen % MILLISECOND  # we store milliseconds; a repeat must get the same correction
        if _are_close(seen, shift.known_skew, policy.clock_skew_limit):
            seen = shift.known_skew
        return seen if sense(seen) >= sense(NO_SKEW) else NO_SKEW
    if known and sense(known) > sense(NO_SKEW):
        return known
    return _seen_ahead(recorded, shift.received_at, policy)


def reported_time(
    occurred_at: datetime, sent_at: datetime | None, shift: Shift, policy: Policy
) -> tuple[datetime, TimeSource]:
    """When a reported action happened, in our time and within the shift so far; and how we know.

    A time that no correction explains is replaced by the time when the report reached us.
    """
    recent = without_rollover(occurred_at, shift.received_at, policy)
    sent = None if sent_at is None else without_rollover(sent_at, shift.received_at, policy)
    skew = device_clock_skew([recent], sent, shift, policy)
    at = moved(recent, -skew)
    if not _is_within(at, shift, policy):
        return shift.received_at, TimeSource.OURS
    if sent is None and skew not in {NO_SKEW, shift.known_skew}:
        return shift.received_at, TimeSource.OURS  # a clock ahead by an amount that we only guess
    source = TimeSource.DEVICE if at == occurred_at else TimeSource.CORRECTED
    return min(max(at, shift.started_at or at), shift.received_at), source


def corrector(
    recorded: Iterable[datetime], sent_at: datetime | None, shift: Shift, policy: Policy
) -> tuple[Callable[[datetime], datetime], timedelta]:
    """How to turn the device times of a batch into ours, and the skew that this takes off."""
    now = shift.received_at
    recent = [without_rollover(at, now, policy) for at in recorded]
    sent = None if sent_at is None else without_rollover(sent_at, now, policy)
    skew = device_clock_skew(recent, sent, shift, policy)
    return lambda at: moved(without_rollover(at, now, policy), -skew), skew


def _are_close(skew: timedelta, other: timedelta, limit: timedelta) -> bool:
    """In whole milliseconds: the difference of two skews may be longer than a timedelta can be."""
    return abs(skew // MILLISECOND - other // MILLISECOND) <= limit // MILLISECOND


def _seen_ahead(recorded: Sequence[datetime], now: datetime, policy: Policy) -> timedelta:
    """By how much all times are ahead that can be meant: not older than fixes get, nor years off.

    So one absurd time among good ones says nothing about the clock.
    """
    oldest, latest = now - policy.fix_age_limit, now + policy.clock_skew_memory
    meant = [at for at in recorded if oldest <= at <= latest]
    if not meant or min(meant) - now <= policy.fix_future_limit:
        return NO_SKEW
    seen = max(meant) - now
    return seen - seen % MILLISECOND


def _sense(at: datetime, shift: Shift, policy: Policy) -> int:
    """How much sense a time makes: 2 on this shift, 1 while fixes are kept, else 0."""
    if _is_within(at, shift, policy):
        return 2
    oldest = shift.received_at - policy.fix_age_limit
    return int(oldest <= at <= shift.received_at + policy.fix_future_limit)


def _is_within(at: datetime, shift: Shift, policy: Policy) -> bool:
    earliest = (shift.started_at or shift.received_at) - policy.clock_skew_limit
    return earliest <= at <= shift.received_at + policy.fix_future_limit
