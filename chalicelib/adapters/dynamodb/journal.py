"""The one door for a transaction: each kind of change becomes writes, and all are written or none.

A new kind of change is one more row in ``PUTS``.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.writing import Addition, Put, Removal, new_token
from chalicelib.domain.journal.changes import (
    TRANSACTION_ITEMS,
    AccountAdded,
    AccountChange,
    AuditAdded,
    BarcodesTaken,
    Change,
    DepartureAdded,
    DriverAdded,
    FactsChange,
    HandledAdded,
    HubDayChange,
    ImportChange,
    InvitationRevoked,
    KeyRingChange,
    LearningMarkChange,
    LiveChange,
    MailboxFreed,
    MailboxTaken,
    ManifestChange,
    MessageAdded,
    MessageCopied,
    PageChange,
    PlanningClosed,
    ReferenceClaimed,
    RequestRemembered,
    RouteChange,
    RouteEventAdded,
    SessionsChange,
    ShipmentChange,
    ThreadChange,
    WebhookRemoved,
)

PUTS: Final[Mapping[type[Change], str]] = {
    ShipmentChange: "shipments.changes:shipment_puts",
    LiveChange: "fleet.changes:live_puts",
    RouteChange: "routes.changes:route_puts",
    RouteEventAdded: "shipments.route_history:route_event_puts",
    ManifestChange: "routes.changes:manifest_puts",
    PlanningClosed: "routes.changes:closed_puts",
    HandledAdded: "routes.changes:handled_additions",
    DepartureAdded: "routes.changes:departure_puts",
    DriverAdded: "accounts.drivers:driver_puts",
    AccountAdded: "accounts.changes:account_puts",
    AccountChange: "accounts.changes:account_change_puts",
    KeyRingChange: "accounts.key_rings:key_ring_puts",
    SessionsChange: "accounts.members:sessions_puts",
    MailboxTaken: "accounts.members:mailbox_puts",
    MailboxFreed: "accounts.members:mailbox_removals",
    InvitationRevoked: "accounts.invitations:revoked_puts",
    WebhookRemoved: "accounts.changes:webhook_removals",
    AuditAdded: "accounts.audit:audit_puts",
    PageChange: "travel.changes:page_puts",
    LearningMarkChange: "travel.changes:learning_mark_puts",
    RequestRemembered: "ledger.requests:request_puts",
    ReferenceClaimed: "ledger.references:reference_puts",
    BarcodesTaken: "ledger.barcodes:barcode_writes",
    ThreadChange: "shipments.threads:thread_puts",
    MessageAdded: "shipments.threads:message_puts",
    MessageCopied: "routes.messages:copied_puts",
    ImportChange: "shipments.imports:import_puts",
    FactsChange: "metrics.changes:facts_puts",
    HubDayChange: "metrics.changes:hub_day_puts",
}
"""The function that makes the writes of a change: its module in this package, and its name.

The module is imported with the first change of its kind, because no function makes all kinds.
"""
PutsOf = Callable[[Any, str], Iterable[Put | Addition | Removal]]


def puts_of(kind: type[Change]) -> PutsOf:
    """The function that makes the writes of this kind of change; it also takes a token."""
    module, _, name = PUTS[kind].partition(":")
    found: PutsOf = getattr(import_module(f"{__package__}.{module}"), name)
    return found


class DynamoJournal:
    """The port ``Journal`` on DynamoDB."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` tells the time of each commit, which orders the feeds of shippers."""
        self._now = now

    def commit(self, *changes: Change) -> None:
        """One plain write for one item, at half the price; else one transaction."""
        token = new_token()
        puts = [put for change in changes for put in puts_of(type(change))(change, token)]
        if len(puts) > TRANSACTION_ITEMS:
            msg = f"A transaction has at most {TRANSACTION_ITEMS} items, not {len(puts)}."
            raise ValueError(msg)
        if any(isinstance(change, ShipmentChange) for change in changes):
            import_module(f"{__package__}.shipments.feed").enter(puts, self._now())
        with translated():
            if len(puts) == 1:
                _write_alone(puts[0])
            elif puts:
                _write_together(puts)


def _write_alone(put: Put | Addition | Removal) -> None:
    match put:
        case Put(item, condition):
            item.save(condition=condition)
        case Addition(item, actions):
            item.update(actions=list(actions))
        case Removal(item, condition):
            item.delete(condition=condition)


def _write_together(puts: Sequence[Put | Addition | Removal]) -> None:
    """Safe to repeat for ten minutes (ClientRequestToken)."""
    connection: Connection = puts[0].item._get_connection().connection  # noqa: SLF001 - PynamoDB has no public way
    token = secrets.token_hex(16)
    with TransactWrite(connection=connection, client_request_token=token) as transaction:
        for put in puts:
            match put:
                case Put(item, condition):
                    transaction.save(item, condition=condition)
                case Addition(item, actions):
                    transaction.update(item, actions=list(actions))
                case Removal(item, condition):
                    transaction.delete(item, condition=condition)
