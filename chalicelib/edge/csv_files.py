"""Tables as CSV files that no spreadsheet runs as a program.

A cell that begins like a formula gets an apostrophe before it, all cells are in quotation marks
(RFC 4180), and a mark at the beginning makes Excel read UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from chalicelib.domain.imports.reports import harmless


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file. None is an empty cell; numbers stay as they are, also negative ones."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(headings)
    for row in rows:
        writer.writerow(map(_cell, row))
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else harmless(str(value))
