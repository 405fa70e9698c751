"""A suggestion: routes for a day as a dispatcher reads them before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.planning.timings import Timing
from chalicelib.domain.routes.new_routes import MAX_SHIPMENTS_PER_STOP, MAX_STOPS, PlannedVisit
from chalicelib.domain.routes.new_stops import StopShare
from chalicelib.domain.routes.routes import Break, Stop

MAX_VANS: Final = 20
MAX_SUGGESTED_STOPS: Final = 250
"""Stops of all vans together. All ways between them are 63,000, a second of CPU."""
MAX_SUGGESTED_SHIPMENTS: Final = 500
PLACE_DIGITS: Final = 5
"""Shipments at the same place to a metre are one stop."""


class Optimizer(StrEnum):
    """Who can find an order."""

    BUILT_IN = "built_in"
    VROOM = "vroom"
    AMAZON_LOCATION = "amazon_location"


class Failover(StrEnum):
    """Why the built-in optimizer found the order in place of the one that is set."""

    UNAVAILABLE = "unavailable"
    UNSUITED = "unsuited"


class Unplaceable(StrEnum):
    """Why a shipment is on none of the suggested routes."""

    NEEDS_PLACING = "needs_placing"
    ALREADY_ASSIGNED = "already_assigned"
    NOT_PLANNABLE = "not_plannable"
    ANOTHER_DAY = "another_day"
    WINDOW_OUT_OF_REACH = "window_out_of_reach"
    NO_TIME_LEFT = "no_time_left"


@dataclass(frozen=True, slots=True)
class AskedVan:
    """A van of the day: a route that is planned already, or a new one with its hours.

    ``visits`` stay on it. ``ends_at`` is the end of its driver's shift.
    """

    route_id: RouteId | None = None
    driver_id: DriverId | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    breaks: tuple[Break, ...] = ()
    visits: tuple[PlannedVisit, ...] = ()
    most_stops: int = MAX_STOPS


@dataclass(frozen=True, slots=True)
class Question:
    """What a suggestion is asked for.

    ``shipment_ids`` are to be put on any of the vans; None: all of the day that are on no route.
    ``keeps_order``: nothing is moved, only the times are wanted.
    """

    hub_id: HubId
    service_day: date
    vans: tuple[AskedVan, ...]
    shipment_ids: tuple[ShipmentId, ...] | None = ()
    keeps_order: bool = False


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A shipment that is on none of the suggested routes, and why."""

    shipment_id: ShipmentId
    reason: Unplaceable


@dataclass(frozen=True, slots=True)
class Totals:
    """What the days of some vans are made of, from the hub and back to it.

    ``distance_m`` is along great circles. ``broken_windows`` counts the stops reached too late.
    """

    stops: int = 0
    duration_s: float = 0.0
    driving_s: float = 0.0
    service_s: float = 0.0
    waiting_s: float = 0.0
    break_s: float = 0.0
    distance_m: float = 0.0
    broken_windows: int = 0
    late_s: float = 0.0

    @classmethod
    def of(cls, timing: Timing, *, stops: int, starts_s: float, distance_m: float) -> "Totals":
        """Those of one van."""
        return cls(
            stops=stops,
            duration_s=timing.finish_s - starts_s,
            driving_s=timing.driving_s,
            service_s=timing.service_s,
            waiting_s=timing.waiting_s,
            break_s=timing.break_s,
            distance_m=distance_m,
            broken_windows=len(timing.late),
            late_s=timing.late_s,
        )

    @property
    def rank(self) -> tuple[float, float]:
        """The less the better: first how late, to a minute, then how long."""
        return round(self.late_s / 60.0), self.duration_s

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, each) + getattr(other, each) for each in self.__slots__))


def total(each: Iterable[Totals]) -> Totals:
    """All of them together."""
    return sum(each, Totals())


@dataclass(frozen=True, slots=True)
class SuggestedStop:
    """A stop in its suggested place, with its planned arrival.

    ``is_planned``: it is a stop of a route that is planned already.
    """

    stop: Stop
    planned: Eta
    is_planned: bool

    @property
    def stop_id(self) -> StopId | None:
        """Its id in the route that is planned; None where there is none yet."""
        return self.stop.id if self.is_planned else None

    @property
    def breaks_window(self) -> bool:
        """Whether it is expected after its window."""
        window = self.stop.window
        return window is not None and self.planned.point > window.latest

    @property
    def may_break_window(self) -> bool:
        """Whether the range of its arrival ends after its window."""
        window = self.stop.window
        return window is not None and self.planned.latest > window.latest


@dataclass(frozen=True, slots=True)
class SuggestedRoute:
    """A van's day. ``before`` is that of the stops that it had, in the order that they had."""

    route_id: RouteId | None
    driver_id: DriverId | None
    starts_at: datetime
    ends_at: datetime | None
    back_at: datetime
    breaks: tuple[Break, ...]
    stops: tuple[SuggestedStop, ...]
    before: Totals
    after: Totals

    @property
    def is_over_time(self) -> bool:
        """Whether the van is back after the end of its driver's shift."""
        return self.ends_at is not None and self.back_at > self.ends_at


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Suggested routes, what is on none of them, and who found them.

    ``optimizer`` is None where nothing was to be moved.
    """

    hub_id: HubId
    service_day: date
    routes: tuple[SuggestedRoute, ...]
    unplaced: tuple[Unplaced, ...] = ()
    optimizer: Optimizer | None = None
    failover: Failover | None = None

    @property
    def before(self) -> Totals:
        """All vans as they are now."""
        return total(route.before for route in self.routes)

    @property
    def after(self) -> Totals:
        """All vans as suggested."""
        return total(route.after for route in self.routes)


def in_stops(shares: Sequence[StopShare]) -> list[list[StopShare]]:
    """Shipments that one visit can deliver, together: the same place, and a time in common."""
    found: list[list[StopShare]] = []
    at: dict[tuple[float, float], list[list[StopShare]]] = {}
    for share in shares:
        place = share.coordinates
        key = (round(place.lat_deg, PLACE_DIGITS), round(place.lon_deg, PLACE_DIGITS))
        groups = at.setdefault(key, [])
        for group in groups:
            if len(group) < MAX_SHIPMENTS_PER_STOP and _meet([*group, share]):
                group.append(share)
                break
        else:
            groups.append([share])
            found.append(groups[-1])
    return found


def _meet(shares: Sequence[StopShare]) -> bool:
    """Whether their windows have a time in common."""
    windows: list[Range] = [share.window for share in shares if share.window is not None]
    earliest = max((window.earliest for window in windows), default=None)
    latest = min((window.latest for window in windows), default=None)
    return earliest is None or latest is None or earliest <= latest
