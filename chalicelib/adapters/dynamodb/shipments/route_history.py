"""The history of a route: read page by page, and written with the plan."""

from collections.abc import Iterator, Mapping

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.shipments.events import PREFIX
from chalicelib.adapters.dynamodb.shipments.items import RouteEventItem
from chalicelib.adapters.dynamodb.shipments.route_events import from_attributes, to_attributes
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import RouteEventAdded
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.events import RouteEvent


class DynamoRouteHistory:
    """The port ``RouteHistory`` on DynamoDB."""

    def page(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[RouteEvent]:
        """One query."""
        with translated():
            found = RouteEventItem.query(
                route_id,
                RouteEventItem.item.startswith(PREFIX),
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            events = tuple(from_attributes(item.attribute_values) for item in found)
        return Listing(events, position_of(found.last_evaluated_key))


def route_event_puts(added: RouteEventAdded, token: str) -> Iterator[Put]:
    """Where nothing has this number yet, or this very event has."""
    del token
    is_free = RouteEventItem.item.does_not_exist() | (RouteEventItem.event_id == added.event.id)
    yield Put(RouteEventItem(**to_attributes(added.event, added.expires_at)), is_free)
