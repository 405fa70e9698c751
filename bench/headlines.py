"""Headlines on recorded days: how often they change, and how often what they say holds.

    python -m bench headlines

Buses drive recorded trips, and each stop is a delivery whose page is looked at whenever the bus has
reached another stop, some two minutes apart. Everything but the fixes is the product's own code:
the ETA engine, which has learnt what happened before; the alerts, which tell new promises; what is
remembered in live state; the words of the page. It is compared with pages that remember nothing.
"""

import argparse
import csv
import gzip
import heapq
import itertools
import statistics
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)] if str(ROOT) not in sys.path else []

from bench.eta import Engine, Leg, data_folder  # noqa: E402
from bench.figures import Row, table  # noqa: E402
from chalicelib.domain.driving.alerts import decide  # noqa: E402
from chalicelib.domain.driving.live import Live, Progress  # noqa: E402
from chalicelib.domain.driving.memory import promise_of  # noqa: E402
from chalicelib.domain.driving.shown import expected, with_shown, with_told_shown  # noqa: E402
from chalicelib.domain.eta.estimates import Etas  # noqa: E402
from chalicelib.domain.eta.steady import Span, fresh  # noqa: E402
from chalicelib.domain.geography import Coordinates, distance_m  # noqa: E402
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId  # noqa: E402
from chalicelib.domain.instants import Range  # noqa: E402
from chalicelib.domain.phrases.locales import Locale  # noqa: E402
from chalicelib.domain.policy import Policy  # noqa: E402
from chalicelib.domain.routes.routes import Consignment, Route, Stop  # noqa: E402
from chalicelib.domain.shipments.statuses import Status, external_status  # noqa: E402
from chalicelib.domain.tracking.tracking import Sender, TrackingView  # noqa: E402
from chalicelib.pages.languages import negotiate  # noqa: E402
from chalicelib.pages.tracking.headlines import headline_of  # noqa: E402

STOPS: Final = Path("austin_bus", "public", "virtual_stops.csv.gz")
SCORED_DAYS: Final = ("2016-12-16", "2017-03-16", "2017-03-21", "2017-04-18")
ZONE: Final = "America/Chicago"
UTC_OFFSET_S: Final = 21_600
POLICY: Final = Policy()
AHEAD: Final = (1, 2, 3, 5, 8, 12, 18, 25, 35, 50)
"""The engine learns from what it said of these stops, as in eta_bench.py."""
LEARNS_EVERY: Final = 3
FEWEST_S: Final = 900
"""A page that was looked at for less than this has no rate worth the name."""


@dataclass(frozen=True, slots=True)
class Ride:
    """A recorded trip: when each stop was reached, and the legs to them (none to the first)."""

    day: str
    reached_s: Sequence[int]
    legs: Sequence[Leg]


@dataclass
class Pages:
    """The pages of one trip's deliveries, as they were looked at."""

    ride: Ride
    route: Route
    live: Live
    headlines: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    plain: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    holds: list[bool] = field(default_factory=list)
    eta_holds: list[bool] = field(default_factory=list)


def measure(data: Path | None = None, *, one_in: int = 2, look_at: int = 8) -> list[Row]:
    """One row with memory and one without; empty, with a message, if there are no recordings.

    ``one_in``: of so many bus lines one is driven, and learnt from. ``look_at``: of so many
    deliveries one is looked at.
    """
    data = data or data_folder()
    if not (data / STOPS).exists():
        print(f"headlines: skipped, no recorded days in {data} (set DOORSTEP_DATA)")
        return []
    found = list(_drive(_rides(data / STOPS, one_in), look_at))
    return [
        _figures("remembering", found, [pages.headlines for pages in found]),
        _figures("remembering nothing", found, [pages.plain for pages in found]),
    ]


def _rides(path: Path, one_in: int) -> list[Ride]:
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if zlib.crc32(row["route"].encode()) % one_in == 0:
                rows[row["tid"]].append(row)
    return [_ride(sorted(each, key=lambda row: int(row["seq"]))) for each in rows.values()]


def _ride(rows: Sequence[Mapping[str, str]]) -> Ride:
    at_s = [int(row["arrive_t"]) for row in rows]
    places = [Coordinates(float(row["lat"]), float(row["lon"])) for row in rows]
    weekday = max(0, date.fromisoformat(rows[0]["day"]).weekday() - 4)
    legs: list[Leg] = [{}]
    for i in range(1, len(rows)):
        a, b = places[i - 1], places[i]
        legs.append(
            {
                "id": i,
                "driver": rows[0]["vehicle"],
                "t": at_s[i - 1],
                "lat0": a.lat_deg,
                "lon0": a.lon_deg,
                "lat1": b.lat_deg,
                "lon1": b.lon_deg,
                "km": max(0.05, distance_m(a, b) / 1e3),
                "hour": (at_s[i] - UTC_OFFSET_S) // 3_600 % 24,
                "wk": weekday,
                "base_s": None,
                "y": max(15, at_s[i] - at_s[i - 1]),
            }
        )
    return Ride(rows[0]["day"], at_s, legs)


def _drive(rides: Sequence[Ride], look_at: int) -> Iterator[Pages]:
    """All trips in the order of time. Nothing is learnt before it has happened."""
    engine, locale = Engine(), negotiate("en", None, None)
    pages: dict[int, Pages] = {}
    open_: list[tuple[int, int, int, Any, int]] = []
    passings = sorted(
        (at_s, n, i) for n, r in enumerate(rides) for i, at_s in enumerate(r.reached_s)
    )
    for told, (now_s, n, i) in enumerate(passings):
        while open_ and open_[0][0] <= now_s:
            _, _, ahead, said, took_s = heapq.heappop(open_)
            engine.learn_chain(ahead, said, took_s)
        ride = rides[n]
        if i:
            engine.learn(ride.legs[i], ride.legs[i]["y"], now_s)
        if i + 1 == len(ride.reached_s) or ride.day not in SCORED_DAYS:
            continue
        spans = engine.predict_chain(list(ride.legs[i + 1 :]), now_s)
        if i % LEARNS_EVERY == 0:
            for ahead in AHEAD:
                if i + ahead < len(ride.reached_s):
                    at_s = ride.reached_s[i + ahead]
                    item = (at_s, len(AHEAD) * told + ahead, ahead, engine.last[ahead - 1])
                    heapq.heappush(open_, (*item, at_s - now_s))
        if i == 0:
            pages[n] = _start(ride, spans, now_s)
        _look(pages[n], i, spans, now_s, locale, look_at=look_at)
    yield from pages.values()


def _start(ride: Ride, spans: Sequence[tuple[float, ...]], now_s: int) -> Pages:
    """The van sets off: each stop behind the first one is promised its range."""
    started_at = _at(now_s)
    stops = [
        Stop(
            id=StopId(f"stp_{i}"),
            number=i,
            coordinates=Coordinates(leg["lat1"], leg["lon1"]),
            time_zone=ZONE,
            consignments=(Consignment(ShipmentId(f"shp_{i}"), (f"{i}",)),),
            promise=Range(_at(now_s + low), _at(now_s + high)).as_promise(POLICY.promise_step),
        )
        for i, (leg, (_, low, high)) in enumerate(zip(ride.legs[1:], spans, strict=True))
    ]
    route = Route(
        id=RouteId("rte_1"),
        driver_id=DriverId("drv_1"),
        hub_id=HubId("hub_1"),
        hub_coordinates=stops[0].coordinates,
        service_day=started_at.date(),
        starts_at=started_at,
        stops=tuple(stops),
        created_at=started_at,
        started_at=started_at,
    )
    live = Live(route.driver_id, route_id=route.id, started_at=started_at)
    return Pages(ride, route, replace(live, progress=(Progress(),) * len(stops)))


def _look(
    pages: Pages,
    i: int,
    spans: Sequence[tuple[float, ...]],
    now_s: int,
    locale: Locale,
    *,
    look_at: int,
) -> None:
    """Recipients ahead look at their pages, when the bus has reached stop ``i``."""
    now, route = _at(now_s), pages.route
    done = (Progress(is_done=True),) * i
    etas = Etas(
        [None] * i + [int(now_s + point_s) for point_s, *_ in spans],
        [0] * i + [int(now_s + low_s) for _, low_s, _ in spans],
        [0] * i + [int(now_s + high_s) for *_, high_s in spans],
    )
    progress = (*done, *pages.live.progress[i:])
    live = replace(pages.live, progress=progress, etas=etas, estimated_at=now)
    live = with_shown(live, route, now)
    live, alerts = decide(live, route, as_of=now, now=now, limit=99, policy=POLICY)
    pages.live = live = with_told_shown(live, alerts, now)
    for stops_before, k in enumerate(range(i, len(route.stops))):
        eta, promise = live.etas[k], promise_of(live.progress[k], route.stops[k])
        if eta is None or k % look_at:
            continue
        reached_s = pages.ride.reached_s[k + 1]
        seen = _view(now, stops_before, promise)
        shown = expected(live, k, eta, promise, now=now, policy=POLICY)
        said = headline_of(replace(seen, expected=shown), ZoneInfo(ZONE), locale).text
        pages.headlines[k].append(said)
        span = Span(etas.earliest_s[k], etas.latest_s[k])
        plain = Range(*map(_at, fresh(span)))
        said = headline_of(replace(seen, expected=plain), ZoneInfo(ZONE), locale).text
        pages.plain[k].append(said)
        if shown is not None and shown.latest > now:
            pages.holds.append(shown.earliest <= _at(reached_s) <= shown.latest)
        pages.eta_holds.append(span.earliest_s <= reached_s <= span.latest_s)


def _view(now: datetime, stops_before: int, promise: Range | None) -> TrackingView:
    return TrackingView(
        status=Status.OUT_FOR_DELIVERY,
        external_status=external_status(Status.OUT_FOR_DELIVERY),
        reference="",
        sender=Sender("", None),
        city="Austin",
        time_zone=ZONE,
        locale="en",
        server_now=now,
        version=1,
        eta=None,
        eta_age_s=None,
        promise=None if promise is None or promise.latest <= now else promise,
        delayed=False,
        window=None,
        stops_before=stops_before,
        position=None,
        position_hidden_because=None,
        last_seen_age_s=None,
        destination=Coordinates(0.0, 0.0),
        timeline=(),
        outcome=None,
        poll_after_s=60,
    )


def _figures(name: str, found: Sequence[Pages], said: Sequence[Mapping[int, list[str]]]) -> Row:
    changes, hours, rates = 0, 0.0, []
    for pages, by_stop in zip(found, said, strict=True):
        for k, headlines in by_stop.items():
            changed = sum(a != b for a, b in itertools.pairwise(headlines))
            watched_s = pages.ride.reached_s[k + 1] - pages.ride.reached_s[0]
            changes, hours = changes + changed, hours + watched_s / 3_600
            if watched_s >= FEWEST_S:
                rates.append(3_600 * changed / watched_s)
    holds = [each for pages in found for each in pages.holds]
    etas = [each for pages in found for each in pages.eta_holds]
    is_shown = name == "remembering"
    return {
        "page": name,
        "deliveries": sum(len(by_stop) for by_stop in said),
        "looks": len(etas),
        "changes/h": round(changes / hours, 2),
        "median": round(statistics.median(rates), 2),
        "p90": round(statistics.quantiles(rates, n=10)[-1], 2),
        "shown holds, %": round(100 * sum(holds) / len(holds), 1) if is_shown else "",
        "ETA holds, %": round(100 * sum(etas) / len(etas), 1),
    }


def _at(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="the recorded journeys")
    parser.add_argument("--one-in", type=int, default=2, help="drive one bus line in this many")
    parser.add_argument("--look-at", type=int, default=8, help="look at one delivery in this many")
    asked = parser.parse_args()
    rows = measure(asked.data, one_in=asked.one_in, look_at=asked.look_at)
    if rows:
        print(table("headlines", rows))


if __name__ == "__main__":
    main()
