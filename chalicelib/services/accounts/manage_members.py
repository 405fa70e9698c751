"""Members are invited, changed and removed by an admin.

Whoever changes or removes a member writes the member and its sessions together: so a browser that
was signed in has no moment in which it may still do what its owner may not.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.accounts.letters import Letter, LetterKind, to_text
from chalicelib.domain.accounts.members import Member, Sessions
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import AddressTaken, ConcurrentUpdate, Deactivated, Invalid, NotFound
from chalicelib.domain.ids import AUDIT, MEMBER, MemberId, ShipperId
from chalicelib.domain.journal.changes import (
    AccountAdded,
    AccountChange,
    AuditAdded,
    Change,
    MailboxFreed,
    MailboxTaken,
    SessionsChange,
)
from chalicelib.domain.listings import Listing
from chalicelib.domain.versions import Expected
from chalicelib.services.ports.accounts import Members, Shippers
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.senders import NoticeQueue
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

INVITED_AFTER_S: Final = 1
"""The invitation is put into the queue before the member is written, and comes after it."""


@dataclass(frozen=True, slots=True)
class ManageMembers:
    """Invites, shows, changes and removes members."""

    members: Members
    shippers: Shippers
    journal: Journal
    queue: NoticeQueue
    signer: Signer
    clock: Clock
    ids: Ids

    def invite(
        self,
        name: str,
        *,
        email: str,
        role: Role,
        actor: Actor,
        shipper_id: ShipperId | None = None,
        memory: Memory = NO_MEMORY,
    ) -> Member:
        """A new member, who is told by e-mail where to sign in.

        Raises Invalid for a role and a shipper that do not go together and for an actor whose own
        key has scopes, Deactivated for a shipper that is not active, and AddressTaken.
        """
        _require_all_rights(actor)
        self._require_owner(role, shipper_id)
        now, tag = self.clock.now(), self.signer.member_tag(email)
        self._require_free(tag)
        member = Member(
            id=MemberId(self.ids.new(MEMBER)),
            name=name,
            email=email,
            role=role,
            created_at=now,
            shipper_id=shipper_id,
        )
        self._tell(member.id, now)
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, after=member)
        try:
            self.journal.commit(
                AccountAdded(member),
                SessionsChange(Sessions(member.id, role, shipper_id), 0),
                MailboxTaken(tag, member.id, now),
                AuditAdded(entry),
                *memory.of(member),
            )
        except ConcurrentUpdate:
            self._require_free(tag)
            raise
        return member

    def show(self, member_id: MemberId) -> Member:
        """One member. Raises NotFound."""
        return self.members.get(member_id)

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Member]:
        """All members, oldest first."""
        return self.members.page(limit=limit, position=position)

    def invite_again(self, member_id: MemberId) -> Member:
        """Send the invitation once more. Raises NotFound, also for one that was removed."""
        member = self.members.get(member_id)
        if member.removed_at is not None:
            raise NotFound
        self._tell(member.id, self.clock.now())
        return member

    def change(
        self,
        member_id: MemberId,
        change: Callable[[Member], Member],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Member:
        """Name, role or shipper. With another role or shipper all sessions end at once.

        Raises NotFound, also for one that was removed, and what ``invite`` raises.
        """
        return retried(lambda: self._change(member_id, change, expected, actor))

    def remove(self, member_id: MemberId, *, actor: Actor) -> Member:
        """The member is signed out everywhere and can never sign in again; the address is free.

        A repeat changes nothing. Raises NotFound.
        """
        return retried(lambda: self._remove(member_id, actor))

    def sign_out(self, member_id: MemberId, *, actor: Actor) -> Member:
        """End all sessions of a member, for a laptop that is lost. Raises NotFound."""
        return retried(lambda: self._sign_out(member_id, actor))

    def _tell(self, member_id: MemberId, now: datetime) -> None:
        letter = Letter(secrets.token_hex(16), LetterKind.INVITATION, member_id, now)
        self.queue.put(to_text(letter), delay_s=INVITED_AFTER_S)

    def _require_free(self, tag: str) -> None:
        member_id = self.members.by_mailbox(tag)
        if member_id is not None:
            raise AddressTaken(member_id=member_id)

    def _require_owner(self, role: Role, shipper_id: ShipperId | None) -> None:
        if (role is Role.SHIPPER) != (shipper_id is not None):
            text = "A member with the role shipper needs a shipper_id, and no other has one."
            raise Invalid(text, pointer="/shipper_id")
        if shipper_id is None:
            return
        try:
            shipper = self.shippers.latest(shipper_id)
        except NotFound as exc:
            text = "There is no shipper with this id."
            raise Invalid(text, pointer="/shipper_id", code="unknown_shipper") from exc
        if not shipper.is_active:
            raise Deactivated(account_id=shipper_id)

    def _change(
        self,
        member_id: MemberId,
        change: Callable[[Member], Member],
        expected: Expected,
        actor: Actor,
    ) -> Member:
        sessions, before = self.members.sessions(member_id), self.members.get(member_id)
        if before.removed_at is not None:
            raise NotFound
        expected.require(before.version)
        after = change(before)
        if after == before:
            return before
        is_other = (after.role, after.shipper_id) != (before.role, before.shipper_id)
        if is_other:
            _require_all_rights(actor)
            self._require_owner(after.role, after.shipper_id)
        now = self.clock.now()
        bound = replace(sessions, role=after.role, shipper_id=after.shipper_id).all_ended(now)
        return self._write(before, after, actor, now, bound if is_other else None)

    def _remove(self, member_id: MemberId, actor: Actor) -> Member:
        sessions, before = self.members.sessions(member_id), self.members.get(member_id)
        if before.removed_at is not None or before.email is None:
            return before
        now = self.clock.now()
        freed = MailboxFreed(self.signer.member_tag(before.email), member_id)
        closed = sessions.closed(now)
        return self._write(before, before.removed(now), actor, now, closed, freed, verb="removed")

    def _sign_out(self, member_id: MemberId, actor: Actor) -> Member:
        sessions, member = self.members.sessions(member_id), self.members.get(member_id)
        now = self.clock.now()
        entry = audited(
            self.ids.new(AUDIT), actor=actor, at=now, before=member, after=member, verb="signed_out"
        )
        self.journal.commit(_written(sessions.all_ended(now)), AuditAdded(entry))
        return member

    def _write(
        self,
        before: Member,
        after: Member,
        actor: Actor,
        now: datetime,
        sessions: Sessions | None,
        *also: Change,
        verb: str = "",
    ) -> Member:
        after = replace(after, version=before.version + 1)
        entry = audited(
            self.ids.new(AUDIT), actor=actor, at=now, before=before, after=after, verb=verb
        )
        self.journal.commit(
            AccountChange(after, before.version),
            *(() if sessions is None else (_written(sessions),)),
            *also,
            AuditAdded(entry),
        )
        return after


def _written(sessions: Sessions) -> SessionsChange:
    return SessionsChange(replace(sessions, version=sessions.version + 1), sessions.version)


def _require_all_rights(actor: Actor) -> None:
    """A member has all rights of its role: whoever has some of them only cannot give all."""
    if not actor.may_give(()):
        text = "Your own key has scopes, and a member has none. Use a key without scopes."
        raise Invalid(text, pointer="/role", code="beyond_own_scopes")
