"""Fixes: the places that a device reports, and how much of them we believe.

Screening gives every fix its own verdict with all reasons. The head of the track is a pure function
of the newest few usable fixes *as a set*. So the order and the grouping in which fixes arrive
cannot change it: keeping the newest K of a union is associative, commutative and idempotent.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import RouteId
from chalicelib.domain.policy import Policy

RECENT_FIXES: Final = 6
"""The head follows from this many newest fixes: two jumps are outvoted, three are followed."""
REANCHOR_AFTER: Final = 3
NULL_ISLAND_DEG: Final = 0.01
DEGREE_STEPS: Final = 10_000_000  # 1e-7 degrees, about 1 cm
MOST_ACCURACY_M: Final = 6553.4
MOST_SPEED_MPS: Final = 655.3


class Reason(StrEnum):
    """Why we do not take a fix at face value."""

    DUPLICATE = "duplicate"
    TOO_OLD = "too_old"
    FUTURE = "future"
    OFF_SHIFT = "off_shift"
    NULL_ISLAND = "null_island"
    POOR_ACCURACY = "poor_accuracy"
    TELEPORT = "teleport"
    MOCK = "mock"
    """The device says that an app made this place up."""
    NO_PLACE = "no_place"
    """The coordinates are missing, or are no place on Earth."""
    NO_TIME = "no_time"
    """The time is missing, or is none."""
    WEEK_ROLLOVER = "week_rollover"
    """The receiver counts its weeks from 0 again. We corrected the time and took the fix."""


REFUSING: Final = frozenset(
    {Reason.TOO_OLD, Reason.FUTURE, Reason.OFF_SHIFT, Reason.NO_PLACE, Reason.NO_TIME}
)
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
    is_mock: bool = False

    @property
    def sort_key(self) -> tuple[datetime, tuple[float, ...]]:
        """Device time first. All other fields settle ties, so the order of arrival never counts."""
        details = (self.accuracy_m, self.speed_mps, self.heading_deg, self.battery_ratio)
        known = (-1.0 if value is None else value for value in details)
        place = self.coordinates
        return self.recorded_at, (place.lat_deg, place.lon_deg, *known, float(self.is_mock))


@dataclass(frozen=True, slots=True)
class UnreadableFix:
    """An item of a batch that is no fix, and why."""

    reasons: tuple[Reason, ...]


def quantized(fix: Fix) -> Fix:
    """The fix rounded to the resolution that we store. Rounding it again changes nothing.

    Steps: 1 ms, 1e-7°, 0.1 m, 0.1 m/s, 1°, 1 %: finer than any phone measures.
    """
    at = fix.recorded_at.astimezone(UTC)
    return Fix(
        recorded_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        coordinates=on_grid(fix.coordinates),
        accuracy_m=_in_tenths(fix.accuracy_m, MOST_ACCURACY_M),
        speed_mps=_in_tenths(fix.speed_mps, MOST_SPEED_MPS),
        heading_deg=None if fix.heading_deg is None else float(round(fix.heading_deg) % 360),
        battery_ratio=None if fix.battery_ratio is None else round(fix.battery_ratio * 100) / 100,
        is_mock=fix.is_mock,
    )


def on_grid(place: Coordinates) -> Coordinates:
    """The place rounded to the resolution that we store: 1e-7 degrees."""
    return Coordinates(
        round(place.lat_deg * DEGREE_STEPS) / DEGREE_STEPS,
        round(place.lon_deg * DEGREE_STEPS) / DEGREE_STEPS,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of screening the fix at ``index``. Without reasons it is taken at face value.

    ``corrections`` say what we mended before we judged it.
    """

    index: int
    reasons: tuple[Reason, ...] = ()
    corrections: tuple[Reason, ...] = ()

    @property
    def is_stored(self) -> bool:
        """Whether the fix is new in the track."""
        return not DISCARDING.intersection(self.reasons)


@dataclass(frozen=True, slots=True)
class Screened:
    """The fixes that screening kept, in device order. Each list is a subset of the one before.

    ``stored`` goes into the track, ``usable`` may move the head, ``trusted`` are no jumps.
    ``stored`` does not depend on earlier fixes, so a repeated batch stores the same fixes.
    ``late`` are fixes of earlier shifts by route: they complete its track and do nothing else.
    """

    verdicts: tuple[Verdict, ...]
    stored: tuple[Fix, ...]
    usable: tuple[Fix, ...]
    trusted: tuple[Fix, ...]
    late: tuple[tuple[RouteId, tuple[Fix, ...]], ...] = ()


NO_SHIFTS: Final[Mapping[RouteId, ShiftHours]] = {}


def screen(
    fixes: Sequence[Fix | UnreadableFix],
    *,
    recent: Sequence[Fix],
    received_at: datetime,
    shift: ShiftHours | None,
    earlier: Mapping[RouteId, ShiftHours] = NO_SHIFTS,
    origin: Fix | None = None,
    policy: Policy,
) -> Screened:
    """Judge every fix on its own, then the whole sequence. Every fix gets all of its reasons.

    ``recent`` are the newest usable fixes so far. ``shift`` are the hours of the present route;
    without one nothing is stored but fixes of ``earlier`` routes. ``origin`` is where the van was
    when the shift began. Raises nothing: bad fixes only get reasons.
    """
    seen = set(recent)
    reasons: list[list[Reason]] = []
    kept: dict[RouteId | None, _Kept] = {None: _Kept()}  # None: of the present shift
    for fix in fixes:
        if isinstance(fix, UnreadableFix):
            reasons.append(list(fix.reasons))
            continue
        found = _reasons(fix, seen, received_at, policy)
        reasons.append(found)
        seen.add(fix)
        is_present = shift is not None and shift.include(fix.recorded_at)
        route_id = None if is_present else _route_of(fix, earlier)
        if route_id is None and not is_present:
            found.append(Reason.OFF_SHIFT)
        if not REFUSING.intersection(found):
            kept.setdefault(route_id, _Kept()).add(fix, is_plain=not found)
    present = kept.pop(None)
    jumps = teleports(sorted(present.plain.union(recent), key=_order), policy, origin)
    for driven in kept.values():
        jumps |= teleports(sorted(driven.plain, key=_order), policy)
    for each, found in zip(fixes, reasons, strict=True):
        if not found and each in jumps:
            found.append(Reason.TELEPORT)
    return Screened(
        verdicts=tuple(Verdict(i, tuple(found)) for i, found in enumerate(reasons)),
        stored=tuple(sorted(present.stored, key=_order)),
        usable=tuple(sorted(present.plain, key=_order)),
        trusted=tuple(sorted(present.plain - jumps, key=_order)),
        late=tuple((key, tuple(sorted(kept[key].stored, key=_order))) for key in kept if key),
    )


@dataclass(slots=True)
class _Kept:
    """The fixes of one shift; the plain ones have nothing against them."""

    stored: set[Fix] = field(default_factory=set)
    plain: set[Fix] = field(default_factory=set)

    def add(self, fix: Fix, *, is_plain: bool) -> None:
        self.stored.add(fix)
        if is_plain:
            self.plain.add(fix)


def newest(recent: Iterable[Fix], usable: Iterable[Fix]) -> tuple[Fix, ...]:
    """The newest few fixes of both, in device order. The head follows from them."""
    return tuple(sorted({*recent, *usable}, key=_order)[-RECENT_FIXES:])


def credible(recent: Sequence[Fix], policy: Policy, origin: Fix | None = None) -> tuple[Fix, ...]:
    """The chain among the newest fixes that the van is believed to have driven.

    ``recent`` is in device order. The last fix of the chain is the head. ``origin`` is the first
    link: where the van was when its shift began. It is no fix, so it is not in the answer.

    A chain gives way to one that goes on after its end with three fixes that agree: then the van
    really is elsewhere. If fixes of two chains alternate, the chain that was at more places wins: a
    phone that repeats an old place is at one. Else the oldest chain stays, so that a single jump
    moves nothing.
    """
    links = (*recent,) if origin is None else (origin, *recent)
    if all(is_drivable(a, b, policy) for a, b in pairwise(links)):
        return tuple(recent)  # the usual case: no jump
    chains: list[tuple[Fix, ...]] = []
    for fix in links:
        # The newest of equally long chains, so that a van elsewhere gets a chain of its own.
        reaching = (chain for chain in reversed(chains) if is_drivable(chain[-1], fix, policy))
        chains.append((*max(reaching, key=len, default=()), fix))
    whole = [a for a in chains if not any(b[: len(a)] == a for b in chains if b is not a)]
    best = functools.reduce(functools.partial(_more_credible, policy), whole)
    return best if origin is None or best[0] is not origin else best[1:]


def _more_credible(policy: Policy, a: tuple[Fix, ...], b: tuple[Fix, ...]) -> tuple[Fix, ...]:
    """One of two chains of which neither goes on with the other; or the older one with the end of
    the younger one, if a vehicle can have driven there.
    """
    own_of_a = [fix for fix in a if fix not in b]
    own_of_b = [fix for fix in b if fix not in a]
    older, younger, own = a, b, own_of_b
    if own_of_b[0].sort_key < own_of_a[0].sort_key:
        older, younger, own = b, a, own_of_a
    if own[0].sort_key > older[-1].sort_key:
        if len(own) >= REANCHOR_AFTER:
            return younger
        goes_on = (own[i:] for i, fix in enumerate(own) if is_drivable(older[-1], fix, policy))
        return (*older, *next(goes_on, ()))
    support, rival = _support(younger), _support(older)
    if support == rival and len(older) >= REANCHOR_AFTER:
        # Which one we choose says nothing. But every window of the same fixes must choose it again.
        return min(older, younger, key=lambda chain: min(map(_place, chain)))
    return younger if support > rival else older


def _support(chain: Sequence[Fix]) -> tuple[int, int]:
    """At how many places a chain was, and with how many fixes."""
    return len(set(map(_place, chain))), len(chain)


def _place(fix: Fix) -> tuple[float, float]:
    return fix.coordinates.lat_deg, fix.coordinates.lon_deg


def is_drivable(a: Fix, b: Fix, policy: Policy) -> bool:
    """Whether a vehicle can have come from one to the other.

    Measured for 45 m/s + 60 m: recall 0.95–1.00 on injected jumps.
    """
    elapsed_s = abs((b.recorded_at - a.recorded_at).total_seconds())
    reach_m = policy.teleport_speed_mps * elapsed_s + policy.teleport_slack_m
    return distance_m(a.coordinates, b.coordinates) <= reach_m


def teleports(ordered: Sequence[Fix], policy: Policy, origin: Fix | None = None) -> frozenset[Fix]:
    """The fixes that jump away from the track. After three in a row that agree, we follow them.

    The track begins at the first fix of the credible chain, or at the ``origin``.
    """
    begins = next(iter(credible(ordered[:RECENT_FIXES], policy, origin)), None)
    jumps: set[Fix] = set()
    streak: list[Fix] = []
    anchor = origin
    for fix in ordered:
        if (anchor is None and fix == begins) or (
            anchor is not None and is_drivable(anchor, fix, policy)
        ):
            anchor, streak = fix, []
            continue
        jumps.add(fix)
        streak = [*streak, fix] if not streak or is_drivable(streak[-1], fix, policy) else [fix]
        if len(streak) >= REANCHOR_AFTER:
            jumps.difference_update(streak)
            anchor, streak = fix, []
    return frozenset(jumps)


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
    if fix.is_mock:
        found.append(Reason.MOCK)
    return found


def _route_of(fix: Fix, earlier: Mapping[RouteId, ShiftHours]) -> RouteId | None:
    """The route that was driven when the fix was recorded."""
    found = (route_id for route_id, hours in earlier.items() if hours.include(fix.recorded_at))
    return next(found, None)


def _in_tenths(value: float | None, most: float) -> float | None:
    """Cut off before it is rounded: ten times the largest float is no number."""
    return None if value is None else round(min(value, most) * 10) / 10


def _order(fix: Fix) -> tuple[datetime, tuple[float, ...]]:
    return fix.sort_key
