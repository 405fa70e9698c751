"""Reports: all remarks on an import as a CSV file that no spreadsheet runs as a program.

A cell that begins like a formula gets an apostrophe before it (OWASP, CSV injection); all cells are
in quotation marks (RFC 4180).
"""

import csv
import io
from collections.abc import Iterable
from typing import Final

from chalicelib.domain.imports.imports import Remark

HEADINGS: Final = ("row", "reference", "column", "severity", "code", "detail")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets begin a formula with; the last four are signs of full width."""


def heading() -> bytes:
    """The first row, with the mark that makes Excel read UTF-8."""
    return "\ufeff".encode() + _written([HEADINGS])


def lines(remarks: Iterable[Remark]) -> bytes:
    """A row for each remark."""
    return _written(
        (str(each.row), each.reference, each.column, each.severity.value, each.code, each.detail)
        for each in remarks
    )


def harmless(cell: str) -> str:
    """A cell that stays text.

    >>> harmless("=1+1"), harmless("+358401234567"), harmless("A-1")
    ("'=1+1", "'+358401234567", 'A-1')
    """
    text = cell.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow(map(harmless, row))
    return text.getvalue().encode()
