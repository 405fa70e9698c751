import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogues import locale_of
from chalicelib.domain.phrases.locales import without_isolates
from chalicelib.pages.distances import distance, error, is_at_the_door
from tests.support.speaking import LANGUAGES


def written(
    way_m: float, country: str = "FI", tag: str = "en", accuracy_m: float | None = 8
) -> str:
    text = without_isolates(distance(way_m, accuracy_m, country, locale_of(tag)))
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("way_m", "country", "tag", "text"),
    [
        (40, "FI", "en", "less than 100 m"),
        (433, "FI", "en", "about 450 m"),
        (980, "FI", "en", "about 1.0 km"),
        (1_640, "FI", "en", "about 1.6 km"),
        (1_640, "FI", "fi", "noin 1,6 km"),
        (12_700, "DE", "de", "etwa 13 km"),
        (40, "GB", "en", "less than 100 yd"),
        (300, "GB", "en", "about 350 yd"),
        (950, "GB", "en", "about 0.6 mi"),
        (1_640, "US", "en", "about 1.0 mi"),
        (950, "US", "fi", "noin 0,6 mi"),
        (40, "FI", "en-US", "less than 100 m"),
    ],
)
def test_distances_are_rough_and_in_the_units_of_the_country(
    way_m: float, country: str, tag: str, text: str
) -> None:
    assert written(way_m, country, tag) == text


@pytest.mark.parametrize(
    ("way_m", "accuracy_m", "text"),
    [
        (3, 120, "less than 200 m"),
        (150, 180, "less than 200 m"),
        (430, 90, "about 400 m"),
        (430, 180, "about 400 m"),
        (430, 450, "less than 500 m"),
        (1_640, 100, "about 1.6 km"),
        (1_640, 180, "about 1.5 km"),
        (1_640, 450, "about 1.5 km"),
        (1_640, 800, "about 2 km"),
        (640, 800, "less than 1 km"),
        (433, None, "about 450 m"),
    ],
)
def test_a_distance_is_no_finer_than_its_position(
    way_m: float, accuracy_m: float | None, text: str
) -> None:
    assert written(way_m, accuracy_m=accuracy_m) == text


@pytest.mark.parametrize(
    ("way_m", "accuracy_m", "is_there"),
    [(3, None, True), (29, 20, True), (31, 5, False), (3, 120, False)],
)
def test_at_the_door_is_what_the_position_can_tell(
    way_m: float, accuracy_m: float | None, *, is_there: bool
) -> None:
    assert is_at_the_door(way_m, accuracy_m) is is_there


def test_an_error_is_rounded_up() -> None:
    texts = [error(m, c, locale_of("en")) for m, c in ((51, "FI"), (450, "FI"), (60, "US"))]

    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts] == [
        "100 m",
        "500 m",
        "100 yd",
    ]


def unit_lengths_m(tag: str) -> dict[str, float]:
    """The length of each unit by its names in a language."""
    lengths_m = {"m": 1.0, "km": 1_000.0, "yd": 0.9144, "mi": 1_609.344}
    return {
        form.rpartition("\N{NO-BREAK SPACE}")[2]: lengths_m[unit]
        for unit, forms in locale_of(tag).numbers.units.items()
        for form in forms.values()
    }


@given(
    st.floats(0, 2e7),
    st.none() | st.floats(0, 500),
    st.sampled_from(["FI", "GB", "US", ""]),
    st.sampled_from(sorted(LANGUAGES)),
)
def test_a_distance_is_about_right(
    way_m: float, accuracy_m: float | None, country: str, tag: str
) -> None:
    text = written(way_m, country, tag, accuracy_m)
    found = re.search(r"(\d+(?:[.,]\d)?) (\w+)$", text)

    assert found, text
    unit_m = unit_lengths_m(tag)[found[2]]
    told_m = float(found[1].replace(",", ".")) * unit_m
    if text.startswith(locale_of(tag).form("distance.near").partition("{")[0]):
        assert way_m < told_m
        assert told_m >= (accuracy_m or 0)
    else:
        assert abs(told_m - way_m) <= max(0.51 * unit_m, 0.06 * way_m, accuracy_m or 0, 50)
    assert sum(c.isdigit() for c in found[1].rstrip("0")) <= 3 or way_m > 1_000_000
