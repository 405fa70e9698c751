"""Models and conditions of the writes that several tables take part in.

Every condition accepts the writer's own ``token`` too: after a lost answer the SDK repeats the
write and would otherwise fail on what it wrote itself.
"""

import secrets

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamodb.fleet.items import LiveItem
from chalicelib.adapters.dynamodb.fleet.lives import pack_live
from chalicelib.adapters.dynamodb.routes import departures as departure_mapping
from chalicelib.adapters.dynamodb.routes import documents as route_mapping
from chalicelib.adapters.dynamodb.routes.items import DepartureItem, RouteItem
from chalicelib.adapters.dynamodb.shipments import documents as shipment_mapping
from chalicelib.adapters.dynamodb.shipments import events as event_mapping
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.live import Live
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment


def new_token() -> str:
    """A writer's mark: short, since it is part of every item."""
    return secrets.token_urlsafe(9)


def transaction() -> TransactWrite:
    """An empty transaction, safe to repeat for ten minutes (ClientRequestToken)."""
    connection: Connection = ShipmentItem._get_connection().connection  # noqa: SLF001 - PynamoDB has no public way
    return TransactWrite(connection=connection, client_request_token=secrets.token_hex(16))


def shipment_item(shipment: Shipment, token: str) -> ShipmentItem:
    """The SHIPMENT item."""
    return ShipmentItem(
        shipment_id=shipment.id,
        item="SHIPMENT",
        shipper_id=shipment.shipper_id,
        created_at=to_text(shipment.created_at),
        status=shipment.status.value,
        version=shipment.version,
        token=token,
        document=shipment_mapping.to_document(shipment),
    )


def event_item(event: Event) -> EventItem:
    """The EVENT item."""
    return EventItem(**event_mapping.to_attributes(event))


def live_item(live: Live, token: str) -> LiveItem:
    """The LIVE item."""
    return LiveItem(
        driver_id=live.driver_id,
        item="LIVE",
        version=live.version,
        token=token,
        route_id=live.route_id,
        planned=" ".join(live.planned) or None,
        live=pack_live(live),
    )


def route_item(route: Route, token: str) -> RouteItem:
    """The PLAN item."""
    return RouteItem(
        route_id=route.id,
        item="PLAN",
        service_day_hub=f"{route.service_day.isoformat()}#{route.hub_id}",
        created_at=to_text(route.created_at),
        plan_version=route.plan_version,
        token=token,
        document=route_mapping.to_document(route),
        stops=route_mapping.pack_stops(route),
    )


def departure_item(departure: Departure) -> DepartureItem:
    """The DEPARTURE item. Its key is made of its own content: a repeat falls on itself."""
    return DepartureItem(**departure_mapping.to_attributes(departure))


def shipment_condition(expected_version: int | None, token: str) -> Condition:
    """Unchanged since it was read, or our own earlier try."""
    item = ShipmentItem
    return unchanged(item.item, item.version, item.token, expected_version, token)


def event_condition(event: Event) -> Condition:
    """Nothing with this number yet, or this very event."""
    condition: Condition = EventItem.item.does_not_exist() | (EventItem.event_id == event.id)
    return condition


def live_condition(expected_version: int | None, token: str) -> Condition:
    """Unchanged since it was read, or our own earlier try."""
    return unchanged(LiveItem.item, LiveItem.version, LiveItem.token, expected_version, token)


def route_condition(expected_plan_version: int | None, token: str) -> Condition:
    """Unchanged since it was read, or our own earlier try."""
    item = RouteItem
    return unchanged(item.item, item.plan_version, item.token, expected_plan_version, token)


def unchanged(
    key: UnicodeAttribute,
    version: NumberAttribute,
    mark: UnicodeAttribute,
    expected: int | None,
    token: str,
) -> Condition:
    """Still at the expected version (None: still absent), or written by the holder of ``token``."""
    as_read = key.does_not_exist() if expected is None else version == expected
    condition: Condition = as_read | (mark == token)
    return condition
