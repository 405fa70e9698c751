"""The live view on the wire: columns, one entry a van, so that 500 vans fit into 30 kB.

What seldom changes is not repeated: who drives which route (``routes``) is sent to whom has not got
it yet, and the plans have an answer of their own. Times of stops are minutes from the plan's. Along
a route they are much alike, so each is sent as its step from that of the stop before.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field

from chalicelib.api.schemas.attention import HandlingOut
from chalicelib.api.schemas.values import EtaOut, RangeOut
from chalicelib.domain.attention.concerns import Concern, Kind, NextAction
from chalicelib.domain.attention.handling import Handled
from chalicelib.domain.attention.shared_views import FRESH_FOR
from chalicelib.domain.driving.vans import Standing, StopAhead, Van
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import RouteId
from chalicelib.domain.routes.routes import Route, Stop
from chalicelib.edge.schemas import Out, Query, Time
from chalicelib.edge.sentences import refused
from chalicelib.services.attention.show_live import LiveView

PLACE_DIGITS: Final = 5
"""About a metre. A dot on a map needs no more."""
RANGE_STEP_MIN: Final = 2
"""Ranges are sent in steps of so many minutes. A page shows five."""
MINUTE: Final = timedelta(minutes=1)
DONE, UNDER_WAY = "d", "u"
LETTERS: Final = {
    Standing.ON_TIME: "o",
    Standing.AT_RISK: "r",
    Standing.LATE: "l",
}
MOST_PLANS: Final = 25
ROSTER_PATTERN: Final = r"^[0-9a-f]{16}$"
_PLAN: Final = r"rte_[0-9A-HJKMNP-TV-Z]{26}\.[0-9]{1,6}"
_ASKED: Final = re.compile(rf"{_PLAN}(,{_PLAN})*", re.ASCII)


def _checked(text: object) -> str:
    asked = str(text)
    if not _ASKED.fullmatch(asked) or asked.count(",") >= MOST_PLANS:
        words = (
            "Write each route with the version of its plan, with commas in between, at most"
            f" {MOST_PLANS}: rte_01JD8X4Q2M7V9K3N5P6R8T0W1Y.3"
        )
        raise refused(code="invalid_plans", words=words)
    return asked


class LiveQuery(Query):
    """``roster``: the tag of the routes that the caller has already."""

    roster: Annotated[str, Field(pattern=ROSTER_PATTERN)] | None = None


class LiveRouteOut(Out):
    """A route under way: who drives it. The columns of the vans are in the order of these."""

    route_id: str
    plan_version: int
    driver_id: str
    hub_id: str
    service_day: date
    stops_total: int


class LiveVansOut(Out):
    """All vans as columns. An entry of each belongs to the route at that place.

    ``stops`` has a letter for each stop in the order of the plan: d is done, u the van is there,
    o on time, r at risk, l late. The three lists of steps have an entry for each stop ahead that
    has an ETA, in that order. Added up they are: minutes of the ETA from the planned one; how far
    the range reaches before the ETA, in steps of two minutes; how much farther it reaches after it.
    ``promises_min`` are the promises that differ from the plan's: the place of the stop in the
    plan, and both ends in minutes from the planned ETA.
    """

    lat_deg: tuple[float | None, ...]
    lon_deg: tuple[float | None, ...]
    heading_deg: tuple[int | None, ...]
    fix_age_s: tuple[int | None, ...]
    heard_age_s: tuple[int | None, ...]
    standing: tuple[Standing, ...]
    stops_done: tuple[int, ...]
    next_stop: tuple[int | None, ...]
    stops: tuple[str, ...]
    eta_steps_min: tuple[tuple[int, ...], ...]
    before_steps: tuple[tuple[int, ...], ...]
    after_steps: tuple[tuple[int, ...], ...]
    promises_min: tuple[tuple[tuple[int, ...], ...], ...]

    @classmethod
    def seen(cls, vans: Sequence[Van], at: datetime) -> Self:
        """The vans at that moment."""
        rows = [_row(van, at) for van in vans]
        names = tuple(cls.model_fields)
        columns = zip(*rows, strict=True) if rows else [()] * len(names)
        sent: dict[str, Any] = dict(zip(names, map(tuple, columns), strict=True))
        return cls.model_validate(sent)


class LiveConcernOut(Out):
    """A concern without names of people: its subject by ids, and what colleagues do about it."""

    id: str
    kind: Kind
    next_action: NextAction
    look_at: Time
    news_at: Time
    route_id: str | None
    driver_id: str | None
    stop_id: str | None
    stop_count: int
    due: Time | None
    eta: EtaOut | None
    risk: float | None
    shipment_id: str | None
    shipper_id: str | None
    reference: str | None
    handled: Handled
    handling: HandlingOut | None

    @classmethod
    def seen(cls, concern: Concern, at: datetime) -> Self:
        """The concern at that moment."""
        shipment, stop = concern.shipment, concern.stop
        return cls.joined(
            concern,
            stop_id=stop and stop.id,
            due=stop and stop.due,
            eta=stop and stop.eta,
            risk=None if concern.risk is None else round(concern.risk, 2),
            shipment_id=next(iter(concern.shipment_ids), None),
            reference=shipment and shipment.reference,
            handled=concern.handled(at),
        )


class LiveOut(Out):
    """The fleet at one moment, the same for all who look.

    ``routes`` is left out (null) for whom has those of this ``roster``. ``next_poll_s``: ask again
    after so long.
    """

    as_of: Time
    next_poll_s: int
    roster: str
    vans: LiveVansOut
    concerns: tuple[LiveConcernOut, ...]
    has_more_concerns: bool
    routes: tuple[LiveRouteOut, ...] | None

    @classmethod
    def seen(cls, view: LiveView, roster: str) -> Self:
        """The view, without its routes."""
        return cls(
            as_of=view.at,
            next_poll_s=int(FRESH_FOR.total_seconds()),
            roster=roster,
            vans=LiveVansOut.seen(view.vans, view.at),
            concerns=tuple(LiveConcernOut.seen(each, view.at) for each in view.concerns),
            has_more_concerns=view.has_more,
            routes=None,
        )


class RosterOut(Out):
    """The routes under way by themselves."""

    routes: tuple[LiveRouteOut, ...]

    @classmethod
    def seen(cls, vans: Iterable[Van]) -> Self:
        """Those of the vans, in their order."""
        return cls(
            routes=tuple(
                LiveRouteOut.joined(
                    van.route, route_id=van.route_id, stops_total=len(van.route.stops)
                )
                for van in vans
            )
        )


class PlansQuery(Query):
    """``of``: routes with the versions of their plans, like rte_01JD8X4Q2M7V9K3N5P6R8T0W1Y.3."""

    of: Annotated[str, BeforeValidator(_checked)]

    def to_domain(self) -> list[tuple[RouteId, int]]:
        """Each route with its version."""
        pairs = (each.split(".") for each in self.of.split(","))
        return [(RouteId(route_id), int(version)) for route_id, version in pairs]


class PlannedStopOut(Out):
    """A stop of a plan, with what was planned and promised at the start."""

    id: str
    lat_deg: float
    lon_deg: float
    time_zone: str
    planned: EtaOut | None
    promise: RangeOut | None
    window: RangeOut | None
    shipment_ids: tuple[str, ...]

    @classmethod
    def of(cls, value: Stop) -> Self:
        """The stop."""
        place = value.coordinates
        return cls.joined(value, lat_deg=place.lat_deg, lon_deg=place.lon_deg)


class PlanOut(Out):
    """The plan of a route at one version. It never changes under that version."""

    route_id: str
    plan_version: int
    hub_lat_deg: float
    hub_lon_deg: float
    starts_at: Time
    stops: tuple[PlannedStopOut, ...]

    @classmethod
    def of(cls, value: Route) -> Self:
        """The route."""
        hub = value.hub_coordinates
        return cls.joined(
            value,
            route_id=value.id,
            hub_lat_deg=hub.lat_deg,
            hub_lon_deg=hub.lon_deg,
            stops=tuple(map(PlannedStopOut.of, value.stops)),
        )


class PlansOut(Out):
    """The plans that were asked for; one that has moved on since is missing."""

    data: tuple[PlanOut, ...]
    next_cursor: None = None


def _row(van: Van, at: datetime) -> tuple[object, ...]:
    """The entries of one van, in the order of the columns."""
    head, ahead = van.head, {stop.number: stop for stop in van.ahead}
    in_order = [(stop, ahead.get(stop.number)) for stop in van.route.stops]
    due = [
        (stop, left.eta)
        for stop, left in in_order
        if left is not None and left.eta is not None and not left.is_under_way
    ]
    place = head and head.coordinates
    return (
        place and round(place.lat_deg, PLACE_DIGITS),
        place and round(place.lon_deg, PLACE_DIGITS),
        None if head is None or head.heading_deg is None else round(head.heading_deg),
        head and _age_s(head.recorded_at, at),
        van.heard_at and _age_s(van.heard_at, at),
        van.standing(at),
        van.stops_done,
        None if van.next_stop is None else _place_of(van.route, van.next_stop),
        "".join(DONE if left is None else _letter(left, at) for _, left in in_order),
        _steps(_minutes(eta.point - _base(stop, van.route)) for stop, eta in due),
        _steps(_widths(eta)[0] for _, eta in due),
        _steps(_widths(eta)[1] for _, eta in due),
        tuple(
            (
                i,
                *(
                    _minutes(end - _base(stop, van.route))
                    for end in (promise.earliest, promise.latest)
                ),
            )
            for i, (stop, left) in enumerate(in_order)
            if left is not None and (promise := left.promise) is not None
            if promise != stop.promise
        ),
    )


def _letter(stop: StopAhead, at: datetime) -> str:
    return UNDER_WAY if stop.is_under_way else LETTERS[stop.standing(at)]


def _place_of(route: Route, stop: StopAhead) -> int | None:
    return route.indexes_by_number.get(stop.number)


def _base(stop: Stop, route: Route) -> datetime:
    """What the minutes of a stop are counted from."""
    planned: Eta | None = stop.planned
    return route.starts_at if planned is None else planned.point


def _age_s(then: datetime, at: datetime) -> int:
    return max(0, int((at - then).total_seconds()))


def _minutes(span: timedelta) -> int:
    return round(span / MINUTE)


def _widths(eta: Eta) -> tuple[int, int]:
    """How far the range reaches before the ETA, and how much farther after it."""
    before = _minutes((eta.point - eta.earliest) / RANGE_STEP_MIN)
    return before, _minutes((eta.latest - eta.point) / RANGE_STEP_MIN) - before


def _steps(values: Iterable[int]) -> tuple[int, ...]:
    """Each value as its difference from the one before, the first from 0.

    >>> _steps([14, 14, 15, 12])
    (14, 0, 1, -3)
    """
    found, before = [], 0
    for value in values:
        found.append(value - before)
        before = value
    return tuple(found)
