"""Recordings of buses that never drove, in the format of those that did."""

import csv
import gzip
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

DAY: Final = "2016-12-16"
START_S: Final = int(datetime(2016, 12, 16, 15, tzinfo=UTC).timestamp())
LEG_S: Final = 90
LEG_LAT_DEG: Final = 0.0054  # 600 m
PING_S: Final = 60


def write_recordings(
    folder: Path, *, trips: int, stops: int, vehicles: int = 100, every_s: int = 300
) -> None:
    """Buses that drive north at 24 km/h, one leaving after the other."""
    _write(folder / "virtual_stops.csv.gz", _stops(trips, stops, vehicles, every_s))
    _write(folder / "pings.csv.gz", _pings(trips, stops, vehicles, every_s))


def _stops(trips: int, stops: int, vehicles: int, every_s: int) -> Iterable[Mapping[str, object]]:
    for trip in range(trips):
        for seq in range(stops):
            at_s = START_S + trip * every_s + seq * LEG_S
            place = {"lat": f"{30.2 + seq * LEG_LAT_DEG:.5f}", "lon": "-97.70000"}
            named = {"tid": trip, "day": DAY, "vehicle": trip % vehicles, "trip": trip}
            yield {**named, "route": 1, "seq": seq, **place, "arrive_t": at_s}


def _pings(trips: int, stops: int, vehicles: int, every_s: int) -> Iterable[Mapping[str, object]]:
    for trip in range(trips):
        for elapsed_s in range(0, (stops - 1) * LEG_S + 1, PING_S):
            lat = f"{30.2 + elapsed_s / LEG_S * LEG_LAT_DEG:.5f}"
            at_s = START_S + trip * every_s + elapsed_s
            place = {"lat": lat, "lon": "-97.70000", "speed": 15}
            yield {
                "day": DAY,
                "vehicle": trip % vehicles,
                "t": at_s,
                **place,
                "route": 1,
                "trip": trip,
            }


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    first, *more = rows
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerows([first, *more])
