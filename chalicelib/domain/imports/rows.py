"""Rows of an import on their way to orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.imports.cells import damages, field_of, text_of
from chalicelib.domain.imports.headings import REFERENCE, SEVERAL
from chalicelib.domain.imports.imports import Import, Layout, Remark, Severity
from chalicelib.domain.imports.tables import Record, is_empty
from chalicelib.domain.shipments.batches import RowError
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.orders import Order

WARNING: Final = "warning"
MOST_ERRORS: Final = 5
"""Of a row the first errors are told."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What became of a row's text: an order with what is doubtful about it, or what is wrong."""

    order: Order | None
    errors: tuple[RowError, ...] = ()
    warnings: tuple[InputWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number; ``values`` are the texts of its fields."""

    number: int
    values: dict[str, list[str]]
    extra_cells: int = 0

    @property
    def reference(self) -> str:
        """The shipper's name of it, as far as there is one."""
        return next(iter(self.values.get(REFERENCE, ())), "")

    def errors(self) -> Iterator[RowError]:
        """What the file itself has done to the row."""
        if self.extra_cells:
            more = "1 more cell" if self.extra_cells == 1 else f"{self.extra_cells} more cells"
            words = (
                f"This row has {more} than the file has headings. Put a text with a separator in "
                "it in quotation marks."
            )
            yield RowError("", "too_many_cells", words)
        yield from damages(self.values)


def row_of(record: Record, found: Import, layout: Layout) -> Row | None:
    """A row of a file; None for an empty one. A field without a text gets its default."""
    number, cells = record
    if is_empty(cells):
        return None
    values: dict[str, list[str]] = {}
    for name, cell in zip(layout.fields, cells, strict=False):  # short rows end with empty cells
        text = text_of(cell) if name else ""
        if text and (name in SEVERAL or name not in values):
            values.setdefault(name, []).append(text)
    for name, text in found.wishes.defaults.items():
        values.setdefault(name, [text])
    extra = [cell for cell in cells[len(layout.fields) :] if cell.strip()]
    return Row(number, values, len(extra))


def told(row: Row, errors: Sequence[RowError], layout: Layout) -> Iterator[Remark]:
    """The errors of a row by its columns."""
    for error in errors[:MOST_ERRORS]:
        column = layout.heading_of(field_of(error.pointer))
        yield Remark(row.number, column, error.code, error.detail, reference=row.reference)


def warned(row: Row, warnings: Sequence[InputWarning], layout: Layout) -> Iterator[Remark]:
    """What is to be looked at in a row."""
    for each in warnings[:MOST_ERRORS]:
        column = layout.heading_of(field_of(each.pointer))
        yield Remark(
            *(row.number, column, WARNING, each.detail),
            severity=Severity.WARNING,
            reference=row.reference,
        )
