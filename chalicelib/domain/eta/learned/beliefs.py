"""Beliefs: the mean and variance known for each key, and the time of the last lesson.

They form a diagonal Kalman filter: each observation moves every key involved by its own share of
the error. Every page has a limit of keys. So making room now and then costs half a millisecond, and
never a sweep over all beliefs.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from chalicelib.domain.eta.learned.priors import Key, decay_of, tau_of

Belief = tuple[float, float, float]
"""Mean and variance of log time, and the time of the last lesson in seconds since the epoch."""

PAGE_KEYS: Final = 800
"""At about four bytes a key: the recordings' largest page has 3.0 kB, one of random keys 4.3 kB."""
MAKE_ROOM: Final = 80
STALE_DECAYS: Final = 3.0
WEEK_S: Final = 604_800.0
AGE_WEIGHT: Final = 0.5


class Beliefs:
    """Beliefs by key, grouped into the pages in which they are stored."""

    __slots__ = ("changed", "known", "members", "page_keys")

    def __init__(self, page_keys: int = PAGE_KEYS) -> None:
        """Empty, with room for ``page_keys`` keys in each page."""
        self.known: dict[int, Belief] = {}
        self.members: dict[int, set[int]] = {}
        self.changed: set[int] = set()
        self.page_keys = page_keys

    def recall(self, keys: Sequence[Key], at_s: float) -> tuple[float, float]:
        """Mean and variance of the sum that the keys add to log time."""
        mean = variance = 0.0
        get = self.known.get
        for id_, weight, tau, decay_s, _ in keys:
            belief = get(id_)
            if belief is None:
                variance += weight * weight * tau
                continue
            m, p, learnt_s = belief
            if decay_s:
                kept = math.exp(min(0.0, learnt_s - at_s) / decay_s)
                m *= kept
                p = tau + (p - tau) * kept * kept
            mean += weight * m
            variance += weight * weight * p
        return mean, variance

    def absorb(self, keys: Sequence[Key], error: float, total: float, at_s: float) -> None:
        """Move every key by its Kalman gain w P / S: ``error`` in log time, ``total`` is S.

        A key with a parent is created only once its parent is known. Otherwise rare pairs would
        fill the memory.
        """
        known = self.known
        get = known.get
        # Read all before writing any, because a pair and its parent share this one observation.
        opened = [
            (id_, weight, *_faded(get(id_), tau, decay_s, at_s))
            for id_, weight, tau, decay_s, parent in keys
            if parent is None or parent in known
        ]
        for id_, weight, m, p in opened:
            gain = weight * p / total
            self.put(id_, (m + gain * error, p * (1.0 - gain * weight), at_s))

    def put(self, id_: int, belief: Belief) -> None:
        """Replace the belief of a key."""
        page = id_ >> 20
        if id_ not in self.known:
            members = self.members.get(page)
            if members is None:
                members = self.members[page] = set()
            members.add(id_)
            if len(members) > self.page_keys:
                self._make_room(members, keep=id_, at_s=belief[2])
        self.known[id_] = belief
        self.changed.add(page)

    def place_page(self, page: int, beliefs: Iterable[tuple[int, Belief]]) -> None:
        """Replace all beliefs of a page, as read from the store."""
        for id_ in self.members.pop(page, ()):
            del self.known[id_]
        fresh = dict(beliefs)
        self.known.update(fresh)
        self.members[page] = set(fresh)

    def page(self, page: int) -> list[tuple[int, Belief]]:
        """All beliefs of a page, in the order of their keys."""
        return [(id_, self.known[id_]) for id_ in sorted(self.members.get(page, ()))]

    def _make_room(self, members: set[int], *, keep: int, at_s: float) -> None:
        """Forget stale beliefs first, then those with a variance near the prior, and old ones."""
        known = self.known
        others = [id_ for id_ in members if id_ != keep]
        others.sort(key=lambda id_: _worth(id_, known[id_], at_s))
        for id_ in others[:MAKE_ROOM]:
            members.discard(id_)
            del known[id_]


def _faded(belief: Belief | None, tau: float, decay_s: float, at_s: float) -> tuple[float, float]:
    if belief is None:
        return 0.0, tau
    m, p, learnt_s = belief
    if not decay_s:
        return m, p
    kept = math.exp(min(0.0, learnt_s - at_s) / decay_s)
    return m * kept, tau + (p - tau) * kept * kept


def _worth(id_: int, belief: Belief, at_s: float) -> float:
    """Beliefs of low worth are forgotten first.

    Age counts little: weeks without deliveries must not erase the beliefs.
    """
    _, variance, learnt_s = belief
    age_s = max(0.0, at_s - learnt_s)
    decay_s = decay_of(id_)
    if decay_s and age_s > STALE_DECAYS * decay_s:
        return -math.inf
    return -(variance / tau_of(id_)) - AGE_WEIGHT * age_s / (age_s + WEEK_S)
