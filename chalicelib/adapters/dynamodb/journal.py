"""The one door for a transaction: each kind of change becomes writes, and all are written or none.

A new kind of change is one more row in ``PUTS``.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamodb.accounts.changes import account_puts
from chalicelib.adapters.dynamodb.accounts.drivers import driver_puts
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.fleet.changes import live_puts
from chalicelib.adapters.dynamodb.ledger.requests import request_puts
from chalicelib.adapters.dynamodb.routes.changes import (
    closed_puts,
    departure_puts,
    handled_additions,
    manifest_puts,
    route_puts,
)
from chalicelib.adapters.dynamodb.shipments.changes import shipment_puts
from chalicelib.adapters.dynamodb.travel.changes import learning_mark_puts, page_puts
from chalicelib.adapters.dynamodb.writing import Addition, Put, new_token
from chalicelib.domain.journal.changes import (
    TRANSACTION_ITEMS,
    AccountAdded,
    Change,
    DepartureAdded,
    DriverAdded,
    HandledAdded,
    LearningMarkChange,
    LiveChange,
    ManifestChange,
    PageChange,
    PlanningClosed,
    RequestRemembered,
    RouteChange,
    ShipmentChange,
)

PUTS: Final[Mapping[type[Change], Callable[[Any, str], Iterable[Put | Addition]]]] = {
    ShipmentChange: shipment_puts,
    LiveChange: live_puts,
    RouteChange: route_puts,
    ManifestChange: manifest_puts,
    PlanningClosed: closed_puts,
    HandledAdded: handled_additions,
    DepartureAdded: departure_puts,
    DriverAdded: driver_puts,
    AccountAdded: account_puts,
    PageChange: page_puts,
    LearningMarkChange: learning_mark_puts,
    RequestRemembered: request_puts,
}


class DynamoJournal:
    """The port ``Journal`` on DynamoDB."""

    def commit(self, *changes: Change) -> None:
        """One plain write for one item, at half the price; else one transaction."""
        token = new_token()
        puts = [put for change in changes for put in PUTS[type(change)](change, token)]
        if len(puts) > TRANSACTION_ITEMS:
            msg = f"A transaction has at most {TRANSACTION_ITEMS} items, not {len(puts)}."
            raise ValueError(msg)
        with translated():
            if len(puts) == 1:
                _write_alone(puts[0])
            elif puts:
                _write_together(puts)


def _write_alone(put: Put | Addition) -> None:
    match put:
        case Put(item, condition):
            item.save(condition=condition)
        case Addition(item, actions):
            item.update(actions=list(actions))


def _write_together(puts: Sequence[Put | Addition]) -> None:
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
