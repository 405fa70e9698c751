"""The ports twice: in memory, and on DynamoDB as moto plays it. Each test gets a fresh one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from chalicelib.adapters.dynamodb.accounts.audit import DynamoAudit
from chalicelib.adapters.dynamodb.accounts.devices import DynamoDevices
from chalicelib.adapters.dynamodb.accounts.drivers import DynamoDrivers
from chalicelib.adapters.dynamodb.accounts.endpoints import DynamoWebhookEndpoints
from chalicelib.adapters.dynamodb.accounts.hubs import DynamoHubs
from chalicelib.adapters.dynamodb.accounts.invitations import DynamoInvitations
from chalicelib.adapters.dynamodb.accounts.keys import DynamoApiKeys
from chalicelib.adapters.dynamodb.accounts.members import DynamoMembers
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.adapters.dynamodb.accounts.shippers import DynamoShippers
from chalicelib.adapters.dynamodb.accounts.teams import DynamoTeams
from chalicelib.adapters.dynamodb.accounts.vehicles import DynamoVehicles
from chalicelib.adapters.dynamodb.fleet.repository import DynamoFleet
from chalicelib.adapters.dynamodb.journal import DynamoJournal
from chalicelib.adapters.dynamodb.ledger.barcodes import DynamoBarcodes
from chalicelib.adapters.dynamodb.ledger.handlings import DynamoHandlings
from chalicelib.adapters.dynamodb.ledger.references import DynamoReferences
from chalicelib.adapters.dynamodb.ledger.requests import DynamoRequests
from chalicelib.adapters.dynamodb.ledger.shared_views import DynamoSharedViews
from chalicelib.adapters.dynamodb.metrics.repository import DynamoCountedRoutes, DynamoHubDays
from chalicelib.adapters.dynamodb.routes.messages import DynamoRouteMessages
from chalicelib.adapters.dynamodb.routes.repository import DynamoRoutes
from chalicelib.adapters.dynamodb.shipments.allowed_proofs import DynamoAllowedProofs
from chalicelib.adapters.dynamodb.shipments.feed import DynamoFeed
from chalicelib.adapters.dynamodb.shipments.imports import DynamoImports
from chalicelib.adapters.dynamodb.shipments.pin_tries import DynamoPinTries
from chalicelib.adapters.dynamodb.shipments.repository import DynamoShipments
from chalicelib.adapters.dynamodb.shipments.route_history import DynamoRouteHistory
from chalicelib.adapters.dynamodb.shipments.threads import DynamoThreads
from chalicelib.adapters.dynamodb.travel.repository import DynamoTravelPages
from chalicelib.services.ports.accounts import (
    ApiKeys,
    Audit,
    Devices,
    Drivers,
    Hubs,
    Invitations,
    Members,
    Shippers,
    Teams,
    Vehicles,
)
from chalicelib.services.ports.attention import Handlings, SharedViews
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.imports import Imports
from chalicelib.services.ports.journal import Journal, Requests
from chalicelib.services.ports.messages import RouteMessages, Threads
from chalicelib.services.ports.metrics import CountedRoutes, HubDays
from chalicelib.services.ports.proofs import AllowedProofs, PinTries
from chalicelib.services.ports.routes import RouteHistory, Routes
from chalicelib.services.ports.shipments import Barcodes, EventFeed, References, Shipments
from chalicelib.services.ports.travel import TravelPages
from chalicelib.services.ports.webhooks import WebhookEndpoints
from local.cloud.shortcuts import shortcuts
from tests.support.aws import dynamodb
from tests.support.fakes.attention import InMemoryHandlings, InMemorySharedViews
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.feed import InMemoryFeed
from tests.support.fakes.journal import InMemoryJournal


@dataclass(frozen=True)
class Stores:
    """The stores of one carrier, and the journal that writes into them."""

    journal: Journal
    requests: Requests
    references: References
    barcodes: Barcodes
    shipments: Shipments
    allowed_proofs: AllowedProofs
    pin_tries: PinTries
    feed: EventFeed
    routes: Routes
    route_history: RouteHistory
    fleet: Fleet
    travel: TravelPages
    shippers: Shippers
    drivers: Drivers
    hubs: Hubs
    teams: Teams
    vehicles: Vehicles
    audit: Audit
    keys: ApiKeys
    invitations: Invitations
    members: Members
    devices: Devices
    endpoints: WebhookEndpoints
    threads: Threads
    route_messages: RouteMessages
    imports: Imports
    counted_routes: CountedRoutes
    hub_days: HubDays
    handlings: Handlings
    shared_views: SharedViews
    clock: ManualClock


@contextmanager
def in_memory() -> Iterator[Stores]:
    journal = InMemoryJournal()
    journal.route_messages.clock = journal.shipments.clock
    journal.imports.clock = journal.shipments.clock
    yield Stores(
        journal,
        journal.requests,
        journal.references,
        journal.barcodes,
        journal.shipments,
        journal.allowed_proofs,
        journal.pin_tries,
        InMemoryFeed(journal.shipments),
        journal.routes,
        journal.routes.history,
        journal.fleet,
        journal.travel,
        journal.shippers,
        journal.drivers,
        journal.hubs,
        journal.teams,
        journal.vehicles,
        journal.audit,
        journal.keys,
        journal.invitations,
        journal.members,
        journal.devices,
        journal.endpoints,
        journal.threads,
        journal.route_messages,
        journal.imports,
        journal.counted_routes,
        journal.hub_days,
        InMemoryHandlings(),
        InMemorySharedViews(),
        journal.shipments.clock,
    )


@contextmanager
def on_moto() -> Iterator[Stores]:
    with shortcuts(), dynamodb():
        partitions, clock = Partitions(), ManualClock()
        yield Stores(
            DynamoJournal(clock.now),
            DynamoRequests(),
            DynamoReferences(),
            DynamoBarcodes(),
            DynamoShipments(clock.now),
            DynamoAllowedProofs(),
            DynamoPinTries(),
            DynamoFeed(),
            DynamoRoutes(),
            DynamoRouteHistory(),
            DynamoFleet(),
            DynamoTravelPages(),
            DynamoShippers(partitions),
            DynamoDrivers(partitions),
            DynamoHubs(partitions),
            DynamoTeams(partitions),
            DynamoVehicles(partitions),
            DynamoAudit(),
            DynamoApiKeys(partitions),
            DynamoInvitations(),
            DynamoMembers(),
            DynamoDevices(partitions),
            DynamoWebhookEndpoints(),
            DynamoThreads(),
            DynamoRouteMessages(clock.now),
            DynamoImports(clock.now),
            DynamoCountedRoutes(),
            DynamoHubDays(),
            DynamoHandlings(),
            DynamoSharedViews(),
            clock,
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
def journal(stores: Stores) -> Journal:
    return stores.journal


@pytest.fixture
def dynamo() -> Iterator[Stores]:
    """Only DynamoDB, for what memory cannot do: lose an answer."""
    with on_moto() as implementation:
        yield implementation
