"""Imports: one item each in a partition of their shipper, the newest last; they expire."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.shipments.items import ImportItem
from chalicelib.adapters.dynamodb.stored import Part, Stored, from_json, to_json
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ImportId, ShipperId
from chalicelib.domain.imports.imports import (
    Failure,
    Import,
    ImportStatus,
    Layout,
    Remark,
    Severity,
    Tally,
    Wishes,
)
from chalicelib.domain.imports.tables import Form
from chalicelib.domain.journal.changes import ImportChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.orders import IfExists

IMPORT: Final = "IMPORT#"


class ImportWishesPart(Part, frozen=True, kw_only=True):
    """The wishes that the uploader sent along."""

    file_name: str | None = None
    dry_run: bool = False
    if_exists: IfExists = IfExists.REFUSE
    columns: dict[str, str] = msgspec.field(default_factory=dict)
    defaults: dict[str, str] = msgspec.field(default_factory=dict)


class LayoutPart(Part, frozen=True, kw_only=True):
    """The layout of the file, as the first look at it has found it."""

    encoding: str
    separator: str
    header_row: int
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    rows: int


class RemarkPart(Part, frozen=True, kw_only=True):
    """One of the first errors."""

    row: int
    column: str
    code: str
    detail: str
    reference: str = ""


class TallyPart(Part, frozen=True, kw_only=True):
    """Counts."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: int = 0
    warnings: int = 0


class FailurePart(Part, frozen=True, kw_only=True):
    """Why it failed."""

    code: str
    detail: str


class ImportDocument(Stored, frozen=True, kw_only=True):
    """An import."""

    id: ImportId
    shipper_id: ShipperId
    key_id: str
    wishes: ImportWishesPart
    created_at: datetime
    status: ImportStatus
    file_version: str = ""
    size_bytes: int = 0
    begun_at: datetime | None = None
    moved_at: datetime | None = None
    ended_at: datetime | None = None
    layout: LayoutPart | None = None
    row_done: int = 0
    tally: TallyPart = TallyPart()
    parts: tuple[int, ...] = ()
    first_errors: tuple[RemarkPart, ...] = ()
    failure: FailurePart | None = None
    has_report: bool = False
    setbacks: int = 0


class DynamoImports:
    """The port ``Imports``."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` tells which have expired: the database deletes them later."""
        self._now = now

    def get(self, shipper_id: ShipperId, import_id: ImportId) -> Import:
        """One consistent read."""
        with translated():
            try:
                item = ImportItem.get(shipper_id, f"{IMPORT}{import_id}", consistent_read=True)
            except ImportItem.DoesNotExist as exc:
                raise NotFound from exc
        if self._is_over(item):
            raise NotFound
        return import_of(item)

    def page(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Import]:
        """One query from the end."""
        with translated():
            items = ImportItem.query(
                shipper_id,
                ImportItem.item.startswith(IMPORT),
                scan_index_forward=False,
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            found = tuple(import_of(item) for item in items if not self._is_over(item))
        return Listing(found, position_of(items.last_evaluated_key))

    def _is_over(self, item: ImportItem) -> bool:
        return bool(item.expires_at <= self._now().timestamp())


def import_puts(change: ImportChange, token: str) -> Iterator[Put]:
    """The import where it is as it was read."""
    item = ImportItem
    yield Put(
        import_item(change.after, token),
        unchanged(item.item, item.version, item.token, change.expected_version, token),
    )


def import_item(found: Import, token: str) -> ImportItem:
    """The item of an import."""
    return ImportItem(
        shipment_id=found.shipper_id,
        item=f"{IMPORT}{found.id}",
        version=found.version,
        token=token,
        document=to_json(_document(found)),
        expires_at=int(found.expires_at.timestamp()),
    )


def import_of(item: ImportItem) -> Import:
    """The import again."""
    stored = from_json(ImportDocument, item.document)
    wishes, layout, tally, failure = stored.wishes, stored.layout, stored.tally, stored.failure
    return Import(
        id=stored.id,
        shipper_id=stored.shipper_id,
        key_id=stored.key_id,
        wishes=Wishes(
            file_name=wishes.file_name,
            dry_run=wishes.dry_run,
            if_exists=wishes.if_exists,
            columns=wishes.columns,
            defaults=wishes.defaults,
        ),
        created_at=stored.created_at,
        version=int(item.version),
        status=stored.status,
        file_version=stored.file_version,
        size_bytes=stored.size_bytes,
        begun_at=stored.begun_at,
        moved_at=stored.moved_at,
        ended_at=stored.ended_at,
        layout=None if layout is None else _layout_of(layout),
        row_done=stored.row_done,
        tally=Tally(
            created=tally.created,
            updated=tally.updated,
            unchanged=tally.unchanged,
            refused=tally.refused,
            errors=tally.errors,
            warnings=tally.warnings,
        ),
        parts=stored.parts,
        first_errors=tuple(
            Remark(each.row, each.column, each.code, each.detail, Severity.ERROR, each.reference)
            for each in stored.first_errors
        ),
        failure=None if failure is None else Failure(failure.code, failure.detail),
        has_report=stored.has_report,
        setbacks=stored.setbacks,
    )


def _document(found: Import) -> ImportDocument:
    wishes, layout, tally, failure = found.wishes, found.layout, found.tally, found.failure
    return ImportDocument(
        id=found.id,
        shipper_id=found.shipper_id,
        key_id=found.key_id,
        wishes=ImportWishesPart(
            file_name=wishes.file_name,
            dry_run=wishes.dry_run,
            if_exists=wishes.if_exists,
            columns=dict(wishes.columns),
            defaults=dict(wishes.defaults),
        ),
        created_at=found.created_at,
        status=found.status,
        file_version=found.file_version,
        size_bytes=found.size_bytes,
        begun_at=found.begun_at,
        moved_at=found.moved_at,
        ended_at=found.ended_at,
        layout=None if layout is None else _layout_part(layout),
        row_done=found.row_done,
        tally=TallyPart(
            created=tally.created,
            updated=tally.updated,
            unchanged=tally.unchanged,
            refused=tally.refused,
            errors=tally.errors,
            warnings=tally.warnings,
        ),
        parts=found.parts,
        first_errors=tuple(
            RemarkPart(
                row=each.row,
                column=each.column,
                code=each.code,
                detail=each.detail,
                reference=each.reference,
            )
            for each in found.first_errors
        ),
        failure=None if failure is None else FailurePart(code=failure.code, detail=failure.detail),
        has_report=found.has_report,
        setbacks=found.setbacks,
    )


def _layout_of(part: LayoutPart) -> Layout:
    return Layout(
        form=Form(part.encoding, part.separator, part.header_row),
        headings=part.headings,
        fields=part.fields,
        rows=part.rows,
    )


def _layout_part(layout: Layout) -> LayoutPart:
    return LayoutPart(
        encoding=layout.form.encoding,
        separator=layout.form.separator,
        header_row=layout.form.header_row,
        headings=layout.headings,
        fields=layout.fields,
        rows=layout.rows,
    )
