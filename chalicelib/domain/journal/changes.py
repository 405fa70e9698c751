"""Changes: each holds a new value and the version that was read before.

The journal writes a change only if that version is still stored. It commits one or several changes,
all or nothing. A new kind of change is a new class in ``Change``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from chalicelib.domain.accounts.audit import AuditEntry
    from chalicelib.domain.accounts.devices import Device
    from chalicelib.domain.accounts.drivers import Driver, Invitation
    from chalicelib.domain.accounts.hubs import Hub
    from chalicelib.domain.accounts.keys import ApiKey, KeyRing
    from chalicelib.domain.accounts.members import Member, Sessions, SignInLink
    from chalicelib.domain.accounts.shippers import Shipper
    from chalicelib.domain.accounts.teams import Team
    from chalicelib.domain.accounts.vehicles import Vehicle
    from chalicelib.domain.driving.departures import Departure
    from chalicelib.domain.driving.fixes import Fix
    from chalicelib.domain.driving.live import Live
    from chalicelib.domain.driving.run_sheets import Handled, Manifest
    from chalicelib.domain.ids import DriverId, MemberId, RouteId, ShipmentId, ShipperId
    from chalicelib.domain.imports.imports import Import
    from chalicelib.domain.learning.learning import DepartureKey, LearningMark
    from chalicelib.domain.messages.threads import Message, Thread
    from chalicelib.domain.metrics.days import HubDay
    from chalicelib.domain.metrics.facts import RouteFacts
    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.routes.routes import Route
    from chalicelib.domain.shipments.events import Event
    from chalicelib.domain.shipments.shipments import Shipment
    from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

TRANSACTION_ITEMS: Final = 100
"""DynamoDB's limit of items in one transaction."""
SHIPMENTS_PER_TRANSACTION: Final = 45
"""Each shipment comes with an event. This leaves room for a few other items."""


@dataclass(frozen=True, slots=True)
class ShipmentChange:
    """A shipment after some steps, and the events of these steps.

    ``expected_version`` is the version that was read (None: the shipment is new).
    """

    after: Shipment
    events: tuple[Event, ...]
    expected_version: int | None

    @property
    def writes_details(self) -> bool:
        """Whether the details are new, or were changed since the version that was read."""
        return self.after.details_version > (self.expected_version or 0)


@dataclass(frozen=True, slots=True)
class LiveChange:
    """A live state to write. ``expected_version`` is the version read (None: there was none)."""

    after: Live
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A route to write. ``expected_plan_version`` is the version read (None: the route is new)."""

    after: Route
    expected_plan_version: int | None


@dataclass(frozen=True, slots=True)
class RouteEventAdded:
    """An event of a route, written with the plan that it tells of (see ``route_changes``)."""

    event: RouteEvent
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ManifestChange:
    """A manifest to write where ``expected_version`` was read (None: there was none)."""

    after: Manifest
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class PlanningClosed:
    """A route that was not written in time: it has no manifest, and none can be written any more.

    As a route is written together with its manifest, it never will be. A repeat changes nothing.
    """

    route_id: RouteId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HandledAdded:
    """More of what the driver of a route has done. In any order, and a repeat changes nothing."""

    route_id: RouteId
    handled: Handled
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DepartureAdded:
    """A departure of a route. It is always written together with the live state that it made."""

    departure: Departure


@dataclass(frozen=True, slots=True)
class DriverAdded:
    """A new driver. A LiveChange without an expected version is written with it."""

    driver: Driver


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """A new account, or what belongs to one. Its id is new: a repeat writes the same again."""

    account: (
        Shipper
        | Hub
        | Team
        | Vehicle
        | ApiKey
        | Invitation
        | Device
        | Member
        | SignInLink
        | WebhookEndpoint
    )


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account to write where ``expected_version`` was read."""

    after: Shipper | Hub | Team | Vehicle | Driver | ApiKey | Device | Member
    expected_version: int


@dataclass(frozen=True, slots=True)
class KeyRingChange:
    """A ring of keys to write. ``expected_version`` is the version read (0: there was none)."""

    after: KeyRing
    expected_version: int


@dataclass(frozen=True, slots=True)
class SessionsChange:
    """A member's sessions to write. ``expected_version`` is the version read (0: none yet)."""

    after: Sessions
    expected_version: int


@dataclass(frozen=True, slots=True)
class MailboxTaken:
    """A mailbox, by its tag, that signs this member in. It fails where it is another member's."""

    tag: str
    member_id: MemberId
    now: datetime


@dataclass(frozen=True, slots=True)
class MailboxFreed:
    """A mailbox that signs this member in no more. A repeat changes nothing."""

    tag: str
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class InvitationRevoked:
    """An invitation that nobody has used, and now nobody can."""

    invitation: Invitation
    now: datetime


@dataclass(frozen=True, slots=True)
class WebhookRemoved:
    """An endpoint that its shipper takes away."""

    endpoint: WebhookEndpoint


@dataclass(frozen=True, slots=True)
class AuditAdded:
    """An entry of the audit, written with the change that it tells of."""

    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """One batch in the track: the fixes kept, and the live state with the ETAs told.

    ``told_at`` is our time, because nobody could read these ETAs before the batch reached us.
    """

    driver_id: DriverId
    route_id: RouteId
    fixes: tuple[Fix, ...]
    live: Live
    told_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A packed travel page as it was read."""

    packed: bytes
    version: int


@dataclass(frozen=True, slots=True)
class PageChange:
    """A travel page to write. ``expected_version`` is the version read (None: there was none)."""

    page: int
    packed: bytes
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class LearningMarkChange:
    """How far a route has been learnt. ``before`` is the mark that was read (None: none)."""

    mark: LearningMark
    before: DepartureKey | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The request of an Idempotency-Key: its fingerprint, and what has come of it.

    ``answer`` is the concealed answer (empty: there is none yet). While somebody works on the
    request, ``owner`` is who, and after ``lease_until`` another may. ``result_id`` is the id of the
    thing created: earlier releases kept nothing else.
    """

    key: str
    fingerprint: str
    result_id: str
    expires_at: datetime
    answer: bytes = b""
    owner: str = ""
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestRemembered:
    """A request to remember.

    It fails if its key is remembered already, unless that has expired, its lease has ended, or it
    has the same owner.
    """

    remembered: Remembered
    now: datetime


@dataclass(frozen=True, slots=True)
class ReferenceClaimed:
    """A shipper's reference that names this shipment from now on.

    It fails if another shipment has the reference, unless that is ``replaced``, or its claim has
    expired. A repeat changes nothing.
    """

    shipper_id: ShipperId
    reference: str
    shipment_id: ShipmentId
    replaced: ShipmentId | None
    now: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BarcodesTaken:
    """Barcodes, in their normal form, that this shipment has from now on, beside others.

    Of the codes in ``anew`` the earlier holders are forgotten: they are too many, or long past.
    """

    shipper_id: ShipperId
    codes: tuple[str, ...]
    anew: frozenset[str]
    shipment_id: ShipmentId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ThreadChange:
    """A thread to write where ``expected_version`` was read (0: there was none)."""

    after: Thread
    expected_version: int


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A message. Its id is new: a repeat of the write finds only itself."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageCopied:
    """The same message for the driver of a route, who reads those of all stops at once."""

    message: Message
    route_id: RouteId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ImportChange:
    """An import to write where ``expected_version`` was read (None: it is new)."""

    after: Import
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class FactsChange:
    """The facts of a route to write where ``expected_version`` was read (None: there were none).

    ``counted_at`` is when reading began of what they are made of.
    """

    facts: RouteFacts
    expected_version: int | None
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class HubDayChange:
    """The day of a hub to write in place of ``before``, as it was read (None: there was none)."""

    day: HubDay
    before: HubDay | None
    expected_version: int | None
    counted_at: datetime


Change = (
    ShipmentChange
    | LiveChange
    | RouteChange
    | RouteEventAdded
    | ManifestChange
    | PlanningClosed
    | HandledAdded
    | DepartureAdded
    | DriverAdded
    | AccountAdded
    | AccountChange
    | KeyRingChange
    | SessionsChange
    | MailboxTaken
    | MailboxFreed
    | InvitationRevoked
    | WebhookRemoved
    | AuditAdded
    | PageChange
    | LearningMarkChange
    | RequestRemembered
    | ReferenceClaimed
    | BarcodesTaken
    | ThreadChange
    | MessageAdded
    | MessageCopied
    | ImportChange
    | FactsChange
    | HubDayChange
)
"""Everything that the journal can commit."""
