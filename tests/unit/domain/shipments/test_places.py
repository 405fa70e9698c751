import pytest

from chalicelib.api.schemas.codes import countries
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.country_boxes import boxes
from chalicelib.domain.shipments.places import (
    CITY_STATES,
    can_be_in,
    has_clocks_of,
    is_nowhere,
    is_swapped,
)

TURKU = Coordinates(60.45, 22.27)
HONOLULU = Coordinates(21.3, -157.86)
SUVA = Coordinates(-18.14, 178.44)


def swapped(place: Coordinates) -> Coordinates:
    return Coordinates(place.lon_deg, place.lat_deg)


def test_a_failed_address_search_is_nowhere() -> None:
    assert is_nowhere(Coordinates(0.0, 0.0))
    assert is_nowhere(Coordinates(-0.000_1, 0.000_1))
    assert not is_nowhere(Coordinates(0.0, 9.45))  # Libreville lies on the equator
    assert not is_nowhere(Coordinates(51.48, 0.0))  # Greenwich on the meridian


@pytest.mark.parametrize(
    ("place", "country"),
    [
        (TURKU, "FI"),
        (Coordinates(61.9, 6.1), "NO"),
        (HONOLULU, "US"),
        (SUVA, "FJ"),
        (Coordinates(-16.8, -179.97), "FJ"),
        (Coordinates(28.1, -15.4), "ES"),
        (Coordinates(54.7, 20.5), "RU"),
        (Coordinates(1.3, 103.8), "SG"),
        (TURKU, "QQ"),
    ],
)
def test_a_place_can_be_in_its_country(place: Coordinates, country: str) -> None:
    assert can_be_in(place, country)
    assert not is_swapped(place, [country])


@pytest.mark.parametrize("country", ["SE", "FI", "EE"])
def test_exchanged_coordinates_are_noticed(country: str) -> None:
    assert is_swapped(swapped(Coordinates(59.7, 20.6)), [country])


def test_a_place_that_is_wrong_both_ways_is_not_called_swapped() -> None:
    assert not is_swapped(TURKU, ["BR"])
    assert not is_swapped(HONOLULU, ["FI"])
    assert not is_swapped(TURKU, [])
    assert not is_swapped(swapped(TURKU), ["BR", "QQ"])


def test_the_border_of_a_box_is_no_border() -> None:
    assert can_be_in(Coordinates(58.5, 20.0), "FI")
    assert not can_be_in(Coordinates(57.5, 20.0), "FI")


def test_clocks_are_compared_over_the_year_not_by_their_names() -> None:
    assert has_clocks_of("Europe/Kyiv", ["Europe/Helsinki"])
    assert not has_clocks_of("Africa/Cairo", ["Africa/Johannesburg"])
    assert has_clocks_of("Europe/Madrid", ["Atlantic/Canary", "Europe/Paris"])
    assert has_clocks_of("Asia/Tokyo", [])


def test_boxes_are_boxes_of_countries_that_exist() -> None:
    assert set(boxes()) <= countries()
    assert countries() - set(boxes()) <= {"BV"}  # nobody lives on Bouvet Island
    for country, found in boxes().items():
        for south, west, north, east in found:
            assert -90 <= south < north <= 90, country
            assert -180 <= west < east <= 180, country


def test_city_states_are_countries() -> None:
    assert set(CITY_STATES) <= countries()
