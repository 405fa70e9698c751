"""Scores the ETAs that were told, and those of a plain tracker.

The product's figures come from the product: we read them over HTTP and pool them with its code.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.eta.accuracy import Arrival, Horizon, Miss, PublishedEta, judge, pool
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.policy import Policy
from local.replay.player import Drop, Run

DETOUR: Final = 1.3
NAIVE_SPEED_MPS: Final = 30 / 3.6
NAIVE_BAND: Final = 0.4
"""The range of a plain tracker: ± 40 %. Its point is the straight line × 1.3 at 30 km/h."""

Judged = Sequence[Mapping[Horizon, Miss]]
"""The misses of each stop."""


def judged(run: Run) -> Judged:
    """The misses of a run from `GET /v1/metrics/eta`."""
    if not run.route_id:  # the run ended before its route was planned, and is counted as failed
        return []
    found = run.accuracy()
    misses = [_misses(stop) for stop in found["stops"]]
    expect = run.world.expect
    expect("every stop that was left is judged", holds=len(misses) == _left(run))
    is_theirs = _is_sum(found["route"]["horizons"], misses)
    expect("a route's figures are those of its stops", holds=is_theirs)
    return misses


def naive(run: Run) -> Judged:
    """The misses of a plain tracker, which knows fixes and plan, at the same horizons."""
    return [_naive(run, index, drop) for index, drop in enumerate(run.drops) if drop.is_done]


def _left(run: Run) -> int:
    return sum(drop.is_done for drop in run.drops)


def _misses(stop: Mapping[str, Any]) -> dict[Horizon, Miss]:
    return {
        Horizon(horizon): Miss(miss["error_s"], miss["is_covered"], miss["range_width_s"])
        for horizon, miss in stop["misses"].items()
    }


def _is_sum(told: Mapping[str, Mapping[str, Any]], misses: Judged) -> bool:
    return all(
        told[horizon]["count"] == ours.count
        and told[horizon]["covered"] == ours.covered
        and math.isclose(told[horizon]["absolute_error_sum_s"], ours.absolute_error_s, abs_tol=1.0)
        for horizon, ours in pool(misses).items()
    )


def _naive(run: Run, index: int, drop: Drop) -> Mapping[Horizon, Miss]:
    arrival = Arrival(
        arrived_at=drop.passing.arrived_at,
        started_at=run.trip.started_at,
        published=[],
        next_since=drop.next_since,
    )
    told = [PublishedEta(at, _naive_eta(run, index, at)) for _, at in arrival.moments()]
    asked = Arrival(arrival.arrived_at, arrival.started_at, told, arrival.next_since)
    return judge(asked, fresh_for=Policy().stale_after)


def _naive_eta(run: Run, index: int, at: datetime) -> Eta:
    way = _way(run, index, at)
    way_m = sum(distance_m(a, b) for a, b in itertools.pairwise(way))
    left = timedelta(seconds=way_m * DETOUR / NAIVE_SPEED_MPS)
    return Eta(at + left, at + left * (1 - NAIVE_BAND), at + left * (1 + NAIVE_BAND))


def _way(run: Run, index: int, at: datetime) -> list[Coordinates]:
    """The way from the newest fix past the stops not yet reached."""
    here = run.trip.begins.place
    for sample in run.trip.samples:
        if sample.recorded_at > at:
            break
        here = sample.place
    return [here, *_places_ahead(run, index, at)]


def _places_ahead(run: Run, index: int, at: datetime) -> Iterator[Coordinates]:
    for passing in run.trip.stops[: index + 1]:
        if passing.arrived_at > at:
            yield passing.place
