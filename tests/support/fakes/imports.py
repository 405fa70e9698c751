from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ImportId, ShipperId
from chalicelib.domain.imports.imports import FORM_TTL, MOST_BYTES, FoundFile, Import
from chalicelib.domain.journal.changes import ImportChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.proofs.proofs import Upload
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.paging import page


@dataclass
class InMemoryImports:
    by_id: dict[tuple[ShipperId, ImportId], Import] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock, repr=False)

    def get(self, shipper_id: ShipperId, import_id: ImportId) -> Import:
        found = self.by_id.get((shipper_id, import_id))
        if found is None or found.expires_at <= self.clock.now():
            raise NotFound
        return found

    def page(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Import]:
        now = self.clock.now()
        kept = [
            each
            for (owner, _), each in sorted(self.by_id.items(), reverse=True)
            if owner == shipper_id and each.expires_at > now
        ]
        return page(kept, lambda each: each.id, limit=limit, position=position)

    def require(self, change: ImportChange) -> None:
        """Raise ConcurrentUpdate for another version."""
        held = self.by_id.get((change.after.shipper_id, change.after.id))
        if (held.version if held else None) != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: ImportChange) -> None:
        self.by_id[change.after.shipper_id, change.after.id] = change.after


@dataclass
class InMemoryImportFiles:
    """``read`` counts how often a file was opened."""

    versions: dict[str, list[bytes]] = field(default_factory=dict)
    reports: dict[str, bytes] = field(default_factory=dict)
    allowed: dict[str, datetime] = field(default_factory=dict)
    read: int = 0

    def allow_upload(self, key: str, *, now: datetime) -> Upload:
        self.allowed[key] = now + FORM_TTL
        fields = {"key": key, "Content-Type": "text/csv"}
        return Upload("https://files.example/", fields, now + FORM_TTL)

    def receive(self, key: str, content: bytes, *, content_type: str, at: datetime) -> bool:
        """Take a file as S3 takes one by its form."""
        is_wanted = content_type == "text/csv" and 1 <= len(content) <= MOST_BYTES
        if not is_wanted or key not in self.allowed or at > self.allowed[key]:
            return False
        self.versions.setdefault(key, []).append(content)
        return True

    def find(self, key: str, version: str | None) -> FoundFile | None:
        found = self.versions.get(key, [])
        number = len(found) if version is None else int(version)
        if not 1 <= number <= len(found):
            return None
        return FoundFile(str(number), len(found[number - 1]))

    def chunks(self, key: str, version: str) -> Iterator[bytes]:
        self.read += 1
        content = self.versions[key][int(version) - 1]
        yield from (content[start : start + 1_000] for start in range(0, len(content), 1_000))

    def keep(self, key: str, content: bytes) -> None:
        self.reports[key] = content

    def join(self, key: str, heading: bytes, parts: Iterable[str]) -> None:
        self.reports[key] = heading + b"".join(self.reports[part] for part in parts)

    def link(self, key: str, *, file_name: str) -> str:
        return f"https://files.example/{key}?as={file_name}"


@dataclass
class InMemoryImportQueue:
    waiting: list[tuple[str, str]] = field(default_factory=list)
    delays_s: list[int] = field(default_factory=list)

    def go_on(self, file_key: str, file_version: str, *, delay_s: int) -> None:
        self.waiting.append((file_key, file_version))
        self.delays_s.append(delay_s)
