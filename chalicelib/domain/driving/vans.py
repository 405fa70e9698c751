"""Vans on the road, as the office sees them: where each is, how far it has come, what is next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.silence import alive_at, heard_at
from chalicelib.domain.driving.taking_over import set_out_at
from chalicelib.domain.eta.ageing import aged
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.risk import probability_after
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, Stop


class Standing(StrEnum):
    """How a stop, or a van as a whole, stands with what was promised. The worst comes first.

    ``at_risk``: it is told to be late, or the range of its ETA ends after what was promised, so it
    breaks in more than one case in ten. ``late``: it is expected after it, or that time is over.
    ``silent`` is of vans alone: nobody knows.
    """

    SILENT = "silent"
    LATE = "late"
    AT_RISK = "at_risk"
    ON_TIME = "on_time"


@dataclass(frozen=True, slots=True)
class StopAhead:
    """A stop that is not done, with its ETA of now and the range that was promised.

    ``is_under_way``: the van is there. It is overdue from ``overdue_at`` on, None before it came.
    """

    id: StopId
    number: int
    shipment_ids: tuple[ShipmentId, ...]
    eta: Eta | None
    promise: Range | None
    window: Range | None
    is_delayed: bool
    is_under_way: bool
    overdue_at: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """The latest time that its customers expect: the end of the window, else of the promise."""
        expected = self.window or self.promise
        return None if expected is None else expected.latest

    @property
    def risk(self) -> float | None:
        """The probability, by the ETA, that it comes after that; None where nobody can say."""
        if self.eta is None or self.due is None or self.is_under_way:
            return None
        return probability_after(self.eta, self.due)

    def standing(self, now: datetime) -> "Standing":
        """How it stands with what its customers expect. A van that is there is late no more."""
        due = self.due
        if due is None or self.is_under_way:
            return Standing.ON_TIME
        if now > due or (self.eta is not None and self.eta.point > due):
            return Standing.LATE
        if self.is_delayed or (self.eta is not None and self.eta.latest > due):
            return Standing.AT_RISK
        return Standing.ON_TIME


@dataclass(frozen=True, slots=True)
class Van:
    """A driver with a route under way.

    ``head`` is the last place that we believe, None before the first fix. ``heard_at`` is the time
    of the last news, a fix or a report; ``is_silent``: longer than any tunnel takes there was no
    sign of life, not even from a phone that only says it is there.
    ``ahead`` are the stops that are left, in the visit order; ``left_behind`` those that the van
    left the hub without anything for.
    """

    driver_id: DriverId
    route: Route
    started_at: datetime | None
    head: Fix | None
    heard_at: datetime | None
    is_silent: bool
    stops_done: int
    ahead: tuple[StopAhead, ...]
    left_behind: tuple[StopAhead, ...] = ()

    @property
    def route_id(self) -> RouteId:
        """The route that is driven."""
        return self.route.id

    @property
    def next_stop(self) -> StopAhead | None:
        """The stop under way or next; None when all are done."""
        return self.ahead[0] if self.ahead else None

    @property
    def delayed_stops(self) -> int:
        """How many stops ahead were told to be late."""
        return sum(stop.is_delayed for stop in self.ahead)

    def standing(self, now: datetime) -> Standing:
        """The worst of its stops ahead, unless it is silent."""
        if self.is_silent and self.ahead:
            return Standing.SILENT
        found = {stop.standing(now) for stop in self.ahead}
        return next((each for each in Standing if each in found), Standing.ON_TIME)


def van(live: Live, route: Route, now: datetime, policy: Policy) -> Van:
    """The van of a driver whose live state is on this version of the route."""
    news_at = live.news_at or now

    def ahead(index: int) -> StopAhead:
        stop, progress, eta = route.stops[index], live.progress[index], live.etas[index]
        return StopAhead(
            id=stop.id,
            number=stop.number,
            shipment_ids=stop.shipment_ids,
            eta=eta and aged(eta, as_of=news_at, now=now, fresh_for=policy.stale_after),
            promise=progress.promise or stop.promise,
            window=stop.window,
            is_delayed=progress.is_delayed,
            is_under_way=index == live.under_way,
            overdue_at=_overdue_at(stop, progress, policy) if index == live.under_way else None,
        )

    empty = [
        i
        for i, (stop, progress) in enumerate(zip(route.stops, live.progress, strict=True))
        if progress.is_done and (progress.promise or stop.promise) is None and stop.consignments
    ]
    left, heard, alive = live.remaining(), heard_at(live), alive_at(live)
    return Van(
        driver_id=live.driver_id,
        route=route,
        started_at=set_out_at(route, live),
        head=live.head(policy),
        heard_at=heard,
        is_silent=alive is not None and now - alive >= policy.silent_after,
        stops_done=len(live.progress) - len(left),
        ahead=tuple(map(ahead, left)),
        left_behind=tuple(map(ahead, empty)),
    )


def _overdue_at(stop: Stop, progress: Progress, policy: Policy) -> datetime | None:
    if progress.arrived_at is None:
        return None
    usual = timedelta(seconds=(stop.service_time_s or 0.0) * policy.overdue_share)
    return progress.arrived_at + max(policy.overdue_after, usual)
