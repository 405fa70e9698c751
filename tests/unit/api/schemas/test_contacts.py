"""Phone numbers as people write them, and what is kept of them."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.api.schemas.contacts import Email, Phone, e164

PHONE: Final[TypeAdapter[str]] = TypeAdapter(Phone)
EMAIL: Final[TypeAdapter[str]] = TypeAdapter(Email)


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("050 765 4321", "FI", "+358507654321"),
        ("Puh. 050 765 4321", "FI", "+358507654321"),
        ("WhatsApp: +358 50 765 4321", "FI", "+358507654321"),
        ("'+358507654321", "FI", "+358507654321"),
        ('"0507654321";', "FI", "+358507654321"),
        ("++358507654321", "FI", "+358507654321"),
        ("0507654321.0", "FI", "+358507654321"),  # never a longer number
        ("212-555-0123 ext. 42", "US", "+12125550123"),
        ("+1 212-555-0123 x42", "US", "+12125550123"),
        ("131 2345 6789", "CN", "+8613123456789"),  # also a number of the Americas behind a plus
        ("+52 1 222 123 4567", "MX", "+522221234567"),
        ("(050) 765-4321", "FI", "+358507654321"),
        ("507654321", "FI", "+358507654321"),
        ("+358 50 765 4321", "SE", "+358507654321"),
        ("+358 (0)50 765 4321", "FI", "+358507654321"),
        ("(+358) 50 765 4321", "FI", "+358507654321"),
        ("00358 50 765 4321", "FI", "+358507654321"),
        ("00358 50 765 4321", "US", "+358507654321"),
        ("011 358 50 765 4321", "US", "+358507654321"),
        ("011 358 50 765 4321", "FI", "+358507654321"),
        ("0011 358 50 765 4321", "AU", "+358507654321"),
        ("358507654321", "FI", "+358507654321"),
        ("358507654321", "SE", "+358507654321"),
        ("358507654321", "DE", None),  # in Löbau, or with a country code: nobody knows
        ("0358507654321", "DE", "+49358507654321"),
        ("3585076543", "IT", "+393585076543"),
        ("12125550123", "US", "+12125550123"),
        ("tel:+358507654321", "FI", "+358507654321"),
        ("\u202a\u200e+358\u00a050\u00a0765\u20114321\u202c", "FI", "+358507654321"),
        ("＋３５８５０７６５４３２１", "FI", "+358507654321"),
        ("٠٥٠٧٦٥٤٣٢١", "FI", "+358507654321"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("212.555.0123", "CA", "+12125550123"),
        ("06 698 12345", "VA", "+390669812345"),
        ("030 901820", "DE", "+4930901820"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+999", "XK", None),
        ("044 123 456", "XK", "+38344123456"),
        ("12", "FI", None),
        ("0401", "FI", None),
        ("1234567890123456789012", "FI", None),
        ("+1", "US", None),
        ("+0 0", "AQ", None),
        ("358507654321000", "FI", None),
    ],
)
def test_a_number_is_read_as_the_country_of_its_address_means_it(
    written: str, country: str, kept: str | None
) -> None:
    cleaned = PHONE.validate_python(written)

    if kept is None:
        with pytest.raises(ValueError, match=r"like \+[0-9 -]+\.$"):
            e164(cleaned, country)
    else:
        assert e164(cleaned, country) == kept


@pytest.mark.parametrize(
    "written",
    ["ask at the door", "050 CALL ME", "3.58507E+11", "+", "050;051", "050 765 4321 (Otto)"],
)
def test_what_is_no_number_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        e164(PHONE.validate_python(written), "FI")

    (error,) = refusal.value.errors(include_url=False, include_input=False)
    assert error["msg"].endswith("like +358 41 2345678.")


def test_the_example_is_one_of_the_country() -> None:
    with pytest.raises(ValueError, match=r"dialled in NO, or .* like \+47 "):
        e164("1", "NO")


@given(st.text(alphabet="0123456789+() -./"), st.sampled_from(["FI", "US", "AQ", "XK", "RU"]))
def test_any_digits_are_read_or_refused(written: str, country: str) -> None:
    try:
        number = e164(PHONE.validate_python(written), country)
    except ValueError:
        return

    assert number.startswith("+")
    assert e164(number, country) == number


@pytest.mark.parametrize(
    ("written", "told", "not_told"),
    [
        ("a@b", "Behind the @", "Before the @"),
        ("aino@example..com", "Behind the @", "Before the @"),
        ("aino@exam ple.com", "Behind the @", "Before the @"),
        ("äino@example.com", "Before the @", "Behind the @"),
        ("ai no@example.com", "Before the @", "Behind the @"),
        ("aino at example", "Write one e-mail address", " the @"),
        ("aino@example.com, otto@example.com", "Write one e-mail address", " the @"),
        ("@example.com", "Write one e-mail address", " the @"),
    ],
)
def test_an_address_is_told_which_of_its_sides_is_wrong(
    written: str, told: str, not_told: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        EMAIL.validate_python(written)

    (error,) = refusal.value.errors(include_url=False, include_input=False)
    assert told in error["msg"]
    assert not_told not in error["msg"]
    assert "like aino@example.com" in error["msg"]


@pytest.mark.parametrize(
    "written",
    [
        "Aino Virtanen <aino@example.com>",
        '"Virtanen, Aino" <aino@example.com>',
        "<aino@example.com>",
        "mailto:aino@example.com",
        "aino@example.com,",
        "aino@example.com.",
        "'aino@example.com'",
        "aino@example.com;",
    ],
)
def test_what_programs_put_around_an_address_is_taken_off(written: str) -> None:
    assert EMAIL.validate_python(written) == "aino@example.com"
