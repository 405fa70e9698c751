"""Vans on the road, as the office sees them: where each is, how far it has come, what is next."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.silence import alive_at, heard_at
from chalicelib.domain.driving.taking_over import set_out_at
from chalicelib.domain.eta.ageing import aged
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


@dataclass(frozen=True, slots=True)
class StopAhead:
    """A stop that is not done, with its ETA of now and the range that was promised.

    ``is_under_way``: the van is there.
    """

    id: StopId
    shipment_ids: tuple[ShipmentId, ...]
    eta: Eta | None
    promise: Range | None
    window: Range | None
    is_delayed: bool
    is_under_way: bool

    @property
    def due(self) -> datetime | None:
        """The latest time that its customers expect: the end of the window, else of the promise."""
        expected = self.window or self.promise
        return None if expected is None else expected.latest


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


def van(live: Live, route: Route, now: datetime, policy: Policy) -> Van:
    """The van of a driver whose live state is on this version of the route."""
    news_at = live.news_at or now

    def ahead(index: int) -> StopAhead:
        stop, progress, eta = route.stops[index], live.progress[index], live.etas[index]
        return StopAhead(
            id=stop.id,
            shipment_ids=stop.shipment_ids,
            eta=eta and aged(eta, as_of=news_at, now=now, fresh_for=policy.stale_after),
            promise=progress.promise or stop.promise,
            window=stop.window,
            is_delayed=progress.is_delayed,
            is_under_way=index == live.under_way,
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
