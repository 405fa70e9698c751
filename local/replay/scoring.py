"""Scores what was told: by the system, and by a plain tracker in its place at the same moments."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.mapping.fixes import unpack_fixes
from chalicelib.adapters.dynamodb.mapping.lives import unpack_etas
from chalicelib.domain.accuracy import Arrival, Told
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates, distance_m
from local.replay.player import Run
from local.stack import RunningStack

DETOUR: Final = 1.3
NAIVE_SPEED_MPS: Final = 30 / 3.6
NAIVE_BAND: Final = 0.4
"""A plain tracker: the straight line × 1.3 at 30 km/h, and ± 40 % for a range."""


Track = Sequence[tuple[datetime, dict[int, Eta]]]
"""When ETAs were told with a batch of fixes, and which: by the index of the stop."""


def arrivals(run: Run, track: Track) -> list[Arrival]:
    """Every stop with all that was told of it: on the recipient's page, and with each batch."""
    found = []
    for index, drop in enumerate(run.drops):
        tracked = [Told(at, etas[index]) for at, etas in track if index in etas]
        arrival = Arrival(
            arrived_at=drop.passing.arrived_at,
            started_at=run.trip.started_at,
            told=[*drop.told, *tracked],
            next_since=drop.next_since,
        )
        found.append(arrival)
    return found


def naive_arrivals(run: Run, real: Sequence[Arrival]) -> list[Arrival]:
    """The same moments, answered by a plain tracker that knows the newest fix and the plan."""
    return [
        replace(
            arrival,
            told=[
                Told(at, _naive_eta(run, index, at)) for at in sorted({t.at for t in arrival.told})
            ],
        )
        for index, arrival in enumerate(real)
    ]


def track(stack: RunningStack, run: Run) -> Track:
    """The ETAs stored with each batch of this run: told with the newest fix of it."""
    dynamodb = stack.session.client("dynamodb")
    pages = dynamodb.get_paginator("query").paginate(
        TableName=stack.provisioned.stack.environment()["FLEET_TABLE"],
        KeyConditionExpression="driver_id = :driver AND begins_with(#item, :track)",
        ExpressionAttributeNames={"#item": "item"},
        ExpressionAttributeValues={":driver": {"S": run.driver_id}, ":track": {"S": "TRACK#"}},
    )
    items = (item for page in pages for item in page["Items"])
    return [
        (unpack_fixes(item["fixes"]["B"])[-1].recorded_at, unpack_etas(item["etas"]["B"]))
        for item in items
        if item["route_id"]["S"] == run.route_id
    ]


def _naive_eta(run: Run, index: int, at: datetime) -> Eta:
    way = _way(run, index, at)
    way_m = sum(distance_m(a, b) for a, b in itertools.pairwise(way))
    left = timedelta(seconds=way_m * DETOUR / NAIVE_SPEED_MPS)
    return Eta(at + left, at + left * (1 - NAIVE_BAND), at + left * (1 + NAIVE_BAND))


def _way(run: Run, index: int, at: datetime) -> list[Coordinates]:
    """From the newest fix past the stops not yet reached."""
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
