"""Files as spreadsheets write them: found out, read row by row, refused with a sentence."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.imports.tables import (
    MOST_COLUMNS,
    SEPARATORS,
    Form,
    NotATable,
    encoding_of,
    form_of,
    is_empty,
    records,
)

TEXT = "viite;nimi\r\n1;Väinö Ärölä\r\n"


def opened(content: bytes, size: int = 7) -> Callable[[], Iterator[bytes]]:
    """The file in chunks that end anywhere, also within a letter."""
    return lambda: (content[start : start + size] for start in range(0, len(content), size))


def table(content: bytes) -> tuple[Form, list[str], list[tuple[int, list[str]]]]:
    encoding = encoding_of(opened(content)())
    form, headings = form_of(opened(content), encoding)
    found = records(opened(content)(), encoding, form.separator)
    return form, headings, [row for row in found if row[0] > form.header_row]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"viite;nimi\r\n" + b"1;Aino\r\n" * 1_000 + b"2;V\xe4in\xf6", "cp1252"),
    ],
)
def test_the_encoding_is_found_out(content: bytes, encoding: str) -> None:
    form, headings, rows = table(content)

    assert form.encoding == encoding
    assert headings == ["viite", "nimi"]
    assert "Väin" in rows[-1][1][1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b" \r\n\r\n", "empty_file"),
        (b"PK\x03\x04\x14\x00", "not_csv"),
        (b"\x1f\x8b\x08\x00\x00", "not_csv"),
        (b"%PDF-1.7\n", "not_csv"),
        (b"\n<html><table>", "not_csv"),
        (b'[{"viite": "1"}]', "not_csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_csv"),
        (b'a,b\n1,"2\n3,4\n', "unreadable_row"),
        (b'a,b\n1,"2"x\n', "unreadable_row"),
        (b"a,b\n\x81\xff,2\n", "wrong_encoding"),
        (("a," * MOST_COLUMNS + "z\n1").encode(), "too_many_columns"),
        (b"a,b\n" + b"x" * 140_000 + b",1\n", "unreadable_row"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotATable) as caught:
        table(content)

    assert caught.value.reason == reason
    assert str(caught.value).endswith((".", "?"))


def test_the_row_that_cannot_be_read_is_named() -> None:
    with pytest.raises(NotATable, match="Row 3 cannot"):
        table(b'a,b\n1,2\n"x\n')


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        (b"a,b\n", ","),
        (b"a;b,c;d\n", ";"),
        (b"a\tb\n", "\t"),
        (b'"a;b;c",d\n', ","),
        (b"sep=;\na,b,c;d\n", ";"),
        (b"sep=\t\na\tb\n", "\t"),
        (b"name\n", ","),
    ],
)
def test_the_separator_is_found_out(content: bytes, separator: str) -> None:
    assert table(content)[0].separator == separator


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    content = b'\r\nsep=;\r\na;b\r\n1;"x\r\ny"\r\n\r\n;\r\n2;z'

    form, headings, rows = table(content)

    assert (form.header_row, headings) == (3, ["a", "b"])
    filled = [row for row in rows if not is_empty(row[1])]
    assert filled == [(4, ["1", "x\r\ny"]), (7, ["2", "z"])]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=12)


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6),
    separator=st.sampled_from(SEPARATORS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    size=st.integers(1, 50),
)
def test_what_a_writer_of_csv_writes_is_read(
    rows: list[list[str]], separator: str, encoding: str, line_end: str, size: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    content = text.getvalue().encode(encoding)

    name = "utf-16" if encoding == "utf-16" else encoding
    read = list(records(opened(content, size)(), name, separator))

    assert [cells for _, cells in read] == rows
    assert [number for number, _ in read] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Łukasz Żak", "cp1250"),
        ("Zażółć", "cp1250"),
        ("Иван", "cp1251"),
        ("Väinö Ärölä", "cp850"),
        ("Väinö Ärölä", "mac-roman"),
        ("Αθήνα", "cp1253"),
    ],
)
def test_letters_that_would_become_others_are_refused(name: str, encoding: str) -> None:
    with pytest.raises(NotATable) as caught:
        table(f"viite;nimi\r\n1;{name}\r\n".encode(encoding))

    assert caught.value.reason == "wrong_encoding"
    assert "Row 2" in str(caught.value)


WESTERN = (
    "Väinö Ärölä", "ÄÄNEKOSKI", "O’Brien", "l’Œuvre", "Calle n° 12", "¿Dónde?", "«Bistrot»",
    "„Firma“ GmbH", "12½ B", "Weiß", "Þórður", "façade à côté", "50 m²", "Iñárritu", "São João",
    "Nº 5", "ÆRØ", "5€", "A–B", "Lego®", "Åäö",
)  # fmt: skip


def test_what_western_europe_writes_is_read() -> None:
    lines = [f"{i};{name}" for i, name in enumerate(WESTERN)]

    _, _, rows = table("\r\n".join(["viite;nimi", *lines]).encode("cp1252"))

    assert [cells[1] for _, cells in rows] == list(WESTERN)
