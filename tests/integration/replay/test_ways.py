"""A recorded trip of a bus, reported by each location app: the same track as from our own app."""

import csv
import gzip
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.geography import distance_m
from local.replay.recordings import PINGS, DataMissing, require, usual_folder
from tests.support.builders import HELSINKI
from tests.support.carrier import Carrier, Round, note
from tests.support.depth import times
from tests.support.phones import Phone
from tests.support.ways import WAYS, Spot, own_fix

ROWS: Final = 2_000
"""Of the file: some trips, so that nobody reads all of it."""
FIXES: Final = times(quick=12, deep=1_000)


@pytest.fixture(scope="module")
def pings() -> list[dict[str, str]]:
    """The fixes of the longest of the first trips."""
    folder = usual_folder()
    try:
        require(folder)
    except DataMissing as exc:
        pytest.skip(f"{exc}: set DOORSTEP_DATA to where the recordings are")
    with gzip.open(folder / PINGS, "rt", encoding="utf-8", newline="") as file:
        rows = list(itertools.islice(csv.DictReader(file), ROWS))
    trips = Counter(map(trip_of, rows))
    longest = max(trips, key=lambda trip: (trips[trip], trip))
    found = {row["t"]: row for row in rows if trip_of(row) == longest}
    whole = [found[t] for t in sorted(found, key=int)]
    return whole[:: max(1, len(whole) // FIXES)][:FIXES]


def trip_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["day"], row["vehicle"], row["trip"]


def here_and_now(pings: list[dict[str, str]], now: datetime) -> Iterator[Spot]:
    """The trip, moved to Helsinki and to a time that ends now."""
    first, last = pings[0], pings[-1]
    for row in pings:
        at = (now - timedelta(seconds=int(last["t"]) - int(row["t"]))).replace(microsecond=0)
        yield {
            "lat": round(HELSINKI.lat_deg + float(row["lat"]) - float(first["lat"]), 7),
            "lon": round(HELSINKI.lon_deg + float(row["lon"]) - float(first["lon"]), 7),
            "at": at,
            "s": int(at.timestamp()),
        }


def outcome(van: Round) -> tuple[Any, ...]:
    state = van.state(van.ids[0][0]).json
    return van.track(), state["position"], state["eta"], state["last_seen_age_s"]


def test_a_recorded_trip_is_the_same_by_every_way(
    shared: Carrier, pings: list[dict[str, str]]
) -> None:
    """Each phone sends it in its order, and a few fixes again, as after a lost answer."""
    vans = {way: shared.round(1).started() for way in ("our own", *WAYS)}
    lasts = timedelta(seconds=int(pings[-1]["t"]) - int(pings[0]["t"]))
    shared.clock.advance(lasts + timedelta(minutes=1))
    found = {}
    for number, (way, van) in enumerate(vans.items()):
        trip = list(here_and_now(pings, shared.clock.now()))
        again = random.Random(number).sample(trip, 3)
        if way == "our own":
            van.positions(*map(own_fix, trip))
        else:
            phone = Phone.of(shared, van.driver_id)
            assert {WAYS[way](phone, at).status for at in (*trip, *again)} == {200}
        found[way] = outcome(van)

    expected = found.pop("our own")
    places = [each.coordinates for each in expected[0]]
    km = sum(distance_m(a, b) for a, b in itertools.pairwise(places)) / 1_000
    note(f"{len(found)} ways, a trip of {len(pings)} fixes and {km:.1f} km: the same track")
    assert len(places) == len(pings)
    assert [way for way, each in found.items() if each != expected] == []
