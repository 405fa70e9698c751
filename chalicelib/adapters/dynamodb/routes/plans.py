"""A route's stops ↔ a packed plan, and a summary ↔ its document. Property tests go round.

Both are arrays by msgspec: fields are only appended, each with a default, and ``version`` says
which code wrote them. So code newer or older by a release reads them.
"""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import msgspec

from chalicelib.adapters.dynamodb.values.columns import (
    DEFLATE_LEVEL,
    pack_ids,
    pack_numbers,
    scaled,
    unpack_ids,
    unpack_numbers,
    unscaled,
)
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import SHIPMENT, STOP, DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.routes import (
    Break,
    Consignment,
    Route,
    RouteStatus,
    RouteSummary,
    Stint,
    Stop,
)

VERSION: Final = 2
"""Version 1 was a JSON document with deflated JSON beside it."""
DEGREES: Final = 10_000_000
MILLI: Final = 1_000
WINDOW, SERVICE_TIME, PLANNED, PROMISE, ROAD = (1 << bit for bit in range(5))


class SummaryDocument(msgspec.Struct, array_like=True):
    """Everything that a list shows and that is no key. Times are milliseconds since 1970.

    A cancelled route has the status ``completed``, so that a release before cancelling reads it.
    """

    version: int
    driver_id: str
    hub_id: str
    service_day: str
    starts_ms: int
    status: str
    plan_version: int
    stop_count: int
    shipment_count: int
    started_ms: int | None = None
    completed_ms: int | None = None
    is_cancelled: bool = False


class PlanDocument(msgspec.Struct, array_like=True):
    """The rest of a route: its hub, breaks, pauses, former drivers and, in columns, its stops.

    ``numbers`` are the columns of ``_columns``, ``texts`` deflated barcodes. ``stop_ids`` and
    ``shipment_ids`` are the random halves of ids. ``odd_…`` hold by index what does not fit.

    Of a plan that was edited, ``stop_numbers`` are the stops' own numbers, and ``taken_off`` is a
    packed plan of what was taken off, with the versions ``taken_off_with``. ``joined`` are the
    consignments in the order in which they joined: each by its place among those of the stops, and
    then of what was taken off. All are empty where numbers are indexes and nothing was moved.
    """

    version: int
    hub: tuple[float, float]
    breaks: list[tuple[int, int, int]]
    zones: list[str]
    counts: list[int]
    numbers: bytes
    texts: bytes
    stop_ids: bytes
    shipment_ids: bytes
    odd_stop_ids: dict[int, str] = {}
    odd_shipment_ids: dict[int, str] = {}
    odd_lats: dict[int, float] = {}
    odd_lons: dict[int, float] = {}
    odd_service_times: dict[int, float] = {}
    odd_roads: dict[int, float] = {}
    start_action_id: str | None = None
    previous: str | None = None
    stop_numbers: list[int] = []
    joined: list[int] = []
    taken_off: bytes = b""
    taken_off_with: list[int] = []
    pauses: list[tuple[int, int]] = []
    stints: list[tuple[str, int, str | None]] = []


_SUMMARIES: Final = msgspec.msgpack.Decoder(SummaryDocument)
_PLANS: Final = msgspec.msgpack.Decoder(PlanDocument)
_TEXTS: Final = msgspec.msgpack.Decoder(list[str])


def pack_summary(summary: RouteSummary) -> bytes:
    """A summary without its id and its time of creation, which are keys."""
    is_cancelled = summary.status is RouteStatus.CANCELLED
    document = SummaryDocument(
        version=VERSION,
        driver_id=summary.driver_id,
        hub_id=summary.hub_id,
        service_day=summary.service_day.isoformat(),
        starts_ms=to_ms(summary.starts_at),
        status=(RouteStatus.COMPLETED if is_cancelled else summary.status).value,
        plan_version=summary.plan_version,
        stop_count=summary.stop_count,
        shipment_count=summary.shipment_count,
        started_ms=_optional_ms(summary.started_at),
        completed_ms=_optional_ms(summary.completed_at),
        is_cancelled=is_cancelled,
    )
    return msgspec.msgpack.encode(document)


def unpack_summary(packed: bytes, route_id: RouteId, created_at: datetime) -> RouteSummary:
    """The summary again."""
    found = _SUMMARIES.decode(packed)
    return RouteSummary(
        id=route_id,
        driver_id=DriverId(found.driver_id),
        hub_id=HubId(found.hub_id),
        service_day=date.fromisoformat(found.service_day),
        starts_at=from_ms(found.starts_ms),
        created_at=created_at,
        status=RouteStatus.CANCELLED if found.is_cancelled else RouteStatus(found.status),
        plan_version=found.plan_version,
        stop_count=found.stop_count,
        shipment_count=found.shipment_count,
        started_at=_optional_instant(found.started_ms),
        completed_at=_optional_instant(found.completed_ms),
    )


def pack_plan(route: Route) -> bytes:
    """Hub, breaks and stops: at most 14 kB for 200 stops with everything that there is."""
    stops = route.stops
    consignments = [consignment for stop in stops for consignment in stop.consignments]
    barcodes = [barcode for consignment in consignments for barcode in consignment.barcodes]
    zones = sorted({stop.time_zone for stop in stops})
    stop_times, stop_ids, odd_stop_ids = pack_ids([stop.id for stop in stops], STOP)
    made, shipment_ids, odd_shipment_ids = pack_ids([c.shipment_id for c in consignments], SHIPMENT)
    lats, odd_lats = scaled([stop.coordinates.lat_deg for stop in stops], DEGREES)
    lons, odd_lons = scaled([stop.coordinates.lon_deg for stop in stops], DEGREES)
    service_times, odd_service_times = scaled(
        [stop.service_time_s for stop in stops if stop.service_time_s is not None], MILLI
    )
    roads, odd_roads = scaled([stop.road_s for stop in stops if stop.road_s is not None], MILLI)
    windows = [stop.window for stop in stops if stop.window is not None]
    promises = [stop.promise for stop in stops if stop.promise is not None]
    planned = [stop.planned for stop in stops if stop.planned is not None]
    points = [to_ms(eta.point) for eta in planned]
    columns = [
        [_flags(stop) for stop in stops],
        [len(stop.consignments) for stop in stops],
        [zones.index(stop.time_zone) for stop in stops],
        lats,
        lons,
        stop_times,
        made,
        [len(consignment.barcodes) for consignment in consignments],
        *_range_columns(windows),
        *_range_columns(promises),
        points,
        [at - to_ms(eta.earliest) for at, eta in zip(points, planned, strict=True)],
        [to_ms(eta.latest) - at for at, eta in zip(points, planned, strict=True)],
        service_times,
        roads,
    ]
    document = PlanDocument(
        version=VERSION,
        hub=(route.hub_coordinates.lat_deg, route.hub_coordinates.lon_deg),
        breaks=[(to_ms(b.earliest), to_ms(b.latest), b.duration_s) for b in route.breaks],
        zones=zones,
        counts=list(map(len, columns)),
        numbers=pack_numbers(columns),
        texts=zlib.compress(msgspec.msgpack.encode(barcodes), DEFLATE_LEVEL),
        stop_ids=stop_ids,
        shipment_ids=shipment_ids,
        odd_stop_ids=odd_stop_ids,
        odd_shipment_ids=odd_shipment_ids,
        odd_lats=odd_lats,
        odd_lons=odd_lons,
        odd_service_times=odd_service_times,
        odd_roads=odd_roads,
        start_action_id=route.start_action_id,
        previous=route.previous,
        stop_numbers=[] if route.numbers == tuple(range(len(stops))) else list(route.numbers),
        joined=_places_of(route.joined, _consignments(route)),
        taken_off=pack_plan(_what_was_taken_off(route)) if route.taken_off else b"",
        taken_off_with=list(route.taken_off_with),
        pauses=[(to_ms(pause.earliest), to_ms(pause.latest)) for pause in route.pauses],
        stints=[(each.driver_id, to_ms(each.until), each.previous) for each in route.stints],
    )
    return msgspec.msgpack.encode(document)


def unpack_plan(packed: bytes, summary: RouteSummary) -> Route:
    """The route again."""
    found = _PLANS.decode(packed)
    route = Route(
        id=summary.id,
        driver_id=summary.driver_id,
        hub_id=summary.hub_id,
        hub_coordinates=Coordinates(*found.hub),
        service_day=summary.service_day,
        starts_at=summary.starts_at,
        stops=_stops(found),
        created_at=summary.created_at,
        status=summary.status,
        plan_version=summary.plan_version,
        started_at=summary.started_at,
        completed_at=summary.completed_at,
        breaks=tuple(
            Break(from_ms(earliest_ms), from_ms(latest_ms), duration_s)
            for earliest_ms, latest_ms, duration_s in found.breaks
        ),
        start_action_id=found.start_action_id,
        previous=None if found.previous is None else RouteId(found.previous),
        taken_off=unpack_plan(found.taken_off, summary).stops if found.taken_off else (),
        taken_off_with=tuple(found.taken_off_with),
        pauses=tuple(Range(from_ms(a_ms), from_ms(b_ms)) for a_ms, b_ms in found.pauses),
        stints=tuple(_stint(*each) for each in found.stints),
    )
    consignments = _consignments(route) if found.joined else ()
    return replace(route, joined=tuple(consignments[place] for place in found.joined))


def _what_was_taken_off(route: Route) -> Route:
    bare = replace(route, breaks=(), joined=(), taken_off_with=(), stints=())
    return replace(bare, stops=route.taken_off, taken_off=())


def _stint(driver_id: str, until_ms: int, previous: str | None) -> Stint:
    before = None if previous is None else RouteId(previous)
    return Stint(DriverId(driver_id), from_ms(until_ms), before)


def _consignments(route: Route) -> tuple[Consignment, ...]:
    return tuple(c for stop in (*route.stops, *route.taken_off) for c in stop.consignments)


def _places_of(joined: Sequence[Consignment], among: Sequence[Consignment]) -> list[int]:
    """Equal consignments may change places: what is read is equal, too."""
    places = {consignment: place for place, consignment in enumerate(among)}
    return [places[consignment] for consignment in joined]


def _stops(found: PlanDocument) -> tuple[Stop, ...]:
    (
        flags,
        sizes,
        zones,
        lats,
        lons,
        stop_times,
        made,
        barcode_counts,
        window_starts,
        window_lengths,
        promise_starts,
        promise_lengths,
        points,
        before,
        after,
        service_times,
        roads,
    ) = unpack_numbers(found.numbers, found.counts)
    barcodes = iter(_TEXTS.decode(zlib.decompress(found.texts)))
    shipment_ids = unpack_ids(made, found.shipment_ids, found.odd_shipment_ids, SHIPMENT)
    consignments = iter(
        Consignment(ShipmentId(shipment_id), tuple(next(barcodes) for _ in range(count)))
        for shipment_id, count in zip(shipment_ids, barcode_counts, strict=True)
    )
    windows = iter(_ranges(window_starts, window_lengths))
    promises = iter(_ranges(promise_starts, promise_lengths))
    planned = iter(
        Eta(from_ms(at), from_ms(at - early), from_ms(at + late))
        for at, early, late in zip(points, before, after, strict=True)
    )
    service_times_s = iter(unscaled(service_times, found.odd_service_times, MILLI))
    roads_s = iter(unscaled(roads, found.odd_roads, MILLI))
    return tuple(
        Stop(
            id=StopId(stop_id),
            number=number,
            coordinates=Coordinates(lat_deg, lon_deg),
            time_zone=found.zones[zone],
            consignments=tuple(next(consignments) for _ in range(size)),
            window=next(windows) if flag & WINDOW else None,
            service_time_s=next(service_times_s) if flag & SERVICE_TIME else None,
            planned=next(planned) if flag & PLANNED else None,
            promise=next(promises) if flag & PROMISE else None,
            road_s=next(roads_s) if flag & ROAD else None,
        )
        for number, flag, size, zone, stop_id, lat_deg, lon_deg in zip(
            found.stop_numbers or range(len(flags)),
            flags,
            sizes,
            zones,
            unpack_ids(stop_times, found.stop_ids, found.odd_stop_ids, STOP),
            unscaled(lats, found.odd_lats, DEGREES),
            unscaled(lons, found.odd_lons, DEGREES),
            strict=True,
        )
    )


def _flags(stop: Stop) -> int:
    """The optional values that a stop has, as bits."""
    return (
        (stop.window is not None) * WINDOW
        | (stop.service_time_s is not None) * SERVICE_TIME
        | (stop.planned is not None) * PLANNED
        | (stop.promise is not None) * PROMISE
        | (stop.road_s is not None) * ROAD
    )


def _range_columns(ranges: Sequence[Range]) -> tuple[list[int], list[int]]:
    starts = [to_ms(each.earliest) for each in ranges]
    return starts, [to_ms(r.latest) - at for at, r in zip(starts, ranges, strict=True)]


def _ranges(starts: Sequence[int], lengths: Sequence[int]) -> list[Range]:
    return [
        Range(from_ms(at), from_ms(at + length)) for at, length in zip(starts, lengths, strict=True)
    ]


def _optional_ms(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)


def _optional_instant(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)
