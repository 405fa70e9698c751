"""Timed fixes: a batch as the device sent it becomes fixes in our time, in our resolution."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.driving.clocks import Shift, corrector, without_rollover
from chalicelib.domain.driving.fixes import Fix, quantized
from chalicelib.domain.driving.screening import Reason, Screened, UnreadableFix
from chalicelib.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class TimedFixes:
    """The items of a batch in its order. ``skew`` is how far the device's clock is ahead of ours.

    ``rolled_over`` are the indexes of fixes that were early by a multiple of 1,024 weeks.
    """

    fixes: tuple[Fix | UnreadableFix, ...]
    skew: timedelta
    rolled_over: frozenset[int]

    def marked(self, screened: Screened) -> Screened:
        """The verdicts with a mark where a time was mended like that."""
        if not self.rolled_over:
            return screened
        verdicts = tuple(
            replace(verdict, corrections=(Reason.WEEK_ROLLOVER,))
            if verdict.index in self.rolled_over
            else verdict
            for verdict in screened.verdicts
        )
        return replace(screened, verdicts=verdicts)

    def oldest_before(self, started_at: datetime | None, since: datetime) -> datetime | None:
        """The time of the oldest fix after ``since`` and before a shift; None if there is none."""
        times = (fix.recorded_at for fix in self.fixes if isinstance(fix, Fix))
        late = (at for at in times if started_at is not None and since <= at < started_at)
        return min(late, default=None)


def in_our_time(
    items: Sequence[Fix | UnreadableFix], sent_at: datetime | None, shift: Shift, policy: Policy
) -> TimedFixes:
    """The items by our clock."""
    times = [item.recorded_at for item in items if isinstance(item, Fix)]
    corrected, skew = corrector(times, sent_at, shift, policy)
    now = shift.received_at
    return TimedFixes(
        fixes=tuple(
            quantized(replace(item, recorded_at=corrected(item.recorded_at)))
            if isinstance(item, Fix)
            else item
            for item in items
        ),
        skew=skew,
        rolled_over=frozenset(
            i
            for i, item in enumerate(items)
            if isinstance(item, Fix)
            and item.recorded_at != without_rollover(item.recorded_at, now, policy)
        ),
    )
