"""Members on the wire, and whoever asks."""

from dataclasses import replace
from typing import Literal

from chalicelib.api.schemas.contacts import Email
from chalicelib.api.schemas.values import Id, Line
from chalicelib.domain.accounts.members import Member
from chalicelib.domain.actors import Role
from chalicelib.edge.schemas import Changes, Maybe, Out, Schema, Time, unsaid

MemberRole = Literal["shipper", "dispatcher", "manager", "admin"]


class MemberIn(Schema):
    """A new member. A member with the role shipper needs a ``shipper_id``, and no other has one."""

    name: Line
    email: Email
    role: MemberRole
    shipper_id: Maybe[Id] = None


class MemberChanges(Changes):
    """What is to change of a member. For another address, remove the member and invite anew."""

    name: Line = unsaid()
    role: MemberRole = unsaid()
    shipper_id: Maybe[Id] = unsaid()

    def applied(self, member: Member) -> Member:
        """The member as it is wanted."""
        said = self.said()
        if "role" in said:
            said["role"] = Role(said["role"])
        return replace(member, **said)


class MemberOut(Out):
    """A member. One that was removed has no address any more, and cannot sign in."""

    id: str
    name: str
    email: str | None
    role: Role
    shipper_id: str | None
    created_at: Time
    removed_at: Time | None


class MembersOut(Out):
    """A page of members."""

    data: tuple[MemberOut, ...]
    next_cursor: str | None


class MeOut(Out):
    """Whoever asks. ``name`` is the member's name, or the label of the key."""

    id: str
    name: str
    role: Role
    shipper_id: str | None
