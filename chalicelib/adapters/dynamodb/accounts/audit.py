"""The audit on DynamoDB: each entry lies beside the account that it tells of, and expires.

One index over all kinds of items lists the whole audit.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.partitions import account_item
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.stored import Part, Stored, from_json, to_json
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.accounts.audit import KEPT_FOR, AuditEntry, FieldChange
from chalicelib.domain.actors import Role
from chalicelib.domain.ids import AuditId
from chalicelib.domain.journal.changes import AuditAdded
from chalicelib.domain.listings import Listing

AUDIT: Final = "AUDIT"
Kept = str | float | bool | tuple[str, ...] | None


class ChangePart(Part, frozen=True):
    """A field before and after."""

    field: str
    before: Kept
    after: Kept


class AuditDocument(Stored, frozen=True, kw_only=True):
    """An entry of the audit."""

    id: AuditId
    at: datetime
    actor_id: str
    actor_role: Role
    action: str
    account_id: str
    changes: tuple[ChangePart, ...]


class DynamoAudit:
    """The port ``Audit``."""

    def page(
        self,
        *,
        account_id: str | None,
        limit: int,
        position: Mapping[str, str] | None,
        now: datetime,
    ) -> Listing[AuditEntry]:
        """One query a page. Old entries that are still there are not shown."""
        oldest, start = to_text(now - KEPT_FOR), start_key(position)
        with translated():
            if account_id is None:
                items = AccountItem.by_kind.query(
                    AUDIT,
                    AccountItem.created_at > oldest,
                    scan_index_forward=False,
                    limit=limit,
                    page_size=limit,
                    last_evaluated_key=start,
                )
            else:
                items = AccountItem.query(
                    account_id,
                    AccountItem.item.between(f"{AUDIT}#{oldest}#~", f"{AUDIT}#~"),
                    scan_index_forward=False,
                    limit=limit,
                    page_size=limit,
                    last_evaluated_key=start,
                )
            found = tuple(entry_from(item.document) for item in items)
        return Listing(found, position_of(items.last_evaluated_key))


def audit_puts(added: AuditAdded, token: str) -> Iterator[Put]:
    """Without a condition: the id is new, so a repeat of the write finds only itself."""
    del token
    entry = added.entry
    name = f"{AUDIT}#{to_text(entry.at)}#{entry.id}"
    item = account_item(entry.account_id, name, entry.at, entry_to(entry))
    item.expires_at = int((entry.at + KEPT_FOR).timestamp())
    yield Put(item)


def entry_to(entry: AuditEntry) -> str:
    """An entry as text."""
    return to_json(
        AuditDocument(
            id=entry.id,
            at=entry.at,
            actor_id=entry.actor_id,
            actor_role=entry.actor_role,
            action=entry.action,
            account_id=entry.account_id,
            changes=tuple(
                ChangePart(change.field, change.before, change.after) for change in entry.changes
            ),
        )
    )


def entry_from(text: str) -> AuditEntry:
    """The entry again."""
    stored = from_json(AuditDocument, text)
    return AuditEntry(
        id=stored.id,
        at=stored.at,
        actor_id=stored.actor_id,
        actor_role=stored.actor_role,
        action=stored.action,
        account_id=stored.account_id,
        changes=tuple(
            FieldChange(change.field, change.before, change.after) for change in stored.changes
        ),
    )
