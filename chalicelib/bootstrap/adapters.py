"""The adapters of a deployment: one property a port.

An adapter is imported and made when it is first asked for, so a function that only publishes never
imports PynamoDB, and never makes a client for files. The annotation of a property is the port that
it serves: use cases are wired by it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalicelib.domain.policy import Policy
from chalicelib.services.ports.accounts import KeyRequestsPerMinute
from chalicelib.services.ports.system import CarrierName, PublicBaseUrl
from chalicelib.settings import NO_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
    from chalicelib.adapters.geocoders.memory import Search
    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.shipments.events import Event
    from chalicelib.services.ports.accounts import (
        ApiKeys,
        Audit,
        Devices,
        Drivers,
        Hubs,
        Invitations,
        Members,
        RequestCounts,
        Shippers,
        Teams,
        Vehicles,
    )
    from chalicelib.services.ports.attention import Handlings, SharedViews
    from chalicelib.services.ports.evidence import (
        EvidenceChain,
        EvidenceFiles,
        SealingKey,
        SealKeys,
        SealQueue,
    )
    from chalicelib.services.ports.fleet import Fleet
    from chalicelib.services.ports.imports import ImportFiles, ImportQueue, Imports
    from chalicelib.services.ports.journal import Journal, Requests
    from chalicelib.services.ports.messages import RouteMessages, Threads
    from chalicelib.services.ports.metrics import CountedRoutes, HubDays
    from chalicelib.services.ports.places import Geocoder, TimeZones
    from chalicelib.services.ports.planning import RouteOptimizer, StandbyOptimizer
    from chalicelib.services.ports.proofs import (
        AllowedProofs,
        InspectionQueue,
        Pictures,
        PinTries,
        ProofStore,
    )
    from chalicelib.services.ports.routes import RoadNetwork, RouteHistory, Routes
    from chalicelib.services.ports.senders import (
        Allowances,
        Contacts,
        EmailSender,
        EventTopic,
        Ledger,
        NoticeQueue,
        Parking,
        SmsSender,
    )
    from chalicelib.services.ports.shipments import Barcodes, EventFeed, References, Shipments
    from chalicelib.services.ports.system import Clock, Ids, Pauses, Signer
    from chalicelib.services.ports.travel import Forecasts, TravelPages
    from chalicelib.services.ports.webhooks import WebhookEndpoints, WebhookQueue, WebhookSender
    from chalicelib.settings import Settings


class Adapters:
    """Everything that use cases may ask for, and the settings that it is made of."""

    def __init__(self, settings: Settings, clock: Clock, *, allow_local_webhooks: bool) -> None:
        """Nothing is imported or called yet."""
        self.settings = settings
        self._clock = clock
        self._allow_local_webhooks = allow_local_webhooks
        self._is_bound = False

    @property
    def clock(self) -> Clock:
        """The present."""
        return self._clock

    @property
    def policy(self) -> Policy:
        """The tunables of the rules."""
        days = int(self.settings.shipment_retention_days)
        return Policy(
            shipment_retention=timedelta(days=days),
            takes_rough_places=self.settings.rough_places == "dispatcher",
        )

    @property
    def public_base_url(self) -> PublicBaseUrl:
        """Where recipients reach us."""
        return PublicBaseUrl(self.settings.public_base_url)

    @property
    def carrier_name(self) -> CarrierName:
        """Whose console this is."""
        name, _ = self.settings.operator
        return CarrierName(name or "Doorstep")

    @property
    def key_requests_per_minute(self) -> KeyRequestsPerMinute:
        """The limit of each key."""
        return KeyRequestsPerMinute(int(self.settings.key_requests_per_minute))

    @cached_property
    def request_counts(self) -> RequestCounts:
        """The requests of each key."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.request_counts import DynamoRequestCounts

        return DynamoRequestCounts()

    @cached_property
    def ids(self) -> Ids:
        """New names."""
        from chalicelib.adapters.ids import UlidIds

        return UlidIds()

    @cached_property
    def pauses(self) -> Pauses:
        """Real pauses."""
        from chalicelib.adapters.pauses import RandomPauses

        return RandomPauses()

    @cached_property
    def signer(self) -> Signer:
        """Tokens."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.signing_keys import DynamoSigningKeys
        from chalicelib.adapters.signing import HmacSigner

        return HmacSigner(DynamoSigningKeys())

    @cached_property
    def journal(self) -> Journal:
        """Writes that belong together."""
        self._bind()
        from chalicelib.adapters.dynamodb.journal import DynamoJournal

        return DynamoJournal(self._clock.now)

    @cached_property
    def requests(self) -> Requests:
        """Requests under their Idempotency-Key."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.requests import DynamoRequests

        return DynamoRequests()

    @cached_property
    def barcodes(self) -> Barcodes:
        """Barcodes in use."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.barcodes import DynamoBarcodes

        return DynamoBarcodes()

    @cached_property
    def allowances(self) -> Allowances:
        """How many SMS there have been about a delivery, and how many links to sign in."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.allowances import DynamoAllowances

        return DynamoAllowances()

    @cached_property
    def contacts(self) -> Contacts:
        """Phones and mailboxes, and which of them are muted."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.contacts import DynamoContacts

        return DynamoContacts()

    @cached_property
    def references(self) -> References:
        """The shippers' own names of their shipments."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.references import DynamoReferences

        return DynamoReferences()

    @cached_property
    def shipments(self) -> Shipments:
        """Shipments with their history."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.repository import DynamoShipments

        return DynamoShipments(self._clock.now)

    @cached_property
    def imports(self) -> Imports:
        """Imports of files."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.imports import DynamoImports

        return DynamoImports(self._clock.now)

    @cached_property
    def import_files(self) -> ImportFiles:
        """Their files."""
        from chalicelib.adapters.import_files import S3ImportFiles

        return S3ImportFiles(self.settings.proofs_bucket)

    @cached_property
    def import_queue(self) -> ImportQueue:
        """Where imports wait to be gone on with."""
        from chalicelib.adapters.messaging.imports import SqsImportQueue

        return SqsImportQueue(self.settings.imports_queue_url)

    @cached_property
    def feed(self) -> EventFeed:
        """Shippers' events in the order in which they were written."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.feed import DynamoFeed

        return DynamoFeed()

    @cached_property
    def threads(self) -> Threads:
        """Messages about shipments."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.threads import DynamoThreads

        return DynamoThreads()

    @cached_property
    def route_messages(self) -> RouteMessages:
        """The same for the drivers of routes."""
        self._bind()
        from chalicelib.adapters.dynamodb.routes.messages import DynamoRouteMessages

        return DynamoRouteMessages(self._clock.now)

    @cached_property
    def routes(self) -> Routes:
        """Routes, plans cached by version."""
        self._bind()
        from chalicelib.adapters.dynamodb.routes.repository import DynamoRoutes

        return DynamoRoutes()

    @cached_property
    def route_history(self) -> RouteHistory:
        """Events of routes."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.route_history import DynamoRouteHistory

        return DynamoRouteHistory()

    @cached_property
    def fleet(self) -> Fleet:
        """Live states and tracks."""
        self._bind()
        from chalicelib.adapters.dynamodb.fleet.repository import DynamoFleet

        return DynamoFleet()

    @cached_property
    def travel(self) -> TravelPages:
        """Pages of what has been learnt."""
        self._bind()
        from chalicelib.adapters.dynamodb.travel.repository import DynamoTravelPages

        return DynamoTravelPages()

    @cached_property
    def counted_routes(self) -> CountedRoutes:
        """Facts of routes."""
        self._bind()
        from chalicelib.adapters.dynamodb.metrics.repository import DynamoCountedRoutes

        return DynamoCountedRoutes()

    @cached_property
    def hub_days(self) -> HubDays:
        """Days of hubs, made of those facts."""
        self._bind()
        from chalicelib.adapters.dynamodb.metrics.repository import DynamoHubDays

        return DynamoHubDays()

    @cached_property
    def ledger(self) -> Ledger:
        """The claims of senders: each message is sent by one of them."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.repository import DynamoLedger

        return DynamoLedger()

    @cached_property
    def shippers(self) -> Shippers:
        """Shippers."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.shippers import DynamoShippers

        return DynamoShippers(self._partitions)

    @cached_property
    def drivers(self) -> Drivers:
        """Drivers."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.drivers import DynamoDrivers

        return DynamoDrivers(self._partitions)

    @cached_property
    def hubs(self) -> Hubs:
        """Hubs."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.hubs import DynamoHubs

        return DynamoHubs(self._partitions)

    @cached_property
    def teams(self) -> Teams:
        """Teams."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.teams import DynamoTeams

        return DynamoTeams(self._partitions)

    @cached_property
    def vehicles(self) -> Vehicles:
        """Vehicles."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.vehicles import DynamoVehicles

        return DynamoVehicles(self._partitions)

    @cached_property
    def audit(self) -> Audit:
        """Who changed which account."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.audit import DynamoAudit

        return DynamoAudit()

    @cached_property
    def keys(self) -> ApiKeys:
        """API keys."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.keys import DynamoApiKeys

        return DynamoApiKeys(self._partitions)

    @cached_property
    def invitations(self) -> Invitations:
        """One-time codes of drivers."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.invitations import DynamoInvitations

        return DynamoInvitations()

    @cached_property
    def members(self) -> Members:
        """People who sign in."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.members import DynamoMembers

        return DynamoMembers()

    @cached_property
    def devices(self) -> Devices:
        """Phones with location apps."""
        from chalicelib.adapters.dynamodb.accounts.devices import DynamoDevices

        return DynamoDevices(self._partitions)

    @cached_property
    def endpoints(self) -> WebhookEndpoints:
        """Shippers' webhook endpoints."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.endpoints import DynamoWebhookEndpoints

        return DynamoWebhookEndpoints()

    @cached_property
    def handlings(self) -> Handlings:
        """What colleagues have done about concerns."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.handlings import DynamoHandlings

        return DynamoHandlings()

    @cached_property
    def shared_views(self) -> SharedViews:
        """Views that all who look share."""
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.shared_views import DynamoSharedViews

        return DynamoSharedViews()

    @cached_property
    def forecasts(self) -> Forecasts:
        """ETAs out of what has been learnt; warm plans are remembered."""
        from chalicelib.services.learning.forecasts import LearntForecasts

        return LearntForecasts(self.travel, self.clock)

    @cached_property
    def road_network(self) -> RoadNetwork:
        """The one that ROAD_NETWORK names."""
        kind, _, base_url = self.settings.road_network.partition(":")
        match kind:
            case "osrm":
                from chalicelib.adapters.road_networks.osrm import Osrm
                from chalicelib.adapters.road_networks.servers import RoutingServer

                return Osrm(RoutingServer(base_url))
            case "valhalla":
                from chalicelib.adapters.road_networks.servers import RoutingServer
                from chalicelib.adapters.road_networks.valhalla import Valhalla

                return Valhalla(RoutingServer(base_url))
            case "amazon_location":
                from chalicelib.adapters.road_networks.amazon_location import AmazonLocation

                return AmazonLocation()
            case _:
                from chalicelib.adapters.road_networks.great_circle import GreatCircle

                return GreatCircle()

    @cached_property
    def route_optimizer(self) -> RouteOptimizer:
        """The one that ROUTE_OPTIMIZER names."""
        kind, _, base_url = self.settings.route_optimizer.partition(":")
        match kind:
            case "vroom":
                from chalicelib.adapters.optimizers.vroom import Vroom
                from chalicelib.adapters.road_networks.servers import RoutingServer

                return Vroom(RoutingServer(base_url))
            case "amazon_location":
                from chalicelib.adapters.optimizers.amazon_location import AmazonLocation

                return AmazonLocation()
            case _:
                return self.standby_optimizer

    @cached_property
    def standby_optimizer(self) -> StandbyOptimizer:
        """The one of this project."""
        from chalicelib.adapters.optimizers.built_in import BuiltIn

        return BuiltIn()

    @cached_property
    def geocoder(self) -> Geocoder:
        """The one that GEOCODER names; what it finds is kept."""
        kind, _, base_url = self.settings.geocoder.partition(":")
        if kind == "none":
            from chalicelib.adapters.geocoders.no_search import NoSearch

            return NoSearch()
        self._bind()
        from chalicelib.adapters.dynamodb.ledger.places import DynamoPlaces
        from chalicelib.adapters.geocoders.memory import RememberedSearch

        return RememberedSearch(self._search(kind, base_url), DynamoPlaces(), self.clock)

    def _search(self, kind: str, base_url: str) -> Search:
        if kind == "amazon_location":
            from chalicelib.adapters.geocoders.amazon_location import AmazonPlaces

            return AmazonPlaces()
        from chalicelib.adapters.road_networks.servers import RoutingServer

        server = RoutingServer(base_url, user_agent=f"Doorstep (+{self.public_base_url})")
        if kind == "photon":
            from chalicelib.adapters.geocoders.photon import Photon

            return Photon(server)
        from chalicelib.adapters.geocoders.nominatim import Nominatim
        from chalicelib.adapters.geocoders.turns import PUBLIC_SERVERS, Turns

        if urlsplit(base_url).hostname not in PUBLIC_SERVERS:
            return Nominatim(server)
        return Nominatim(server, take_turn=Turns(self._is_free, self.clock.now).take)

    def _is_free(self, key: str) -> bool:
        """Whether nobody has claimed this name so far."""
        owner, now = secrets.token_urlsafe(9), self.clock.now()
        return self.ledger.claim(key, owner=owner, now=now, lease_s=60, keep_s=60).granted

    @cached_property
    def time_zones(self) -> TimeZones:
        """Zones by place."""
        from chalicelib.adapters.time_zones import WorldZones

        return WorldZones()

    @cached_property
    def proofs(self) -> ProofStore:
        """Files of proofs."""
        from chalicelib.adapters.s3 import S3ProofStore

        return S3ProofStore(self.settings.proofs_bucket)

    @cached_property
    def allowed_proofs(self) -> AllowedProofs:
        """Uploads of proofs."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.allowed_proofs import DynamoAllowedProofs

        return DynamoAllowedProofs()

    @cached_property
    def pin_tries(self) -> PinTries:
        """PINs that were tried."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.pin_tries import DynamoPinTries

        return DynamoPinTries()

    @cached_property
    def pictures(self) -> Pictures:
        """Pictures made anew."""
        from chalicelib.adapters.pictures.processes import SeparatePictures

        return SeparatePictures()

    @cached_property
    def inspections(self) -> InspectionQueue:
        """Where files wait to be inspected."""
        from chalicelib.adapters.messaging.inspections import SqsInspectionQueue

        return SqsInspectionQueue(self.settings.inspections_queue_url)

    @cached_property
    def evidence_chain(self) -> EvidenceChain:
        """Signed manifests."""
        self._bind()
        from chalicelib.adapters.dynamodb.shipments.evidence import DynamoEvidenceChain

        return DynamoEvidenceChain()

    @cached_property
    def evidence_files(self) -> EvidenceFiles:
        """The files that manifests name."""
        from chalicelib.adapters.evidence_files import S3EvidenceFiles

        return S3EvidenceFiles(self.settings.proofs_bucket)

    @cached_property
    def sealing_key(self) -> SealingKey:
        """The key that seals evidence."""
        from chalicelib.adapters.kms import KmsSealingKey

        return KmsSealingKey(self.settings.evidence_key_id)

    @cached_property
    def seal_keys(self) -> SealKeys:
        """The public keys that have sealed evidence."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.seal_keys import DynamoSealKeys

        return DynamoSealKeys()

    @cached_property
    def seal_queue(self) -> SealQueue:
        """Where events wait to be sealed."""
        from chalicelib.adapters.messaging.evidence import SqsSealQueue

        return SqsSealQueue(self.settings.evidence_queue_url)

    @cached_property
    def topic(self) -> EventTopic:
        """The topic that events are published to."""
        from chalicelib.adapters.messaging.sns import SnsEventTopic

        return SnsEventTopic(self.settings.events_topic_arn)

    @cached_property
    def parking(self) -> Parking:
        """Records that no repeat mends."""
        from chalicelib.adapters.messaging.sqs import SqsParking

        return SqsParking(self.settings.stream_dlq_url)

    @cached_property
    def sms(self) -> SmsSender:
        """Text messages."""
        from chalicelib.adapters.messaging.sns import SnsSmsSender

        number = self.settings.sms_number
        return SnsSmsSender(number=None if number == NO_NUMBER else number)

    @cached_property
    def email(self) -> EmailSender:
        """E-mails, from the operator's address."""
        from chalicelib.adapters.messaging.ses import SesEmailSender

        return SesEmailSender(self.settings.email_sender)

    @cached_property
    def webhook_sender(self) -> WebhookSender:
        """Posts to shippers' servers, never to ours."""
        from chalicelib.adapters.webhooks.sender import HttpsWebhookSender

        own_host = urlsplit(self.settings.public_base_url).hostname or ""
        return HttpsWebhookSender(
            refused_hosts=frozenset({own_host}), allow_local=self._allow_local_webhooks
        )

    @cached_property
    def webhook_queue(self) -> WebhookQueue:
        """Where further tries of webhooks wait."""
        from chalicelib.adapters.delayed_queue import SqsDelayedQueue

        return SqsDelayedQueue(self.settings.webhooks_queue_url)

    @cached_property
    def notice_queue(self) -> NoticeQueue:
        """Where notices wait for the end of the quiet hours."""
        from chalicelib.adapters.delayed_queue import SqsDelayedQueue

        return SqsDelayedQueue(self.settings.notices_queue_url)

    @property
    def event_from_image(self) -> Callable[[Mapping[str, Any]], Event | RouteEvent]:
        """Reads a record of the outbox's stream. Raises Invalid for anything but an event."""
        from chalicelib.adapters.dynamodb.shipments.outbox import event_from_image

        return event_from_image

    @cached_property
    def _partitions(self) -> Partitions:
        """Documents of accounts, with one cache for all kinds."""
        self._bind()
        from chalicelib.adapters.dynamodb.accounts.partitions import Partitions

        return Partitions()

    def connect(self) -> None:
        """Make the client of the tables now, if one of the adapters made so far uses it."""
        if self._is_bound:
            from chalicelib.adapters.dynamodb.item import shared_client

            shared_client()

    def _bind(self) -> None:
        """Tell the items the names of this deployment's tables, once, before the first is used."""
        if self._is_bound:
            return
        from chalicelib.adapters.dynamodb import tables

        settings = self.settings
        tables.bind(
            {
                "shipments": settings.shipments_table,
                "routes": settings.routes_table,
                "fleet": settings.fleet_table,
                "accounts": settings.accounts_table,
                "travel": settings.travel_table,
                "ledger": settings.ledger_table,
                "metrics": settings.metrics_table,
            }
        )
        self._is_bound = True
