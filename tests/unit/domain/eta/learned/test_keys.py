import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.learned.keys import BINS, Traits, distance_bin, hour_weights, traits
from chalicelib.domain.eta.learned.places import page_name
from chalicelib.domain.eta.learned.priors import Kind
from chalicelib.domain.geography import Coordinates
from tests.support.builders import HELSINKI, NOON, north_of
from tests.support.strategies import coordinates
from tests.unit.domain.eta.builders import make_traits, make_trip


def ids(found: Traits, *kinds: Kind) -> set[int]:
    return {key[0] for key in found.keys if key[0] >> 16 & 15 in kinds}


@given(coordinates(), coordinates(), st.none() | st.floats(0, 1e6))
def test_any_leg_on_earth_has_traits(
    origin: Coordinates, destination: Coordinates, base_s: float | None
) -> None:
    found = make_traits(origin=origin, destination=destination, base_s=base_s)

    assert 0 <= found.bin < BINS
    assert all(math.isfinite(x) for x in found.inputs)
    assert math.isfinite(found.offset)
    for id_, weight, tau, decay_s, _ in found.keys:
        assert 0 < id_ < 1 << 62
        assert page_name(id_ >> 20)
        assert 0.0 <= weight <= 1.0
        assert tau > 0.0
        assert decay_s >= 0.0


def test_the_same_leg_has_the_same_keys_on_every_machine() -> None:
    keys = [key[0] for key in make_traits().keys]

    assert keys == [key[0] for key in make_traits().keys]
    assert sum(keys) % 1_000_007 == PORTABLE


PORTABLE = 185613


def test_cells_are_as_wide_on_both_sides_of_the_equator_and_the_meridian() -> None:
    north, south = Coordinates(0.001, 0.001), Coordinates(-0.001, -0.001)

    one = make_traits(origin=north, destination=HELSINKI)
    other = make_traits(origin=south, destination=HELSINKI)

    assert ids(one, Kind.ORIGIN) != ids(other, Kind.ORIGIN)


@given(st.floats(-85, 85), st.floats(-179, 179))
def test_a_kilometre_east_is_at_most_two_cells_anywhere(lat_deg: float, lon_deg: float) -> None:
    origin = Coordinates(lat_deg, lon_deg)
    east_deg = 0.3 / (111.195 * math.cos(math.radians(lat_deg)))
    near = [Coordinates(lat_deg, lon_deg + east_deg * i) for i in range(4)]

    cells = {
        next(iter(ids(make_traits(origin=place, destination=origin), Kind.ORIGIN)))
        for place in near
    }

    assert len(cells) <= 2


def test_fine_pairs_know_their_coarse_pair() -> None:
    found = make_traits()
    (parent,) = ids(found, Kind.PAIR)

    parents = {key[4] for key in found.keys if key[4] is not None}

    assert parents == {parent}


def test_a_leg_with_unknown_ends_has_the_hour_and_the_driver() -> None:
    found = make_traits(origin=None, destination=None)

    assert {key[0] >> 16 & 15 for key in found.keys} == {Kind.HOUR, Kind.DRIVER}
    assert make_traits(origin=None, driver=None).noise_key is None


def test_keys_over_road_times_differ_from_keys_over_distances() -> None:
    by_distance, by_road = (
        {key[0] for key in make_traits(base_s=base_s).keys} for base_s in (None, 600.0)
    )

    shared = {key_id >> 16 & 15 for key_id in by_distance & by_road}
    assert shared == {Kind.HOUR, Kind.DRIVER}


def test_hubs_without_coordinates_are_known_by_their_codes() -> None:
    there = make_traits(origin="INDEL001", destination="INBOM002", base_s=3_600.0, customer="shr_1")
    back = make_traits(origin="INBOM002", destination="INDEL001", base_s=3_600.0)

    assert len(ids(there, Kind.PAIR, Kind.ZONE_PAIR, Kind.CUSTOMER)) == 3
    assert ids(there, Kind.PAIR) != ids(back, Kind.PAIR)


@given(st.integers(0, 7 * 24 * 60))
def test_an_hour_fades_into_the_next(minute: int) -> None:
    (_, own), (_, neighbour) = hour_weights(NOON + timedelta(minutes=minute))

    assert own + neighbour == pytest.approx(1.0)
    assert own >= 0.5


def test_weekdays_are_alike_and_weekends_are_not() -> None:
    monday = datetime(2026, 11, 23, 9, 30, tzinfo=NOON.tzinfo)
    keys = [hour_weights(monday + timedelta(days=day))[0][0] for day in range(7)]

    assert len(set(keys[:5])) == 1
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("base", "expected"), [(0.05, 0), (1.0, 2), (3.0, 3), (12.0, 6), (500.0, 12)]
)
def test_distances_have_bins(base: float, expected: int) -> None:
    assert distance_bin(math.log(base), has_engine=False) == expected
    assert distance_bin(math.log(base) + 0.7, has_engine=True) == expected + 13


def test_the_curve_bends_after_three_kilometres_or_an_hour() -> None:
    near, far = north_of(HELSINKI, 2_900.0), north_of(HELSINKI, 3_100.0)

    assert make_traits(destination=near).inputs[2] == 0.0
    assert make_traits(destination=far).inputs[2] > 0.0
    assert make_traits(base_s=3_500.0).inputs[2] == 0.0
    assert make_traits(base_s=3_700.0).inputs[2] > 0.0


def test_below_fifty_metres_a_way_shrinks_towards_nothing() -> None:
    def offset(way_m: float) -> float:
        return traits(make_trip(destination=north_of(HELSINKI, way_m))).offset

    assert offset(60.0) == 0.0
    assert offset(25.0) == pytest.approx(math.log(0.5), abs=0.01)
    assert offset(0.0) == pytest.approx(math.log(0.1))
