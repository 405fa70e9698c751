"""Accounts: shippers, keys, hubs, drivers, invitations, sessions."""

from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.accounts import (
    DriverIn,
    DriverOut,
    DriversOut,
    HubIn,
    HubOut,
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
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, KeyId, ShipperId
from chalicelib.edge.blueprint import ADMINS, PUBLIC, STAFF, ApiBlueprint, reply
from chalicelib.edge.bodies import parsed
from chalicelib.edge.queries import paging, parameters

accounts: Final = ApiBlueprint(__name__)


@accounts.endpoint("/v1/shippers", method="POST", principals=ADMINS)
def post_shipper(actor: Actor) -> Response:
    """Open an account for a shipper."""
    del actor
    body = parsed(ShipperIn, accounts.current_request)
    shipper = container().open_accounts.shipper(
        body.name, sms_name=body.sms_name, support_contact=body.support_contact
    )
    return reply(
        ShipperOut(
            id=shipper.id,
            name=shipper.name,
            sms_name=shipper.sms_name,
            support_contact=shipper.support_contact,
            created_at=shipper.created_at,
        ),
        201,
    )


@accounts.endpoint("/v1/keys", method="POST", principals=ADMINS)
def post_key(actor: Actor) -> Response:
    """Issue a key; its text is in this answer and nowhere else."""
    del actor
    body = parsed(KeyIn, accounts.current_request)
    issued = container().open_accounts.key(
        Role(body.role),
        label=body.label,
        shipper_id=None if body.shipper_id is None else ShipperId(body.shipper_id),
        expires_at=body.expires_at,
    )
    key = issued.key
    return reply(
        KeyOut(
            id=key.id,
            key=issued.text,
            role=key.role.value,
            label=key.label,
            shipper_id=key.shipper_id,
            created_at=key.created_at,
            expires_at=key.expires_at,
        ),
        201,
    )


@accounts.endpoint("/v1/keys/{key_id}", method="DELETE", principals=ADMINS)
def delete_key(actor: Actor, key_id: str) -> Response:
    """End a key; within 60 s nobody can use it any more."""
    del actor
    key = container().open_accounts.revoke_key(KeyId(key_id))
    return reply(RevokedKeyOut(id=key.id, revoked_at=key.revoked_at or key.created_at))


@accounts.endpoint("/v1/hubs", method="POST", principals=STAFF)
def post_hub(actor: Actor) -> Response:
    """Open a hub."""
    del actor
    body = parsed(HubIn, accounts.current_request)
    hub = container().open_accounts.hub(
        body.name, coordinates=Coordinates(body.lat_deg, body.lon_deg), time_zone=body.time_zone
    )
    return reply(
        HubOut(
            id=hub.id,
            name=hub.name,
            lat_deg=hub.coordinates.lat_deg,
            lon_deg=hub.coordinates.lon_deg,
            time_zone=hub.time_zone,
            created_at=hub.created_at,
        ),
        201,
    )


@accounts.endpoint("/v1/drivers", method="POST", principals=STAFF)
def post_driver(actor: Actor) -> Response:
    """Open an account for a driver."""
    del actor
    body = parsed(DriverIn, accounts.current_request)
    return reply(_driver(container().open_accounts.driver(body.name, team=body.team)), 201)


@accounts.endpoint("/v1/drivers", method="GET", principals=STAFF | {Role.MANAGER})
def get_drivers(actor: Actor) -> Response:
    """All drivers."""
    found = parameters(accounts.current_request, frozenset({"limit", "cursor"}))
    asked = paging(accounts.current_request, actor, found)
    page = container().drivers.page(limit=asked.limit, position=asked.position)
    return reply(
        DriversOut(
            data=tuple(_driver(driver) for driver in page.data),
            next_cursor=asked.next_cursor(page.position),
        )
    )


@accounts.endpoint("/v1/drivers/{driver_id}/invitations", method="POST", principals=STAFF)
def post_invitation(actor: Actor, driver_id: str) -> Response:
    """A one-time code for a driver's phone."""
    del actor
    parsed(InvitationIn, accounts.current_request)
    issued = container().open_accounts.invitation(DriverId(driver_id))
    return reply(InvitationOut(code=issued.code, expires_at=issued.invitation.expires_at), 201)


@accounts.endpoint("/v1/driver/session", method="POST", principals=PUBLIC)
def post_session(actor: Actor) -> Response:
    """A driver's token in exchange for a one-time code."""
    del actor
    body = parsed(SessionIn, accounts.current_request)
    session = container().authenticate.begin_session(body.code)
    return reply(
        SessionOut(token=session.token, driver_id=session.driver_id, expires_at=session.expires_at),
        201,
    )


def _driver(driver: Driver) -> DriverOut:
    return DriverOut(id=driver.id, name=driver.name, team=driver.team, created_at=driver.created_at)
