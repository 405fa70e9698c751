"""Drivers, their invitations and their sessions."""

from typing import Final

from chalicelib.api.schemas.drivers import (
    DriverChanges,
    DriverIn,
    DriverOut,
    DriversOut,
    InvitationIn,
    InvitationOut,
    OpenInvitationsOut,
    SessionIn,
    SessionOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.errors import Deactivated, DriverHasRoutes, NotFound
from chalicelib.domain.ids import DriverId, InvitationId, TeamId
from chalicelib.domain.listings import Listing
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import PUBLIC
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.accounts.authenticate import DriverSession
from chalicelib.services.accounts.invite_drivers import IssuedInvitation
from chalicelib.services.repeats import Memory

drivers: Final = Endpoints(__name__)


@drivers.endpoint(
    "/v1/drivers",
    method="POST",
    principals=DISPATCH,
    takes=DriverIn,
    gives=DriverOut,
    status=201,
    commits_answer=True,
    versioned=True,
    refusals=(Deactivated,),
)
def post_driver(actor: Actor, body: DriverIn, memory: Memory) -> Driver:
    """Open an account for a driver."""
    return container().open_accounts.driver(
        body.name,
        actor=actor,
        team_id=None if body.team_id is None else TeamId(body.team_id),
        memory=memory,
    )


@drivers.endpoint(
    "/v1/drivers", method="GET", principals=STAFF, query=ListingQuery, gives=DriversOut
)
def get_drivers(_: Actor, query: ListingQuery, position: Position) -> Listing[Driver]:
    """All drivers, oldest first."""
    return container().show_accounts.of_drivers(limit=query.limit, position=position)


@drivers.endpoint(
    "/v1/drivers/{driver_id}", method="GET", principals=STAFF, gives=DriverOut, versioned=True
)
def get_driver(_: Actor, driver_id: str) -> Driver:
    """One driver."""
    return container().show_accounts.driver(DriverId(driver_id))


@drivers.endpoint(
    "/v1/drivers/{driver_id}",
    method="PATCH",
    principals=DISPATCH,
    takes=DriverChanges,
    gives=DriverOut,
    versioned=True,
    refusals=(Deactivated, DriverHasRoutes),
)
def patch_driver(actor: Actor, body: DriverChanges, expected: Expected, driver_id: str) -> Driver:
    """Change a driver; is_active false deactivates the driver, who is signed out at once."""
    return container().change_accounts.driver(
        DriverId(driver_id), body.applied, expected=expected, actor=actor
    )


@drivers.endpoint(
    "/v1/drivers/{driver_id}/sign-out",
    method="POST",
    principals=DISPATCH,
    gives=DriverOut,
    versioned=True,
)
def post_sign_out(actor: Actor, driver_id: str) -> Driver:
    """Revoke all of a driver's tokens and phones' keys at once, for a phone that is lost."""
    return container().change_accounts.sign_out(DriverId(driver_id), actor=actor)


@drivers.endpoint(
    "/v1/drivers/{driver_id}/invitations",
    method="POST",
    principals=DISPATCH,
    takes=InvitationIn,
    gives=InvitationOut,
    status=201,
    commits_answer=True,
    refusals=(Deactivated,),
)
def post_invitation(
    actor: Actor, body: InvitationIn, memory: Memory, driver_id: str
) -> IssuedInvitation:
    """A one-time code for a driver's phone, as text, link and QR code."""
    del body
    return container().invite_drivers(DriverId(driver_id), actor=actor, memory=memory)


@drivers.endpoint(
    "/v1/drivers/{driver_id}/invitations",
    method="GET",
    principals=STAFF,
    gives=OpenInvitationsOut,
)
def get_invitations(_: Actor, driver_id: str) -> OpenInvitationsOut:
    """A driver's invitations that can still be used, without their codes."""
    found = container().invite_drivers.open_for(DriverId(driver_id))
    return OpenInvitationsOut.model_validate({"data": found})


@drivers.endpoint(
    "/v1/drivers/{driver_id}/invitations/{invitation_id}",
    method="DELETE",
    principals=DISPATCH,
    status=204,
)
def delete_invitation(actor: Actor, driver_id: str, invitation_id: str) -> None:
    """Revoke an invitation that nobody has used yet."""
    container().invite_drivers.revoke(DriverId(driver_id), InvitationId(invitation_id), actor=actor)


@drivers.endpoint(
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
