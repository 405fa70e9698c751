"""What is known under each key: a mean, a variance, and when it was last touched.

A diagonal Kalman filter: every key of an observation moves by its own share of the surprise. The
memory is bounded page by page, so that making room costs half a millisecond now and then and never
a sweep over all that is known.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from chalicelib.domain.eta.learned.priors import Key, decay_of, tau_of

Belief = tuple[float, float, float]
"""Mean and variance of log time, and when it was last learnt, in seconds since the epoch."""

PAGE_KEYS: Final = 800
"""About four bytes a key: the largest page of the recordings has 3.0 kB, one of pure chance 4.3."""
MAKE_ROOM: Final = 80
STALE_DECAYS: Final = 3.0
WEEK_S: Final = 604_800.0
AGE_WEIGHT: Final = 0.5


class Beliefs:
    """Beliefs by key, with the pages they lie in."""

    __slots__ = ("changed", "known", "members", "page_keys")

    def __init__(self, page_keys: int = PAGE_KEYS) -> None:
        """Nothing known, room for so many keys a page."""
        self.known: dict[int, Belief] = {}
        self.members: dict[int, set[int]] = {}
        self.changed: set[int] = set()
        self.page_keys = page_keys

    def recall(self, keys: Sequence[Key], at_s: float) -> tuple[float, float]:
        """Mean and variance of what the keys add to log time together."""
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

        A fine key opens only once its parent is known, else rare pairs would fill the memory.
        """
        known = self.known
        get = known.get
        # All are read before any is written: a pair and its parent share this one observation.
        opened = [
            (id_, weight, *_faded(get(id_), tau, decay_s, at_s))
            for id_, weight, tau, decay_s, parent in keys
            if parent is None or parent in known
        ]
        for id_, weight, m, p in opened:
            gain = weight * p / total
            self.put(id_, (m + gain * error, p * (1.0 - gain * weight), at_s))

    def put(self, id_: int, belief: Belief) -> None:
        """Replace what is known under a key."""
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
        """Replace all that is known in a page, as read from where it is stored."""
        for id_ in self.members.pop(page, ()):
            del self.known[id_]
        fresh = dict(beliefs)
        self.known.update(fresh)
        self.members[page] = set(fresh)

    def page(self, page: int) -> list[tuple[int, Belief]]:
        """All that is known in a page, by key."""
        return [(id_, self.known[id_]) for id_ in sorted(self.members.get(page, ()))]

    def _make_room(self, members: set[int], *, keep: int, at_s: float) -> None:
        """Forget what is stale, then what knows least (variance near its prior) and is oldest."""
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
    """Low is forgotten first. Age counts little: a pause of weeks must not cost what is known."""
    _, variance, learnt_s = belief
    age_s = max(0.0, at_s - learnt_s)
    decay_s = decay_of(id_)
    if decay_s and age_s > STALE_DECAYS * decay_s:
        return -math.inf
    return -(variance / tau_of(id_)) - AGE_WEIGHT * age_s / (age_s + WEEK_S)
