"""Members on DynamoDB. Their sessions lie beside them, in one item that each request reads.

A mailbox has an item of its own, under a tag that tells nobody the address: so two members cannot
have one, and whether somebody has it costs one read in either case.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.one_time import taken_once
from chalicelib.adapters.dynamodb.accounts.partitions import (
    account_item,
    as_expected,
    found,
    page_of,
)
from chalicelib.adapters.dynamodb.stored import Part, Stored, from_json, to_json
from chalicelib.adapters.dynamodb.values.instants import EPOCH
from chalicelib.adapters.dynamodb.writing import Put, Removal
from chalicelib.domain.accounts.members import (
    Member,
    Session,
    Sessions,
    SignInLink,
    TakenLink,
    sign_in_id,
)
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import MemberId, SessionId, ShipperId
from chalicelib.domain.journal.changes import MailboxFreed, MailboxTaken, SessionsChange
from chalicelib.domain.listings import Listing

MEMBER: Final = "MEMBER"
SESSIONS: Final = "SESSIONS"
MAILBOX: Final = "MAILBOX"
SIGN_IN: Final = "SIGN_IN"


class MemberDocument(Stored, frozen=True, kw_only=True):
    """A member."""

    id: MemberId
    name: str
    role: Role
    created_at: datetime
    email: str | None = None
    shipper_id: ShipperId | None = None
    removed_at: datetime | None = None
    version: int = 1


class SessionPart(Part, frozen=True, kw_only=True):
    """A session; of its secret only the hash is known here."""

    id: SessionId
    secret_hash: str
    begun_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class SessionsDocument(Stored, frozen=True, kw_only=True):
    """A member's sessions."""

    role: Role
    shipper_id: ShipperId | None = None
    sessions: tuple[SessionPart, ...] = ()
    ended_at: datetime | None = None
    is_closed: bool = False


class MailboxDocument(Stored, frozen=True, kw_only=True):
    """Whose a mailbox is."""

    member_id: MemberId


class SignInDocument(Stored, frozen=True, kw_only=True):
    """A link that signs in; of its code only the hash is known here."""

    code_hash: str
    member_id: MemberId
    salt: str
    expires_at: datetime


class DynamoMembers:
    """The port ``Members``. Nothing is cached, so what ends is over with the next request."""

    def get(self, member_id: MemberId) -> Member:
        """One read."""
        return member_from(found(member_id, MEMBER).document)

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Member]:
        """From the index, oldest first."""
        return page_of(
            MEMBER, lambda item: member_from(item.document), limit=limit, position=position
        )

    def by_mailbox(self, tag: str) -> MemberId | None:
        """One read."""
        try:
            item = found(_mailbox(tag), MAILBOX)
        except NotFound:
            return None
        return from_json(MailboxDocument, item.document).member_id

    def sessions(self, member_id: MemberId) -> Sessions:
        """One read."""
        item = found(member_id, SESSIONS)
        return sessions_from(member_id, item.document, int(item.version))

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenLink:
        """Mark it as taken."""
        item, taken_at = taken_once(
            lambda: _link(code_hash),
            expires_at=lambda kept: link_from(kept.document).expires_at,
            client_hash=client_hash,
            now=now,
        )
        return TakenLink(link_from(item.document), taken_at)


def sessions_puts(change: SessionsChange, token: str) -> Iterator[Put]:
    """The sessions where the expected version still stands."""
    after = change.after
    item = account_item(after.member_id, SESSIONS, EPOCH, sessions_to(after))
    item.version, item.token = after.version, token
    yield Put(item, as_expected(change.expected_version, token))


def mailbox_puts(change: MailboxTaken, token: str) -> Iterator[Put]:
    """Where nobody has it, or this member already."""
    del token
    document = to_json(MailboxDocument(member_id=change.member_id))
    item = account_item(_mailbox(change.tag), MAILBOX, change.now, document)
    yield Put(item, AccountItem.item.does_not_exist() | (AccountItem.document == document))


def mailbox_removals(change: MailboxFreed, token: str) -> Iterator[Removal]:
    """Where it is this member's. One that is gone already, by a repeat of this, is no fault."""
    del token
    document = to_json(MailboxDocument(member_id=change.member_id))
    is_ours = AccountItem.item.does_not_exist() | (AccountItem.document == document)
    yield Removal(AccountItem(_mailbox(change.tag), MAILBOX), is_ours)


def link_item(link: SignInLink) -> AccountItem:
    """The item of a link. It is forgotten after it has expired."""
    document = to_json(
        SignInDocument(
            code_hash=link.code_hash,
            member_id=link.member_id,
            salt=link.salt,
            expires_at=link.expires_at,
        )
    )
    item = account_item(link.id, SIGN_IN, link.expires_at, document)
    item.expires_at = int(link.expires_at.timestamp())
    return item


def member_to(member: Member) -> str:
    """A member as text."""
    return to_json(
        MemberDocument(
            id=member.id,
            name=member.name,
            role=member.role,
            created_at=member.created_at,
            email=member.email,
            shipper_id=member.shipper_id,
            removed_at=member.removed_at,
            version=member.version,
        )
    )


def member_from(text: str) -> Member:
    """The member again."""
    stored = from_json(MemberDocument, text)
    return Member(
        id=stored.id,
        name=stored.name,
        email=stored.email,
        role=stored.role,
        created_at=stored.created_at,
        shipper_id=stored.shipper_id,
        removed_at=stored.removed_at,
        version=stored.version,
    )


def sessions_to(sessions: Sessions) -> str:
    """Sessions as text; member and version are in the item."""
    return to_json(
        SessionsDocument(
            role=sessions.role,
            shipper_id=sessions.shipper_id,
            sessions=tuple(
                SessionPart(
                    id=each.id,
                    secret_hash=each.secret_hash,
                    begun_at=each.begun_at,
                    expires_at=each.expires_at,
                    ended_at=each.ended_at,
                )
                for each in sessions.sessions
            ),
            ended_at=sessions.ended_at,
            is_closed=sessions.is_closed,
        )
    )


def sessions_from(member_id: MemberId, text: str, version: int) -> Sessions:
    """The sessions again."""
    stored = from_json(SessionsDocument, text)
    return Sessions(
        member_id=member_id,
        role=stored.role,
        shipper_id=stored.shipper_id,
        sessions=tuple(
            Session(
                id=each.id,
                secret_hash=each.secret_hash,
                begun_at=each.begun_at,
                expires_at=each.expires_at,
                ended_at=each.ended_at,
            )
            for each in stored.sessions
        ),
        ended_at=stored.ended_at,
        is_closed=stored.is_closed,
        version=version,
    )


def link_from(text: str) -> SignInLink:
    """The link again."""
    stored = from_json(SignInDocument, text)
    return SignInLink(
        code_hash=stored.code_hash,
        member_id=stored.member_id,
        salt=stored.salt,
        expires_at=stored.expires_at,
    )


def _link(code_hash: str) -> AccountItem:
    """The item of a code. Raises NotFound."""
    item = found(sign_in_id(code_hash), SIGN_IN)
    if link_from(item.document).code_hash != code_hash:
        raise NotFound
    return item


def _mailbox(tag: str) -> str:
    return f"mailbox_{tag}"
