"""Drivers on long, untidy routes: doors anywhere in a town, windows, breaks, and much told already.

What a full day leaves in live state is what must fit into a unit of capacity. Tidy routes hide it.
"""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from chalicelib.domain.driving.fixes import Fix, quantized
from chalicelib.domain.driving.forecasts import etas_at_start, remaining_etas, stop_times
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.shown import with_shown
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.routes import Break, Consignment, Route, RouteStatus, Stop
from tests.support.builders import NOON

SPREAD_DEG: Final = 0.05
PROMISE_STEP: Final = timedelta(minutes=5)


def ulid(prefix: str, chance: Random) -> str:
    """An id as long, and as hard to compress, as real ones are."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return f"{prefix}_01JDC6Z5V0" + "".join(chance.choices(alphabet, k=16))


def scattered_route(chance: Random, stops: int = 200) -> Route:
    """Doors anywhere within some five kilometres, each the nearest that was left."""
    left = [_place(chance) for _ in range(stops)]
    places = [left.pop()]
    while left:
        here = places[-1]
        places.append(min(left, key=lambda place: _apart(here, place)))
        left.remove(places[-1])
    return Route(
        id=RouteId(ulid("rte", chance)),
        driver_id=DriverId(ulid("drv", chance)),
        hub_id=HubId(ulid("hub", chance)),
        hub_coordinates=_place(chance),
        service_day=NOON.date(),
        starts_at=NOON,
        stops=tuple(_stop(i, place, chance) for i, place in enumerate(places)),
        created_at=NOON,
        status=RouteStatus.ACTIVE,
        started_at=NOON,
        breaks=(Break(NOON + timedelta(hours=2), NOON + timedelta(hours=4), 1_800),),
    )


def far_gone(chance: Random, route: Route, *, done: int, told: int) -> Live:
    """A live state with so many stops done, and so many of all told that they are late."""
    stops, model = len(route.stops), LearnedModel(State())
    at = NOON + timedelta(hours=3, milliseconds=123)
    times = stop_times(route, model, NOON)
    planned = etas_at_start(times, range(stops), model, NOON, route.breaks)
    batches = [NOON + timedelta(seconds=chance.uniform(60, 3 * 3_600)) for _ in range(6)]
    batches = [when.replace(microsecond=when.microsecond // 1000 * 1000) for when in batches]
    progress = [Progress(is_done=True)] * done
    progress.append(Progress(arrived_at=at - timedelta(seconds=40.077), has_approached=True))
    progress += [Progress(has_approached=True)] * 3
    for eta in planned[len(progress) :]:
        if eta is None or chance.random() >= told / stops:
            progress.append(Progress())
            continue
        late = timedelta(seconds=chance.gauss(600, 400))
        promise = Range(eta.earliest + late, eta.latest + late).widened_to(PROMISE_STEP)
        progress.append(Progress(is_delayed=True, promise=promise, told_at=chance.choice(batches)))
    live = Live(
        driver_id=route.driver_id,
        version=812,
        epoch=2,
        route_id=route.id,
        plan_version=2,
        started_at=NOON + timedelta(milliseconds=481),
        clock_skew=timedelta(milliseconds=-1530),
        recent=drive(chance, 6, from_=route.stops[done].coordinates, until=at),
        nearest_stop=done,
        near_since=at - timedelta(seconds=60),
        last_stop=done,
        standing_since=at - timedelta(seconds=200),
        breaks_taken_s=(1_200,),
        estimated_at=at,
        progress=tuple(progress),
        planned=(RouteId(ulid("rte", chance)),),
    )
    live = replace(live, etas=remaining_etas(live, live.recent[-1], times, route, model))
    return with_shown(live, route, at)


def drive(chance: Random, fixes: int, *, from_: Coordinates, until: datetime) -> tuple[Fix, ...]:
    """Fixes some 15 seconds apart of a van in traffic, with all that a phone knows."""
    speed_mps, heading_deg, place, found = 8.0, 120.0, from_, []
    for i in range(fixes):
        jitter_s = chance.choice([0.0, 0.0, 0.005, -0.004])
        at = until - timedelta(seconds=15 * (fixes - 1 - i) + jitter_s)
        speed_mps = max(0.0, speed_mps + chance.gauss(0, 2.5))
        heading_deg = (heading_deg + chance.gauss(0, 25) * (chance.random() < 0.5)) % 360
        turn = math.radians(heading_deg)
        place = Coordinates(
            place.lat_deg + speed_mps * 15 * math.cos(turn) / 111_000,
            place.lon_deg + speed_mps * 15 * math.sin(turn) / 55_000,
        )
        accuracy_m = 3 + abs(chance.gauss(6, 3))
        found.append(quantized(Fix(at, place, accuracy_m, speed_mps, heading_deg, 0.8 - i / 2_000)))
    return tuple(found)


def _place(chance: Random) -> Coordinates:
    lat_deg = 60.15 + SPREAD_DEG * chance.random()
    return Coordinates(round(lat_deg, 7), round(24.9 + 2 * SPREAD_DEG * chance.random(), 7))


def _apart(one: Coordinates, other: Coordinates) -> float:
    return math.hypot(one.lat_deg - other.lat_deg, (one.lon_deg - other.lon_deg) / 2)


def _stop(number: int, place: Coordinates, chance: Random) -> Stop:
    window = None
    if chance.random() < 0.3:
        opens_h = chance.randint(0, 6)
        window = Range(NOON + timedelta(hours=opens_h), NOON + timedelta(hours=opens_h + 6))
    barcode = f"{chance.randrange(10**18):018d}"
    return Stop(
        id=StopId(ulid("stp", chance)),
        number=number,
        coordinates=place,
        time_zone="Europe/Helsinki",
        consignments=(Consignment(ShipmentId(ulid("shp", chance)), (barcode,)),),
        window=window,
        service_time_s=chance.choice([None, None, 60.0, 120.0, 300.0, 45.0]),
    )


def busy_van(chance: Random, stops: int, **changes: Any) -> tuple[Route, Live]:
    """A route in its afternoon, with what was planned and promised, and its live state."""
    route, model = (
        replace(scattered_route(chance, stops), plan_version=2, **changes),
        LearnedModel(State()),
    )
    times = stop_times(route, model, NOON)
    planned = etas_at_start(times, range(stops), model, NOON, route.breaks)
    kept = tuple(
        replace(stop, planned=eta, promise=eta.range.as_promise(PROMISE_STEP) if eta else None)
        for stop, eta in zip(route.stops, planned, strict=True)
    )
    route = replace(route, stops=kept)
    done = chance.randrange(stops // 8, stops - max(4, stops // 8))
    return route, far_gone(chance, route, done=done, told=stops // 10)
