"""Shipments, for shippers and staff."""

from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.shipments import (
    EventOut,
    EventsOut,
    ShipmentCreatedOut,
    ShipmentIn,
    ShipmentOut,
    ShipmentsOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.edge.blueprint import READERS, SHIPPERS, ApiBlueprint, reply
from chalicelib.edge.bodies import parsed, request_key
from chalicelib.edge.queries import paging, parameters

shipments: Final = ApiBlueprint(__name__)
PAGING: Final = frozenset({"limit", "cursor"})


@shipments.endpoint("/v1/shipments", method="POST", principals=SHIPPERS)
def post_shipment(actor: Actor) -> Response:
    """Create a shipment, with an Idempotency-Key at most once."""
    body = parsed(ShipmentIn, shipments.current_request)
    key = request_key(shipments.current_request, body)
    created = container().create_shipment(body.to_domain(), actor=actor, key=key)
    headers = {"Idempotency-Replayed": "true"} if created.is_replay else {}
    answer = ShipmentCreatedOut.of(created.shipment, _tracking_url(created.shipment))
    return reply(answer, 201, headers=headers)


@shipments.endpoint("/v1/shipments", method="GET", principals=SHIPPERS)
def get_shipments(actor: Actor) -> Response:
    """The shipper's own shipments, newest first."""
    found = parameters(shipments.current_request, PAGING)
    asked = paging(shipments.current_request, actor, found)
    page = container().show_shipments.of_shipper(actor, limit=asked.limit, position=asked.position)
    return reply(
        ShipmentsOut(
            data=tuple(ShipmentOut.of(s, _tracking_url(s)) for s in page.data),
            next_cursor=asked.next_cursor(page.position),
        )
    )


@shipments.endpoint("/v1/shipments/{shipment_id}", method="GET", principals=READERS)
def get_shipment(actor: Actor, shipment_id: str) -> Response:
    """One shipment."""
    shipment = container().show_shipments.one(ShipmentId(shipment_id), actor)
    return reply(ShipmentOut.of(shipment, _tracking_url(shipment)))


@shipments.endpoint("/v1/shipments/{shipment_id}/events", method="GET", principals=READERS)
def get_events(actor: Actor, shipment_id: str) -> Response:
    """Its history, oldest first."""
    found = parameters(shipments.current_request, PAGING)
    asked = paging(shipments.current_request, actor, found)
    page = container().show_shipments.events(
        ShipmentId(shipment_id), actor, limit=asked.limit, position=asked.position
    )
    return reply(
        EventsOut(
            data=tuple(EventOut.of(event) for event in page.data),
            next_cursor=asked.next_cursor(page.position),
        )
    )


def _tracking_url(shipment: Shipment) -> str:
    token = container().signer.tracking_token(shipment.id, shipment.link_generation)
    return f"{container().settings.public_base_url}/t/{token}"
