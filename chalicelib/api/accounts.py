"""Accounts: shippers, keys, hubs, drivers, invitations, sessions."""

from typing import Final

from chalicelib.api.schemas.accounts import (
    DriverIn,
    DriverOut,
    DriversOut,
    HubIn,
    HubOut,
    HubsOut,
    InvitationIn,
    InvitationOut,
    KeyIn,
    KeyOut,
    RevokedKeyOut,
    SessionIn,
    SessionOut,
    ShipperIn,
    ShipperOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import DISPATCH, STAFF, Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, KeyId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import ADMINS, PUBLIC
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.accounts.authenticate import DriverSession
from chalicelib.services.accounts.open_accounts import IssuedInvitation, IssuedKey
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
)
def post_shipper(_: Actor, body: ShipperIn, memory: Memory) -> Shipper:
    """Open an account for a shipper."""
    return container().open_accounts.shipper(
        body.name, sms_name=body.sms_name, support_contact=body.support_contact, memory=memory
    )


@accounts.endpoint(
    "/v1/keys",
    method="POST",
    principals=ADMINS,
    takes=KeyIn,
    gives=KeyOut,
    status=201,
    commits_answer=True,
    refusals=(NotFound,),
)
def post_key(_: Actor, body: KeyIn, memory: Memory) -> IssuedKey:
    """Issue a key; its text is in this answer and nowhere else."""
    return container().open_accounts.key(
        Role(body.role),
        label=body.label,
        shipper_id=None if body.shipper_id is None else ShipperId(body.shipper_id),
        expires_at=body.expires_at,
        memory=memory,
    )


@accounts.endpoint(
    "/v1/keys/{key_id}",
    method="DELETE",
    principals=ADMINS,
    gives=RevokedKeyOut,
    refusals=(NotFound,),
)
def delete_key(_: Actor, key_id: str) -> ApiKey:
    """End a key; within 60 s nobody can use it any more."""
    return container().open_accounts.revoke_key(KeyId(key_id))


@accounts.endpoint(
    "/v1/hubs",
    method="POST",
    principals=DISPATCH,
    takes=HubIn,
    gives=HubOut,
    status=201,
    commits_answer=True,
)
def post_hub(_: Actor, body: HubIn, memory: Memory) -> Hub:
    """Open a hub."""
    place = Coordinates(body.lat_deg, body.lon_deg)
    return container().open_accounts.hub(
        body.name, coordinates=place, time_zone=body.time_zone, memory=memory
    )


@accounts.endpoint(
    "/v1/hubs",
    method="GET",
    principals=STAFF,
    query=ListingQuery,
    gives=HubsOut,
)
def get_hubs(_: Actor, query: ListingQuery, position: Position) -> Listing[Hub]:
    """All hubs, oldest first."""
    return container().show_accounts.of_hubs(limit=query.limit, position=position)


@accounts.endpoint(
    "/v1/drivers",
    method="POST",
    principals=DISPATCH,
    takes=DriverIn,
    gives=DriverOut,
    status=201,
    commits_answer=True,
)
def post_driver(_: Actor, body: DriverIn, memory: Memory) -> Driver:
    """Open an account for a driver."""
    return container().open_accounts.driver(body.name, team=body.team, memory=memory)


@accounts.endpoint(
    "/v1/drivers",
    method="GET",
    principals=STAFF,
    query=ListingQuery,
    gives=DriversOut,
)
def get_drivers(_: Actor, query: ListingQuery, position: Position) -> Listing[Driver]:
    """All drivers, oldest first."""
    return container().show_accounts.of_drivers(limit=query.limit, position=position)


@accounts.endpoint(
    "/v1/drivers/{driver_id}/invitations",
    method="POST",
    principals=DISPATCH,
    takes=InvitationIn,
    gives=InvitationOut,
    status=201,
    commits_answer=True,
    refusals=(NotFound,),
)
def post_invitation(
    _: Actor, body: InvitationIn, memory: Memory, driver_id: str
) -> IssuedInvitation:
    """A one-time code for a driver's phone."""
    del body
    return container().open_accounts.invitation(DriverId(driver_id), memory=memory)


@accounts.endpoint(
    "/v1/driver/session",
    method="POST",
    principals=PUBLIC,
    takes=SessionIn,
    gives=SessionOut,
    status=201,
    knows_client=True,
    refusals=(NotFound,),
)
def post_session(_: Actor, body: SessionIn, client: str) -> DriverSession:
    """A driver's token in exchange for a one-time code; the same one again for a minute."""
    return container().authenticate.begin_session(body.code, client=client)
