import pytest

from chalicelib.catalogues import locale_of
from chalicelib.pages.languages import negotiate
from tests.support.speaking import LANGUAGES


@pytest.mark.parametrize(
    ("asked", "accepted", "recipient", "spoken"),
    [
        ("fi", "de", "sv", "fi"),
        (None, "de", "sv", "de"),
        (None, None, "sv", "sv"),
        (None, None, None, "en"),
        ("xx", "yy, zz;q=0.4", "fi", "fi"),
        (None, "fi;q=0.2, sv;q=0.9", None, "sv"),
        (None, "de;q=0, fi", None, "fi"),
        (None, "en-us", None, "en-US"),
        (None, "de-CH", None, "de"),
        (None, "zh-Hant-TW, sv-FI", None, "sv"),
    ],
)
def test_the_reader_is_asked_before_the_shipper(
    asked: str | None, accepted: str | None, recipient: str | None, spoken: str
) -> None:
    assert negotiate(asked, accepted, recipient).tag == spoken


@pytest.mark.parametrize(
    "malformed", ["", ",", ";q=1", "fi;q=nan", "fi;q=1e9", "fi;level=1", "\x00", "fi;q=٣", "*"]
)
def test_a_malformed_header_is_not_a_failure(malformed: str) -> None:
    assert negotiate(None, malformed).language in LANGUAGES


def test_a_header_without_end_is_not_read_to_its_end() -> None:
    assert negotiate(None, "xx," * 100_000 + "fi").tag == "en"


@pytest.mark.parametrize(("n", "text"), [(1, "1 stop before you"), (2, "2 stops before you")])
def test_one_and_several_have_their_own_form(n: int, text: str) -> None:
    assert locale_of("en").count("stops", n) == text


def test_what_a_reader_asks_for_never_becomes_a_language_tag() -> None:
    assert negotiate('en-"><script>', None).tag == "en"
