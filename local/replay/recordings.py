"""Recorded bus trips (`austin_bus`): the stops, when each was reached, and every fix.

A trip begins at its first stop, which is the hub here. Each further stop is one delivery. The stops
were placed along the driven way every 600 m, so the real buses do not wait there.
"""

import csv
import gzip
import os
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chalicelib.domain.geography import Coordinates

PINGS: Final = "pings.csv.gz"
STOPS: Final = "virtual_stops.csv.gz"
SCORED_DAYS: Final = ("2016-12-16", "2017-03-16", "2017-03-21", "2017-04-18")
"""The days that we use to compare ETA engines."""
FEWEST_STOPS: Final = 5


DATA: Final = Path("austin_bus", "public")
_APART_S: Final = 1200
"""The least gap between two trips of one vehicle, because loading begins when a trip is over."""


class DataMissing(Exception):
    """A file of the recordings is missing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One fix that a device recorded."""

    recorded_at: datetime
    place: Coordinates


@dataclass(frozen=True, slots=True)
class Passing:
    """A stop and when it was reached."""

    place: Coordinates
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Trip:
    """One recorded trip, from its start past its stops to the last stop."""

    id: str
    vehicle: str
    begins: Passing
    stops: tuple[Passing, ...]
    samples: tuple[Sample, ...]

    @property
    def started_at(self) -> datetime:
        return self.begins.arrived_at

    @property
    def ended_at(self) -> datetime:
        return self.stops[-1].arrived_at


_Key = tuple[str, str, str]


def load(
    folder: Path,
    *,
    trips: int,
    seed: int,
    max_stops: int,
    days: Iterable[str] = SCORED_DAYS,
) -> list[Trip]:
    """Some trips of these days, in the order of their start.

    The same seed chooses the same trips. Two trips of one vehicle never overlap. Each trip has at
    most `max_stops`. Raises DataMissing.
    """
    require(folder)
    passings = _passings(folder / STOPS, frozenset(days))
    chosen = _chosen(passings, trips, random.Random(seed), max_stops)
    wanted = {_key(rows[0]) for rows in chosen.values()}
    samples = _samples(folder / PINGS, wanted)
    made = [_trip(rows, samples[_key(rows[0])], max_stops) for rows in chosen.values()]
    return sorted(made, key=lambda trip: (trip.started_at, trip.id))


def usual_folder() -> Path:
    """The default folder of the recordings: `DOORSTEP_DATA`, else the data beside the project."""
    data = os.environ.get("DOORSTEP_DATA")
    beside = Path(__file__).parents[3] / "shared" / "data"
    return (Path(data) if data else beside) / DATA


def require(folder: Path) -> None:
    """Raise DataMissing with the names of all missing files."""
    missing = [str(folder / name) for name in (PINGS, STOPS) if not (folder / name).is_file()]
    if missing:
        msg = f"there is no {' and no '.join(missing)}"
        raise DataMissing(msg)


def _passings(path: Path, days: frozenset[str]) -> dict[str, list[Mapping[str, str]]]:
    rows_by_trip: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in _rows(path):
        if row["day"] in days:
            rows_by_trip[row["tid"]].append(row)
    for rows in rows_by_trip.values():
        rows.sort(key=lambda row: int(row["seq"]))
    return rows_by_trip


def _chosen(
    passings: Mapping[str, list[Mapping[str, str]]],
    count: int,
    chance: random.Random,
    max_stops: int,
) -> dict[str, list[Mapping[str, str]]]:
    """Trips chosen at random, up to `count`, without those that overlap a chosen one."""
    chosen: dict[str, list[Mapping[str, str]]] = {}
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    trip_ids = sorted(passings, key=int)
    chance.shuffle(trip_ids)
    for trip_id in trip_ids:
        rows = passings[trip_id]
        last = rows[min(max_stops, len(rows) - 1)]
        span = (int(rows[0]["arrive_t"]) - _APART_S, int(last["arrive_t"]) + _APART_S)
        busy = spans[rows[0]["vehicle"]]
        if len(rows) <= FEWEST_STOPS or any(a < span[1] and span[0] < b for a, b in busy):
            continue
        if len(chosen) == count:
            break
        busy.append(span)
        chosen[trip_id] = rows
    return chosen


def _samples(path: Path, wanted: set[_Key]) -> dict[_Key, list[Sample]]:
    samples: dict[_Key, list[Sample]] = {key: [] for key in wanted}
    for row in _rows(path):
        if (key := _key(row)) in wanted:
            samples[key].append(Sample(_at(row["t"]), _place(row)))
    return samples


def _trip(rows: list[Mapping[str, str]], samples: list[Sample], max_stops: int) -> Trip:
    begins, *stops = [Passing(_place(row), _at(row["arrive_t"])) for row in rows[: max_stops + 1]]
    ended_at = stops[-1].arrived_at
    return Trip(
        id=rows[0]["tid"],
        vehicle=rows[0]["vehicle"],
        begins=begins,
        stops=tuple(stops),
        samples=tuple(
            sorted(
                {s for s in samples if begins.arrived_at <= s.recorded_at <= ended_at},
                key=lambda s: (s.recorded_at, s.place.lat_deg, s.place.lon_deg),
            )
        ),
    )


def _key(row: Mapping[str, str]) -> _Key:
    return row["day"], row["vehicle"], row["trip"]


def _place(row: Mapping[str, str]) -> Coordinates:
    return Coordinates(float(row["lat"]), float(row["lon"]))


def _at(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
