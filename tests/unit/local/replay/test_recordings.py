import itertools
from pathlib import Path

import pytest

from local.replay.recordings import DataMissing, Trip, load, require
from tests.unit.local.replay.recorded import DAY, write_recordings


def chosen(folder: Path, **changes: int) -> list[Trip]:
    wanted = {"trips": 2, "seed": 1, "max_stops": 60} | changes
    return load(folder, days=[DAY], **wanted)


def test_a_trip_begins_at_its_first_stop_and_delivers_at_the_others(tmp_path: Path) -> None:
    write_recordings(tmp_path, trips=1, stops=8)

    (trip,) = chosen(tmp_path)

    assert len(trip.stops) == 7
    assert trip.started_at == trip.begins.arrived_at < trip.stops[0].arrived_at < trip.ended_at
    assert trip.samples[0].recorded_at == trip.started_at
    assert trip.samples[-1].recorded_at <= trip.ended_at


def test_the_same_seed_chooses_the_same_trips(tmp_path: Path) -> None:
    write_recordings(tmp_path, trips=9, stops=8)

    assert chosen(tmp_path, trips=3) == chosen(tmp_path, trips=3)
    ids = {tuple(trip.id for trip in chosen(tmp_path, trips=3, seed=s)) for s in range(5)}
    assert len(ids) > 1


def test_long_trips_are_cut(tmp_path: Path) -> None:
    write_recordings(tmp_path, trips=1, stops=30)

    (trip,) = chosen(tmp_path, max_stops=10)

    assert len(trip.stops) == 10
    assert all(sample.recorded_at <= trip.stops[-1].arrived_at for sample in trip.samples)


def test_trips_of_one_vehicle_never_overlap(tmp_path: Path) -> None:
    write_recordings(tmp_path, trips=6, stops=8, vehicles=1, every_s=600)

    trips = chosen(tmp_path, trips=6)

    assert 0 < len(trips) < 6
    assert all(a.ended_at < b.started_at for a, b in itertools.pairwise(trips))


def test_very_short_trips_and_other_days_are_left_out(tmp_path: Path) -> None:
    write_recordings(tmp_path, trips=3, stops=4)
    assert chosen(tmp_path) == []

    write_recordings(tmp_path, trips=3, stops=8)
    assert load(tmp_path, trips=3, seed=1, max_stops=9, days=["1999-12-31"]) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "pings.csv.gz").touch()

    with pytest.raises(DataMissing, match=r"virtual_stops\.csv\.gz") as caught:
        require(tmp_path)

    assert "pings" not in str(caught.value)
