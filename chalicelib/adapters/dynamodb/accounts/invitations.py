"""Invitations on DynamoDB, kept under their id, which is part of the hash of their code."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import invitation_from, invitation_to
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.one_time import taken_once
from chalicelib.adapters.dynamodb.accounts.partitions import account_item, found
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.values.instants import to_ms, to_text
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.accounts.drivers import (
    Invitation,
    TakenInvitation,
    invitation_id,
)
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DriverId, InvitationId
from chalicelib.domain.journal.changes import InvitationRevoked

INVITATION: Final = "INVITATION"
REVOKED: Final = "revoked"
"""No client is known by this: they are hashes."""


class DynamoInvitations:
    """The port ``Invitations``."""

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenInvitation:
        """Mark it as taken."""
        item, taken_at = taken_once(
            lambda: _kept(code_hash),
            expires_at=lambda kept: invitation_from(kept.document).expires_at,
            client_hash=client_hash,
            now=now,
        )
        return TakenInvitation(invitation_from(item.document), taken_at)

    def get(self, invitation_id: InvitationId, now: datetime) -> Invitation:
        """One read."""
        return _open(found(invitation_id, INVITATION), now)

    def open_for(self, driver_id: DriverId, now: datetime) -> tuple[Invitation, ...]:
        """From the index: it is sorted by expiry, so only what is open is read, of all drivers."""
        with translated():
            items = list(
                AccountItem.by_kind.query(INVITATION, AccountItem.created_at > to_text(now))
            )
        unused = (item for item in items if "taken_by" not in item.attribute_values)
        invitations = (invitation_from(item.document) for item in unused)
        return tuple(each for each in invitations if each.driver_id == driver_id)


def revoked_puts(change: InvitationRevoked, token: str) -> Iterator[Put]:
    """Marked as taken by nobody's client, where nobody has taken it."""
    del token
    invitation = change.invitation
    item = account_item(invitation.id, INVITATION, invitation.expires_at, invitation_to(invitation))
    item.expires_at = int(invitation.expires_at.timestamp())
    item.taken_by, item.taken_at_ms = REVOKED, to_ms(change.now)
    is_ours = AccountItem.taken_by == REVOKED  # by a repeat of this very write
    is_free = AccountItem.item.exists() & AccountItem.taken_by.does_not_exist()
    yield Put(item, is_free | is_ours)


def _kept(code_hash: str) -> AccountItem:
    """The item of a code. Earlier releases kept it under the whole hash.

    Raises NotFound.
    """
    try:
        item = found(invitation_id(code_hash), INVITATION)
    except NotFound:
        return found(code_hash, INVITATION)
    if invitation_from(item.document).code_hash != code_hash:
        raise NotFound
    return item


def _open(item: AccountItem, now: datetime) -> Invitation:
    """An invitation that can still be used. Raises NotFound for any other."""
    invitation = invitation_from(item.document)
    if "taken_by" in item.attribute_values or invitation.expires_at <= now:
        raise NotFound
    return invitation
