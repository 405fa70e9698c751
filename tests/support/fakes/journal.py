from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.domain.accounts.devices import Device
from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.members import Member, SignInLink
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.errors import ConcurrentUpdate
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
    Remembered,
    RequestRemembered,
    RouteChange,
    RouteEventAdded,
    SessionsChange,
    ShipmentChange,
    ThreadChange,
    WebhookRemoved,
)
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from tests.support.fakes.accounts import (
    Accounts,
    AddedDrivers,
    InMemoryApiKeys,
    InMemoryAudit,
    InMemoryDevices,
    InMemoryDrivers,
    InMemoryHubs,
    InMemoryInvitations,
    InMemoryMembers,
    InMemoryShippers,
    InMemoryTeams,
    InMemoryVehicles,
    KeyRings,
    Mailboxes,
    MemberSessions,
    SignInLinks,
)
from tests.support.fakes.barcodes import InMemoryBarcodes
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.imports import InMemoryImports
from tests.support.fakes.messages import InMemoryRouteMessages, InMemoryThreads
from tests.support.fakes.metrics import InMemoryCountedRoutes, InMemoryHubDays
from tests.support.fakes.proofs import InMemoryAllowedProofs, InMemoryPinTries
from tests.support.fakes.references import InMemoryReferences
from tests.support.fakes.routes import InMemoryRoutes
from tests.support.fakes.shipments import InMemoryShipments
from tests.support.fakes.travel import InMemoryTravelPages
from tests.support.fakes.webhooks import InMemoryWebhookEndpoints


@dataclass
class InMemoryRequests:
    memory: dict[str, Remembered] = field(default_factory=dict)

    def recall(self, key: str, now: datetime) -> Remembered | None:
        found = self.memory.get(key)
        return found if found and found.expires_at >= now else None

    def require(self, change: RequestRemembered) -> None:
        """Raise ConcurrentUpdate when the key belongs to an earlier request."""
        held = self.recall(change.remembered.key, change.now)
        if held is None or (held.owner and held.owner == change.remembered.owner):
            return
        if held.lease_until is None or held.lease_until > change.now:
            raise ConcurrentUpdate

    def write(self, change: RequestRemembered) -> None:
        self.memory[change.remembered.key] = change.remembered


@dataclass
class InMemoryJournal:
    """Checks every change first, then writes all of them into its stores."""

    shipments: InMemoryShipments = field(default_factory=InMemoryShipments)
    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)
    fleet: InMemoryFleet = field(default_factory=InMemoryFleet)
    drivers: InMemoryDrivers = field(default_factory=InMemoryDrivers)
    travel: InMemoryTravelPages = field(default_factory=InMemoryTravelPages)
    requests: InMemoryRequests = field(default_factory=InMemoryRequests)
    barcodes: InMemoryBarcodes = field(default_factory=InMemoryBarcodes)
    references: InMemoryReferences = field(default_factory=InMemoryReferences)
    shippers: InMemoryShippers = field(default_factory=InMemoryShippers)
    hubs: InMemoryHubs = field(default_factory=InMemoryHubs)
    teams: InMemoryTeams = field(default_factory=InMemoryTeams)
    vehicles: InMemoryVehicles = field(default_factory=InMemoryVehicles)
    audit: InMemoryAudit = field(default_factory=InMemoryAudit)
    keys: InMemoryApiKeys = field(default_factory=InMemoryApiKeys)
    invitations: InMemoryInvitations = field(default_factory=InMemoryInvitations)
    members: InMemoryMembers = field(default_factory=InMemoryMembers)
    devices: InMemoryDevices = field(default_factory=InMemoryDevices)
    endpoints: InMemoryWebhookEndpoints = field(default_factory=InMemoryWebhookEndpoints)
    threads: InMemoryThreads = field(default_factory=InMemoryThreads)
    route_messages: InMemoryRouteMessages = field(default_factory=InMemoryRouteMessages)
    imports: InMemoryImports = field(default_factory=InMemoryImports)
    allowed_proofs: InMemoryAllowedProofs = field(default_factory=InMemoryAllowedProofs)
    pin_tries: InMemoryPinTries = field(default_factory=InMemoryPinTries)
    counted_routes: InMemoryCountedRoutes = field(default_factory=InMemoryCountedRoutes)
    hub_days: InMemoryHubDays = field(default_factory=InMemoryHubDays)

    def commit(self, *changes: Change) -> None:
        items = sum(
            1
            + len(getattr(change, "events", ()))
            + getattr(change, "writes_details", False)
            + max(0, len(getattr(change, "codes", ())) - 1)
            for change in changes
        )
        if items > TRANSACTION_ITEMS:
            raise ValueError(items)
        for store, change in self._stores(changes):
            store.require(change)
        for store, change in self._stores(changes):
            store.write(change)

    def _stores(self, changes: tuple[Change, ...]) -> Iterator[tuple[Any, Change]]:
        stores: dict[type[Change], Any] = {
            ShipmentChange: self.shipments,
            LiveChange: self.fleet,
            RouteChange: self.routes,
            RouteEventAdded: self.routes.history,
            ManifestChange: self.routes.run_sheets,
            PlanningClosed: self.routes.run_sheets,
            HandledAdded: self.routes.run_sheets,
            DepartureAdded: self.routes.departed,
            DriverAdded: AddedDrivers(self.drivers),
            AccountAdded: _Accounts(self),
            AccountChange: _Accounts(self),
            KeyRingChange: KeyRings(self.keys),
            SessionsChange: MemberSessions(self.members),
            MailboxTaken: Mailboxes(self.members),
            MailboxFreed: Mailboxes(self.members),
            InvitationRevoked: self.invitations,
            WebhookRemoved: self.endpoints,
            AuditAdded: self.audit,
            PageChange: self.travel,
            LearningMarkChange: self.travel,
            RequestRemembered: self.requests,
            ReferenceClaimed: self.references,
            BarcodesTaken: self.barcodes,
            ThreadChange: self.threads,
            MessageAdded: self.threads,
            MessageCopied: self.route_messages,
            ImportChange: self.imports,
            FactsChange: self.counted_routes,
            HubDayChange: self.hub_days,
        }
        for change in changes:
            yield stores[type(change)], change


@dataclass
class _Accounts:
    """Puts a new or changed account into the store of its kind."""

    journal: InMemoryJournal

    def require(self, change: AccountAdded | AccountChange) -> None:
        """Check nothing of a new one: its id is new."""
        if isinstance(change, AccountChange):
            self._store(change.after).require(change)

    def write(self, change: AccountAdded | AccountChange) -> None:
        account = change.after if isinstance(change, AccountChange) else change.account
        self._store(account).put(account)

    def _store(self, account: object) -> Any:
        stores: dict[
            type, Accounts[Any] | InMemoryInvitations | InMemoryWebhookEndpoints | SignInLinks
        ] = {
            Shipper: self.journal.shippers,
            Hub: self.journal.hubs,
            Team: self.journal.teams,
            Vehicle: self.journal.vehicles,
            Driver: self.journal.drivers,
            ApiKey: self.journal.keys,
            Invitation: self.journal.invitations,
            Device: self.journal.devices,
            Member: self.journal.members,
            SignInLink: SignInLinks(self.journal.members),
            WebhookEndpoint: self.journal.endpoints,
        }
        return stores[type(account)]
