"""Pages of what has been learnt, and how far routes have been learnt, as writes."""

from collections.abc import Iterator
from typing import Final

from chalicelib.adapters.dynamodb.travel.items import LearningMarkItem, PageItem
from chalicelib.adapters.dynamodb.values.departure_keys import item_of
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.eta.learned.places import page_name
from chalicelib.domain.journal.changes import LearningMarkChange, PageChange

LEARNT: Final = "learnt/"


def page_puts(change: PageChange, token: str) -> Iterator[Put]:
    """The page where it is as it was read."""
    expected, item = change.expected_version, PageItem
    yield Put(
        PageItem(
            page=page_name(change.page),
            packed=change.packed,
            version=(expected or 0) + 1,
            token=token,
        ),
        unchanged(item.page, item.version, item.token, expected, token),
    )


def learning_mark_puts(learnt: LearningMarkChange, token: str) -> Iterator[Put]:
    """The mark where it is as it was read."""
    as_read = (
        LearningMarkItem.page.does_not_exist()
        if learnt.before is None
        else LearningMarkItem.through == item_of(learnt.before)
    )
    mark = learnt.mark
    yield Put(
        LearningMarkItem(
            page=f"{LEARNT}{mark.route_id}",
            through=item_of(mark.through),
            token=token,
            expires_at=int(mark.expires_at.timestamp()),
        ),
        as_read | (LearningMarkItem.token == token),
    )
