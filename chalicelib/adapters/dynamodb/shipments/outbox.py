"""The outbox: every event that the stream of the table carries on, a shipment's or a route's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.shipments import events
from chalicelib.domain.shipments.payloads import OF_ROUTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.shipments.events import Event


def is_of_route(image: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a raw item is the event of a route: it expires by itself, and is no shipper's."""
    return str(image.get("type", {}).get("S")).startswith(OF_ROUTES)


def event_from_image(image: Mapping[str, Mapping[str, Any]]) -> Event | RouteEvent:
    """The event in a raw item. Raises Invalid for anything else."""
    if not is_of_route(image):
        return events.from_image(image)
    from chalicelib.adapters.dynamodb.shipments import route_events  # noqa: PLC0415 - rare

    return route_events.from_image(image)
