import pytest

from chalicelib.catalogues import locale_of
from chalicelib.pages import times


@pytest.mark.parametrize(
    ("age_s", "written"),
    [
        (0, "Van seen just now"),
        (5, "Van seen just now"),
        (6, "Van seen 5 s ago"),
        (24, "Van seen 20 s ago"),
        (59, "Van seen 55 s ago"),
        (60, "Van seen 1 min ago"),
        (3_599, "Van seen 59 min ago"),
        (7_300, "Van seen 2 h ago"),
    ],
)
def test_an_age_is_rounded_the_way_people_talk(age_s: int, written: str) -> None:
    assert times.age("seen", age_s, locale_of("en")) == written
