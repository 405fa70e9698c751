"""ETAs of a whole route: before it starts, and on the road from where the van is now.

Durations between stops depend only on the plan and the time of day. So we estimate them once per
plan and quarter of an hour (``stop_times``). A fix only changes the current leg and shifts the rest
of the chain.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.driving.breaks import breaks_ahead
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
"""A shorter way is a walk from the parked van, so a share of it means nothing."""
OFF_LEG_SHARE: Final = 2.0
"""A van is off its planned leg when the end of it is more than this many leg lengths away."""
OFF_LEG_POWER: Final = 0.6
"""Off the planned leg, time grows with this power of the distance."""
NO_STOP: Final = -2
"""Stands for the stop before the first one. No stop is next to number -2 in the plan."""


def quarter(at: datetime) -> int:
    """The number of quarter hours since the epoch: a part of the cache key."""
    return int(at.timestamp() // QUARTER_HOUR.total_seconds())


def stop_times(route: Route, model: TravelModel, at: datetime) -> tuple[StopTimes, ...]:
    """The travel time to every stop of the plan, and the service time there, from the hub on.

    Each is estimated for the time when it should begin, but never before ``at``.
    """
    found: list[StopTimes] = []
    place, begins_at = route.hub_coordinates, route.started_at or route.starts_at
    for stop in route.stops:
        travel = model.leg(leg_to(stop, place, route, road_s=stop.road_s), max(at, begins_at))
        begins_at += timedelta(seconds=travel.mean_s)
        dwell = model.dwell(visit(stop, route), max(at, begins_at))
        begins_at += timedelta(seconds=dwell.mean_s)
        found.append(StopTimes(travel=travel, dwell=dwell, window=stop.window))
        place = stop.coordinates
    return tuple(found)


def leg_to(stop: Stop, place: Coordinates, route: Route, *, road_s: float | None = None) -> Leg:
    """The leg from a place to a stop, in the form that travel models predict and learn from.

    ``road_s`` are the road network's seconds from exactly this place. The plan has them for the
    place before the stop.
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
    """The visit at a stop, in the form that travel models predict and learn from."""
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
    """An ETA for every stop, for a van that leaves the hub at ``departs_at``."""
    ahead = breaks_ahead(breaks, departs_at)
    return chain(plan_times, departs_at=departs_at, model=model, breaks_ahead=ahead)


def etas_at_start(
    plan_times: Sequence[StopTimes],
    loaded: Sequence[int],
    model: TravelModel,
    departs_at: datetime,
    breaks: Sequence[Break] = (),
) -> tuple[Eta | None, ...]:
    """ETAs of the stops with something on the van (``loaded``: their indexes); None for the others.

    The van still drives past the other stops, so their travel counts and their service does not.
    """
    on_van = set(loaded)
    kept = [
        times if i in on_van else StopTimes(times.travel, dwell=NO_TIME)
        for i, times in enumerate(plan_times)
    ]
    ahead = breaks_ahead(breaks, departs_at)
    etas = chain(kept, departs_at=departs_at, model=model, breaks_ahead=ahead)
    return tuple(eta if i in on_van else None for i, eta in enumerate(etas))


def still_to_come(etas: Sequence[Eta | None], now: datetime) -> tuple[Eta | None, ...]:
    """The same ETAs, where one that is over by now is expected now, with a range as wide.

    A start that is heard of late has such: whether those stops were reached, the next reports say.
    """
    return tuple(eta if eta is None or eta.point >= now else _moved_to(eta, now) for eta in etas)


def _moved_to(eta: Eta, now: datetime) -> Eta:
    late_by = now - eta.point
    return Eta(now, eta.earliest + late_by, eta.latest + late_by)


def remaining_etas(
    live: Live, head: Fix, plan_times: Sequence[StopTimes], route: Route, model: TravelModel
) -> Etas:
    """ETAs of the remaining stops, from where the head is; None for stops done or already reached.

    The current leg is predicted again from the current place; the driver's own speed is never
    extrapolated. A leg that skips stops of the plan is predicted again too. If a stop is under way,
    the time left of its service comes first, even when it was reached out of turn.
    """
    ahead = visit_order(live, route, plan_times, head.recorded_at)
    chained: list[StopTimes] = []
    before = NO_STOP
    under_way = live.under_way
    if under_way is not None:
        dwell = _remaining_service(live, under_way, head, plan_times)
        chained.append(StopTimes(travel=NO_TIME, dwell=dwell))
        before = under_way
    for i in ahead:
        times = plan_times[i]
        if i == before - 1:  # the planned leg, driven backwards
            times = StopTimes(plan_times[before].travel, times.dwell, times.window)
        elif i != before + 1:
            stop = route.stops[i]
            place = head.coordinates if before == NO_STOP else route.stops[before].coordinates
            road_s = None if chained else _road_s_left(live, i, place, route)
            travel = model.leg(leg_to(stop, place, route, road_s=road_s), head.recorded_at)
            times = StopTimes(travel, times.dwell, times.window)
        chained.append(times)
        before = i
    estimated = instants_s(
        chained,
        start_s=head.recorded_at.timestamp(),
        model=model,
        breaks_ahead=breaks_ahead(route.breaks, head.recorded_at, live),
    )
    points_s: list[int | None] = [None] * len(route.stops)
    earliest_s, latest_s = [0] * len(route.stops), [0] * len(route.stops)
    for i, instants in zip(ahead, estimated[len(chained) - len(ahead) :], strict=True):
        points_s[i], earliest_s[i], latest_s[i] = instants
    return Etas(points_s, earliest_s, latest_s)


def with_etas(
    live: Live, head: Fix, plan_times: Sequence[StopTimes], route: Route, model: TravelModel
) -> Live:
    """The live state with ETAs as of its newest news, the head or a report."""
    etas = remaining_etas(live, head, plan_times, route, model)
    return replace(live, etas=etas, estimated_at=head.recorded_at)


def _road_s_left(live: Live, stop_index: int, place: Coordinates, route: Route) -> float | None:
    """The road seconds that a van on a planned leg still has ahead; None when it is not on the leg.

    We never ask the road network while the van drives. So we spread the planned seconds evenly
    along the great circle, within bounds. The last metres keep the time of a walk. Far from the leg
    the time grows more slowly than the distance, as it does on any road.
    """
    stop, before = route.stops[stop_index], route.places[stop_index]
    is_in_order = stop_index == 0 or live.progress[stop_index - 1].is_done
    is_last = not any(progress.is_done for progress in live.progress[stop_index:])
    if stop.road_s is None or not (is_in_order and is_last):
        return None
    left_m = max(distance_m(place, stop.coordinates), WALK_M)
    share = left_m / max(distance_m(before, stop.coordinates), WALK_M)
    if share > OFF_LEG_SHARE:
        share = OFF_LEG_SHARE * (share / OFF_LEG_SHARE) ** OFF_LEG_POWER
    return stop.road_s * share


def _remaining_service(
    live: Live, stop_index: int, head: Fix, plan_times: Sequence[StopTimes]
) -> Duration:
    arrived_at = live.progress[stop_index].arrived_at or head.recorded_at
    return remaining_dwell(plan_times[stop_index].dwell, head.recorded_at - arrived_at)


class Forecaster:
    """A travel model with a small cache of stop times per plan.

    The cache only saves time. The answers are the same without it.
    """

    def __init__(self, model: TravelModel, *, plans: int = 256) -> None:
        """``plans`` is the size of the cache, in plans."""
        self.model = model
        self._plans = plans
        self._stop_times: dict[tuple[str, int, int], tuple[StopTimes, ...]] = {}

    def stop_times(self, route: Route, at: datetime) -> tuple[StopTimes, ...]:
        """The stop times of the plan, estimated once per plan version and quarter of an hour."""
        key = (route.id, route.plan_version, quarter(at))
        if key not in self._stop_times:
            if len(self._stop_times) >= self._plans:
                self._stop_times.pop(next(iter(self._stop_times)))
            self._stop_times[key] = stop_times(route, self.model, at)
        return self._stop_times[key]

    def forget(self, route_id: str, plan_version: int, quarter_hour: int) -> None:
        """Drop the cached stop times of a plan, because the model has learnt more since."""
        self._stop_times.pop((route_id, plan_version, quarter_hour), None)
