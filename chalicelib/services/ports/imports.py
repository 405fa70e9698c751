"""Imports: what is remembered of them, their files, and the function that works on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.actors import Actor
    from chalicelib.domain.ids import ImportId, ShipperId
    from chalicelib.domain.imports.imports import FoundFile, Import
    from chalicelib.domain.imports.rows import ReadRow
    from chalicelib.domain.listings import Listing
    from chalicelib.domain.proofs.proofs import Upload
    from chalicelib.domain.shipments.batches import RowVerdict
    from chalicelib.domain.shipments.orders import IfExists, Order


class Imports(Protocol):
    """The imports of shippers. The journal writes them; they expire."""

    def get(self, shipper_id: ShipperId, import_id: ImportId) -> Import:
        """One import, read consistently. Raises NotFound."""
        ...

    def page(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Import]:
        """A shipper's imports, newest first."""
        ...


class ImportFiles(Protocol):
    """The files of imports: what was uploaded, and reports. Uploads never pass through the API."""

    def allow_upload(self, key: str, *, now: datetime) -> Upload:
        """A form for one CSV file under exactly this key, good for some minutes."""
        ...

    def find(self, key: str, version: str | None) -> FoundFile | None:
        """One version of a file, or the newest one; None when it is not there."""
        ...

    def chunks(self, key: str, version: str) -> Iterator[bytes]:
        """The file as a stream, from its start. Raises Unavailable when it breaks off."""
        ...

    def keep(self, key: str, content: bytes) -> None:
        """Keep a part of a report; again is harmless."""
        ...

    def join(self, key: str, heading: bytes, parts: Iterable[str]) -> None:
        """Keep a report made of its parts, one after the other."""
        ...

    def link(self, key: str, *, file_name: str) -> str:
        """An address that gives the report for some minutes, under this name."""
        ...


class ImportQueue(Protocol):
    """Where imports wait for the function that works on them."""

    def go_on(self, file_key: str, file_version: str, *, delay_s: int) -> None:
        """Have this import gone on with, so much later. Raises Unavailable."""
        ...


class RowReader(Protocol):
    """Reads a row as the API reads an order."""

    def __call__(self, item: Mapping[str, object]) -> ReadRow:
        """The order in a row, or what is wrong with it."""
        ...


class BatchCreator(Protocol):
    """Creates the shipments of some rows, as the API does."""

    def __call__(
        self,
        orders: Sequence[Order | None],
        *,
        actor: Actor,
        if_exists: IfExists,
        numbers: Sequence[int],
        dry_run: bool,
    ) -> tuple[RowVerdict | None, ...]:
        """A verdict for each order."""
        ...
