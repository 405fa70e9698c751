"""Plays recorded trips: the actions of shippers, dispatch, drivers and recipients at their times.

Everything goes through the public HTTP API, one request after the other, in the order of time over
all trips. The clock is set to each recorded instant and never goes back.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from local.client import Refused
from local.clock import VirtualClock
from local.demo.carrier import Carrier, signed_in
from local.replay.metering import Log, MeteredApi
from local.replay.recordings import Passing, Sample, Trip

TIME_ZONE: Final = "America/Chicago"
PLANNED_BEFORE: Final = timedelta(minutes=15)
LOADED_BEFORE: Final = timedelta(minutes=5)
ASKED_AFTER: Final = timedelta(minutes=1)
SCANS_AT_ONCE: Final = 50
HANDED_OVER_AFTER: Final = timedelta(seconds=1)
LOOKING: Final = 4
"""One recipient in this many looks at the tracking page when the van leaves, and again later."""
WATCHED: Final = 20
"""We watch at least this many trips closely, or all of them if there are fewer."""
BATCH_SIZES: Final = (1, 1, 1, 1, 1, 1, 2, 3)
"""The numbers of fixes in a request: mostly the newest one, sometimes a few that were held back."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens at an instant. `order` sorts the deeds of the same instant."""

    at: datetime
    order: tuple[int, int]
    act: Callable[[], object]

    def __lt__(self, other: "Deed") -> bool:
        return (self.at, self.order) < (other.at, other.order)


@dataclass
class Drop:
    """One stop of a run: its shipment, since when it is the next stop, and whether it is done."""

    passing: Passing
    barcode: str
    shipment_id: str = ""
    state_path: str = ""
    stop_id: str = ""
    next_since: datetime | None = None
    is_done: bool = False


@dataclass
class World:
    """Everything that the runs share, and the observations during the replay.

    `bridge` does the asynchronous work. `live_bytes` gives the size of a driver's live state.
    """

    log: Log
    clock: VirtualClock
    carrier: Carrier
    driver_ids: dict[str, str]
    public: MeteredApi
    chance: random.Random
    bridge: Callable[[], object]
    live_bytes: Callable[[str], int]
    hub_ids: dict[Coordinates, str] = field(default_factory=dict)
    contradictions: Counter[str] = field(default_factory=Counter)
    """Wrong answers by kind."""
    live_sizes: list[tuple[int, int]] = field(default_factory=list)
    """Stops of the route and bytes of LIVE, after each batch of positions."""
    verdicts: Counter[str] = field(default_factory=Counter)
    """Numbers of fixes by screening verdict."""
    histories: int = 0
    """The number of shipments whose events were read."""
    event_types: Counter[str] = field(default_factory=Counter)
    watched: set[str] = field(default_factory=set)
    """The shipments whose events go on to their recipients; see `Run.is_watched`."""
    watch_every: int = 1
    """One trip in this many is watched."""
    _serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def run(self, number: int, trip: Trip) -> "Run":
        drops = [Drop(passing, f"BUS{next(self._serials):08d}") for passing in trip.stops]
        return Run(number, trip, drops, self)

    def hub_id(self, place: Coordinates) -> str:
        """The hub at this place. It is created for the first trip that begins here."""
        if place not in self.hub_ids:
            body = {
                "name": f"Terminal {len(self.hub_ids) + 1}",
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
                "time_zone": TIME_ZONE,
            }
            self.hub_ids[place] = self.carrier.dispatcher.post("/v1/hubs", body)["id"]
        return self.hub_ids[place]

    def settle(self) -> None:
        """Deliver every event to its last function."""
        self.log.in_background(self.bridge)

    def expect(self, what: str, *, holds: bool) -> None:
        if not holds:
            self.contradictions[what] += 1


@dataclass
class Run:
    """One trip that is being driven.

    For a watched trip all notices are sent, all histories are read, and a recipient looks after
    each batch and each stop. This is far more work than the trip itself. For other trips no notice
    is sent, and only every fourth stop is checked. ETAs are judged for all stops of all trips.
    """

    number: int
    trip: Trip
    drops: list[Drop]
    world: World
    driver_id: str = ""
    route_id: str = ""
    _phone: MeteredApi | None = None
    _accuracy: Mapping[str, Any] | None = None

    @property
    def is_watched(self) -> bool:
        return self.number % self.world.watch_every == 0

    def is_checked(self, index: int) -> bool:
        """Whether we check the page and the history of that stop."""
        return self.is_watched or index % LOOKING == 0

    def deeds(self) -> list[Deed]:
        """Everything that happens on this trip, in the order of time."""
        start = self.trip.started_at
        timed: list[tuple[datetime, Callable[[], object]]] = [
            (start - PLANNED_BEFORE, self._plan),
            (start - LOADED_BEFORE, self._load),
            (start, self._start),
            *((batch[-1].recorded_at, partial(self._post, batch)) for batch in self._batches()),
        ]
        for index, drop in enumerate(self.drops):
            at = drop.passing.arrived_at
            timed.append((at, partial(self._arrive, drop)))
            timed.append((at + HANDED_OVER_AFTER, partial(self._hand_over, index)))
        timed.append((self.trip.ended_at + ASKED_AFTER, self._count_events))
        timed.append((self.trip.ended_at + ASKED_AFTER, self.accuracy))
        return sorted(Deed(at, (self.number, order), act) for order, (at, act) in enumerate(timed))

    def accuracy(self) -> Mapping[str, Any]:
        """The answer of `GET /v1/metrics/eta`. One request is enough: it is kept for 60 days."""
        if self._accuracy is None:
            path = f"/v1/metrics/eta?route_id={self.route_id}"
            self._accuracy = self.world.carrier.dispatcher.get(path)
        return self._accuracy

    def _batches(self) -> Iterator[Sequence[Sample]]:
        left = list(self.trip.samples)
        while left:
            size = self.world.chance.choice(BATCH_SIZES)
            yield left[:size]
            left = left[size:]

    def _plan(self) -> None:
        self.driver_id = self.world.driver_ids[self.trip.vehicle]
        for drop in self.drops:
            made = self.world.carrier.shops[0].api.post("/v1/shipments", _order(drop))
            drop.shipment_id = made["id"]
            drop.state_path = f"{urlsplit(made['tracking_url']).path}/state"
            if self.is_watched:
                self.world.watched.add(drop.shipment_id)
        day = self.trip.started_at.astimezone(ZoneInfo(TIME_ZONE)).date()
        wanted = {
            "driver_id": self.driver_id,
            "hub_id": self.world.hub_id(self.trip.begins.place),
            "service_day": day.isoformat(),
            "starts_at": self.trip.started_at.isoformat(),
            "stops": [{"shipment_ids": [drop.shipment_id]} for drop in self.drops],
        }
        route = self.world.carrier.dispatcher.post("/v1/routes", wanted)
        self.route_id = route["id"]
        for drop, stop in zip(self.drops, route["stops"], strict=True):
            drop.stop_id = stop["id"]

    def _load(self) -> None:
        signed = signed_in(self.world.carrier.dispatcher, self.driver_id)
        self._phone = cast("MeteredApi", signed)
        for at in range(0, len(self.drops), SCANS_AT_ONCE):
            scans = [
                {
                    "action_id": f"scan-{drop.barcode}",
                    "barcode": drop.barcode,
                    "scanned_at": self._now.isoformat(),
                }
                for drop in self.drops[at : at + SCANS_AT_ONCE]
            ]
            results = self._app.post("/v1/driver/scans", {"scans": scans})["results"]
            for result in results:
                self.world.expect("a parcel is loaded", holds=result["verdict"] == "loaded")
        self.world.settle()

    def _start(self) -> None:
        self._act("route/start", f"start-{self.route_id}")
        self.world.settle()
        self.drops[0].next_since = self._now
        for index in range(0, len(self.drops), LOOKING):
            self._look(index)

    def _post(self, batch: Sequence[Sample]) -> None:
        fixes = [
            {
                "recorded_at": sample.recorded_at.isoformat(),
                "lat_deg": sample.place.lat_deg,
                "lon_deg": sample.place.lon_deg,
            }
            for sample in batch
        ]
        answer = self._app.post("/v1/driver/positions", {"fixes": fixes})
        for rejected in answer["rejected"]:
            self.world.verdicts.update(rejected["reasons"] * len(rejected["indexes"]))
        self.world.verdicts["accepted"] += answer["accepted"]
        self.world.live_sizes.append((len(self.drops), self.world.live_bytes(self.driver_id)))
        if self.is_watched and self.world.log.requests[-1].is_transaction:
            self.world.settle()
        coming = [index for index, drop in enumerate(self.drops) if not drop.is_done]
        if coming and self.is_watched:
            self._look(self.world.chance.choice(coming))

    def _arrive(self, drop: Drop) -> None:
        self._act(f"stops/{drop.stop_id}/arrive", f"arrive-{drop.stop_id}")

    def _hand_over(self, index: int) -> None:
        drop = self.drops[index]
        self._act(f"stops/{drop.stop_id}/deliver", f"deliver-{drop.stop_id}")
        drop.is_done = True
        if index + 1 < len(self.drops):
            self.drops[index + 1].next_since = self._now
        if not self.is_checked(index):
            return
        self.world.settle()
        if index % LOOKING == 0:
            self._look_back(drop)
        if index + 1 < len(self.drops):
            self._look(index + 1)

    def _look_back(self, drop: Drop) -> None:
        state, expect = self.world.public.get(drop.state_path), self.world.expect
        expect("a delivered shipment is delivered", holds=state["status"] == "delivered")
        is_over = state["eta"] is None and state["position"] is None
        expect("it is over for its recipient", holds=is_over)
        expect("it need not be asked for again", holds=state["poll_after_s"] is None)

    def _look(self, index: int) -> None:
        """Read the tracking page as a recipient, and compare it with the facts."""
        drop, expect = self.drops[index], self.world.expect
        state = self.world.public.get(drop.state_path)
        before = sum(not other.is_done for other in self.drops[:index])
        expect("as many stops before as there are", holds=state["stops_before"] == before)
        on_the_way = {"out_for_delivery", "arriving", "arrived"}
        expect("a shipment on the van is on the way", holds=state["status"] in on_the_way)
        expect("a promise is shown", holds=state["promise"] is not None)
        if state["status"] == "arrived":
            return
        expect("an ETA is shown", holds=state["eta"] is not None)
        if state["eta"] is not None:
            eta = _eta(state["eta"])
            expect("an ETA lies in its range", holds=eta.earliest <= eta.point <= eta.latest)
            expect("an ETA is not in the past", holds=eta.point >= self._now)

    def _count_events(self) -> None:
        """The whole histories of shipments, in order, each event once."""
        for drop in self.drops[:: 1 if self.is_watched else LOOKING]:
            path = f"/v1/shipments/{drop.shipment_id}/events?limit=100"
            events = self.world.carrier.shops[0].api.get(path)["data"]
            types = [event["type"] for event in events]
            numbers = [event["sequence"] for event in events]
            gapless = numbers == list(range(1, len(numbers) + 1))
            self.world.expect("a history without gaps", holds=gapless)
            once = {"shipment.arriving", "shipment.arrived", "shipment.delivered"}
            repeated = any(types.count(kind) > 1 for kind in once)
            self.world.expect("arriving, arrived and delivered once", holds=not repeated)
            self.world.event_types.update(types)
            self.world.histories += 1

    def _act(self, path: str, action_id: str) -> None:
        body = {"action_id": action_id, "occurred_at": self._now.isoformat()}
        self._app.post(f"/v1/driver/{path}", body)

    @property
    def _now(self) -> datetime:
        return self.world.clock.now()

    @property
    def _app(self) -> MeteredApi:
        if self._phone is None:
            msg = "nobody has signed in yet"
            raise RuntimeError(msg)
        return self._phone


def play(
    runs: Sequence[Run],
    *,
    speed: float = 0.0,
    on_deed: Callable[[Deed, float], object] = lambda _deed, _share: None,
    rest: Callable[[float], object] = time.sleep,
) -> None:
    """Do all deeds of all runs in the order of time, with the clock set to each.

    `speed` limits the virtual seconds per real second while somebody drives; 0 means no limit. A
    refused request ends its run and is counted. `on_deed` gets each deed and the share done so far.
    """
    given_up: set[int] = set()
    last: tuple[datetime, float] | None = None
    deeds = sorted(deed for run in runs for deed in run.deeds())
    for done, deed in enumerate(deeds, start=1):
        number = deed.order[0]
        if last is not None and speed > 0 and (gap := deed.at - last[0]) < PLANNED_BEFORE:
            rest(max(0.0, last[1] + gap.total_seconds() / speed - time.monotonic()))
        last = deed.at, time.monotonic()
        world = runs[0].world
        world.clock.set_to(deed.at)
        if number in given_up:
            continue
        try:
            deed.act()
        except Refused as exc:
            given_up.add(number)
            world.contradictions[f"refused: {exc}"] += 1
        on_deed(deed, done / len(deeds))


def _eta(told: Mapping[str, str]) -> Eta:
    return Eta(*(datetime.fromisoformat(told[part]) for part in ("point", "earliest", "latest")))


def _order(drop: Drop) -> dict[str, Any]:
    """The body of a shipment. Every recipient has a phone; every third also has an e-mail."""
    serial = int(drop.barcode[3:])
    mailbox = {"email": f"recipient{serial}@example.com"} if serial % 3 == 0 else {}
    return {
        "reference": f"Parcel {serial}",
        "recipient": {
            "name": f"Recipient {serial}",
            "phone": f"+1512555{serial % 10_000:04d}",
            **mailbox,
        },
        "address": {
            "lines": [f"Stop {serial}"],
            "city": "Austin",
            "country": "US",
            "lat_deg": drop.passing.place.lat_deg,
            "lon_deg": drop.passing.place.lon_deg,
            "time_zone": TIME_ZONE,
        },
        "parcels": [{"barcode": drop.barcode}],
        "service_time_s": 0,
    }
