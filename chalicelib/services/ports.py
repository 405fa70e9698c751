"""What the services need from the outside, as nouns.

Adapters meet these by shape; fakes in the tests do too.

Every write that follows a read carries the version it was read at, and raises ConcurrentUpdate when
somebody was faster. Every write is safe to repeat: an implementation recognises its own earlier
write. All may raise Unavailable.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.chain import Link
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import (
    DriverId,
    HubId,
    KeyId,
    ProofId,
    RouteId,
    ShipmentId,
    ShipperId,
    WebhookId,
)
from chalicelib.domain.journal.changes import (
    Change,
    LiveChange,
    PageChange,
    Remembered,
    RouteChange,
    StoredPage,
    TrackEntry,
)
from chalicelib.domain.journal.claims import Claim
from chalicelib.domain.learning.arrivals import EtasTold
from chalicelib.domain.learning.learning import Learnt, Order
from chalicelib.domain.listings import Page
from chalicelib.domain.proofs.proofs import Proof, StoredObject, Upload
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """Now, aware, in UTC, in whole milliseconds."""
        ...


class Pauses(Protocol):
    """Time that is let go by between two tries."""

    def take(self, longest_s: float) -> None:
        """Wait for a random time up to the longest, so that rivals who met do not meet again."""
        ...


class Ids(Protocol):
    """Makes new names."""

    def new(self, prefix: str) -> str:
        """A fresh id: prefix, underscore, ULID."""
        ...


class Signer(Protocol):
    """Signs what we hand out, so that most tokens need no read to be checked."""

    def tracking_token(self, shipment_id: ShipmentId, link_generation: int) -> str:
        """The unguessable part of a tracking link; always the same for the same generation."""
        ...

    def open_tracking_token(self, token: str) -> tuple[ShipmentId, int]:
        """Which shipment and link generation it was made for. Raises NotFound unless we made it."""
        ...

    def seal(self, purpose: str, payload: Mapping[str, object]) -> str:
        """The payload as signed, url-safe text that ``unseal`` opens for the same purpose."""
        ...

    def unseal(self, purpose: str, sealed: str) -> dict[str, object] | None:
        """The payload again, or None when it was not sealed here for this purpose."""
        ...


class Shipments(Protocol):
    """Shipments with their whole history."""

    def get(self, shipment_id: ShipmentId) -> Shipment:
        """Raises NotFound."""
        ...

    def get_many(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Shipment]:
        """Those that exist, read consistently."""
        ...

    def with_history(self, shipment_id: ShipmentId) -> tuple[Shipment, tuple[Event, ...]]:
        """The shipment and its events, oldest first, in one read. Raises NotFound."""
        ...

    def events(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[Event]:
        """The events of one shipment, oldest first."""
        ...

    def by_shipper(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[Shipment]:
        """A shipper's shipments, newest first (from an index: fit to show, not to decide on)."""
        ...

    def create(self, change: Change, remembered: Remembered | None) -> Remembered | None:
        """Write a new shipment, its first event and the memory of the request, all or nothing.

        Returns what was remembered earlier under the same key instead, and then nothing was
        written.
        """
        ...

    def commit(
        self,
        changes: Sequence[Change],
        *,
        live: LiveChange | None = None,
        route: RouteChange | None = None,
        departure: Departure | None = None,
    ) -> None:
        """Write shipments, events and what else is given, all or nothing.

        A departure is only written together with the live state that it follows from. A
        transaction holds 100 items: at most 45 changes of an event each. Raises
        ConcurrentUpdate.
        """
        ...

    def add_proof(self, shipment_id: ShipmentId, proof_id: ProofId, content_type: str) -> None:
        """Note that an upload was allowed."""
        ...

    def expected_proofs(self, shipment_id: ShipmentId) -> dict[ProofId, str]:
        """The uploads that were allowed, with their content types."""
        ...


class Routes(Protocol):
    """Routes with their plans."""

    def get(self, route_id: RouteId) -> Route:
        """Raises NotFound."""
        ...

    def plan(self, route_id: RouteId, plan_version: int) -> Route:
        """The route at that plan version; may come from a cache, which costs no read.

        Raises NotFound.
        """
        ...

    def put(self, change: RouteChange) -> None:
        """Raises ConcurrentUpdate."""
        ...

    def departures(self, route_id: RouteId, now: datetime) -> tuple[Departure, ...]:
        """All departures of a route that have not expired, in their order, read consistently."""
        ...

    def by_service_day(
        self,
        service_day: date,
        hub_id: HubId,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Page[Route]:
        """The routes of a hub's day."""
        ...


class RoadNetwork(Protocol):
    """How long roads take. Asked once when a plan is made, never for a fix."""

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """Seconds by car for each pair of consecutive places; None where it knows no way.

        Within a few seconds, whatever the number of places. Raises Unavailable for every fault of
        the network, also one that a repeat would not mend: a plan can do without.
        """
        ...


class Fleet(Protocol):
    """Drivers' live states and tracks."""

    def live(self, driver_id: DriverId) -> Live:
        """One read. Raises NotFound for an unknown driver."""
        ...

    def glance(self, driver_id: DriverId) -> Live | None:
        """The same for showing: half the price, perhaps a moment old; None when unknown."""
        ...

    def put(self, change: LiveChange) -> None:
        """Raises ConcurrentUpdate."""
        ...

    def append_track(self, entry: TrackEntry) -> bool:
        """Keep a batch under its own content; False when the very same batch was there already."""
        ...

    def track(
        self, driver_id: DriverId, *, since: datetime, until: datetime, now: datetime
    ) -> tuple[Fix, ...]:
        """All fixes that have not expired, in device order, each once."""
        ...

    def told(
        self,
        driver_id: DriverId,
        route_id: RouteId,
        *,
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> tuple[EtasTold, ...]:
        """What was told with those batches of a route that begin in the span, in order of time.

        Nothing of the driver's other routes, and nothing that has expired.
        """
        ...


class TravelPages(Protocol):
    """What has been learnt of travel and service times, in pages by number."""

    def read(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        """Those that exist, for asking: perhaps a moment old, 100 a call."""
        ...

    def open(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        """Those that exist, for learning: read consistently."""
        ...

    def learnt(self, route_ids: Sequence[RouteId]) -> dict[RouteId, Order]:
        """How far each route has been learnt, read consistently; what is missing is new."""
        ...

    def commit(
        self, pages: Sequence[PageChange], learnt: Sequence[tuple[Learnt, Order | None]]
    ) -> None:
        """Write pages, and how far routes have been learnt beside what was read before.

        All or nothing, so that everything is learnt once; at most 100 items. Raises
        ConcurrentUpdate.
        """
        ...

    def set_aside(self, pages: Mapping[int, StoredPage], expires_at: datetime) -> None:
        """Keep pages that cannot be read for whoever looks into it."""
        ...


class Forecasts(Protocol):
    """Durations of a plan, and the model that they came from."""

    @property
    def model(self) -> TravelModel:
        """What is known now."""
        ...

    def links(self, route: Route, at: datetime) -> tuple[Link, ...]:
        """Travel to and service at every stop, for a van that is on the plan about then."""
        ...


class Accounts(Protocol):
    """Shippers, drivers, hubs, keys, invitations and webhook endpoints."""

    def put_shipper(self, shipper: Shipper) -> None:
        """Write a shipper."""
        ...

    def shipper(self, shipper_id: ShipperId) -> Shipper:
        """Raises NotFound."""
        ...

    def create_driver(self, driver: Driver) -> None:
        """Write a new driver together with an empty live state."""
        ...

    def driver(self, driver_id: DriverId) -> Driver:
        """Raises NotFound."""
        ...

    def drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Page[Driver]:
        """All drivers, oldest first."""
        ...

    def put_hub(self, hub: Hub) -> None:
        """Write a hub."""
        ...

    def hub(self, hub_id: HubId) -> Hub:
        """Raises NotFound."""
        ...

    def put_key(self, key: ApiKey) -> None:
        """Write or replace a key."""
        ...

    def key(self, key_id: KeyId) -> ApiKey | None:
        """None when unknown. May be up to 60 s old."""
        ...

    def put_invitation(self, invitation: Invitation) -> None:
        """Write an invitation."""
        ...

    def take_invitation(self, code_hash: str, now: datetime) -> Invitation:
        """Use it up: only one caller gets it. Raises NotFound when unknown, used or expired."""
        ...

    def put_webhook(self, endpoint: WebhookEndpoint) -> None:
        """Write an endpoint."""
        ...

    def webhooks(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """A shipper's endpoints."""
        ...

    def delete_webhook(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        """Raises NotFound."""
        ...


class ProofStore(Protocol):
    """The files of proofs. Bytes never pass through us."""

    def allow_upload(
        self, object_key: str, *, content_type: str, max_bytes: int, now: datetime
    ) -> Upload:
        """A form for exactly this key and type, good for some minutes."""
        ...

    def find(self, object_key: str) -> StoredObject | None:
        """What was uploaded there, or None."""
        ...

    def link(self, proof: Proof) -> str:
        """An address that shows the file for at most five minutes."""
        ...


class EventTopic(Protocol):
    """Where events are published."""

    def publish(self, events: Sequence[Event]) -> frozenset[str]:
        """Publish; returns the ids of the events that were *not* taken."""
        ...


class Ledger(Protocol):
    """Who may send what, at most once: taken before the call, marked after it."""

    def claim(self, key: str, *, owner: str, now: datetime, lease_s: int, keep_s: int) -> Claim:
        """Try to become the one who sends ``key``; see Claim."""
        ...

    def finish(self, key: str, *, owner: str, outcome: str, now: datetime) -> None:
        """Say that it is done (``sent``, ``suppressed``, …); nobody may claim it again."""
        ...

    def release(self, key: str, *, owner: str) -> None:
        """Give the claim back after a failure that surely sent nothing."""
        ...


class SmsSender(Protocol):
    """Sends an SMS."""

    def send(self, phone: str, text: str) -> None:
        """Raises Unavailable when nothing was sent, AnswerLost when it may have been.

        Raises Invalid when it never will be.
        """
        ...


class EmailSender(Protocol):
    """Sends an e-mail."""

    def send(self, to: str, subject: str, text: str, html: str) -> None:
        """Raises Unavailable or Invalid as SmsSender does."""
        ...


class WebhookSender(Protocol):
    """Posts to somebody else's server."""

    def check(self, url: str) -> None:
        """Raises Invalid for a target that we must not call. Looks it up, connects to nothing."""
        ...

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer.

        Redirects are not followed. Raises Unavailable when there was none, Invalid for a target
        that we must not call.
        """
        ...
