"""Changes: values after a change, beside the version that was read before it.

A change is written where that version still stands. The journal commits one change or several, all
or nothing. A new kind of change is a new class in ``Change``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Handled, Manifest
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.learning.learning import DepartureKey, Learnt
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment

TRANSACTION_ITEMS: Final = 100
"""DynamoDB's limit: no transaction writes more items."""
SHIPMENTS_PER_TRANSACTION: Final = 45
"""Each shipment with an event, and room for a few other items."""


@dataclass(frozen=True, slots=True)
class ShipmentChange:
    """A shipment after some steps, and the events they left.

    ``expected_version`` is what was read (None: it is new).
    """

    after: Shipment
    events: tuple[Event, ...]
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class LiveChange:
    """A live state to write where ``expected_version`` was read (None: there was none)."""

    after: Live
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A route to write where ``expected_plan_version`` was read (None: it is new)."""

    after: Route
    expected_plan_version: int | None


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
    """A departure of a route. It is only written together with the live state it follows from."""

    departure: Departure


@dataclass(frozen=True, slots=True)
class DriverAdded:
    """A new driver. Its live state is written with it: a LiveChange that expects none."""

    driver: Driver


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """One batch in the track: the fixes kept of it, and the state whose ETAs were told with it.

    ``told_at`` is our time: nobody could read these ETAs before the batch had reached us.
    """

    driver_id: DriverId
    route_id: RouteId
    fixes: tuple[Fix, ...]
    live: Live
    told_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page of what has been learnt, packed, as it was read."""

    packed: bytes
    version: int


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page to write where ``expected_version`` was read (None: there was none)."""

    page: int
    packed: bytes
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class RouteLearnt:
    """How far a route has been learnt, to write where ``before`` was read (None: nothing was)."""

    mark: Learnt
    before: DepartureKey | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an Idempotency-Key stood for: the request's fingerprint and the id of what it made."""

    key: str
    fingerprint: str
    result_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RequestRemembered:
    """A request to remember, unless its key is remembered already and has not expired by now."""

    remembered: Remembered
    now: datetime


Change = (
    ShipmentChange
    | LiveChange
    | RouteChange
    | ManifestChange
    | PlanningClosed
    | HandledAdded
    | DepartureAdded
    | DriverAdded
    | PageChange
    | RouteLearnt
    | RequestRemembered
)
"""Everything that the journal can commit."""
