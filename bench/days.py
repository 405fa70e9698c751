"""Days to be planned: generated ones, and days of recorded trips, with the times learnt from them.

A recorded day is the places where trips ended between 8 and 18 o'clock: 100 of taxis in San
Francisco (`sf_taxi`), or 40 of couriers in Nairobi (`sendy_nairobi`). The travel times between
them are what the product's own model has learnt from the trips of the days before. A quarter of the
stops has a window of four hours round the recorded time. The recordings are no part of the
project.
"""

import csv
import gzip
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.model import Leg
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.planning.problems import Job, Problem, VanDay
from chalicelib.domain.planning.travel import travel_times_s

SF: Final = "sf_taxi/public/trips.csv.gz"
NAIROBI: Final = "sendy_nairobi/public/orders.csv.gz"
STOPS: Final = 120
SERVICE_S: Final = 90.0
FIRST_HOUR: Final = 8
LAST_HOUR: Final = 18
WINDOW_S: Final = 4 * 3_600.0
ONE_WITH_WINDOW_IN: Final = 4
TAXI_STOPS: Final = 100
COURIER_STOPS: Final = 40
MOST_TAUGHT: Final = 20_000
EPOCH_S: Final = 1_795_420_800.0
"""24 November 2026, 08:00 UTC."""


@dataclass(frozen=True, slots=True)
class RecordedTrip:
    """A trip: from where, to where, and when."""

    begins_at: datetime
    ends_at: datetime
    origin: Coordinates
    destination: Coordinates


def generated(
    seed: int,
    *,
    stops: int = STOPS,
    vans: int = 1,
    windows: float = 0.2,
    hours: float = 12.0,
    ends_after_s: float = math.inf,
) -> Problem:
    """A day in a town of six quarters. Ways take another time in each direction.

    The share ``windows`` of the stops has a window of three to six hours within these ``hours``.
    """
    random = Random(seed)
    quarters = [(random.random() * 0.12, random.random() * 0.24) for _ in range(6)]
    places = [Coordinates(60.2, 24.9)]
    for _ in range(stops):
        north, east = quarters[int(random.random() * 6)]
        lat = 60.14 + north + (random.random() - 0.5) * 0.04
        places.append(Coordinates(lat, 24.78 + east + (random.random() - 0.5) * 0.08))
    pace = [[math.exp((random.random() - 0.5) * 0.4) for _ in places] for _ in places]
    travel_s = [
        [
            0.0 if i == j else 240.0 * max(0.05, distance_m(a, b) / 1e3) ** 0.6 * pace[i][j]
            for j, b in enumerate(places)
        ]
        for i, a in enumerate(places)
    ]
    jobs = []
    for _ in range(stops):
        service_s = 60.0 + random.random() * 120.0
        opens_s, closes_s = -math.inf, math.inf
        if random.random() < windows:
            length_s = 3_600.0 * (3.0 + 3.0 * random.random())
            opens_s = EPOCH_S + random.random() * max(0.0, hours * 3_600.0 - length_s)
            closes_s = opens_s + length_s
        jobs.append(Job(service_s, opens_s, closes_s))
    day = VanDay(EPOCH_S, EPOCH_S + ends_after_s)
    return Problem(tuple(places), tuple(jobs), (day,) * vans, travel_s)


def recorded(data: Path, *, days: int = 20) -> Iterator[tuple[str, Problem]]:
    """Recorded days with their names: half of each recording. Raises FileNotFoundError."""
    half = days // 2
    taxis = _by_day(_taxi_trips(data / SF), zone_h=-7)
    couriers = _by_day(_courier_trips(data / NAIROBI), zone_h=3)
    for name, trips, zone, stops, count in (
        ("taxis", taxis, "America/Los_Angeles", TAXI_STOPS, half),
        ("couriers", couriers, "Africa/Nairobi", COURIER_STOPS, days - half),
    ):
        yield from itertools.islice(_days(name, trips, zone, stops), count)


def _days(
    name: str, by_date: dict[str, list[RecordedTrip]], zone: str, stops: int
) -> Iterator[tuple[str, Problem]]:
    """Each day after the first, in order. Nothing is learnt before it has happened."""
    model = LearnedModel(State())
    taught = 0
    for day, trips in sorted(by_date.items()):
        local = ZoneInfo(zone)
        by_day = [t for t in trips if FIRST_HOUR <= t.ends_at.astimezone(local).hour < LAST_HOUR]
        if taught and len(by_day) >= stops:
            yield f"{name} {day}", _problem(by_day, model, local, stops)
        for trip in trips:
            if taught >= MOST_TAUGHT:
                break
            taught += 1
            model.learn_leg(
                Leg(
                    distance_m(trip.origin, trip.destination),
                    origin=trip.origin,
                    destination=trip.destination,
                    time_zone=zone,
                ),
                departed_at=trip.begins_at,
                arrived_at=trip.ends_at,
            )


def _problem(trips: list[RecordedTrip], model: LearnedModel, zone: ZoneInfo, stops: int) -> Problem:
    """Every so many-th trip of the day, so that all hours are in it."""
    chosen = trips[:: len(trips) // stops][:stops]
    lats = sorted(trip.destination.lat_deg for trip in chosen)
    lons = sorted(trip.destination.lon_deg for trip in chosen)
    hub = Coordinates(lats[stops // 2], lons[stops // 2])
    places = [hub, *(trip.destination for trip in chosen)]
    starts_at = chosen[0].ends_at.astimezone(zone).replace(hour=FIRST_HOUR, minute=0, second=0)
    travel_s = travel_times_s(places, model, at=starts_at, time_zone=zone.key)
    begin_s = starts_at.timestamp()
    jobs = []
    for i, trip in enumerate(chosen):
        if i % ONE_WITH_WINDOW_IN:
            jobs.append(Job(SERVICE_S))
            continue
        middle_s = max(trip.ends_at.timestamp(), begin_s + WINDOW_S / 2.0)
        jobs.append(Job(SERVICE_S, middle_s - WINDOW_S / 2.0, middle_s + WINDOW_S / 2.0))
    return Problem(tuple(places), tuple(jobs), (VanDay(begin_s),), travel_s)


def _by_day(trips: Iterable[RecordedTrip], *, zone_h: int) -> dict[str, list[RecordedTrip]]:
    found: dict[str, list[RecordedTrip]] = defaultdict(list)
    for trip in trips:
        local = trip.begins_at + timedelta(hours=zone_h)
        found[f"{local:%Y-%m-%d}"].append(trip)
    for each in found.values():
        each.sort(key=lambda trip: (trip.begins_at, trip.ends_at))
    return found


def _taxi_trips(path: Path) -> Iterator[RecordedTrip]:
    for row in _rows(path):
        yield RecordedTrip(
            datetime.fromtimestamp(int(row["pickup_t"]), UTC),
            datetime.fromtimestamp(int(row["dropoff_t"]), UTC),
            Coordinates(float(row["pickup_lat"]), float(row["pickup_lon"])),
            Coordinates(float(row["dropoff_lat"]), float(row["dropoff_lon"])),
        )


def _courier_trips(path: Path) -> Iterator[RecordedTrip]:
    """The data has days of a month without the month: they count as days of one month."""
    for row in _rows(path):
        if float(row["travel_s"]) < 60:
            continue
        midnight = datetime(2019, 1, int(row["dom"]), tzinfo=UTC) - timedelta(hours=3)
        yield RecordedTrip(
            midnight + timedelta(seconds=int(row["t_pick"])),
            midnight + timedelta(seconds=int(row["t_arr_dest"])),
            Coordinates(float(row["plat"]), float(row["plon"])),
            Coordinates(float(row["dlat"]), float(row["dlon"])),
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)
