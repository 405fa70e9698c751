"""ETAs of a whole route: before it starts, and on the road from where the van is now.

Durations between stops depend only on the plan and the time of day, so they are estimated once per
plan and quarter of an hour (``stop_times``); a fix only changes the current leg and shifts the
chain behind it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.driving.breaks import pauses
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.visit_order import visit_order
from chalicelib.domain.eta.chain import NO_TIME, StopTimes, chain, instants_s, remaining_dwell
from chalicelib.domain.eta.estimates import Duration, Eta, Etas
from chalicelib.domain.eta.model import Leg, TravelModel, Visit
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.routes.routes import Break, Route, Stop

QUARTER_HOUR: Final = timedelta(minutes=15)
WALK_M: Final = 50.0
"""Below it a way is a walk from the parked van: shares of it say nothing."""
ASTRAY: Final = 2.0
"""Times its length: who is further than that from a leg's end has left it for other roads."""
OTHER_ROADS: Final = 0.6
"""The power of the distance that time grows with where nothing is known but the distance."""
NOWHERE: Final = -2
"""Before a van has been at a stop: no stop comes after number -2."""


def quarter(at: datetime) -> int:
    """The quarter of an hour since the epoch: a cache key beside the plan version."""
    return int(at.timestamp() // QUARTER_HOUR.total_seconds())


def stop_times(route: Route, model: TravelModel, at: datetime) -> tuple[StopTimes, ...]:
    """Travel to and service at every stop of the plan, from the hub on.

    Each at the time when it should be its turn, but never before ``at``.
    """
    found: list[StopTimes] = []
    place, turn = route.hub_coordinates, route.started_at or route.starts_at
    for stop in route.stops:
        travel = model.leg(leg_to(stop, place, route, road_s=stop.road_s), max(at, turn))
        turn += timedelta(seconds=travel.mean_s)
        dwell = model.dwell(visit(stop, route), max(at, turn))
        turn += timedelta(seconds=dwell.mean_s)
        found.append(StopTimes(travel=travel, dwell=dwell, window=stop.window))
        place = stop.coordinates
    return tuple(found)


def leg_to(stop: Stop, place: Coordinates, route: Route, *, road_s: float | None = None) -> Leg:
    """The way from a place to a stop, as travel models know it: for asking and for teaching.

    ``road_s`` are the road network's seconds from that very place: the stop's own in the plan.
    """
    return Leg(
        distance_m(place, stop.coordinates),
        base_s=road_s,
        origin=place,
        destination=stop.coordinates,
        driver=route.driver_id,
        time_zone=stop.time_zone,
    )


def visit(stop: Stop, route: Route) -> Visit:
    """What is done at a stop, as travel models know it: for asking and for teaching."""
    return Visit(
        parcels=stop.parcel_count,
        service_time_s=stop.service_time_s,
        place=stop.coordinates,
        driver=route.driver_id,
        time_zone=stop.time_zone,
    )


def planned_etas(
    plan_times: Sequence[StopTimes],
    model: TravelModel,
    departs_at: datetime,
    breaks: Sequence[Break] = (),
) -> tuple[Eta, ...]:
    """An ETA for every stop, for a van that leaves the hub then."""
    ahead = pauses(breaks, departs_at)
    return chain(plan_times, departs_at=departs_at, model=model, pauses=ahead)


def etas_at_start(
    plan_times: Sequence[StopTimes],
    loaded: Sequence[int],
    model: TravelModel,
    departs_at: datetime,
    breaks: Sequence[Break] = (),
) -> tuple[Eta | None, ...]:
    """ETAs of the stops with something on the van (``loaded``: indexes); None for the others.

    The way past a skipped stop is counted, its service is not.
    """
    on_van = set(loaded)
    kept = [
        times if i in on_van else StopTimes(times.travel, dwell=NO_TIME)
        for i, times in enumerate(plan_times)
    ]
    ahead = pauses(breaks, departs_at)
    etas = chain(kept, departs_at=departs_at, model=model, pauses=ahead)
    return tuple(eta if i in on_van else None for i, eta in enumerate(etas))


def remaining_etas(
    live: Live, head: Fix, plan_times: Sequence[StopTimes], route: Route, model: TravelModel
) -> Etas:
    """ETAs of all stops not done, from where the head is; None for what is done or already reached.

    The present leg is predicted anew from the present place, never by extrapolating the driver's
    own speed, and so is a leg that leaves out stops of the plan. At a stop under way, in whatever
    order it was reached, the rest of its service is expected first.
    """
    ahead = visit_order(live, route, plan_times, head.recorded_at)
    chained: list[StopTimes] = []
    before = NOWHERE
    under_way = live.under_way
    if under_way is not None:
        dwell = _rest_of_service(live, under_way, head, plan_times)
        chained.append(StopTimes(travel=NO_TIME, dwell=dwell))
        before = under_way
    for i in ahead:
        times = plan_times[i]
        if i == before - 1:  # back the way that the plan goes
            times = StopTimes(plan_times[before].travel, times.dwell, times.window)
        elif i != before + 1:
            stop = route.stops[i]
            place = head.coordinates if before == NOWHERE else route.stops[before].coordinates
            road_s = None if chained else _road_s_left(live, i, place, route)
            travel = model.leg(leg_to(stop, place, route, road_s=road_s), head.recorded_at)
            times = StopTimes(travel, times.dwell, times.window)
        chained.append(times)
        before = i
    told = instants_s(
        chained,
        start_s=head.recorded_at.timestamp(),
        model=model,
        pauses=pauses(route.breaks, head.recorded_at, live),
    )
    points_s: list[int | None] = [None] * len(route.stops)
    earliest_s, latest_s = [0] * len(route.stops), [0] * len(route.stops)
    for i, instants in zip(ahead, told[len(chained) - len(ahead) :], strict=True):
        points_s[i], earliest_s[i], latest_s[i] = instants
    return Etas(points_s, earliest_s, latest_s)


def _road_s_left(live: Live, stop_index: int, place: Coordinates, route: Route) -> float | None:
    """The planned leg's road seconds that are still ahead of a van which is on that leg.

    The network is never asked on the road, so they are taken to be spent evenly along the great
    circle, within bounds: the last metres keep the time of a walk, and far from the leg time grows
    more slowly than distance, as on any road. None for a van that does not come as planned.
    """
    stop, before = route.stops[stop_index], route.places[stop_index]
    is_in_order = stop_index == 0 or live.progress[stop_index - 1].is_done
    is_last = not any(progress.is_done for progress in live.progress[stop_index:])
    if stop.road_s is None or not (is_in_order and is_last):
        return None
    left_m = max(distance_m(place, stop.coordinates), WALK_M)
    share = left_m / max(distance_m(before, stop.coordinates), WALK_M)
    if share > ASTRAY:
        share = ASTRAY * (share / ASTRAY) ** OTHER_ROADS
    return stop.road_s * share


def _rest_of_service(
    live: Live, stop_index: int, head: Fix, plan_times: Sequence[StopTimes]
) -> Duration:
    arrived_at = live.progress[stop_index].arrived_at or head.recorded_at
    return remaining_dwell(plan_times[stop_index].dwell, head.recorded_at - arrived_at)


class Forecaster:
    """A travel model with a small memory of the plans it has been asked about.

    Pure but for that memory: it only saves the same sums from being made for every fix.
    """

    def __init__(self, model: TravelModel, *, plans: int = 256) -> None:
        """``plans`` is how many are remembered."""
        self.model = model
        self._plans = plans
        self._stop_times: dict[tuple[str, int, int], tuple[StopTimes, ...]] = {}

    def stop_times(self, route: Route, at: datetime) -> tuple[StopTimes, ...]:
        """``stop_times`` of the plan, once per plan version and quarter of an hour."""
        key = (route.id, route.plan_version, quarter(at))
        if key not in self._stop_times:
            if len(self._stop_times) >= self._plans:
                self._stop_times.pop(next(iter(self._stop_times)))
            self._stop_times[key] = stop_times(route, self.model, at)
        return self._stop_times[key]

    def forget(self, route_id: str, plan_version: int, quarter_hour: int) -> None:
        """The model knows more now than when it was asked about this plan."""
        self._stop_times.pop((route_id, plan_version, quarter_hour), None)
