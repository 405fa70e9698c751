"""The use cases of a process: one line each, wired by their annotations.

A use case is a dataclass whose fields are ports. It is imported and made when it is first asked
for, and each field gets the adapter that serves its port. ``container()`` is one per process.
"""

from __future__ import annotations

import os
from dataclasses import fields
from functools import cached_property, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.observability import name_stage
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.services.accounts.authenticate import Authenticate
    from chalicelib.services.accounts.change_accounts import ChangeAccounts
    from chalicelib.services.accounts.invite_drivers import InviteDrivers
    from chalicelib.services.accounts.issue_keys import IssueKeys
    from chalicelib.services.accounts.limit_requests import LimitRequests
    from chalicelib.services.accounts.manage_devices import ManageDevices
    from chalicelib.services.accounts.manage_members import ManageMembers
    from chalicelib.services.accounts.open_accounts import OpenAccounts
    from chalicelib.services.accounts.recognise_devices import RecogniseDevice
    from chalicelib.services.accounts.recognise_session import RecogniseSession
    from chalicelib.services.accounts.send_letter import SendLetter
    from chalicelib.services.accounts.show_accounts import ShowAccounts
    from chalicelib.services.accounts.sign_in import SignIn
    from chalicelib.services.attention.close_concern import CloseConcern
    from chalicelib.services.attention.handle_concern import HandleConcern
    from chalicelib.services.attention.show_attention import ShowAttention
    from chalicelib.services.attention.show_live import ShowLive
    from chalicelib.services.cursors import Cursors
    from chalicelib.services.driving.correct_outcomes import CorrectOutcome
    from chalicelib.services.driving.ingest_positions import IngestPositions
    from chalicelib.services.driving.scan_parcels import ScanParcels
    from chalicelib.services.driving.show_fleet import ShowFleet
    from chalicelib.services.driving.sweep_fleet import SweepFleet
    from chalicelib.services.driving.unload_parcels import UnloadParcels
    from chalicelib.services.driving.work_stops import WorkStop
    from chalicelib.services.evidence.collect_evidence import CollectEvidence
    from chalicelib.services.evidence.keep_bundle import KeepBundle
    from chalicelib.services.evidence.seal_evidence import SealEvidence
    from chalicelib.services.evidence.show_keys import ShowSealKeys
    from chalicelib.services.evidence.sweep_evidence import SweepEvidence
    from chalicelib.services.evidence.verify_evidence import VerifyEvidence
    from chalicelib.services.imports.begin_import import BeginImport
    from chalicelib.services.imports.import_shipments import ImportShipments
    from chalicelib.services.imports.show_imports import ShowImports
    from chalicelib.services.learning.learn_travel_times import LearnTravelTimes
    from chalicelib.services.learning.show_accuracy import ShowAccuracy
    from chalicelib.services.messages.read_messages import ReadMessages
    from chalicelib.services.messages.write_message import WriteMessage
    from chalicelib.services.metrics.count_metrics import CountMetrics
    from chalicelib.services.metrics.show_metrics import ShowMetrics
    from chalicelib.services.notices.notify_recipient import NotifyRecipient
    from chalicelib.services.planning.suggest_routes import SuggestRoutes
    from chalicelib.services.ports.system import Clock
    from chalicelib.services.preferences.change_preferences import ChangePreferences
    from chalicelib.services.preferences.hear_text import HearText
    from chalicelib.services.preferences.show_preferences import ShowPreferences
    from chalicelib.services.preferences.unsubscribe import Unsubscribe
    from chalicelib.services.privacy.forget_recipient import ForgetRecipient
    from chalicelib.services.proofs.check_recipient import CheckRecipient
    from chalicelib.services.proofs.inspect_proof import InspectProof
    from chalicelib.services.proofs.show_proofs import ShowProofs
    from chalicelib.services.proofs.show_uploads import ShowUploads
    from chalicelib.services.proofs.sweep_proofs import SweepProofs
    from chalicelib.services.proofs.upload_proofs import AllowProofUpload
    from chalicelib.services.ratings.rate_delivery import RateDelivery
    from chalicelib.services.repeats import Repeats
    from chalicelib.services.routes.edit_route import EditRoute
    from chalicelib.services.routes.end_route import EndRoute
    from chalicelib.services.routes.move_stop import MoveStop
    from chalicelib.services.routes.plan_routes import PlanRoute
    from chalicelib.services.routes.show_routes import ShowRoutes
    from chalicelib.services.routes.start_route import StartRoute
    from chalicelib.services.shipments.cancel_shipment import CancelShipment
    from chalicelib.services.shipments.change_shipment import ChangeShipment
    from chalicelib.services.shipments.create_batch import CreateBatch
    from chalicelib.services.shipments.create_shipment import CreateShipment
    from chalicelib.services.shipments.expire_shipments import ExpireShipments
    from chalicelib.services.shipments.find_shipments import FindShipments
    from chalicelib.services.shipments.place_shipment import PlaceShipment
    from chalicelib.services.shipments.publish_events import PublishEvents
    from chalicelib.services.shipments.read_feed import ReadFeed
    from chalicelib.services.shipments.receive_parcels import ReceiveParcels
    from chalicelib.services.shipments.retry_shipment import RetryShipment
    from chalicelib.services.shipments.return_shipment import ReturnShipment
    from chalicelib.services.shipments.show_label import ShowLabel
    from chalicelib.services.shipments.show_shipments import ShowShipments
    from chalicelib.services.tracking.follow_shipment import FollowShipment
    from chalicelib.services.tracking.manage_links import ManageLinks
    from chalicelib.services.tracking.share_delivery import ShareDelivery
    from chalicelib.services.tracking.show_eta import ShowEta
    from chalicelib.services.tracking.tracking_links import TrackingLinks
    from chalicelib.services.webhooks.deliver_webhook import DeliverWebhook
    from chalicelib.services.webhooks.register_webhook import RegisterWebhook
    from chalicelib.services.wishes.change_wishes import ChangeWishes
    from chalicelib.services.wishes.choose_day import ChooseDay
    from chalicelib.services.wishes.redirect_delivery import RedirectDelivery


class NotWired(Exception):
    """A use case asks for something that no adapter serves: a mistake in the code."""


class _UseCase:
    """A use case that is imported, wired and remembered when it is first asked for."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._name = self._class_name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._class_name = name, owner.__annotations__[name]

    def __get__(self, container: Container | None, owner: type) -> Any:
        if container is None:
            return self
        module = import_module(f"chalicelib.services.{self._module}")
        made = wired(getattr(module, self._class_name), container.adapters)
        container.__dict__[self._name] = made  # found there from now on, before this descriptor
        return made


def use_case(module: str) -> Any:
    """The use case in that module of ``chalicelib.services``, named by the annotation."""
    return _UseCase(module)


class Container:
    """One line a use case. ``adapters`` are what they are made of."""

    authenticate: Authenticate = use_case("accounts.authenticate")
    limit_requests: LimitRequests = use_case("accounts.limit_requests")
    open_accounts: OpenAccounts = use_case("accounts.open_accounts")
    change_accounts: ChangeAccounts = use_case("accounts.change_accounts")
    issue_keys: IssueKeys = use_case("accounts.issue_keys")
    invite_drivers: InviteDrivers = use_case("accounts.invite_drivers")
    manage_devices: ManageDevices = use_case("accounts.manage_devices")
    manage_members: ManageMembers = use_case("accounts.manage_members")
    sign_in: SignIn = use_case("accounts.sign_in")
    recognise_session: RecogniseSession = use_case("accounts.recognise_session")
    send_letter: SendLetter = use_case("accounts.send_letter")
    recognise_device: RecogniseDevice = use_case("accounts.recognise_devices")
    show_accounts: ShowAccounts = use_case("accounts.show_accounts")

    show_attention: ShowAttention = use_case("attention.show_attention")
    close_concern: CloseConcern = use_case("attention.close_concern")
    handle_concern: HandleConcern = use_case("attention.handle_concern")
    show_live: ShowLive = use_case("attention.show_live")

    create_shipment: CreateShipment = use_case("shipments.create_shipment")
    cancel_shipment: CancelShipment = use_case("shipments.cancel_shipment")
    change_shipment: ChangeShipment = use_case("shipments.change_shipment")
    retry_shipment: RetryShipment = use_case("shipments.retry_shipment")
    return_shipment: ReturnShipment = use_case("shipments.return_shipment")
    receive_parcels: ReceiveParcels = use_case("shipments.receive_parcels")
    create_batch: CreateBatch = use_case("shipments.create_batch")
    place_shipment: PlaceShipment = use_case("shipments.place_shipment")
    find_shipments: FindShipments = use_case("shipments.find_shipments")
    show_label: ShowLabel = use_case("shipments.show_label")
    show_shipments: ShowShipments = use_case("shipments.show_shipments")
    expire_shipments: ExpireShipments = use_case("shipments.expire_shipments")
    publish_events: PublishEvents = use_case("shipments.publish_events")
    read_feed: ReadFeed = use_case("shipments.read_feed")

    begin_import: BeginImport = use_case("imports.begin_import")
    import_shipments: ImportShipments = use_case("imports.import_shipments")
    show_imports: ShowImports = use_case("imports.show_imports")

    plan_route: PlanRoute = use_case("routes.plan_routes")
    edit_route: EditRoute = use_case("routes.edit_route")
    move_stop: MoveStop = use_case("routes.move_stop")
    end_route: EndRoute = use_case("routes.end_route")
    show_routes: ShowRoutes = use_case("routes.show_routes")
    start_route: StartRoute = use_case("routes.start_route")

    suggest_routes: SuggestRoutes = use_case("planning.suggest_routes")

    scan_parcels: ScanParcels = use_case("driving.scan_parcels")
    unload_parcels: UnloadParcels = use_case("driving.unload_parcels")
    ingest_positions: IngestPositions = use_case("driving.ingest_positions")
    show_fleet: ShowFleet = use_case("driving.show_fleet")
    sweep_fleet: SweepFleet = use_case("driving.sweep_fleet")
    correct_outcome: CorrectOutcome = use_case("driving.correct_outcomes")
    work_stop: WorkStop = use_case("driving.work_stops")
    allow_proof_upload: AllowProofUpload = use_case("proofs.upload_proofs")
    show_proofs: ShowProofs = use_case("proofs.show_proofs")
    show_uploads: ShowUploads = use_case("proofs.show_uploads")
    check_recipient: CheckRecipient = use_case("proofs.check_recipient")
    inspect_proof: InspectProof = use_case("proofs.inspect_proof")
    sweep_proofs: SweepProofs = use_case("proofs.sweep_proofs")

    seal_evidence: SealEvidence = use_case("evidence.seal_evidence")
    sweep_evidence: SweepEvidence = use_case("evidence.sweep_evidence")
    verify_evidence: VerifyEvidence = use_case("evidence.verify_evidence")
    collect_evidence: CollectEvidence = use_case("evidence.collect_evidence")
    keep_bundle: KeepBundle = use_case("evidence.keep_bundle")
    show_seal_keys: ShowSealKeys = use_case("evidence.show_keys")

    write_message: WriteMessage = use_case("messages.write_message")
    read_messages: ReadMessages = use_case("messages.read_messages")

    change_wishes: ChangeWishes = use_case("wishes.change_wishes")
    choose_day: ChooseDay = use_case("wishes.choose_day")
    redirect_delivery: RedirectDelivery = use_case("wishes.redirect_delivery")
    rate_delivery: RateDelivery = use_case("ratings.rate_delivery")

    change_preferences: ChangePreferences = use_case("preferences.change_preferences")
    show_preferences: ShowPreferences = use_case("preferences.show_preferences")
    forget_recipient: ForgetRecipient = use_case("privacy.forget_recipient")
    hear_text: HearText = use_case("preferences.hear_text")
    unsubscribe: Unsubscribe = use_case("preferences.unsubscribe")

    follow_shipment: FollowShipment = use_case("tracking.follow_shipment")
    manage_links: ManageLinks = use_case("tracking.manage_links")
    share_delivery: ShareDelivery = use_case("tracking.share_delivery")
    show_eta: ShowEta = use_case("tracking.show_eta")
    tracking_links: TrackingLinks = use_case("tracking.tracking_links")
    notify_recipient: NotifyRecipient = use_case("notices.notify_recipient")

    register_webhook: RegisterWebhook = use_case("webhooks.register_webhook")
    deliver_webhook: DeliverWebhook = use_case("webhooks.deliver_webhook")

    learn_travel_times: LearnTravelTimes = use_case("learning.learn_travel_times")
    show_accuracy: ShowAccuracy = use_case("learning.show_accuracy")

    count_metrics: CountMetrics = use_case("metrics.count_metrics")
    show_metrics: ShowMetrics = use_case("metrics.show_metrics")

    cursors: Cursors = use_case("cursors")
    repeats: Repeats = use_case("repeats")

    def __init__(self, adapters: Adapters) -> None:
        self.adapters = adapters

    @property
    def settings(self) -> Settings:
        """The settings of this deployment."""
        return self.adapters.settings


def wired(use_case: type[Any], adapters: Adapters) -> Any:
    """An instance whose every field is the adapter that serves its port.

    Raises NotWired, naming the field, where none does.
    """
    names = _names_by_port()
    found: dict[str, object] = {}
    for field in fields(use_case):
        port = field.type if isinstance(field.type, str) else field.type.__name__
        if port not in names:
            msg = f"{use_case.__name__}.{field.name} asks for {port}, which no adapter serves."
            raise NotWired(msg)
        found[field.name] = getattr(adapters, names[port])
    return use_case(**found)


@lru_cache
def _names_by_port() -> Mapping[str, str]:
    """The names of the properties by the port that their annotation names."""
    getters = {
        name: member.func if isinstance(member, cached_property) else member.fget
        for name, member in vars(Adapters).items()
        if isinstance(member, cached_property | property)
    }
    return {getter.__annotations__["return"]: name for name, getter in getters.items()}


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
    return wiring(
        Settings.from_env(os.environ),
        clock=_Overrides.clock,
        allow_local_webhooks=_Overrides.allow_local_webhooks,
    )


def wiring(
    settings: Settings, *, clock: Clock | None = None, allow_local_webhooks: bool = False
) -> Container:
    """Use cases of any deployment; the system's clock unless another is given."""
    if clock is None:
        from chalicelib.adapters.clock import SystemClock

        clock = SystemClock()
    name_stage(settings.stage)
    return Container(Adapters(settings, clock, allow_local_webhooks=allow_local_webhooks))
