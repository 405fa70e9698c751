"""A route as a dispatcher asks for it, and what it must not ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.errors import Invalid
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.ids import DriverId, HubId, ShipmentId
from chalicelib.domain.instants import written
from chalicelib.domain.routes.routes import Break, Route, Stop

MAX_STOPS: Final = 200
MAX_SHIPMENTS_PER_STOP: Final = 40
MAX_SHIPMENTS: Final = 1_000
MAX_BREAKS: Final = 5
MAX_BREAK_S: Final = 4 * 3_600
NIGHT: Final = timedelta(hours=6)
"""A shift that starts at 18:00 may belong to the next day, one that starts at 06:00 to the last."""
LONGEST_ROUTE: Final = timedelta(days=1)
LONGEST_LEG: Final = timedelta(hours=10)
"""Regulation (EC) No 561/2006, article 6: the longest driving time of a day."""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit as asked for: shipments of one place, and how long it takes where known."""

    shipment_ids: tuple[ShipmentId, ...]
    service_time_s: float | None = None


@dataclass(frozen=True, slots=True)
class NewRoute:
    """The route as asked for. Without a ``service_day`` it is the day on which it starts."""

    driver_id: DriverId
    hub_id: HubId
    service_day: date | None
    starts_at: datetime
    visits: tuple[PlannedVisit, ...]
    breaks: tuple[Break, ...] = ()
    is_list: bool = False
    """Asked for as a plain list of shipments, one stop each."""

    def visit_pointer(self, visit: int) -> str:
        """Where in the request a visit is named."""
        return f"/shipment_ids/{visit}" if self.is_list else f"/stops/{visit}"

    def pointer(self, visit: int, shipment: int) -> str:
        """Where in the request a shipment is named."""
        if self.is_list:
            return f"/shipment_ids/{visit}"
        return f"/stops/{visit}/shipment_ids/{shipment}"


def service_day_of(wanted: NewRoute | Route, hub: Hub, *, at: str = "/service_day") -> date:
    """The day to which the route belongs, in the hub's zone: as asked for, else that of its start.

    A night shift may belong to the day before or after its start; a day farther off raises
    Invalid. ``at`` is the pointer.
    """
    zone = ZoneInfo(hub.time_zone)
    starts_on = wanted.starts_at.astimezone(zone).date()
    service_day = wanted.service_day or starts_on
    day = datetime.combine(service_day, time(), zone)
    ends = datetime.combine(service_day + timedelta(days=1), time(), zone)
    if not day - NIGHT <= wanted.starts_at <= ends + NIGHT:
        text = f"The route starts on {starts_on} at its hub, its service day is not that day."
        raise Invalid(text, pointer=at, code="another_day")
    return service_day


def require_windows(wanted: NewRoute, stops: Sequence[Stop]) -> None:
    """Raises Invalid for a stop whose window is over before the van leaves, or opens a day later.

    The times in the sentence are those at the stop.
    """
    for i, stop in enumerate(stops):
        if stop.window is None:
            continue
        first, last, start = (
            f"{instant.astimezone(ZoneInfo(stop.time_zone)):%Y-%m-%d %H:%M}"
            for instant in (stop.window.earliest, stop.window.latest, wanted.starts_at)
        )
        if stop.window.latest <= wanted.starts_at:
            code = "window_over"
            text = f"The window of this stop ends at {last}, before the route starts at {start}."
        elif stop.window.earliest >= wanted.starts_at + LONGEST_ROUTE:
            code = "window_later"
            text = f"The window of this stop opens at {first}. The route starts at {start}."
        else:
            continue
        text += " Plan it on another route, or change the window of its shipment."
        raise Invalid(text, pointer=wanted.visit_pointer(i), code=code)


def require_drivable(wanted: NewRoute, stop_times: Sequence[StopTimes]) -> None:
    """Raises Invalid for a stop to which nobody drives in a day."""
    for i, times in enumerate(stop_times):
        if times.travel.mean_s > LONGEST_LEG.total_seconds():
            text = "The way to this stop is longer than anybody drives in a day."
            raise Invalid(text, pointer=wanted.visit_pointer(i), code="leg_too_long")


def require_start(wanted: NewRoute, now: datetime) -> None:
    """Raises Invalid for a start so long ago that the route would be over by now."""
    if wanted.starts_at < now - LONGEST_ROUTE:
        text = f"A route that started at {written(wanted.starts_at)} is over. Write a later start."
        raise Invalid(text, pointer="/starts_at", code="start_is_over")


def require_breaks(wanted: NewRoute | Route, *, at: str = "/breaks") -> None:
    """Raises Invalid unless each can be begun while the route is driven, also after midnight.

    ``at`` is the pointer of the breaks.
    """
    if len(wanted.breaks) > MAX_BREAKS:
        text = f"A route has at most {MAX_BREAKS} breaks."
        raise Invalid(text, pointer=at)
    for i, planned_break in enumerate(wanted.breaks):
        if not 1 <= planned_break.duration_s <= MAX_BREAK_S:
            text = f"A break lasts 1 to {MAX_BREAK_S} seconds."
            raise Invalid(text, pointer=f"{at}/{i}/duration_s")
        if planned_break.latest < planned_break.earliest:
            text = "The latest start of a break must not be before its earliest start."
            raise Invalid(text, pointer=f"{at}/{i}/latest", code="invalid_range")
        begins, ends = wanted.starts_at, wanted.starts_at + LONGEST_ROUTE
        if planned_break.earliest <= begins - LONGEST_ROUTE:
            name = "earliest"
        elif not begins <= planned_break.latest < ends:
            name = "latest"
        else:
            continue
        text = "A break begins while the route is driven: within a day after starts_at."
        raise Invalid(text, pointer=f"{at}/{i}/{name}", code="outside_route")


def require_possible(wanted: NewRoute) -> None:
    """Raises Invalid for an empty or too long route, and for a shipment twice."""
    if not 1 <= len(wanted.visits) <= MAX_STOPS:
        text = f"A route has 1 to {MAX_STOPS} stops."
        raise Invalid(text, pointer="/stops")
    seen: set[ShipmentId] = set()
    for v, visit in enumerate(wanted.visits):
        if not 1 <= len(visit.shipment_ids) <= MAX_SHIPMENTS_PER_STOP:
            text = f"A stop has 1 to {MAX_SHIPMENTS_PER_STOP} shipments."
            raise Invalid(text, pointer=f"/stops/{v}/shipment_ids")
        for i, shipment_id in enumerate(visit.shipment_ids):
            if shipment_id in seen:
                text = "This shipment is on the route already."
                raise Invalid(
                    text,
                    pointer=wanted.pointer(v, i),
                    code="repeated_shipment",
                )
            seen.add(shipment_id)
    if len(seen) > MAX_SHIPMENTS:
        text = f"A route has at most {MAX_SHIPMENTS} shipments."
        raise Invalid(text, pointer="/stops")
