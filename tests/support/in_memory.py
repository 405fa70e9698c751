"""A carrier in memory: every port as a fake, and the use cases made on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

from chalicelib.domain.driving.forecasts import Forecaster
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import KeyRequestsPerMinute
from chalicelib.services.ports.system import PublicBaseUrl
from tests.support.builders import make_driver, make_event
from tests.support.fakes.accounts import InMemoryRequestCounts
from tests.support.fakes.attention import InMemoryHandlings, InMemorySharedViews
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.contacts import InMemoryContacts
from tests.support.fakes.contested import ContestedJournal
from tests.support.fakes.evidence import (
    InMemoryEvidenceChain,
    InMemoryEvidenceFiles,
    InMemorySealKeys,
    InMemorySealQueue,
    KeyHere,
)
from tests.support.fakes.feed import InMemoryFeed
from tests.support.fakes.ids import CountingIds
from tests.support.fakes.imports import InMemoryImportFiles, InMemoryImportQueue
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.places import InMemoryGeocoder, InMemoryZones
from tests.support.fakes.proofs import (
    InMemoryInspections,
    InMemoryProofStore,
    PicturesHere,
)
from tests.support.fakes.signer import InMemorySigner

T = TypeVar("T")
BASE_URL: Final = PublicBaseUrl("https://track.example")
THREE_A_MINUTE: Final = KeyRequestsPerMinute(3)


@dataclass
class InMemoryCarrier:
    """The attributes are named as the use cases name what they need."""

    stores: InMemoryJournal = field(default_factory=InMemoryJournal)
    proofs: InMemoryProofStore = field(default_factory=InMemoryProofStore)
    import_files: InMemoryImportFiles = field(default_factory=InMemoryImportFiles)
    import_queue: InMemoryImportQueue = field(default_factory=InMemoryImportQueue)
    inspections: InMemoryInspections = field(default_factory=InMemoryInspections)
    pictures: PicturesHere = field(default_factory=PicturesHere)
    evidence_chain: InMemoryEvidenceChain = field(default_factory=InMemoryEvidenceChain)
    evidence_files: InMemoryEvidenceFiles = field(default_factory=InMemoryEvidenceFiles)
    sealing_key: KeyHere = field(default_factory=KeyHere)
    seal_keys: InMemorySealKeys = field(default_factory=InMemorySealKeys)
    seal_queue: InMemorySealQueue = field(default_factory=InMemorySealQueue)
    signer: InMemorySigner = field(default_factory=InMemorySigner)
    clock: ManualClock = field(default_factory=ManualClock)
    ids: CountingIds = field(default_factory=CountingIds)
    forecasts: Forecaster = field(default_factory=lambda: Forecaster(FactoryPrior()))
    policy: Policy = field(default_factory=Policy)
    geocoder: InMemoryGeocoder = field(default_factory=InMemoryGeocoder)
    time_zones: InMemoryZones = field(default_factory=InMemoryZones)
    public_base_url: PublicBaseUrl = BASE_URL
    key_requests_per_minute: KeyRequestsPerMinute = THREE_A_MINUTE
    contacts: InMemoryContacts = field(default_factory=InMemoryContacts)
    handlings: InMemoryHandlings = field(default_factory=InMemoryHandlings)
    shared_views: InMemorySharedViews = field(default_factory=InMemorySharedViews)
    counts: InMemoryRequestCounts = field(default_factory=InMemoryRequestCounts)

    def __post_init__(self) -> None:
        self.journal = ContestedJournal(self.stores)
        self.shipments = self.stores.shipments
        self.shipments.clock = self.clock
        self.proofs.clock = self.clock
        self.allowed_proofs = self.stores.allowed_proofs
        self.pin_tries = self.stores.pin_tries
        self.feed = InMemoryFeed(self.shipments)
        self.routes = self.stores.routes
        self.route_history = self.stores.routes.history
        self.fleet = self.stores.fleet
        self.drivers = self.stores.drivers
        self.requests = self.stores.requests
        self.barcodes = self.stores.barcodes
        self.references = self.stores.references
        self.threads = self.stores.threads
        self.route_messages = self.stores.route_messages
        self.route_messages.clock = self.clock
        self.imports = self.stores.imports
        self.imports.clock = self.clock
        self.shippers = self.stores.shippers
        self.hubs = self.stores.hubs
        self.teams = self.stores.teams
        self.vehicles = self.stores.vehicles
        self.audit = self.stores.audit
        self.keys = self.stores.keys
        self.invitations = self.stores.invitations
        self.members = self.stores.members
        self.devices = self.stores.devices
        self.endpoints = self.stores.endpoints
        self.counted_routes = self.stores.counted_routes
        self.hub_days = self.stores.hub_days

    def use(self, use_case: type[T]) -> T:
        """The use case, made of the attributes with the names of its fields."""
        needs: Iterable[Any] = fields(use_case)  # type: ignore[arg-type]
        return use_case(**{need.name: getattr(self, need.name) for need in needs})

    def has(self, *things: Shipment | Route | Live) -> None:
        """Put them into the stores as they are, whatever was there; a live state has a driver."""
        for thing in things:
            match thing:
                case Shipment():
                    self.shipments.shipments[thing.id] = thing
                    event = make_event(thing.seq, shipment_id=thing.id)
                    self.shipments.histories[thing.id] = {thing.seq: event}
                case Route():
                    self.routes.routes[thing.id] = thing
                case Live():
                    self.fleet.lives[thing.driver_id] = thing
                    if thing.driver_id not in self.drivers.by_id:
                        self.drivers.put(make_driver(id=thing.driver_id, epoch=thing.epoch))

    def shipment(self, number: int = 1) -> Shipment:
        """The shipment with the builders' id of this number."""
        return self.shipments.get(ShipmentId(f"shp_{number:04d}"))

    def news(self, number: int = 1) -> tuple[Event, ...]:
        """The events of a shipment that came after it was put there."""
        shipment_id = ShipmentId(f"shp_{number:04d}")
        _, history = self.shipments.with_history(shipment_id, newest=100)
        return history[1:]

    def told(self, number: int = 1) -> list[EventType]:
        """The types of those events."""
        return [event.type for event in self.news(number)]
