"""Messages for the driver of a route: copies, so that one query finds those of all its stops."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.messages import message_from, message_to
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.routes.items import RouteMessageItem
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import MessageCopied
from chalicelib.domain.listings import Listing
from chalicelib.domain.messages.threads import Message

MESSAGE: Final = "THREAD#"


class DynamoRouteMessages:
    """The port ``RouteMessages``."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` tells what has expired, though it may be there for days."""
        self._now = now

    def page(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        """One query."""
        now_s = self._now().timestamp()
        with translated():
            found = RouteMessageItem.query(
                route_id,
                RouteMessageItem.item.startswith(MESSAGE),
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            messages = tuple(
                message_from(item.document) for item in found if item.expires_at > now_s
            )
        return Listing(messages, position_of(found.last_evaluated_key))


def copied_puts(copied: MessageCopied, token: str) -> Iterator[Put]:
    """Without a condition: a repeat of the write finds only itself."""
    del token
    yield Put(
        RouteMessageItem(
            route_id=copied.route_id,
            item=f"{MESSAGE}{copied.message.id}",
            document=message_to(copied.message),
            expires_at=int(copied.expires_at.timestamp()),
        )
    )
