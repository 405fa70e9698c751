"""Jumps: which fixes of a track a vehicle can have driven, and which lead away from it.

The head of the track is a pure function of the newest few usable fixes *as a set*. So the order and
the grouping in which fixes arrive cannot change it: keeping the newest K of a union is associative,
commutative and idempotent.
"""

import functools
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from chalicelib.domain.driving.fixes import Fix, in_order
from chalicelib.domain.geography import distance_m
from chalicelib.domain.policy import Policy

RECENT_FIXES: Final = 6
"""The head follows from this many newest fixes: two jumps are outvoted, three are followed."""
REANCHOR_AFTER: Final = 3


def newest(recent: Iterable[Fix], usable: Iterable[Fix]) -> tuple[Fix, ...]:
    """The newest few fixes of both, in device order. The head follows from them."""
    return in_order({*recent, *usable})[-RECENT_FIXES:]


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
