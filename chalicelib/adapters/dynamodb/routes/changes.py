"""A change of a route, and a departure, as writes."""

from collections.abc import Iterator

from chalicelib.adapters.dynamodb.routes.departures import to_attributes
from chalicelib.adapters.dynamodb.routes.documents import pack_stops, to_document
from chalicelib.adapters.dynamodb.routes.items import DepartureItem, RouteItem
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.journal.changes import DepartureAdded, RouteChange
from chalicelib.domain.routes.routes import Route


def route_puts(change: RouteChange, token: str) -> Iterator[Put]:
    """The plan where its version is as it was read."""
    item = RouteItem
    yield Put(
        route_item(change.after, token),
        unchanged(item.item, item.plan_version, item.token, change.expected_plan_version, token),
    )


def departure_puts(added: DepartureAdded, token: str) -> Iterator[Put]:
    """Without a condition: the key is made of the departure's own content."""
    del token
    yield Put(DepartureItem(**to_attributes(added.departure)))


def route_item(route: Route, token: str) -> RouteItem:
    """The PLAN item."""
    return RouteItem(
        route_id=route.id,
        item="PLAN",
        service_day_hub=f"{route.service_day.isoformat()}#{route.hub_id}",
        created_at=to_text(route.created_at),
        plan_version=route.plan_version,
        token=token,
        document=to_document(route),
        stops=pack_stops(route),
    )
