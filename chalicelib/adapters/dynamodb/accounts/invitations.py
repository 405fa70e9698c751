"""Invitations on DynamoDB, kept under the hash of their code."""

from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import invitation_from
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.partitions import found
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.accounts.drivers import RETAKEN_WITHIN, TakenInvitation
from chalicelib.domain.errors import ConcurrentUpdate, NotFound

INVITATION: Final = "INVITATION"


class DynamoInvitations:
    """The port ``Invitations``."""

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenInvitation:
        """Mark it as taken: of two clients only the first finds it unmarked.

        A mark and not a delete, so that the same client's repeat after a lost answer gets it again.
        """
        item = found(code_hash, INVITATION)
        if "taken_by" in item.attribute_values:
            return _taken_again(item, client_hash, now)
        taken = TakenInvitation(invitation_from(item.document), now)
        if taken.invitation.expires_at <= now:
            raise NotFound
        item.taken_by, item.taken_at_ms = client_hash, to_ms(now)
        try:
            with translated():
                item.save(
                    condition=AccountItem.item.exists() & AccountItem.taken_by.does_not_exist()
                )
        except ConcurrentUpdate:  # perhaps by our own first try, whose answer was lost
            return _taken_again(found(code_hash, INVITATION), client_hash, now)
        return taken


def _taken_again(item: AccountItem, client_hash: str, now: datetime) -> TakenInvitation:
    """The invitation that the same client took a moment ago.

    Raises NotFound for anybody else, and for later.
    """
    taken_at_ms = item.attribute_values.get("taken_at_ms")
    if item.taken_by != client_hash or taken_at_ms is None:
        raise NotFound
    taken_at = from_ms(int(taken_at_ms))
    if now - taken_at > RETAKEN_WITHIN:
        raise NotFound
    return TakenInvitation(invitation_from(item.document), taken_at)
