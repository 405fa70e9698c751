"""The rows of an uploaded file become shipments, some hundreds at a time.

How far it has come is written after each group, so that a run which is cut off, or which has no
time left, is gone on with where it stopped. Rows that were done already are found by their
references. The file is read as a stream, from its start each time; of the rows before only the
references are remembered, as numbers.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Final

from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unavailable
from chalicelib.domain.imports import reports
from chalicelib.domain.imports.cells import order_of
from chalicelib.domain.imports.headings import fields_of
from chalicelib.domain.imports.imports import (
    MOST_BYTES,
    MOST_ROWS,
    MOST_SETBACKS,
    FoundFile,
    Import,
    ImportStatus,
    Layout,
    Remark,
    named_by,
)
from chalicelib.domain.imports.rows import ReadRow, Row, row_of, told, warned
from chalicelib.domain.imports.tables import NotATable, encoding_of, form_of, is_empty, records
from chalicelib.domain.journal.changes import ImportChange
from chalicelib.domain.shipments.batches import RowError, RowOutcome, RowVerdict
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.imports import (
    BatchCreator,
    ImportFiles,
    ImportQueue,
    Imports,
    RowReader,
)
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock

GROUP: Final = 500
NEEDED_S: Final = 35.0
"""No group is begun with less time left: its use case stops by itself after twenty seconds."""
REPEATED: Final = "repeated_reference"


@dataclass(frozen=True, slots=True)
class _Tools:
    """What a run is given: how rows are read, how shipments come about, and its time."""

    read: RowReader
    create: BatchCreator
    time_left_s: Callable[[], float]


@dataclass(frozen=True, slots=True)
class ImportShipments:
    """Works on one import. Raises Unavailable when it has to be gone on with later."""

    imports: Imports
    import_files: ImportFiles
    import_queue: ImportQueue
    journal: Journal
    clock: Clock

    def __call__(
        self,
        file_key: str,
        file_version: str | None,
        *,
        read: RowReader,
        create: BatchCreator,
        time_left_s: Callable[[], float],
    ) -> None:
        """Go on with the import that this file is for; nothing where it is over."""
        try:
            found = self.imports.get(*named_by(file_key))
        except NotFound:
            logger.error("a file is for no import")
            return
        file = self.import_files.find(file_key, file_version)
        if found.is_over or file is None or (found.file_version or file.version) != file.version:
            logger.info("nothing to import", extra={"import_id": found.id})
            return
        try:
            self._run(found, file, _Tools(read, create, time_left_s))
        except ConcurrentUpdate:  # the same notice has come twice, and the other one is faster
            logger.info("somebody else works on it", extra={"import_id": found.id})
        except Unavailable:
            now = self.imports.get(found.shipper_id, found.id)
            if now.setbacks >= MOST_SETBACKS:
                raise  # now it is the queue's: it tries some times more, and then gives up
            self._go_on_later(self._kept(now.set_back()), file.version)

    def _run(self, found: Import, file: FoundFile, tools: _Tools) -> None:
        is_new = found.status is ImportStatus.WAITING
        if is_new:
            found = self._kept(found.begun(file.version, file.size_bytes, self.clock.now()))
        try:
            found = found if found.layout else self._look_at(found)
            self._work(found, tools, may_be_again=not is_new)
        except NotATable as exc:
            self._kept(found.failed(exc, self.clock.now()))
            count(Metric.IMPORTS_FAILED)
            logger.info("import failed", extra={"import_id": found.id, "reason": exc.reason})

    def _look_at(self, found: Import) -> Import:
        """Read all of the file once, so that nothing of an unreadable one is created."""
        if found.size_bytes > MOST_BYTES:
            text = f"The file has more than {MOST_BYTES} bytes."
            raise NotATable(text, reason="too_large")
        opened = self._opened(found)
        encoding = encoding_of(opened())
        form, headings = form_of(opened, encoding)
        fields = fields_of(headings, found.wishes.columns, found.wishes.defaults)
        rows = sum(
            number > form.header_row and not is_empty(cells)
            for number, cells in records(opened(), form.encoding, form.separator)
        )
        if not rows:
            text = "The file has headings, and no rows below them."
            raise NotATable(text, reason="no_rows")
        if rows > MOST_ROWS:
            text = f"The file has {rows} rows. At most {MOST_ROWS} are read: split it in two."
            raise NotATable(text, reason="too_many_rows")
        layout = Layout(form, tuple(headings), fields, rows)
        return self._kept(found.looked_at(layout, self.clock.now()))

    def _opened(self, found: Import) -> Callable[[], Iterator[bytes]]:
        return partial(self.import_files.chunks, found.file_key, found.file_version)

    def _work(self, found: Import, tools: _Tools, *, may_be_again: bool) -> None:
        layout = found.layout
        assert layout is not None  # noqa: S101 - it has been looked at
        form = layout.form
        file_rows = records(self._opened(found)(), form.encoding, form.separator)
        below = (record for record in file_rows if record[0] > form.header_row)
        rows = _Rows(row for each in below if (row := row_of(each, found, layout)))
        left = (row for row in rows if row.number > found.row_done)
        while group := list(islice(left, GROUP)):
            run = _Group(found, layout, tools, rows.firsts, may_be_again=may_be_again)
            if not run.finished(group):
                self._go_on_later(found, found.file_version)
                return
            found = self._told(found, run, group[-1].number)
            may_be_again = False  # what comes now was not begun before
        self._complete(found)

    def _go_on_later(self, found: Import, file_version: str) -> None:
        delay_s = found.delay_s
        self.import_queue.go_on(found.file_key, file_version, delay_s=delay_s)
        logger.info("import goes on", extra={"import_id": found.id, "delay_s": delay_s})

    def _told(self, found: Import, run: "_Group", row_done: int) -> Import:
        remarks = tuple(run.remarks())
        if remarks:
            self.import_files.keep(found.part_key(remarks[0].row), reports.lines(remarks))
        count(Metric.ROWS_IMPORTED, run.tally.rows - found.tally.rows)
        return self._kept(found.with_rows(row_done, run.tally, remarks, self.clock.now()))

    def _complete(self, found: Import) -> None:
        if found.parts:
            parts = map(found.part_key, found.parts)
            self.import_files.join(found.report_key, reports.heading(), parts)
        self._kept(found.completed(self.clock.now(), has_report=bool(found.parts)))
        count(Metric.IMPORTS_COMPLETED)
        extra = {"import_id": found.id, "rows": found.tally.rows, "refused": found.tally.refused}
        logger.info("import completed", extra=extra)

    def _kept(self, after: Import) -> Import:
        self.journal.commit(ImportChange(after, after.version - 1))
        return after


class _Rows:
    """The rows of a file; of those read so far it knows the first with each reference."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)
        self.firsts: dict[int, int] = {}

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.firsts.setdefault(_mark(row.reference), row.number)
            yield row


class _Group:
    """Some rows under way. ``may_be_again``: an earlier run may have done some of them."""

    def __init__(
        self,
        found: Import,
        layout: Layout,
        tools: _Tools,
        firsts: dict[int, int],
        *,
        may_be_again: bool,
    ) -> None:
        self._found = found
        self._layout = layout
        self._tools = tools
        self._firsts = firsts
        self._may_be_again = may_be_again and not found.wishes.dry_run
        self._remarks: dict[int, list[Remark]] = {}
        self.tally = found.tally

    def finished(self, group: Sequence[Row]) -> bool:
        """Work on all of these rows; False when time has run out before."""
        left = [(row, self._read(row)) for row in group]
        while left:
            if self._tools.time_left_s() < NEEDED_S:
                return False
            wishes = self._found.wishes
            verdicts = self._tools.create(
                [read.order for _, read in left],
                actor=self._found.actor,
                if_exists=wishes.if_exists,
                numbers=[row.number for row, _ in left],
                dry_run=wishes.dry_run,
            )
            later = []
            for (row, read), verdict in zip(left, verdicts, strict=True):
                if verdict is not None and verdict.outcome is RowOutcome.LATER:
                    later.append((row, read))
                else:
                    self._note(row, read, verdict)
            left = later
        return True

    def remarks(self) -> Iterator[Remark]:
        """All that is said of these rows, in their order."""
        for _, remarks in sorted(self._remarks.items()):
            yield from remarks

    def _read(self, row: Row) -> ReadRow:
        errors = list(row.errors())
        first = self._firsts[_mark(row.reference)]
        if row.reference and first != row.number:
            words = f"Row {first} has this reference, too. Put all parcels of an order in one row."
            errors.append(RowError("/reference", REPEATED, words))
        read = self._tools.read(order_of(row.values))
        known = {error.pointer for error in errors}
        errors += [error for error in read.errors if error.pointer not in known]
        return replace(read, order=None, errors=tuple(errors)) if errors else read

    def _note(self, row: Row, read: ReadRow, verdict: RowVerdict | None) -> None:
        errors = read.errors if verdict is None else verdict.errors
        outcome = RowOutcome.REFUSED if verdict is None else self._outcome(verdict)
        warnings = read.warnings if outcome in _WRITTEN else ()
        warnings += () if verdict is None else verdict.warnings
        remarks = [*told(row, errors, self._layout), *warned(row, warnings, self._layout)]
        if remarks:
            self._remarks[row.number] = remarks
        tally = self.tally.plus(outcome)
        self.tally = replace(
            tally, errors=tally.errors + len(errors), warnings=tally.warnings + len(warnings)
        )

    def _outcome(self, verdict: RowVerdict) -> RowOutcome:
        """What became of a row, also where an earlier run of this import has written it.

        No two rows of a file have one reference: what came about since the import began, and is as
        this row says, came from this row.
        """
        shipment, begun_at = verdict.shipment, self._found.begun_at
        if (
            not self._may_be_again
            or verdict.outcome is not RowOutcome.UNCHANGED
            or shipment is None
            or begun_at is None
        ):
            return verdict.outcome
        if shipment.created_at > begun_at:
            return RowOutcome.CREATED
        return RowOutcome.UPDATED if shipment.updated_at > begun_at else RowOutcome.UNCHANGED


_WRITTEN: Final = frozenset({RowOutcome.CREATED, RowOutcome.UPDATED})


def _mark(reference: str) -> int:
    """Sixty-four bits of a reference: a file of many rows is not kept in memory."""
    raw = reference.encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest())
