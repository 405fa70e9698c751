"""Invitations on DynamoDB, kept under the hash of their code."""

from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import invitation_from, invitation_to
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.partitions import account_item, found
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.writing import new_token
from chalicelib.domain.accounts.drivers import Invitation
from chalicelib.domain.errors import NotFound

INVITATION: Final = "INVITATION"


class DynamoInvitations:
    """The port ``Invitations``."""

    def put(self, invitation: Invitation) -> None:
        """It expires by itself."""
        item = account_item(
            invitation.code_hash,
            INVITATION,
            invitation.expires_at,
            invitation_to(invitation),
        )
        item.expires_at = int(invitation.expires_at.timestamp())
        with translated():
            item.save()

    def take(self, code_hash: str, now: datetime) -> Invitation:
        """Mark it as taken: of two callers only the first finds it unmarked.

        A mark and not a delete, so that a repeat after a lost answer recognises its own.
        """
        item = found(code_hash, INVITATION)
        invitation = invitation_from(item.document)
        if invitation.expires_at <= now:
            raise NotFound
        item.taken_by = token = new_token()
        is_free = AccountItem.taken_by.does_not_exist() | (AccountItem.taken_by == token)
        with translated(missing=NotFound):
            item.save(condition=AccountItem.item.exists() & is_free)
        return invitation
