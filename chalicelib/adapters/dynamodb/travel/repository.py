"""Learned travel and service times, one item for each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.travel.changes import LEARNT
from chalicelib.adapters.dynamodb.travel.items import LearningMarkItem, PageItem
from chalicelib.adapters.dynamodb.values.departure_keys import order_of
from chalicelib.adapters.dynamodb.writing import new_token
from chalicelib.domain.eta.learned.places import page_name
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import StoredPage

if TYPE_CHECKING:
    from chalicelib.domain.learning.learning import DepartureKey

ASIDE: Final = "aside/"


class DynamoTravelPages:
    """The port ``TravelPages`` on DynamoDB."""

    def read(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        """Eventually consistent: half a unit for each 4 kB."""
        return _get(pages, consistent_read=False)

    def open(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        """Consistent: a unit for each 4 kB."""
        return _get(pages, consistent_read=True)

    def learning_marks(self, route_ids: Sequence[RouteId]) -> dict[RouteId, DepartureKey]:
        """One item a route."""
        keys = [f"{LEARNT}{route_id}" for route_id in dict.fromkeys(route_ids)]
        if not keys:
            return {}
        with translated():
            items = list(LearningMarkItem.batch_get(keys, consistent_read=True))
        return {RouteId(item.page.removeprefix(LEARNT)): order_of(item.through) for item in items}

    def set_aside(self, pages: Mapping[int, StoredPage], expires_at: datetime) -> None:
        """Idempotent: page and version are the key. One by one, for it is rare."""
        with translated():
            for page, stored in pages.items():
                PageItem(
                    page=f"{ASIDE}{page_name(page)}/{stored.version}",
                    packed=stored.packed,
                    version=stored.version,
                    token=new_token(),
                    expires_at=int(expires_at.timestamp()),
                ).save()


def _get(pages: Sequence[int], *, consistent_read: bool) -> dict[int, StoredPage]:
    pages_by_name = {page_name(page): page for page in pages}
    if not pages_by_name:
        return {}
    with translated():
        items = list(PageItem.batch_get(list(pages_by_name), consistent_read=consistent_read))
    return {
        pages_by_name[item.page]: StoredPage(bytes(item.packed), int(item.version))
        for item in items
    }
