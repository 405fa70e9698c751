"""Allowances: who was among the first to take something, as one set in one item of the ledger."""

from datetime import datetime

from pynamodb.expressions.condition import size

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import AllowanceItem
from chalicelib.domain.errors import ConcurrentUpdate


class DynamoAllowances:
    """The port ``Allowances``: one conditional write."""

    def take(self, key: str, member: str, *, most: int, now: datetime, keep_s: int) -> bool:
        """Refused where the set is full and ``member`` is not in it."""
        members = AllowanceItem.members
        has_room = members.does_not_exist() | (size(members) < most) | members.contains(member)
        try:
            with translated():
                AllowanceItem(key).update(
                    actions=[
                        members.add({member}),
                        AllowanceItem.expires_at.set(int(now.timestamp()) + keep_s),
                    ],
                    condition=has_room,
                )
        except ConcurrentUpdate:
            return False
        return True
