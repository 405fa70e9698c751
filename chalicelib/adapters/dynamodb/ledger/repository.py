"""The ledger: one item a call that must not be made twice. See ``Claim`` for what a claim says.

A claim is one conditional put. Only when that fails is the item read, and a claim whose holder
vanished is taken over unless somebody else was faster. A write that the SDK repeats recognises its
own first try by ``owner``. What has expired counts as absent, also before DynamoDB deletes it.
"""

from datetime import datetime
from typing import Final

from pynamodb.expressions.condition import Condition

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import LedgerItem
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.journal.claims import Claim

CLAIMED: Final = "claimed"
RELEASED: Final = "released"
DONE: Final = "done"


class DynamoLedger:
    """The ledger on DynamoDB: one write for a claim, one to finish it."""

    def claim(self, key: str, *, owner: str, now: datetime, lease_s: int, keep_s: int) -> Claim:
        """Granted when nobody holds it, or when the holder's lease ended without a word."""
        item = _item(key, owner, now, lease_s, keep_s)
        try:
            with translated():
                item.save(condition=_is_free(owner, now))
        except ConcurrentUpdate:
            return self._claim_again(item, now)
        return Claim(granted=True, done=False)

    def finish(self, key: str, *, owner: str, outcome: str, now: datetime) -> None:
        """Raises ConcurrentUpdate when the claim was lost to somebody else."""
        del now
        with translated():
            LedgerItem(key).update(
                actions=[LedgerItem.state.set(DONE), LedgerItem.outcome.set(outcome)],
                condition=LedgerItem.owner == owner,
            )

    def release(self, key: str, *, owner: str) -> None:
        """Raises ConcurrentUpdate when the claim was lost to somebody else, or is finished."""
        with translated():
            LedgerItem(key).update(
                actions=[LedgerItem.state.set(RELEASED)],
                condition=(LedgerItem.owner == owner) & (LedgerItem.state != DONE),
            )

    def _claim_again(self, item: LedgerItem, now: datetime) -> Claim:
        try:
            with translated():
                held = LedgerItem.get(item.key, consistent_read=True)
        except LedgerItem.DoesNotExist:  # expired and deleted in between: the next try gets it
            return Claim(granted=False, done=False)
        if held.state == DONE:
            return Claim(granted=False, done=True)
        if held.lease_until > now.timestamp():
            return Claim(granted=False, done=False)
        item.maybe_duplicate = True
        try:
            with translated():
                item.save(condition=_is_still(held) | (LedgerItem.owner == item.owner))
        except ConcurrentUpdate:
            return Claim(granted=False, done=False)
        return Claim(granted=True, done=False, maybe_duplicate=True)


def _item(key: str, owner: str, now: datetime, lease_s: int, keep_s: int) -> LedgerItem:
    now_s = int(now.timestamp())
    return LedgerItem(
        key,
        state=CLAIMED,
        owner=owner,
        lease_until=now_s + lease_s,
        expires_at=now_s + keep_s,
    )


def _is_free(owner: str, now: datetime) -> Condition:
    """Not there, expired, given back, or our own earlier try whose answer was lost."""
    is_over = LedgerItem.expires_at <= int(now.timestamp())
    is_given_back = LedgerItem.state == RELEASED
    is_ours = (LedgerItem.state == CLAIMED) & (LedgerItem.owner == owner)
    is_free: Condition = LedgerItem.key.does_not_exist() | is_over | is_given_back | is_ours
    return is_free


def _is_still(held: LedgerItem) -> Condition:
    is_still: Condition = (LedgerItem.state == CLAIMED) & (LedgerItem.owner == held.owner)
    return is_still
