"""Screening: how much of what a device reports we believe.

Every fix gets its own verdict with all reasons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.driving.fixes import Fix, in_order
from chalicelib.domain.driving.jumps import teleports
from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.ids import RouteId
from chalicelib.domain.policy import Policy

NULL_ISLAND_DEG: Final = 0.01


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
class UnreadableFix:
    """An item of a batch that is no fix, and why."""

    reasons: tuple[Reason, ...]


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
    jumps = teleports(in_order(present.plain.union(recent)), policy, origin)
    for driven in kept.values():
        jumps |= teleports(in_order(driven.plain), policy)
    for each, found in zip(fixes, reasons, strict=True):
        if not found and each in jumps:
            found.append(Reason.TELEPORT)
    return Screened(
        verdicts=tuple(Verdict(i, tuple(found)) for i, found in enumerate(reasons)),
        stored=in_order(present.stored),
        usable=in_order(present.plain),
        trusted=in_order(present.plain - jumps),
        late=tuple((key, in_order(kept[key].stored)) for key in kept if key),
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
