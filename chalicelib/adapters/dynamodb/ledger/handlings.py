"""What colleagues have done about concerns: one item of the ledger for each concern."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import HandlingItem
from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.adapters.dynamodb.writing import new_token, unchanged
from chalicelib.domain.actors import Role
from chalicelib.domain.attention.handling import Handled, Handling


class HandlingDocument(Stored, frozen=True, kw_only=True):
    """A handling, without its concern and its version."""

    state: Handled
    by: str
    by_role: Role
    at: datetime
    news_at: datetime
    until: datetime | None = None


class DynamoHandlings:
    """The port ``Handlings``."""

    def get(self, concern_id: str, now: datetime) -> Handling | None:
        """One consistent read."""
        with translated():
            try:
                item = HandlingItem.get(_key(concern_id), consistent_read=True)
            except HandlingItem.DoesNotExist:
                return None
        return _handling(item) if item.expires_at > now.timestamp() else None

    def of(self, concern_ids: Sequence[str], now: datetime) -> dict[str, Handling]:
        """A call for each hundred: half a unit for each that is there, and each that is not."""
        keys = [_key(concern_id) for concern_id in dict.fromkeys(concern_ids)]
        with translated():
            items = list(HandlingItem.batch_get(keys)) if keys else []
        found = (_handling(item) for item in items if item.expires_at > now.timestamp())
        return {handling.concern_id: handling for handling in found}

    def put(self, handling: Handling, expected_version: int) -> None:
        """One conditional write."""
        token = new_token()
        item = HandlingItem(
            _key(handling.concern_id),
            version=handling.version,
            token=token,
            document=to_json(
                HandlingDocument(
                    state=handling.state,
                    by=handling.by,
                    by_role=handling.by_role,
                    at=handling.at,
                    news_at=handling.news_at,
                    until=handling.until,
                )
            ),
            expires_at=int(handling.expires_at.timestamp()),
        )
        condition = unchanged(
            HandlingItem.key,
            HandlingItem.version,
            HandlingItem.token,
            expected_version or None,
            token,
        )
        if expected_version == 0:  # one that has expired, and is still there, is none
            condition |= HandlingItem.expires_at <= int(handling.at.timestamp())
        with translated():
            item.save(condition=condition)


_PREFIX = "attention#"


def _key(concern_id: str) -> str:
    return f"{_PREFIX}{concern_id}"


def _handling(item: HandlingItem) -> Handling:
    stored = from_json(HandlingDocument, item.document)
    return Handling(
        concern_id=item.key.removeprefix(_PREFIX),
        state=stored.state,
        by=stored.by,
        by_role=stored.by_role,
        at=stored.at,
        news_at=stored.news_at,
        until=stored.until,
        version=int(item.version),
    )
