"""Doubts: how far a forecast is believed before anybody is told.

A single wrong fix can make a whole route look late. So an ETA that leaps waits for a second fix
that agrees; one that grows fix by fix does not wait. When fixes that we believed turn out to be
jumps, what was told because of them is an error of ours, and the all-clear does not wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.driving.jumps import is_drivable
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.memory import told_from
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy

SOON_BEFORE: Final = 2
"""A stop is no surprise if it was this many times ``Policy.approaching_within`` away before."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What speaks against the newest fix.

    ``earlier_points_s`` gives the ETAs by the credible fix before it, by stop index in seconds
    since the epoch. It is called only when somebody would be told. ``disowned`` are the times of
    fixes that moved the van, but turned out to be jumps, rounded like ``Progress.told_at``.
    """

    earlier_points_s: Callable[[], Sequence[int | None]] | None = None
    disowned: frozenset[datetime] = frozenset()

    def is_late(self, stop_index: int, promise: Range, as_of: datetime) -> bool:
        """Whether more than one fix says that the promise is broken; or its end has passed."""
        if self.earlier_points_s is None or as_of > promise.latest:
            return True
        earlier_s = self.earlier_points_s()[stop_index]
        return earlier_s is not None and earlier_s > promise.latest.timestamp()

    def is_early(self, stop_index: int, promise: Range) -> bool:
        """Whether more than one fix says that the van comes before the promise begins."""
        if self.earlier_points_s is None:
            return True
        earlier_s = self.earlier_points_s()[stop_index]
        return earlier_s is not None and earlier_s < promise.earliest.timestamp()

    def is_near(self, stop_index: int, as_of: datetime, policy: Policy) -> bool:
        """Whether the van was already expected soon by the fix before."""
        if self.earlier_points_s is None:
            return True
        earlier_s = self.earlier_points_s()[stop_index]
        soon_s = SOON_BEFORE * policy.approaching_within.total_seconds()
        return earlier_s is not None and earlier_s - as_of.timestamp() <= soon_s

    def is_error(self, told_at: datetime | None) -> bool:
        """Whether what was told then rested on a jump."""
        return told_at in self.disowned


NO_DOUBTS: Final = Doubts()


def doubts(
    before: Live, after: Live, etas_before_head: Callable[[], Sequence[Eta | None]], policy: Policy
) -> Doubts:
    """The doubts after a batch turned one live state into the next.

    ``etas_before_head`` estimates ETAs by the credible fix before the head. We need it only if that
    fix came with the same batch: else these are the ETAs that are known already.
    """
    chain, head = after.credible(policy), before.head(policy)
    came_together = len(chain) > 1 and (head is None or chain[-2].sort_key > head.sort_key)

    def earlier_points_s() -> Sequence[int | None]:
        etas = etas_before_head() if came_together else before.etas
        return Etas.of(etas).points_s

    return Doubts(earlier_points_s, _disowned(before, after, policy))


def _disowned(before: Live, after: Live, policy: Policy) -> frozenset[datetime]:
    """The times of recent fixes from which the van cannot have come to where it is now."""
    if not any(progress.is_delayed for progress in after.progress):
        return frozenset()
    chain = after.credible(policy)
    doubtful = {*before.recent, *after.recent}.difference(chain)
    return frozenset(
        told_from(fix.recorded_at, policy)
        for fix in doubtful
        for later in chain
        if later.sort_key > fix.sort_key and not is_drivable(fix, later, policy)
    )
