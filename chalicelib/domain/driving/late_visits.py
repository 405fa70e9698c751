"""Visits in late fixes: they are followed again from the start of the route.

What was told stays told, and only what is new is told. A visit at a hole of the track, which late
fixes may still fill, waits for the next newer fix.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Final

from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.taking_over import set_out_at
from chalicelib.domain.driving.visits import (
    Followed,
    Ground,
    follow,
    with_arrival,
    with_withdrawal,
)

LEAST_HOLE_S: Final = 60.0
HOLE_STEPS: Final = 3.0
"""A gap is a hole in the track when it is longer than ``LEAST_HOLE_S`` and than so many usual gaps.

Fixes that fill it may still come. They would say better when the van came or left.
"""


def follow_again(
    live: Live,
    track: Sequence[Fix],
    ground: Ground,
    *,
    batch: Sequence[Fix],
    known_until: datetime,
    room: int,
) -> Followed:
    """The same from the start of the route, after a batch with late fixes came.

    ``track`` are all trusted fixes. What was told stays told. What is new is told, unless it lies
    at a hole before ``known_until``: the fixes that fill it may still come. Such a visit waits for
    the next newer fix. At most ``room`` alerts × shipments are told; the others are found again the
    next time.
    """
    most = len(track) * sum(len(stop.consignments) for stop in ground.route.stops)
    followed = follow(_from_start(live), track, ground, room=most)
    again = followed.live
    waited_until = live.unsettled_until
    newest_at = track[-1].recorded_at if track else known_until
    is_settled = waited_until is not None and newest_at > waited_until
    holes = (
        set() if is_settled else _holes(track, batch, set_out_at(ground.route, live), known_until)
    )
    progress = list(live.progress)
    told: list[Alert] = []
    is_complete, waits_until = True, None
    for alert in followed.told:
        i = alert.stop_index
        if _is_known(progress[i], alert):
            continue
        if alert.occurred_at in holes and again.nearest_stop != i:
            waits_until = max(newest_at, waited_until or newest_at)
            continue
        room -= len(ground.route.stops[i].consignments)
        if room < 0 and told:
            is_complete, waits_until = False, waits_until or waited_until
            break
        told.append(alert)
        change = with_arrival if alert.kind is AlertKind.ARRIVED else with_withdrawal
        progress[i] = change(progress[i], alert.occurred_at)
    after = replace(_merged(live, again, progress), unsettled_until=waits_until)
    return Followed(after, tuple(told), tuple(track), is_complete)


def _merged(live: Live, again: Live, progress: list[Progress]) -> Live:
    """The state found again with the progress that was told; with the stop before, if they differ.

    Of arrivals that were told, the time is that of the track.
    """
    for i, (mine, theirs) in enumerate(zip(progress, again.progress, strict=True)):
        if mine.arrived_at and theirs.arrived_at and not mine.is_reported:
            progress[i] = replace(mine, arrived_at=theirs.arrived_at)
    after, last = replace(again, progress=tuple(progress)), again.last_stop
    if last is None or _is_there(progress[last]) == _is_there(again.progress[last]):
        return after
    return replace(after, last_stop=live.last_stop, last_stop_before=live.last_stop_before)


def _from_start(live: Live) -> Live:
    """The live state as if no fix had come: with what the driver reported, and nothing else."""
    firm = [i for i, each in enumerate(live.progress) if each.is_done or each.is_reported]
    progress = tuple(
        each if i in firm else replace(each, arrived_at=None, unreported=None)
        for i, each in enumerate(live.progress)
    )
    last = live.last_stop
    if last is not None and last not in firm:
        last = max(firm, default=None)
    return replace(
        live,
        progress=progress,
        last_stop=last,
        last_stop_before=None,
        nearest_stop=None,
        near_since=None,
        away_since=None,
        is_at_hub=True,
    )


def _is_known(progress: Progress, alert: Alert) -> bool:
    """Whether this was told, or overtaken by what was told."""
    if progress.is_done or progress.is_reported:
        return True
    if alert.kind is AlertKind.ARRIVED:
        left = progress.unreported
        is_told = left is not None and alert.occurred_at <= left.latest
        return progress.arrived_at is not None or is_told
    return progress.arrived_at is None or alert.occurred_at < progress.arrived_at


def _is_there(progress: Progress) -> bool:
    return progress.arrived_at is not None


def _holes(
    track: Sequence[Fix],
    batch: Sequence[Fix],
    started_at: datetime | None,
    known_until: datetime,
) -> set[datetime]:
    """The instants of fixes behind a hole of the track, as far as it may still be filled.

    A device sends what it has saved in its order. So a hole within a batch stays.
    """
    times = [fix.recorded_at for fix in track]
    if started_at is not None:
        times = [started_at, *times]
    gaps_s = [(b - a).total_seconds() for a, b in pairwise(times)]
    most_s = max(LEAST_HOLE_S, HOLE_STEPS * median(gaps_s or [0.0]))
    stays = set(pairwise(fix.recorded_at for fix in batch))
    return {
        at
        for before, at in pairwise(times)
        if (at - before).total_seconds() > most_s
        and at <= known_until
        and (before, at) not in stays
    }
