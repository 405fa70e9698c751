from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import PageChange, StoredPage
from chalicelib.domain.learning.learning import Learnt, Order

TRANSACTION_ITEMS = 100


@dataclass
class InMemoryTravelPages:
    """Pages under their version, marks of routes, and what was set aside."""

    pages: dict[int, StoredPage] = field(default_factory=dict)
    marks: dict[RouteId, Order] = field(default_factory=dict)
    aside: dict[int, StoredPage] = field(default_factory=dict)
    reads: int = 0

    def read(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        self.reads += 1
        return {page: self.pages[page] for page in pages if page in self.pages}

    def open(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        return self.read(pages)

    def learnt(self, route_ids: Sequence[RouteId]) -> dict[RouteId, Order]:
        return {i: self.marks[i] for i in route_ids if i in self.marks}

    def commit(
        self, pages: Sequence[PageChange], learnt: Sequence[tuple[Learnt, Order | None]]
    ) -> None:
        assert len(pages) + len(learnt) <= TRANSACTION_ITEMS
        for change in pages:
            stored = self.pages.get(change.page)
            if (stored.version if stored else None) != change.expected_version:
                raise ConcurrentUpdate
        if any(self.marks.get(mark.route_id) != before for mark, before in learnt):
            raise ConcurrentUpdate
        for change in pages:
            version = (change.expected_version or 0) + 1
            self.pages[change.page] = StoredPage(change.packed, version)
        self.marks |= {mark.route_id: mark.through for mark, _ in learnt}

    def set_aside(self, pages: Mapping[int, StoredPage], expires_at: datetime) -> None:
        del expires_at
        self.aside |= pages
