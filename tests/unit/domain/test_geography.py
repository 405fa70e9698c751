import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.geography import EARTH_RADIUS_M, Coordinates, distance_m
from tests.support.builders import HELSINKI, HUB_PLACE, north_of
from tests.support.strategies import coordinates

HALF_EARTH_M = math.pi * EARTH_RADIUS_M


@given(coordinates(), coordinates())
def test_a_distance_is_the_same_both_ways(a: Coordinates, b: Coordinates) -> None:
    assert distance_m(a, b) == distance_m(b, a)


@given(coordinates(), coordinates())
def test_a_distance_is_at_most_half_way_round_the_earth(a: Coordinates, b: Coordinates) -> None:
    assert 0.0 <= distance_m(a, b) <= HALF_EARTH_M


@given(coordinates())
def test_nothing_is_far_from_itself(place: Coordinates) -> None:
    assert distance_m(place, place) == 0.0


@given(coordinates(), coordinates(), coordinates())
def test_a_detour_is_never_shorter(a: Coordinates, b: Coordinates, c: Coordinates) -> None:
    assert distance_m(a, c) <= distance_m(a, b) + distance_m(b, c) + 0.1


@given(st.floats(-180, 180), st.floats(-180, 180), st.sampled_from([-90.0, 90.0]))
def test_at_a_pole_all_longitudes_are_one_place(one: float, other: float, pole: float) -> None:
    assert distance_m(Coordinates(pole, one), Coordinates(pole, other)) < 0.001


@given(st.floats(-85, 85), st.floats(0.0001, 0.01))
def test_the_antimeridian_is_no_border(lat_deg: float, step_deg: float) -> None:
    across = distance_m(Coordinates(lat_deg, 180 - step_deg), Coordinates(lat_deg, step_deg - 180))
    elsewhere = distance_m(Coordinates(lat_deg, -step_deg), Coordinates(lat_deg, step_deg))

    assert across == pytest.approx(elsewhere, rel=1e-6, abs=0.001)


def test_both_names_of_the_antimeridian_are_one_place() -> None:
    assert distance_m(Coordinates(10.0, 180.0), Coordinates(10.0, -180.0)) < 0.001


@pytest.mark.parametrize(
    ("a", "b", "way_m"),
    [
        (Coordinates(0.0, 0.0), Coordinates(0.0, 180.0), HALF_EARTH_M),
        (Coordinates(90.0, 0.0), Coordinates(-90.0, 0.0), HALF_EARTH_M),
        (Coordinates(60.1699, 24.9384), Coordinates(59.4370, 24.7536), 82_170.0),  # to Tallinn
        (Coordinates(-1.2864, 36.8172), Coordinates(-4.0435, 39.6682), 440_700.0),  # to Mombasa
    ],
)
def test_known_distances(a: Coordinates, b: Coordinates, way_m: float) -> None:
    assert distance_m(a, b) == pytest.approx(way_m, rel=0.003)


def test_the_builders_hub_is_some_kilometres_away() -> None:
    assert 3_000 < distance_m(HELSINKI, HUB_PLACE) < 6_000
    assert distance_m(HELSINKI, north_of(HELSINKI, 500.0)) == pytest.approx(500.0, abs=0.1)


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg"),
    [
        (90.0001, 0.0),
        (-90.0001, 0.0),
        (0.0, 180.0001),
        (0.0, -180.0001),
        (math.nan, 0.0),
        (0.0, math.nan),
        (math.inf, 0.0),
        (0.0, -math.inf),
        (1e308, 0.0),
    ],
)
def test_a_place_outside_the_earth_is_refused(lat_deg: float, lon_deg: float) -> None:
    with pytest.raises(ValueError, match="latitude"):
        Coordinates(lat_deg, lon_deg)
