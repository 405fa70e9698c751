"""Reports: text that comes back as text, and nothing that a spreadsheet runs."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.imports.cells import text_of
from chalicelib.domain.imports.imports import Remark, Severity
from chalicelib.domain.imports.reports import FORMULA, HEADINGS, harmless, heading, lines

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(column=TEXTS, detail=TEXTS, reference=TEXTS)
@example(column="=1+1", detail="\t@x", reference=" +1")
@example(column="＝1", detail="-1", reference='"\r\n=')
def test_any_text_comes_back_and_no_cell_is_a_formula(
    column: str, detail: str, reference: str
) -> None:
    remark = Remark(7, column, "blank", detail, Severity.WARNING, reference)

    first, row = read(heading() + lines([remark]))

    assert tuple(first) == HEADINGS
    assert not [cell for cell in row if cell.lstrip(" ").startswith(FORMULA)]
    wanted = ["7", reference, column, "warning", "blank", detail]
    assert [cell.removeprefix("'") for cell in row] == [text.removeprefix("'") for text in wanted]


@given(TEXTS)
def test_our_own_reader_takes_the_apostrophe_off_a_formula(text: str) -> None:
    cell = harmless(text.strip())
    if cell != text.strip() and text.strip()[0] in "=+-@":
        assert text_of(cell) == text.strip()


def test_a_spreadsheet_reads_it_as_utf_8() -> None:
    assert heading().startswith(b"\xef\xbb\xbf")
