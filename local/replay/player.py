"""Plays recorded trips: what shippers, dispatch, drivers and recipients did, at the recorded times.

Everything goes through the public HTTP API, one request after the other in the order of time, over
all trips. The clock is set to each recorded instant, and never back.
"""

import heapq
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chalicelib.domain.accuracy import Told
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from local.client import Refused
from local.demo.carrier import Carrier, signed_in
from local.replay.metering import MeteredApi, Request
from local.replay.recordings import Passing, Sample, Trip
from local.stack import RunningStack

TIME_ZONE: Final = "America/Chicago"
PLANNED_BEFORE: Final = timedelta(minutes=15)
LOADED_BEFORE: Final = timedelta(minutes=5)
SCANS_AT_ONCE: Final = 50
HANDED_OVER_AFTER: Final = timedelta(seconds=1)
BATCH_SIZES: Final = (1, 1, 1, 1, 1, 1, 2, 3)
"""How many fixes a request carries: mostly the one just recorded, sometimes what was held back."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens at an instant; `order` settles what comes first within it."""

    at: datetime
    order: tuple[int, int]
    act: Callable[[], object]

    def __lt__(self, other: "Deed") -> bool:
        return (self.at, self.order) < (other.at, other.order)


@dataclass
class Drop:
    """One stop of a run: its shipment, what its recipient's page said, when it was done."""

    passing: Passing
    shipment_id: str = ""
    state_path: str = ""
    stop_id: str = ""
    told: list[Told] = field(default_factory=list)
    next_since: datetime | None = None
    is_done: bool = False


@dataclass
class World:
    """What all runs share."""

    stack: RunningStack
    carrier: Carrier
    api: MeteredApi
    chance: random.Random
    hub_ids: dict[Coordinates, str] = field(default_factory=dict)
    driver_ids: dict[str, str] = field(default_factory=dict)
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    contradictions: list[str] = field(default_factory=list)
    live_bytes: list[tuple[int, int]] = field(default_factory=list)
    """Stops of the route and the size of LIVE, after each batch of positions."""
    measure_live: Callable[[str], int] = lambda _driver_id: 0


@dataclass
class Run:
    """One trip being driven. `deeds` are to be done in order of time."""

    number: int
    trip: Trip
    world: World
    drops: list[Drop] = field(init=False)
    driver_id: str = ""
    route_id: str = ""
    posted: list[Sample] = field(default_factory=list)
    position_requests: list[Request] = field(default_factory=list)
    _phone: MeteredApi | None = None

    def __post_init__(self) -> None:
        self.drops = [Drop(passing) for passing in self.trip.stops]

    def deeds(self) -> Iterator[Deed]:
        """Everything that happens on this trip, in order."""
        order = itertools.count()

        def deed(at: datetime, act: Callable[..., object], *arguments: Any) -> Deed:
            return Deed(at, (self.number, next(order)), partial(act, *arguments))

        start = self.trip.started_at
        yield deed(start - PLANNED_BEFORE, self._plan)
        yield deed(start - LOADED_BEFORE, self._load)
        yield deed(start, self._start)
        driving = [
            *(deed(batch[-1].recorded_at, self._post, batch) for batch in self._batches()),
            *(deed(d.passing.arrived_at, self._arrive, d) for d in self.drops),
            *(
                deed(d.passing.arrived_at + HANDED_OVER_AFTER, self._hand_over, d)
                for d in self.drops
            ),
        ]
        yield from sorted(driving)

    def _batches(self) -> Iterator[Sequence[Sample]]:
        left = list(self.trip.samples)
        while left:
            size = self.world.chance.choice(BATCH_SIZES)
            yield left[:size]
            left = left[size:]

    def _plan(self) -> None:
        world = self.world
        self.driver_id = world.driver_ids[self.trip.vehicle]
        for drop in self.drops:
            made = world.carrier.shops[0].api.post("/v1/shipments", self._order(drop))
            drop.shipment_id = made["id"]
            drop.state_path = f"{urlsplit(made['tracking_url']).path}/state"
        route = world.carrier.dispatcher.post(
            "/v1/routes",
            {
                "driver_id": self.driver_id,
                "hub_id": self._hub_id(),
                "service_day": self.trip.started_at.astimezone(ZoneInfo(TIME_ZONE))
                .date()
                .isoformat(),
                "starts_at": self.trip.started_at.isoformat(),
                "stops": [
                    {"shipment_ids": [d.shipment_id], "service_time_s": 0} for d in self.drops
                ],
            },
        )
        self.route_id = route["id"]
        for drop, stop in zip(self.drops, route["stops"], strict=True):
            drop.stop_id = stop["id"]

    def _order(self, drop: Drop) -> dict[str, Any]:
        serial = next(self.world.serials)
        place = drop.passing.place
        has_mailbox = serial % 3 == 0
        return {
            "reference": f"{self.trip.id}-{serial}",
            "recipient": {
                "name": f"Recipient {serial}",
                "phone": f"+1512555{serial % 10_000:04d}",
                **({"email": f"recipient{serial}@example.com"} if has_mailbox else {}),
            },
            "address": {
                "lines": [f"Stop {serial}"],
                "city": "Austin",
                "country": "US",
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
                "time_zone": TIME_ZONE,
            },
            "parcels": [{"barcode": f"BUS{serial:08d}"}],
            "service_time_s": 0,
        }

    def _hub_id(self) -> str:
        """The hub where this trip begins, made when the first trip begins there."""
        place = self.trip.begins.place
        if place not in self.world.hub_ids:
            made = self.world.carrier.dispatcher.post(
                "/v1/hubs",
                {
                    "name": f"Terminal {len(self.world.hub_ids) + 1}",
                    "lat_deg": place.lat_deg,
                    "lon_deg": place.lon_deg,
                    "time_zone": TIME_ZONE,
                },
            )
            self.world.hub_ids[place] = made["id"]
        return self.world.hub_ids[place]

    def _load(self) -> None:
        self._phone = signed_in(self.world.carrier.dispatcher, self.driver_id)
        now = self.world.stack.clock.now().isoformat()
        orders = self.world.carrier.dispatcher
        shipments = [self._app_barcode(drop) for drop in self.drops]
        del orders
        for at in range(0, len(shipments), SCANS_AT_ONCE):
            scans = [
                {"action_id": f"scan-{barcode}", "barcode": barcode, "scanned_at": now}
                for barcode in shipments[at : at + SCANS_AT_ONCE]
            ]
            results = self._app.post("/v1/driver/scans", {"scans": scans})["results"]
            self._expect_all(results, "verdict", "loaded")
