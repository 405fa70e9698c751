"""The demo's streets, vans and people."""

import itertools
import json
import random
from datetime import timedelta
from pathlib import Path

import phonenumbers
import pytest

from chalicelib.domain.geography import Coordinates, distance_m
from local.demo import driving, people, planning, streets
from tests.support.builders import NOON


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("helsinki")


@pytest.fixture(scope="module")
def helsinki(folder: Path) -> streets.Streets:
    return streets.load(folder / "cache.json", folder / "static" / "streets.json")


def test_every_corner_can_be_reached_from_every_other(helsinki: streets.Streets) -> None:
    backwards: list[list[int]] = [[] for _ in helsinki.corners]
    for corner, onward in enumerate(helsinki.onward):
        for following, _ in onward:
            backwards[following].append(corner)
    forwards = [[following for following, _ in onward] for onward in helsinki.onward]

    for edges in (forwards, backwards):
        reached, queue = {0}, [0]
        while queue:
            fresh = set(edges[queue.pop()]) - reached
            reached |= fresh
            queue += fresh
        assert len(reached) == len(helsinki.corners)
    assert len(helsinki.corners) > 1_000


def test_some_streets_are_one_way(helsinki: streets.Streets) -> None:
    edges = {
        (corner, following)
        for corner, onward in enumerate(helsinki.onward)
        for following, _ in onward
    }

    assert any((b, a) not in edges for a, b in edges)


def test_doors_are_plenty_and_next_to_a_corner(helsinki: streets.Streets) -> None:
    assert len(helsinki.doors) > 300
    for door in helsinki.doors:
        away_m = distance_m(door.place, helsinki.corners[door.corner])
        assert away_m <= streets.KERB_M + 1
        assert len(door.postal_code) == 5
    assert len({(door.street, door.number) for door in helsinki.doors}) == len(helsinki.doors)


def test_a_path_follows_edges_and_is_no_shorter_than_the_straight_line(
    helsinki: streets.Streets,
) -> None:
    chance = random.Random(7)
    for _ in range(20):
        start, end = chance.sample(range(len(helsinki.corners)), 2)

        path = helsinki.path(start, end)

        assert (path[0], path[-1]) == (start, end)
        for a, b in itertools.pairwise(path):
            assert b in {following for following, _ in helsinki.onward[a]}
        straight_m = distance_m(helsinki.corners[start], helsinki.corners[end])
        assert helsinki.length_m(path) >= straight_m - 0.01


def test_the_second_load_reads_the_cache_and_gives_the_same(
    helsinki: streets.Streets, folder: Path
) -> None:
    again = streets.load(folder / "cache.json", folder / "elsewhere.json")

    assert again == helsinki


def test_the_drawing_is_small_plain_geojson_with_its_source(
    helsinki: streets.Streets, folder: Path
) -> None:
    path = folder / "static" / "streets.json"
    drawing = json.loads(path.read_text(encoding="utf-8"))

    assert drawing["attribution"] == "© OpenStreetMap contributors"
    assert path.stat().st_size < 350_000
    for feature in drawing["features"]:
        is_area = feature["geometry"]["type"] == "Polygon"
        assert feature["properties"]["area" if is_area else "highway"]
        (points,) = (
            feature["geometry"]["coordinates"] if is_area else [feature["geometry"]["coordinates"]]
        )
        for lon_deg, lat_deg in points:
            assert 24.8 < lon_deg < 25.1
            assert 60.1 < lat_deg < 60.3


def test_a_leg_keeps_to_the_pace_of_a_city(helsinki: streets.Streets) -> None:
    chance = random.Random(3)
    start, end = helsinki.doors[0].corner, helsinki.doors[-1].corner

    leg = driving.leg(helsinki, start, end, chance)

    assert leg.at(0)[0] == helsinki.corners[start]
    assert leg.at(leg.duration_s + 1)[0] == helsinki.corners[end]
    assert list(leg.times_s) == sorted(leg.times_s)
    fastest = max(leg.at(second)[1] for second in range(int(leg.duration_s)))
    assert fastest <= driving.FASTEST_MPS + 0.01


def test_a_jam_holds_the_van_up(helsinki: streets.Streets) -> None:
    start, end = helsinki.doors[0].corner, helsinki.doors[-1].corner

    free = driving.leg(helsinki, start, end, random.Random(3))
    jammed = driving.leg(helsinki, start, end, random.Random(3), jam_s=600)

    assert jammed.duration_s == pytest.approx(free.duration_s + 600)


def test_a_phone_errs_by_a_few_metres() -> None:
    errors = list(itertools.islice(driving.phone_errors(random.Random(1)), 5_000))
    rms_m = (sum(east_m**2 for east_m, _ in errors) / len(errors)) ** 0.5

    assert rms_m == pytest.approx(driving.NOISE_M, rel=0.15)


def test_moving_a_place_moves_it_that_far() -> None:
    place = Coordinates(60.17, 24.94)

    assert distance_m(place, driving.moved(place, 3, 4)) == pytest.approx(5, rel=0.01)


def test_a_wave_depends_on_the_seed_alone(helsinki: streets.Streets) -> None:
    first, second, other = (
        planning.wave(
            helsinki.doors,
            hub=helsinki.corners[0],
            starts_at=NOON,
            supply=planning.Supply(people.phones(), people.barcodes(), itertools.count(1)),
            chance=random.Random(seed),
        )
        for seed in (1, 1, 2)
    )

    assert first == second
    assert first != other
    assert planning.FEWEST_STOPS <= len(first) <= planning.MOST_STOPS


def test_windows_lie_around_the_visit_they_are_sold_for(helsinki: streets.Streets) -> None:
    supply = planning.Supply(people.phones(), people.barcodes(), itertools.count(1))
    visits = planning.wave(
        helsinki.doors,
        hub=helsinki.corners[0],
        starts_at=NOON,
        supply=supply,
        chance=random.Random(5),
    )
    bodies = [order.body for visit in visits for order in visit.orders]

    windows = [body["window"] for body in bodies if "window" in body]

    assert windows
    for window in windows:
        assert window["start"] < (NOON + timedelta(hours=1)).isoformat()
        assert window["end"] > NOON.isoformat()


def test_districts_share_all_doors_fairly(helsinki: streets.Streets) -> None:
    areas = planning.districts(helsinki.doors, 3)

    assert sum(map(len, areas)) == len(helsinki.doors)
    assert max(map(len, areas)) - min(map(len, areas)) <= 1


def test_phones_are_valid_and_mail_goes_nowhere(helsinki: streets.Streets) -> None:
    numbers = people.phones()
    somebody = people.customer(helsinki.doors[0], next(numbers), random.Random(1))

    assert phonenumbers.is_valid_number(phonenumbers.parse(somebody.phone))
    assert somebody.email.endswith("@example.com")
    assert somebody.email.isascii()


def test_barcodes_carry_their_check_digit() -> None:
    for code in itertools.islice(people.barcodes(), 50):
        weighted = sum(int(d) * (1 if place % 2 else 3) for place, d in enumerate(code))
        assert len(code) == 18
        assert weighted % 10 == 0
