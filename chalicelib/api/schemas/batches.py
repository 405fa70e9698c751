"""Batches of shipments on the wire: each row is read by itself and has its own verdict."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import Field, PlainValidator, ValidationError

from chalicelib.api.schemas.shipments import ShipmentIn, WarningOut
from chalicelib.domain.shipments.batches import RowError, RowOutcome, RowVerdict
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.edge.problems import errors_of
from chalicelib.edge.schemas import Out, Schema

MOST_ROWS: Final = 500
MOST_ROW_ERRORS: Final = 5
"""Of a row the first errors are listed, so that the answer stays small."""


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that is no order, and why."""

    errors: tuple[RowError, ...]
    error_count: int


def read_row(item: object) -> ShipmentIn | UnreadableRow:
    """The order in a row, or all that is wrong with it.

    It is read from its JSON: strict models take a list for a tuple only there.
    """
    try:
        return ShipmentIn.model_validate_json(json.dumps(item))
    except ValidationError as exc:
        errors, count = errors_of(exc, most=MOST_ROW_ERRORS)
        return UnreadableRow(tuple(RowError(**error) for error in errors), count)


Row = Annotated[
    ShipmentIn | UnreadableRow, PlainValidator(read_row, json_schema_input_type=ShipmentIn)
]


class BatchIn(Schema):
    """Up to 500 shipments."""

    shipments: Annotated[tuple[Row, ...], Field(min_length=1, max_length=MOST_ROWS)]


class RowErrorOut(Out):
    """What is wrong with a row; the pointer is within the row."""

    pointer: str
    code: str
    detail: str


class RowOut(Out):
    """What became of a row, counted from 0.

    ``id`` is the shipment that has the reference, also where it is another order's. ``later``: time
    ran out, and the same batch sent again goes on from there.
    """

    index: int
    outcome: RowOutcome
    reference: str | None
    id: str | None
    tracking_url: str | None
    warnings: tuple[WarningOut, ...]
    errors: tuple[RowErrorOut, ...]
    error_count: int

    @classmethod
    def told(
        cls,
        index: int,
        row: ShipmentIn | UnreadableRow,
        verdict: RowVerdict | None,
        tracking_url: str | None,
    ) -> Self:
        """The verdict on a row; None for one that could not be read."""
        if isinstance(row, UnreadableRow) or verdict is None:
            refused = row.errors if isinstance(row, UnreadableRow) else ()
            verdict = RowVerdict(RowOutcome.REFUSED, errors=refused)
        reference = None if isinstance(row, UnreadableRow) else row.reference
        shipment = verdict.shipment
        return cls(
            index=index,
            outcome=verdict.outcome,
            reference=reference,
            id=None if shipment is None else shipment.id,
            tracking_url=tracking_url,
            warnings=tuple(map(WarningOut.of, _doubts(row, verdict))),
            errors=tuple(map(RowErrorOut.of, verdict.errors[:MOST_ROW_ERRORS])),
            error_count=row.error_count if isinstance(row, UnreadableRow) else len(verdict.errors),
        )


class BatchOut(Out):
    """A verdict for each row, in their order, and how many there are of each outcome."""

    results: tuple[RowOut, ...]
    counts: dict[RowOutcome, int]

    @classmethod
    def of(cls, value: Any) -> Self:  # noqa: ANN401 - rows, as the view makes them
        """Of the rows."""
        rows = tuple(value)
        outcomes = [row.outcome for row in rows]
        return cls(results=rows, counts={each: outcomes.count(each) for each in RowOutcome})


WRITTEN: Final = frozenset({RowOutcome.CREATED, RowOutcome.UPDATED})


def _doubts(row: ShipmentIn | UnreadableRow, verdict: RowVerdict) -> Iterator[InputWarning]:
    """What was taken though it may be a mistake: of rows that were written."""
    if isinstance(row, ShipmentIn) and verdict.outcome in WRITTEN:
        yield from row.doubts()
        yield from verdict.warnings
