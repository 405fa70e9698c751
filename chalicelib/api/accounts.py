"""Shippers and hubs."""

from typing import Final

from chalicelib.api.schemas.accounts import (
    HubChanges,
    HubIn,
    HubOut,
    HubsOut,
    ShipperChanges,
    ShipperIn,
    ShipperOut,
    ShippersOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import HubId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import ADMINS
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory

accounts: Final = Endpoints(__name__)


@accounts.endpoint(
    "/v1/shippers",
    method="POST",
    principals=ADMINS,
    takes=ShipperIn,
    gives=ShipperOut,
    status=201,
    commits_answer=True,
    versioned=True,
)
def post_shipper(actor: Actor, body: ShipperIn, memory: Memory) -> Shipper:
    """Open an account for a shipper."""
    return container().open_accounts.shipper(
        body.name,
        actor=actor,
        sms_name=body.sms_name,
        support_contact=body.support_contact,
        memory=memory,
    )


@accounts.endpoint(
    "/v1/shippers", method="GET", principals=STAFF, query=ListingQuery, gives=ShippersOut
)
def get_shippers(_: Actor, query: ListingQuery, position: Position) -> Listing[Shipper]:
    """All shippers, oldest first."""
    return container().show_accounts.of_shippers(limit=query.limit, position=position)


@accounts.endpoint(
    "/v1/shippers/{shipper_id}", method="GET", principals=STAFF, gives=ShipperOut, versioned=True
)
def get_shipper(_: Actor, shipper_id: str) -> Shipper:
    """One shipper."""
    return container().show_accounts.shipper(ShipperId(shipper_id))


@accounts.endpoint(
    "/v1/shippers/{shipper_id}",
    method="PATCH",
    principals=ADMINS,
    takes=ShipperChanges,
    gives=ShipperOut,
    versioned=True,
)
def patch_shipper(
    actor: Actor, body: ShipperChanges, expected: Expected, shipper_id: str
) -> Shipper:
    """Change a shipper; is_active false deactivates it, and its keys are refused within 60 s."""
    return container().change_accounts.shipper(
        ShipperId(shipper_id), body.applied, expected=expected, actor=actor
    )


@accounts.endpoint(
    "/v1/hubs",
    method="POST",
    principals=DISPATCH,
    takes=HubIn,
    gives=HubOut,
    status=201,
    commits_answer=True,
    versioned=True,
)
def post_hub(actor: Actor, body: HubIn, memory: Memory) -> Hub:
    """Open a hub."""
    return container().open_accounts.hub(
        body.name,
        actor=actor,
        coordinates=Coordinates(body.lat_deg, body.lon_deg),
        time_zone=body.time_zone,
        memory=memory,
    )


@accounts.endpoint("/v1/hubs", method="GET", principals=STAFF, query=ListingQuery, gives=HubsOut)
def get_hubs(_: Actor, query: ListingQuery, position: Position) -> Listing[Hub]:
    """All hubs, oldest first."""
    return container().show_accounts.of_hubs(limit=query.limit, position=position)


@accounts.endpoint(
    "/v1/hubs/{hub_id}", method="GET", principals=STAFF, gives=HubOut, versioned=True
)
def get_hub(_: Actor, hub_id: str) -> Hub:
    """One hub."""
    return container().show_accounts.hub(HubId(hub_id))


@accounts.endpoint(
    "/v1/hubs/{hub_id}",
    method="PATCH",
    principals=DISPATCH,
    takes=HubChanges,
    gives=HubOut,
    versioned=True,
)
def patch_hub(actor: Actor, body: HubChanges, expected: Expected, hub_id: str) -> Hub:
    """Change a hub; is_active false deactivates it."""
    return container().change_accounts.hub(
        HubId(hub_id), body.applied, expected=expected, actor=actor
    )
