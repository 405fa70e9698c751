"""The ports twice: in memory, and on DynamoDB as moto plays it. Each test gets a fresh one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from chalicelib.adapters.dynamodb.accounts.repository import DynamoAccounts
from chalicelib.adapters.dynamodb.fleet.repository import DynamoFleet
from chalicelib.adapters.dynamodb.routes.repository import DynamoRoutes
from chalicelib.adapters.dynamodb.shipments.repository import DynamoShipments
from chalicelib.adapters.dynamodb.travel.repository import DynamoTravelPages
from chalicelib.services.ports.accounts import Accounts
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.travel import TravelPages
from local.cloud.transactions import cheap_transactions
from tests.support.aws import aws
from tests.support.fakes.accounts import InMemoryAccounts
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.routes import InMemoryRoutes
from tests.support.fakes.shipments import InMemoryShipments
from tests.support.fakes.travel import InMemoryTravelPages


@dataclass(frozen=True)
class Stores:
    """The stores of one carrier, over the same data."""

    shipments: Shipments
    routes: Routes
    fleet: Fleet
    accounts: Accounts
    travel: TravelPages


@contextmanager
def in_memory() -> Iterator[Stores]:
    fleet, routes = InMemoryFleet(), InMemoryRoutes()
    yield Stores(
        InMemoryShipments(fleet, routes),
        routes,
        fleet,
        InMemoryAccounts(fleet),
        InMemoryTravelPages(),
    )


@contextmanager
def on_moto() -> Iterator[Stores]:
    with cheap_transactions(), aws():
        yield Stores(
            DynamoShipments(), DynamoRoutes(), DynamoFleet(), DynamoAccounts(), DynamoTravelPages()
        )


@pytest.fixture(params=[in_memory, on_moto])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    with request.param() as implementation:
        yield implementation


@pytest.fixture
def shipments(stores: Stores) -> Shipments:
    return stores.shipments


@pytest.fixture
def routes(stores: Stores) -> Routes:
    return stores.routes


@pytest.fixture
def fleet(stores: Stores) -> Fleet:
    return stores.fleet


@pytest.fixture
def travel(stores: Stores) -> TravelPages:
    return stores.travel


@pytest.fixture
def accounts(stores: Stores) -> Accounts:
    return stores.accounts


@pytest.fixture
def dynamo() -> Iterator[Stores]:
    """Only DynamoDB, for what memory cannot do: lose an answer."""
    with on_moto() as implementation:
        yield implementation
