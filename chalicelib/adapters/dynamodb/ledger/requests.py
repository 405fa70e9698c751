"""Requests remembered under their Idempotency-Key."""

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import RememberedItem
from chalicelib.adapters.dynamodb.stored import optional_ms
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.journal.changes import Remembered, RequestRemembered


class DynamoRequests:
    """The port ``Requests`` on DynamoDB."""

    def recall(self, key: str, now: datetime) -> Remembered | None:
        """One consistent read."""
        with translated():
            try:
                item = RememberedItem.get(key, consistent_read=True)
            except RememberedItem.DoesNotExist:
                return None
        if item.expires_at < int(now.timestamp()):
            return None
        lease_until_ms = item.attribute_values.get("lease_until_ms")
        return Remembered(
            key=key,
            fingerprint=item.fingerprint,
            result_id=item.result_id,
            expires_at=datetime.fromtimestamp(int(item.expires_at), UTC),
            answer=item.answer or b"",
            owner=item.owner or "",
            lease_until=None if lease_until_ms is None else from_ms(int(lease_until_ms)),
        )


def request_puts(change: RequestRemembered, token: str) -> Iterator[Put]:
    """The memory where there is none, where it is over, or where it is our own."""
    remembered = change.remembered
    is_free = (
        RememberedItem.key.does_not_exist()
        | (RememberedItem.expires_at < int(change.now.timestamp()))
        | (RememberedItem.lease_until_ms <= to_ms(change.now))
        | (RememberedItem.token == token)
    )
    if remembered.owner:
        is_free |= RememberedItem.owner == remembered.owner
    yield Put(
        RememberedItem(
            key=remembered.key,
            token=token,
            fingerprint=remembered.fingerprint,
            result_id=remembered.result_id,
            expires_at=int(remembered.expires_at.timestamp()),
            answer=remembered.answer or None,
            owner=remembered.owner or None,
            lease_until_ms=optional_ms(remembered.lease_until),
        ),
        is_free,
    )
