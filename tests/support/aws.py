"""AWS in memory: moto with the resources of `infra/resources.yaml`, and Doorstep bound to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import boto3
from botocore.client import BaseClient
from moto import mock_aws

from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.client import dynamodb_client
from chalicelib.adapters.dynamodb.item import Shared, shared_client
from infra.template import BUCKET, LOCAL_REGION, TABLE, Stack
from local.cloud.resources import Provisioned, provision, provision_tables

SESSION: Final = boto3.Session(region_name=LOCAL_REGION)
"""One session for all tests. Every `mock_aws` answers its clients, even older ones."""
SESSION.client = cache(SESSION.client)  # type: ignore[method-assign]  # a new client takes longer than most tests
STAGE: Final = "test"
TABLE_BY_ID: Final = {
    "ShipmentsTable": "shipments",
    "RoutesTable": "routes",
    "FleetTable": "fleet",
    "AccountsTable": "accounts",
    "TravelTable": "travel",
    "LedgerTable": "ledger",
    "MetricsTable": "metrics",
}


@contextmanager
def aws(stage: str = STAGE) -> Iterator[Provisioned]:
    """A new account with the stack of that stage. It is deleted afterwards."""
    stack = stack_of(stage)
    with mock_aws():
        provisioned = provision(stack, SESSION)
        _bind(stack)
        yield provisioned


@contextmanager
def dynamodb(stage: str = STAGE) -> Iterator[None]:
    """A new account with the tables alone, in half the time."""
    stack = stack_of(stage)
    with mock_aws():
        provision_tables(stack, SESSION)
        _bind(stack)
        yield


def _bind(stack: Stack) -> None:
    tables.bind(table_names(stack))
    Shared.client = _kept_client()  # its endpoint is the same for all tests


@cache
def _kept_client() -> Any:
    """The client of all models: like those of `SESSION`, one for all tests."""
    return dynamodb_client()


@cache
def stack_of(stage: str) -> Stack:
    """The stack of a stage. The template is read only once."""
    return Stack(stage)


def table_names(stack: Stack) -> dict[str, str]:
    """The names of the tables by content."""
    return _table_names(stack.stage)


@cache
def _table_names(stage: str) -> dict[str, str]:
    tables = stack_of(stage).resources(TABLE)
    return {TABLE_BY_ID[table.logical_id]: table.name for table in tables}


def bucket_name(stack: Stack) -> str:
    (bucket,) = stack.resources(BUCKET)
    return bucket.name


def dynamodb_clients() -> list[BaseClient]:
    """The client that all models share. Call this inside `aws()`."""
    return [shared_client()]


def put_raw(table: str, item: dict[str, Any], stage: str = STAGE) -> None:
    """Put an item as it is on the wire, past all of our own code."""
    name = stack_of(stage).environment()[f"{table.upper()}_TABLE"]
    SESSION.client("dynamodb").put_item(TableName=name, Item=item)
