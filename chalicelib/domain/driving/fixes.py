"""Fixes: the places that a device reports, and how much of them we believe.

Screening gives every fix its own verdict with all reasons. The head of the track is a pure function
of the newest few usable fixes *as a set*. So the order and the grouping in which fixes arrive
cannot change it: keeping the newest K of a union is associative, commutative and idempotent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.policy import Policy

RECENT_FIXES: Final = 6
"""The head follows from this many newest fixes: two jumps are outvoted, three are followed."""
REANCHOR_AFTER: Final = 3
NULL_ISLAND_DEG: Final = 0.01
DEGREE_STEPS: Final = 10_000_000  # 1e-7 degrees, about 1 cm
MILLISECOND: Final = timedelta(milliseconds=1)


class Reason(StrEnum):
    """Why we do not take a fix at face value."""

    DUPLICATE = "duplicate"
    TOO_OLD = "too_old"
    FUTURE = "future"
    OFF_SHIFT = "off_shift"
    NULL_ISLAND = "null_island"
    POOR_ACCURACY = "poor_accuracy"
    TELEPORT = "teleport"


REFUSING: Final = frozenset({Reason.TOO_OLD, Reason.FUTURE, Reason.OFF_SHIFT})
"""A fix with one of these reasons is not kept."""

DISCARDING: Final = REFUSING | {Reason.DUPLICATE}
"""A fix with one of these adds nothing. With any other it is in the track, but moves nothing."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One located sample.

    ``recorded_at`` is the device's clock; heading in degrees clockwise from north.
    """

    recorded_at: datetime
    coordinates: Coordinates
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    battery_ratio: float | None = None

    @property
    def sort_key(self) -> tuple[datetime, tuple[float, ...]]:
        """Device time first. All other fields settle ties, so the order of arrival never counts."""
        details = (self.accuracy_m, self.speed_mps, self.heading_deg, self.battery_ratio)
        known = (-1.0 if value is None else value for value in details)
        return self.recorded_at, (self.coordinates.lat_deg, self.coordinates.lon_deg, *known)


def quantized(fix: Fix) -> Fix:
    """The fix rounded to the resolution that we store. Rounding it again changes nothing.

    Steps: 1 ms, 1e-7°, 0.1 m, 0.1 m/s, 1°, 1 %: finer than any phone measures.
    """
    at = fix.recorded_at.astimezone(UTC)
    return Fix(
        recorded_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        coordinates=Coordinates(
            round(fix.coordinates.lat_deg * DEGREE_STEPS) / DEGREE_STEPS,
            round(fix.coordinates.lon_deg * DEGREE_STEPS) / DEGREE_STEPS,
        ),
        accuracy_m=None if fix.accuracy_m is None else min(round(fix.accuracy_m * 10), 65534) / 10,
        speed_mps=None if fix.speed_mps is None else min(round(fix.speed_mps * 10), 6553) / 10,
        heading_deg=None if fix.heading_deg is None else float(round(fix.heading_deg) % 360),
        battery_ratio=None if fix.battery_ratio is None else round(fix.battery_ratio * 100) / 100,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of screening the fix at ``index``. Without reasons it is taken at face value."""

    index: int
    reasons: tuple[Reason, ...] = ()

    @property
    def is_stored(self) -> bool:
        """Whether the fix is new in the track."""
        return not DISCARDING.intersection(self.reasons)


@dataclass(frozen=True, slots=True)
class Screened:
    """The fixes that screening kept, in device order. Each list is a subset of the one before.

    ``stored`` goes into the track, ``usable`` may move the head, ``trusted`` are no jumps.
    ``stored`` does not depend on earlier fixes, so a repeated batch stores the same fixes.
    """

    verdicts: tuple[Verdict, ...]
    stored: tuple[Fix, ...]
    usable: tuple[Fix, ...]
    trusted: tuple[Fix, ...]


def device_clock_skew(
    newest_recorded_at: datetime,
    sent_at: datetime | None,
    *,
    oldest_recorded_at: datetime,
    received_at: datetime,
    known_skew: timedelta,
    policy: Policy,
) -> timedelta:
    """How far the device's clock is ahead of ours; zero when it is about right.

    ``sent_at`` (the device's clock when it sent) shows the skew directly. Without it we can only
    detect a clock that is ahead: then even the oldest fix lies in the future. We keep a known skew
    while it still fits, so a repeated batch is corrected by exactly the same amount.
    """
    if sent_at is not None:
        seen = sent_at - received_at
    elif oldest_recorded_at - received_at > policy.fix_future_limit:
        seen = newest_recorded_at - received_at
    else:
        return timedelta(0)
    if abs(seen) <= policy.clock_skew_limit:
        return timedelta(0)
    seen -= seen % MILLISECOND  # we store milliseconds; a repeat must get the same correction
    return known_skew if abs(seen - known_skew) <= policy.clock_skew_limit else seen


def screen(
    fixes: Sequence[Fix],
    *,
    recent: Sequence[Fix],
    received_at: datetime,
    shift_started_at: datetime | None,
    shift_ended_at: datetime | None = None,
    policy: Policy,
) -> Screened:
    """Judge every fix on its own, then the whole sequence. Every fix gets all of its reasons.

    ``recent`` are the newest usable fixes so far. ``shift_started_at`` is None off shift, and then
    nothing is stored. Raises nothing: bad fixes only get reasons.
    """
    seen = set(recent)
    reasons: list[list[Reason]] = []
    for fix in fixes:
        found = _reasons(fix, seen, received_at, policy)
        if not _is_on_shift(fix, shift_started_at, shift_ended_at):
            found.append(Reason.OFF_SHIFT)
        reasons.append(found)
        seen.add(fix)
    plain = [fix for fix, found in zip(fixes, reasons, strict=True) if not found]
    jumps = teleports(sorted({*recent, *plain}, key=_order), policy)
    for fix, found in zip(fixes, reasons, strict=True):
        if not found and fix in jumps:
            found.append(Reason.TELEPORT)
    verdicts = tuple(Verdict(i, tuple(found)) for i, found in enumerate(reasons))
    stored = {
        fix for fix, found in zip(fixes, reasons, strict=True) if not REFUSING.intersection(found)
    }
    return Screened(
        verdicts=verdicts,
        stored=tuple(sorted(stored, key=_order)),
        usable=tuple(sorted(plain, key=_order)),
        trusted=tuple(sorted((fix for fix in plain if fix not in jumps), key=_order)),
    )


def newest(recent: Iterable[Fix], usable: Iterable[Fix]) -> tuple[Fix, ...]:
    """The newest few fixes of both, in device order. The head follows from them."""
    return tuple(sorted({*recent, *usable}, key=_order)[-RECENT_FIXES:])


def credible(recent: Sequence[Fix], policy: Policy) -> tuple[Fix, ...]:
    """The longest chain among the newest fixes that a vehicle can have driven.

    ``recent`` is in device order. The last fix of the chain is the head. Among equally long chains
    the oldest wins, so a single jump moves nothing. A newer chain wins when three of its fixes are
    not in the older chain: then the van really is elsewhere.
    """
    if all(is_drivable(a, b, policy) for a, b in pairwise(recent)):
        return tuple(recent)  # the usual case: no jump
    chains: list[tuple[Fix, ...]] = []
    for fix in recent:
        # The newest of equally long chains, so that a van elsewhere gets a chain of its own.
        reaching = (chain for chain in reversed(chains) if is_drivable(chain[-1], fix, policy))
        chains.append((*max(reaching, key=len, default=()), fix))
    best: tuple[Fix, ...] = ()
    for chain in chains:
        own = set(chain).difference(best)
        if len(chain) > len(best) or (len(chain) == len(best) and len(own) >= REANCHOR_AFTER):
            best = chain
    return best


def is_drivable(a: Fix, b: Fix, policy: Policy) -> bool:
    """Whether a vehicle can have come from one to the other.

    Measured for 45 m/s + 60 m: recall 0.95–1.00 on injected jumps.
    """
    elapsed_s = abs((b.recorded_at - a.recorded_at).total_seconds())
    reach_m = policy.teleport_speed_mps * elapsed_s + policy.teleport_slack_m
    return distance_m(a.coordinates, b.coordinates) <= reach_m


def teleports(ordered: Sequence[Fix], policy: Policy) -> frozenset[Fix]:
    """The fixes that jump away from the track. After three in a row that agree, we follow them."""
    jumps: set[Fix] = set()
    streak: list[Fix] = []
    anchor: Fix | None = None
    for fix in ordered:
        if anchor is None or is_drivable(anchor, fix, policy):
            anchor, streak = fix, []
            continue
        jumps.add(fix)
        streak = [*streak, fix] if not streak or is_drivable(streak[-1], fix, policy) else [fix]
        if len(streak) >= REANCHOR_AFTER:
            jumps.difference_update(streak)
            anchor, streak = fix, []
    return frozenset(jumps)


def corrected(fixes: Iterable[Fix], skew: timedelta) -> tuple[Fix, ...]:
    """The fixes in the time of our clock."""
    return tuple(replace(fix, recorded_at=fix.recorded_at - skew) for fix in fixes)


def _reasons(
    fix: Fix,
    seen: set[Fix],
    received_at: datetime,
    policy: Policy,
) -> list[Reason]:
    found: list[Reason] = []
    if fix in seen:
        found.append(Reason.DUPLICATE)
    if fix.recorded_at < received_at - policy.fix_age_limit:
        found.append(Reason.TOO_OLD)
    if fix.recorded_at > received_at + policy.fix_future_limit:
        found.append(Reason.FUTURE)
    place = fix.coordinates
    if abs(place.lat_deg) < NULL_ISLAND_DEG and abs(place.lon_deg) < NULL_ISLAND_DEG:
        found.append(Reason.NULL_ISLAND)
    if fix.accuracy_m is not None and fix.accuracy_m > policy.fix_accuracy_limit_m:
        found.append(Reason.POOR_ACCURACY)
    return found


def _is_on_shift(fix: Fix, started_at: datetime | None, ended_at: datetime | None) -> bool:
    if started_at is None or fix.recorded_at < started_at:
        return False
    return ended_at is None or fix.recorded_at <= ended_at


def _order(fix: Fix) -> tuple[datetime, tuple[float, ...]]:
    return fix.sort_key
