"""Members: people who sign in by e-mail. And whoever asks, for scripts of the console."""

from typing import Final

from chalicelib.api.schemas.members import (
    MemberChanges,
    MemberIn,
    MemberOut,
    MembersOut,
    MeOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.members import Member
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import AddressTaken, Deactivated, NotFound
from chalicelib.domain.ids import KEY, KeyId, MemberId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import ADMINS, SHIPPERS_AND_STAFF
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory

members: Final = Endpoints(__name__)


@members.endpoint(
    "/v1/members",
    method="POST",
    principals=ADMINS,
    takes=MemberIn,
    gives=MemberOut,
    status=201,
    commits_answer=True,
    versioned=True,
    refusals=(AddressTaken, Deactivated),
)
def post_member(actor: Actor, body: MemberIn, memory: Memory) -> Member:
    """Invite somebody, who then signs in with this e-mail address."""
    return container().manage_members.invite(
        body.name,
        email=body.email,
        role=Role(body.role),
        shipper_id=None if body.shipper_id is None else ShipperId(body.shipper_id),
        actor=actor,
        memory=memory,
    )


@members.endpoint(
    "/v1/members", method="GET", principals=ADMINS, query=ListingQuery, gives=MembersOut
)
def get_members(_: Actor, query: ListingQuery, position: Position) -> Listing[Member]:
    """All members, oldest first, with those that were removed."""
    return container().manage_members.page(limit=query.limit, position=position)


@members.endpoint(
    "/v1/members/{member_id}", method="GET", principals=ADMINS, gives=MemberOut, versioned=True
)
def get_member(_: Actor, member_id: str) -> Member:
    """One member."""
    return container().manage_members.show(MemberId(member_id))


@members.endpoint(
    "/v1/members/{member_id}",
    method="PATCH",
    principals=ADMINS,
    takes=MemberChanges,
    gives=MemberOut,
    versioned=True,
    refusals=(Deactivated,),
)
def patch_member(actor: Actor, body: MemberChanges, expected: Expected, member_id: str) -> Member:
    """Change a member; another role or shipper ends all of the member's sessions at once."""
    return container().manage_members.change(
        MemberId(member_id), body.applied, expected=expected, actor=actor
    )


@members.endpoint(
    "/v1/members/{member_id}", method="DELETE", principals=ADMINS, gives=MemberOut, versioned=True
)
def delete_member(actor: Actor, member_id: str) -> Member:
    """Remove a member, who is signed out everywhere at once; the address is forgotten."""
    return container().manage_members.remove(MemberId(member_id), actor=actor)


@members.endpoint(
    "/v1/members/{member_id}/invitation",
    method="POST",
    principals=ADMINS,
    gives=MemberOut,
    versioned=True,
)
def post_member_invitation(_: Actor, member_id: str) -> Member:
    """Send the invitation once more."""
    return container().manage_members.invite_again(MemberId(member_id))


@members.endpoint(
    "/v1/members/{member_id}/sign-out",
    method="POST",
    principals=ADMINS,
    gives=MemberOut,
    versioned=True,
)
def post_member_sign_out(actor: Actor, member_id: str) -> Member:
    """End all sessions of a member at once, for a laptop that is lost."""
    return container().manage_members.sign_out(MemberId(member_id), actor=actor)


@members.endpoint(
    "/v1/me", method="GET", principals=SHIPPERS_AND_STAFF, gives=MeOut, refusals=(NotFound,)
)
def get_me(actor: Actor) -> MeOut:
    """Who asks: the member who is signed in, or the key."""
    if actor.id.startswith(f"{KEY}_"):
        name = container().show_accounts.key(KeyId(actor.id)).label
    else:
        name = container().recognise_session.member(actor).name
    return MeOut.joined(actor, name=name)
