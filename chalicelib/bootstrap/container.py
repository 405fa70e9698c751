"""The only wiring: which adapter serves which port, and which use case gets which.

Everything is made when it is first asked for, so a function that only publishes never makes a
client for files. ``container()`` is one per process.
"""

import os
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.accounts.drivers import DynamoDrivers
from chalicelib.adapters.dynamodb.accounts.endpoints import DynamoWebhookEndpoints
from chalicelib.adapters.dynamodb.accounts.hubs import DynamoHubs
from chalicelib.adapters.dynamodb.accounts.invitations import DynamoInvitations
from chalicelib.adapters.dynamodb.accounts.keys import DynamoApiKeys
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.adapters.dynamodb.accounts.shippers import DynamoShippers
from chalicelib.adapters.dynamodb.accounts.signing_keys import DynamoSigningKeys
from chalicelib.adapters.dynamodb.fleet.repository import DynamoFleet
from chalicelib.adapters.dynamodb.journal import DynamoJournal
from chalicelib.adapters.dynamodb.ledger.repository import DynamoLedger
from chalicelib.adapters.dynamodb.ledger.requests import DynamoRequests
from chalicelib.adapters.dynamodb.routes.repository import DynamoRoutes
from chalicelib.adapters.dynamodb.shipments.events import from_image
from chalicelib.adapters.dynamodb.shipments.repository import DynamoShipments
from chalicelib.adapters.dynamodb.travel.repository import DynamoTravelPages
from chalicelib.adapters.ids import UlidIds
from chalicelib.adapters.messaging.ses import SesEmailSender
from chalicelib.adapters.messaging.sns import SnsEventTopic, SnsSmsSender
from chalicelib.adapters.pauses import RandomPauses
from chalicelib.adapters.road_networks.great_circle import GreatCircle
from chalicelib.adapters.s3 import S3ProofStore
from chalicelib.adapters.signing import HmacSigner
from chalicelib.adapters.webhooks.sender import HttpsWebhookSender
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.events import Event
from chalicelib.services.accounts.authenticate import Authenticate
from chalicelib.services.accounts.open_accounts import OpenAccounts
from chalicelib.services.driving.ingest_positions import IngestPositions
from chalicelib.services.driving.scan_parcels import ScanParcels
from chalicelib.services.driving.work_stops import WorkStop
from chalicelib.services.learning.forecasts import LearntForecasts
from chalicelib.services.learning.learn_travel_times import LearnTravelTimes
from chalicelib.services.learning.show_accuracy import ShowAccuracy
from chalicelib.services.notices.notify_recipient import NotifyRecipient
from chalicelib.services.ports.routes import RoadNetwork
from chalicelib.services.ports.system import Clock
from chalicelib.services.proofs.upload_proofs import AllowProofUpload
from chalicelib.services.routes.plan_routes import PlanRoute
from chalicelib.services.routes.show_routes import ShowRoutes
from chalicelib.services.routes.start_route import StartRoute
from chalicelib.services.shipments.create_shipment import CreateShipment
from chalicelib.services.shipments.publish_events import PublishEvents
from chalicelib.services.shipments.show_shipments import ShowShipments
from chalicelib.services.tracking.follow_shipment import FollowShipment
from chalicelib.services.webhooks.deliver_webhook import DeliverWebhook
from chalicelib.services.webhooks.register_webhook import RegisterWebhook
from chalicelib.settings import Settings


class Container:
    """One property for each adapter and each use case."""

    def __init__(self, settings: Settings, clock: Clock, *, allow_local_webhooks: bool) -> None:
        """Point the tables at this deployment; nothing is called yet."""
        self.settings = settings
        self.clock = clock
        self.policy = Policy()
        self.ids = UlidIds()
        self._allow_local_webhooks = allow_local_webhooks
        tables.bind(
            {
                "shipments": settings.shipments_table,
                "routes": settings.routes_table,
                "fleet": settings.fleet_table,
                "accounts": settings.accounts_table,
                "travel": settings.travel_table,
                "ledger": settings.ledger_table,
            }
        )

    @cached_property
    def shipments(self) -> DynamoShipments:
        """Shipments with their history."""
        return DynamoShipments()

    @cached_property
    def routes(self) -> DynamoRoutes:
        """Routes, plans cached by version."""
        return DynamoRoutes()

    @cached_property
    def fleet(self) -> DynamoFleet:
        """Live states and tracks."""
        return DynamoFleet()

    @cached_property
    def journal(self) -> DynamoJournal:
        """Writes that belong together."""
        return DynamoJournal()

    @cached_property
    def requests(self) -> DynamoRequests:
        """Requests under their Idempotency-Key."""
        return DynamoRequests()

    @cached_property
    def _partitions(self) -> Partitions:
        """Account documents, cached for 60 s."""
        return Partitions()

    @cached_property
    def shippers(self) -> DynamoShippers:
        """Shippers."""
        return DynamoShippers(self._partitions)

    @cached_property
    def drivers(self) -> DynamoDrivers:
        """Drivers."""
        return DynamoDrivers(self._partitions)

    @cached_property
    def hubs(self) -> DynamoHubs:
        """Hubs."""
        return DynamoHubs(self._partitions)

    @cached_property
    def keys(self) -> DynamoApiKeys:
        """API keys."""
        return DynamoApiKeys(self._partitions)

    @cached_property
    def invitations(self) -> DynamoInvitations:
        """One-time codes."""
        return DynamoInvitations()

    @cached_property
    def endpoints(self) -> DynamoWebhookEndpoints:
        """Shippers' webhook endpoints."""
        return DynamoWebhookEndpoints()

    @cached_property
    def ledger(self) -> DynamoLedger:
        """Who may send what."""
        return DynamoLedger()

    @cached_property
    def proofs(self) -> S3ProofStore:
        """Proof files."""
        return S3ProofStore(self.settings.proofs_bucket)

    @property
    def proofs_origin(self) -> str:
        """Where links to proofs lead: a page must allow pictures from there."""
        return self.proofs.origin

    @cached_property
    def signer(self) -> HmacSigner:
        """Tokens."""
        return HmacSigner(DynamoSigningKeys())

    @cached_property
    def travel(self) -> DynamoTravelPages:
        """What has been learnt."""
        return DynamoTravelPages()

    @cached_property
    def forecasts(self) -> LearntForecasts:
        """ETAs out of it, with the pages and the links of warm plans."""
        return LearntForecasts(self.travel, self.clock)

    @cached_property
    def authenticate(self) -> Authenticate:
        """Who is asking."""
        return Authenticate(
            keys=self.keys,
            drivers=self.drivers,
            invitations=self.invitations,
            signer=self.signer,
            clock=self.clock,
        )

    @cached_property
    def open_accounts(self) -> OpenAccounts:
        """Accounts of every kind."""
        return OpenAccounts(
            shippers=self.shippers,
            hubs=self.hubs,
            drivers=self.drivers,
            keys=self.keys,
            invitations=self.invitations,
            journal=self.journal,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def create_shipment(self) -> CreateShipment:
        """A shipment is created."""
        return CreateShipment(
            shipments=self.shipments,
            journal=self.journal,
            requests=self.requests,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def show_shipments(self) -> ShowShipments:
        """Shipments are read."""
        return ShowShipments(shipments=self.shipments)

    @cached_property
    def plan_route(self) -> PlanRoute:
        """A route is planned."""
        return PlanRoute(
            hubs=self.hubs,
            journal=self.journal,
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            road_network=self.road_network,
            clock=self.clock,
            ids=self.ids,
            forecasts=self.forecasts,
        )

    @cached_property
    def road_network(self) -> RoadNetwork:
        """Whoever ROAD_NETWORK names."""
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
                return GreatCircle()

    @cached_property
    def show_routes(self) -> ShowRoutes:
        """Routes are read."""
        return ShowRoutes(
            routes=self.routes, shipments=self.shipments, fleet=self.fleet, clock=self.clock
        )

    @cached_property
    def show_accuracy(self) -> ShowAccuracy:
        """ETAs are judged."""
        return ShowAccuracy(
            routes=self.routes, fleet=self.fleet, clock=self.clock, policy=self.policy
        )

    @cached_property
    def start_route(self) -> StartRoute:
        """A route starts."""
        return StartRoute(
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            journal=self.journal,
            clock=self.clock,
            ids=self.ids,
            forecasts=self.forecasts,
            policy=self.policy,
        )

    @cached_property
    def scan_parcels(self) -> ScanParcels:
        """Parcels are loaded."""
        return ScanParcels(
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            journal=self.journal,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def ingest_positions(self) -> IngestPositions:
        """Fixes come in."""
        return IngestPositions(
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            journal=self.journal,
            clock=self.clock,
            ids=self.ids,
            forecasts=self.forecasts,
            policy=self.policy,
        )

    @cached_property
    def work_stop(self) -> WorkStop:
        """A stop is worked through."""
        return WorkStop(
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            journal=self.journal,
            proofs=self.proofs,
            clock=self.clock,
            ids=self.ids,
            forecasts=self.forecasts,
            policy=self.policy,
        )

    @cached_property
    def allow_proof_upload(self) -> AllowProofUpload:
        """A proof may be uploaded."""
        return AllowProofUpload(
            fleet=self.fleet,
            shipments=self.shipments,
            proofs=self.proofs,
            clock=self.clock,
            ids=self.ids,
        )

    @cached_property
    def follow_shipment(self) -> FollowShipment:
        """A recipient looks."""
        return FollowShipment(
            shipments=self.shipments,
            fleet=self.fleet,
            shippers=self.shippers,
            proofs=self.proofs,
            signer=self.signer,
            clock=self.clock,
            policy=self.policy,
        )

    def proof_link(self, token: str, proof_id: str) -> str:
        """A recipient looks at a proof."""
        return self.follow_shipment.proof_link(token, proof_id)

    @cached_property
    def publish_events(self) -> PublishEvents:
        """Events go from the stream to the topic."""
        return PublishEvents(topic=SnsEventTopic(self.settings.events_topic_arn))

    @property
    def event_from_image(self) -> Callable[[Mapping[str, Any]], Event]:
        """Reads a stream record's image."""
        return from_image

    @cached_property
    def learn_travel_times(self) -> LearnTravelTimes:
        """Departures are learnt from."""
        return LearnTravelTimes(
            routes=self.routes,
            travel=self.travel,
            journal=self.journal,
            clock=self.clock,
            pauses=RandomPauses(),
        )

    @cached_property
    def notify_recipient(self) -> NotifyRecipient:
        """A recipient is told."""
        return NotifyRecipient(
            shipments=self.shipments,
            shippers=self.shippers,
            ledger=self.ledger,
            sms=SnsSmsSender(),
            email=SesEmailSender(self.settings.email_sender),
            signer=self.signer,
            clock=self.clock,
            public_base_url=self.settings.public_base_url,
        )

    @cached_property
    def deliver_webhook(self) -> DeliverWebhook:
        """A shipper's server is told."""
        return DeliverWebhook(
            endpoints=self.endpoints,
            ledger=self.ledger,
            sender=self.webhook_sender,
            clock=self.clock,
        )

    @cached_property
    def register_webhook(self) -> RegisterWebhook:
        """A shipper says where it wants to be told."""
        return RegisterWebhook(
            endpoints=self.endpoints, sender=self.webhook_sender, clock=self.clock, ids=self.ids
        )

    @cached_property
    def webhook_sender(self) -> HttpsWebhookSender:
        """Posts to shippers' servers, never to ours."""
        own_host = urlsplit(self.settings.public_base_url).hostname or ""
        return HttpsWebhookSender(
            refused_hosts=frozenset({own_host}), allow_local=self._allow_local_webhooks
        )


class _Overrides:
    clock: Clock | None = None
    allow_local_webhooks: bool = False


def configure(*, clock: Clock | None = None, allow_local_webhooks: bool = False) -> None:
    """Replace the clock, or allow webhooks to this machine, for the laptop's stack and for tests.

    Takes effect with the next ``container()``; called without arguments it undoes itself.
    """
    _Overrides.clock = clock
    _Overrides.allow_local_webhooks = allow_local_webhooks
    container.cache_clear()


@lru_cache(maxsize=1)
def container() -> Container:
    """The wiring of this process. Raises SettingsError naming every setting that is missing."""
    return Container(
        Settings.from_env(os.environ),
        _Overrides.clock or SystemClock(),
        allow_local_webhooks=_Overrides.allow_local_webhooks,
    )
