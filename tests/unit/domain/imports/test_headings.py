"""Headings: which field each column is."""

import pytest

from chalicelib.domain.imports.headings import FIELDS, WORDS, fields_of, plain
from chalicelib.domain.imports.tables import NotATable

NEEDED = ["reference", "name", "address", "country", "barcode"]
FULL = ("reference", "recipient.name", "address.lines", "address.country", "parcels.barcode")


def found(*headings: str, **said: str) -> tuple[str, ...]:
    return fields_of([*NEEDED, *headings], said, {})[len(NEEDED) :]


def test_fields_are_known_by_their_names() -> None:
    names = sorted(FIELDS)

    assert fields_of(names, {}, {}) == tuple(names)


@pytest.mark.parametrize(
    "headings",
    [
        ["Order number", "Customer name", "Street address", "Country code", "Barcodes"],
        ["Tilausnumero", "Vastaanottaja", "Lähiosoite", "Maa", "Viivakoodi"],
        ["Ordernummer", "Mottagare", "Gatuadress", "Land", "Kollinummer"],
        ["BESTELLNUMMER", "Empfänger", "Straße", "Land", "Paketnummer"],
        ["Référence", "Destinataire", "Rue", "Pays", "Code-barres"],
        ["Pedido", "Destinatario", "Dirección", "País", "Código de barras"],
        ["barcode", "COUNTRY ", " Lines", "recipient_name", "REFERENCE"][::-1],
    ],
)
def test_words_of_six_languages_are_known_whatever_their_case(headings: list[str]) -> None:
    fields = fields_of(headings, {}, {})

    assert sorted(fields) == sorted(FULL)


def test_no_word_means_two_fields() -> None:
    words = [(plain(word), field) for field, text in WORDS.items() for word in text.split(",")]
    meanings: dict[str, set[str]] = {}
    for word, field in words:
        meanings.setdefault(word, set()).add(field)

    assert {word: fields for word, fields in meanings.items() if len(fields) > 1} == {}
    assert "" not in meanings


def test_an_unknown_heading_is_left_out_and_words_of_ones_own_are_kept() -> None:
    assert found("colour", "metadata.colour", "") == ("", "metadata.colour", "")


def test_several_columns_may_hold_lines_and_barcodes() -> None:
    assert found("address line 2", "address.lines.3", "barcode 2") == (
        "address.lines",
        "address.lines",
        "parcels.barcode",
    )


def test_what_the_uploader_says_of_a_heading_counts() -> None:
    assert found("Colour", "City", colour="metadata.colour", CITY="") == ("metadata.colour", "")
    assert found("a2", a2="address.lines.2") == ("address.lines",)


@pytest.mark.parametrize(
    ("headings", "said", "reason", "words"),
    [
        (["reference"], {}, "missing_column", '"recipient.name" and no column "address.lines"'),
        ([*NEEDED, "Order"], {}, "repeated_column", '"reference" and "Order"'),
        (NEEDED, {"Nr": "reference"}, "unknown_column", 'no column "Nr"'),
    ],
)
def test_what_is_missing_or_said_twice_is_named(
    headings: list[str], said: dict[str, str], reason: str, words: str
) -> None:
    with pytest.raises(NotATable) as caught:
        fields_of(headings, said, {})

    assert caught.value.reason == reason
    assert words in str(caught.value)


def test_what_has_a_default_needs_no_column() -> None:
    headings = ["reference", "name", "barcode"]
    defaults = {"address.lines": "Testikatu 1", "address.country": "FI"}

    assert fields_of(headings, {}, defaults) == (FULL[0], FULL[1], FULL[4])
