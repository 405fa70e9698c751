"""Imports: the shipments of one uploaded file, and how far its rows have come."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ImportId, ShipperId
from chalicelib.domain.imports.tables import Form, NotATable
from chalicelib.domain.shipments.batches import RowOutcome
from chalicelib.domain.shipments.orders import IfExists

MOST_BYTES: Final = 20_000_000
"""Of a file: 10,000 rows have about two million."""
MOST_ROWS: Final = 50_000
FORM_TTL: Final = timedelta(minutes=15)
"""How long the form is good for. An upload that has begun by then may end later."""
LATEST_FILE: Final = timedelta(hours=1)
"""No file comes so long after the form was made."""
KEPT_FOR: Final = timedelta(days=14)
"""File, result and errors hold personal data: they are kept as long as somebody may ask."""
FOLDER: Final = "imports/"
MOST_SHOWN_ERRORS: Final = 20
MOST_SETBACKS: Final = 8
"""One after the other; they wait for twenty minutes in all."""
FIRST_DELAY_S: Final = 5
LONGEST_DELAY_S: Final = 900
"""What SQS takes."""
STALLED_AFTER: Final = timedelta(hours=2)
"""All tries of the queue are over by then."""


class ImportStatus(StrEnum):
    """How far an import has come. ``expired``: no file came in time."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"


class Severity(StrEnum):
    """Whether a remark kept its row out, or is only to be looked at."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the uploader says of a file.

    ``columns`` are meanings of headings, ``defaults`` values of fields for rows that have none.
    """

    file_name: str | None = None
    dry_run: bool = False
    if_exists: IfExists = IfExists.REFUSE
    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One version of an uploaded file."""

    version: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What a first look at a file has found: ``fields`` has one for each heading ("": left out)."""

    form: Form
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    rows: int

    def heading_of(self, name: str) -> str:
        """The heading above a field; the field itself where the file has no such column."""
        places = dict(zip(reversed(self.fields), reversed(self.headings), strict=True))
        return places.get(name, name)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a row: its number, the heading of its column, and a sentence."""

    row: int
    column: str
    code: str
    detail: str
    severity: Severity = Severity.ERROR
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows had which outcome, and how many remarks there are."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: int = 0
    warnings: int = 0

    @property
    def rows(self) -> int:
        """All rows that are done."""
        return self.created + self.updated + self.unchanged + self.refused

    def plus(self, outcome: RowOutcome) -> "Tally":
        """With one more row."""
        name = outcome.value
        return replace(self, **{name: getattr(self, name) + 1})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing of a file could be imported."""

    code: str
    detail: str


STALLED: Final = Failure(
    "stalled",
    "The import has stopped half way. Upload the file again: what is there already stays as it is.",
)


@dataclass(frozen=True, slots=True)
class Import:
    """One import. ``version`` counts its writes.

    ``file_version`` is the one version of the file that is read. ``row_done`` is the number of the
    last row that is done, ``setbacks`` counts failures of services since then. ``parts`` are the
    numbers of the first rows of the parts of its report.
    """

    id: ImportId
    shipper_id: ShipperId
    key_id: str
    wishes: Wishes
    created_at: datetime
    version: int = 1
    status: ImportStatus = ImportStatus.WAITING
    file_version: str = ""
    size_bytes: int = 0
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    layout: Layout | None = None
    row_done: int = 0
    tally: Tally = Tally()
    parts: tuple[int, ...] = ()
    first_errors: tuple[Remark, ...] = ()
    failure: Failure | None = None
    has_report: bool = False
    moved_at: datetime | None = None
    setbacks: int = 0

    @property
    def delay_s(self) -> int:
        """How long to wait before it is gone on with: longer after each failure of a service."""
        doubled = FIRST_DELAY_S * 2 ** (self.setbacks - 1)
        return min(doubled, LONGEST_DELAY_S) if self.setbacks else 0

    @property
    def actor(self) -> Actor:
        """Who imports: the key that asked for it."""
        return Actor(Role.SHIPPER, self.key_id, self.shipper_id)

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status not in {ImportStatus.WAITING, ImportStatus.RUNNING}

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten."""
        return self.created_at + KEPT_FOR

    @property
    def file_key(self) -> str:
        """The key of the uploaded file. We make it; it never contains a name from outside."""
        return f"{FOLDER}files/{self.shipper_id}/{self.id}"

    @property
    def report_key(self) -> str:
        """The key of the file with all remarks."""
        return f"{FOLDER}reports/{self.shipper_id}/{self.id}.csv"

    def part_key(self, first_row: int) -> str:
        """The key of the remarks on the rows from this one on."""
        return f"{FOLDER}parts/{self.shipper_id}/{self.id}/{first_row}.csv"

    def at(self, now: datetime) -> "Import":
        """The import as it stands then: without a file, or without progress, it ends by itself."""
        if self.status is ImportStatus.WAITING and now > self.created_at + LATEST_FILE:
            return replace(self, status=ImportStatus.EXPIRED)
        moved_at = self.moved_at or self.created_at
        if self.status is ImportStatus.RUNNING and now > moved_at + STALLED_AFTER:
            return replace(self, status=ImportStatus.FAILED, failure=STALLED)
        return self

    def begun(self, file_version: str, size_bytes: int, now: datetime) -> "Import":
        """The import with its file."""
        return self._next(
            status=ImportStatus.RUNNING,
            file_version=file_version,
            size_bytes=size_bytes,
            begun_at=now,
            moved_at=now,
        )

    def looked_at(self, layout: Layout, now: datetime) -> "Import":
        """The import after a first look at its file."""
        return self._next(layout=layout, row_done=layout.form.header_row, moved_at=now)

    def failed(self, why: NotATable, now: datetime) -> "Import":
        """The end of an import whose file cannot be read."""
        return self._next(
            status=ImportStatus.FAILED, failure=Failure(why.reason, str(why)), ended_at=now
        )

    def with_rows(
        self,
        row_done: int,
        tally: Tally,
        remarks: tuple[Remark, ...],
        now: datetime,
    ) -> "Import":
        """The import after some more rows, with the remarks on them."""
        errors = tuple(each for each in remarks if each.severity is Severity.ERROR)
        room = max(0, MOST_SHOWN_ERRORS - len(self.first_errors))
        return self._next(
            row_done=row_done,
            tally=tally,
            first_errors=self.first_errors + errors[:room],
            parts=(*self.parts, remarks[0].row) if remarks else self.parts,
            moved_at=now,
            setbacks=0,
        )

    def set_back(self) -> "Import":
        """The import after a failure of a service that it needs."""
        return self._next(setbacks=self.setbacks + 1)

    def completed(self, now: datetime, *, has_report: bool) -> "Import":
        """The end of an import that went through all rows."""
        return self._next(status=ImportStatus.COMPLETED, ended_at=now, has_report=has_report)

    def _next(self, **changes: object) -> "Import":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type] # fields


def named_by(file_key: str) -> tuple[ShipperId, ImportId]:
    """Whose import a file is for. Raises NotFound for a key that we did not make.

    >>> named_by("imports/files/shr_1/imp_2")
    ('shr_1', 'imp_2')
    """
    folder, _, rest = file_key.removeprefix(FOLDER).partition("/")
    shipper_id, _, import_id = rest.partition("/")
    if not file_key.startswith(FOLDER) or folder != "files" or not import_id or "/" in import_id:
        raise NotFound
    return ShipperId(shipper_id), ImportId(import_id)
