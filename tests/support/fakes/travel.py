from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import LearningMarkChange, PageChange, StoredPage
from chalicelib.domain.learning.learning import DepartureKey


@dataclass
class InMemoryTravelPages:
    """Travel pages with their versions, the marks of routes, and the pages set aside."""

    pages: dict[int, StoredPage] = field(default_factory=dict)
    marks: dict[RouteId, DepartureKey] = field(default_factory=dict)
    aside: dict[int, StoredPage] = field(default_factory=dict)
    reads: int = 0

    def read(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        self.reads += 1
        return {page: self.pages[page] for page in pages if page in self.pages}

    def open(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        return self.read(pages)

    def learning_marks(self, route_ids: Sequence[RouteId]) -> dict[RouteId, DepartureKey]:
        return {i: self.marks[i] for i in route_ids if i in self.marks}

    def require(self, change: PageChange | LearningMarkChange) -> None:
        """Raise ConcurrentUpdate when the change expects another version or mark."""
        if isinstance(change, LearningMarkChange):
            is_as_read = self.marks.get(change.mark.route_id) == change.before
        else:
            stored = self.pages.get(change.page)
            is_as_read = (stored.version if stored else None) == change.expected_version
        if not is_as_read:
            raise ConcurrentUpdate

    def write(self, change: PageChange | LearningMarkChange) -> None:
        if isinstance(change, LearningMarkChange):
            self.marks[change.mark.route_id] = change.mark.through
        else:
            version = (change.expected_version or 0) + 1
            self.pages[change.page] = StoredPage(change.packed, version)

    def set_aside(self, pages: Mapping[int, StoredPage], expires_at: datetime) -> None:
        del expires_at
        self.aside |= pages
