"""Imports of files on the wire."""

from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.api.schemas.batches import UnreadableRow
from chalicelib.api.schemas.batches import read_row as order_in
from chalicelib.api.schemas.values import Line
from chalicelib.domain.imports.headings import BARCODE, FIELDS, REFERENCE, is_field
from chalicelib.domain.imports.imports import Import, ImportStatus, Severity, Wishes
from chalicelib.domain.imports.rows import ReadRow
from chalicelib.domain.shipments.orders import IfExists
from chalicelib.edge.schemas import Maybe, Out, Schema, Time
from chalicelib.edge.sentences import misfit, refused
from chalicelib.services.imports.begin_import import BegunImport
from chalicelib.services.imports.show_imports import ShownImport

MOST_NAMES: Final = 100
OF_EACH_ROW: Final = frozenset({REFERENCE, BARCODE})


def _fields(columns: dict[str, str]) -> dict[str, str]:
    for heading, field in columns.items():
        if field and not is_field(field):
            raise misfit((heading,), "unknown_field", _words_of_fields())
    return columns


def _values(defaults: dict[str, str]) -> dict[str, str]:
    for field in defaults:
        if not is_field(field):
            raise misfit((field,), "unknown_field", _words_of_fields())
        if field in OF_EACH_ROW:
            words = "No two rows have the same, so there is no default for it."
            raise misfit((field,), "own_of_each_row", words)
    return defaults


def _words_of_fields() -> str:
    return f"A column holds one of {', '.join(sorted(FIELDS))}, or metadata. and a name of yours."


def _few(names: dict[str, str]) -> dict[str, str]:
    if len(names) > MOST_NAMES:
        raise refused(code="too_many_names", words=f"At most {MOST_NAMES} names are read.")
    return names


Meaning = Annotated[str, StringConstraints(max_length=80)]
Columns = Annotated[
    dict[Line, Meaning],
    AfterValidator(_few),
    AfterValidator(_fields),
]
Defaults = Annotated[
    dict[Meaning, Line],
    AfterValidator(_few),
    AfterValidator(_values),
]


class ImportIn(Schema):
    """What is to be known of a file before it comes.

    Headings that are named as fields of a shipment, or by a common word for them, need no entry in
    ``columns``.
    """

    file_name: Maybe[Line] = None
    dry_run: bool = False
    if_exists: IfExists = IfExists.REFUSE
    columns: Columns = Field(default_factory=dict)
    defaults: Defaults = Field(default_factory=dict)

    def to_domain(self) -> Wishes:
        """The same."""
        return Wishes(
            file_name=self.file_name,
            dry_run=self.dry_run,
            if_exists=self.if_exists,
            columns=self.columns,
            defaults=self.defaults,
        )


class ImportFormOut(Out):
    """A form to upload one file with: POST all ``fields``, and the file last, as ``file``."""

    url: str
    fields: dict[str, str]
    expires_at: Time


class ImportCountsOut(Out):
    """How many rows had which outcome. In a dry run it is what would become of them."""

    created: int
    updated: int
    unchanged: int
    refused: int


class RemarkOut(Out):
    """Something about a row: its number in the spreadsheet, the heading of the column, a sentence.

    The first row is 1, and most often has the headings.
    """

    row: int
    column: str
    code: str
    detail: str
    severity: Severity
    reference: str


class FailureOut(Out):
    """Why nothing of the file was imported."""

    code: str
    detail: str


class ImportOut(Out):
    """An import, and how far it is."""

    id: str
    status: ImportStatus
    file_name: str | None
    dry_run: bool
    if_exists: IfExists
    columns: dict[str, str]
    defaults: dict[str, str]
    ignored_columns: tuple[str, ...]
    encoding: str | None
    separator: str | None
    rows: int | None
    rows_done: int
    counts: ImportCountsOut
    errors: tuple[RemarkOut, ...]
    error_count: int
    warning_count: int
    report_url: str | None
    failure: FailureOut | None
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    expires_at: Time

    @classmethod
    def of(cls, value: ShownImport) -> Self:
        """From the domain."""
        return cls(**_told(value.found), report_url=value.report_url)


class ImportCreatedOut(ImportOut):
    """A new import. It starts when its file has come."""

    upload: ImportFormOut

    @classmethod
    def of(cls, value: BegunImport) -> Self:  # type: ignore[override] # its form is shown once
        """From the domain."""
        form = ImportFormOut.of(value.upload)
        return cls(**_told(value.found), report_url=None, upload=form)


class ImportsOut(Out):
    """A page of imports, newest first."""

    data: tuple[ImportOut, ...]
    next_cursor: str | None


def read_row(item: Mapping[str, object]) -> ReadRow:
    """The order in a row, read as that of a request."""
    found = order_in(item)
    if isinstance(found, UnreadableRow):
        return ReadRow(None, found.errors)
    return ReadRow(found.to_domain(), warnings=tuple(found.doubts()))


def _told(found: Import) -> dict[str, object]:
    wishes, layout = found.wishes, found.layout
    pairs = () if layout is None else tuple(zip(layout.headings, layout.fields, strict=True))
    return {
        "id": found.id,
        "status": found.status,
        "file_name": wishes.file_name,
        "dry_run": wishes.dry_run,
        "if_exists": wishes.if_exists,
        "columns": {heading: field for heading, field in pairs if field} or wishes.columns,
        "defaults": wishes.defaults,
        "ignored_columns": tuple(heading for heading, field in pairs if not field),
        "encoding": None if layout is None else layout.form.encoding,
        "separator": None if layout is None else layout.form.separator,
        "rows": None if layout is None else layout.rows,
        "rows_done": found.tally.rows,
        "counts": ImportCountsOut.of(found.tally),
        "errors": tuple(map(RemarkOut.of, found.first_errors)),
        "error_count": found.tally.errors,
        "warning_count": found.tally.warnings,
        "failure": None if found.failure is None else FailureOut.of(found.failure),
        "created_at": found.created_at,
        "started_at": found.begun_at,
        "ended_at": found.ended_at,
        "expires_at": found.expires_at,
    }
