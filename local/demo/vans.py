"""A van's day through the public HTTP API: load, drive, stop, hand over or fail, return."""

import logging
import random
import threading
import uuid
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chalicelib.domain.geography import Coordinates
from local.agenda import Doings
from local.client import Refused
from local.clock import VirtualClock
from local.demo import carrier, driving, people, planning, recipients
from local.demo.phone import Phone, Photo
from local.demo.streets import Door, Streets

TIME_ZONE: Final = "Europe/Helsinki"
FIX_EVERY_S: Final = 5.0
POST_EVERY_S: Final = 15.0
STANDING_FIX_EVERY_S: Final = 15.0
FASTEST_POST_S: Final = 1.0
"""Least real seconds between two posts of a van. At high speed batches get larger, not more."""
LOADING_S: Final = 60.0
SHORTEST_DWELL_S: Final = 60.0
LONGEST_DWELL_S: Final = 180.0
WAVES_KEPT: Final = 3
ANOTHER_DAY: Final = "another_day"
"""What became of a stop that the plan has no more."""
FAILING: Final = 0.1
CELLARS: Final = 0.1
"""The share of visits without a network: what was done there is sent once the van drives on."""
JAMMING: Final = 0.6
"""The share of waves with a traffic jam."""
SHORTEST_JAM_S: Final = 11 * 60.0
LONGEST_JAM_S: Final = 17 * 60.0

Going = Generator[float, datetime, datetime]
"""A part of a van's doings. It returns the time at its end."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A created shipment."""

    id: str
    tracking_url: str
    reference: str


@dataclass
class Stop:
    """A stop of the current wave, for the start page."""

    number: int
    visit: planning.Visit
    parcels: tuple[Parcel, ...]
    id: str = ""
    outcome: str = ""
    """Empty until the visit."""


@dataclass
class World:
    """Everything that all vans share."""

    clock: VirtualClock
    streets: Streets
    carrier: carrier.Carrier
    hub: int
    supply: planning.Supply
    photo: Callable[[random.Random], bytes]
    forget: Callable[[Sequence[str]], object]
    """Removes old shipments, because the emulator reads whole tables for many requests."""
    stopping: threading.Event
    printed: set[str] = field(default_factory=set)
    """Shipments whose links somebody was given. They are never removed."""
    in_a_hurry: bool = False
    """True while the demo catches up with the clock. Then position posts are fewer and larger."""


@dataclass
class Van:
    """One driver with a van. Each wave replaces `stops`."""

    name: str
    driver_id: str
    doors: Sequence[Door]
    world: World
    chance: random.Random
    stops: list[Stop] = field(default_factory=list)
    begins_late: bool = False
    """Whether the last stop of the first wave is promised too early: something to be moved."""
    _past: deque[list[str]] = field(default_factory=deque)
    _phone: Phone | None = None
    _posted_at: datetime | None = None
    _errors: Any = None
    _recipients: recipients.Recipients = field(init=False)

    def __post_init__(self) -> None:
        """Chance of their own: what people say changes no drive."""
        self._recipients = recipients.Recipients(random.Random(f"{self.name} recipients"))

    def doings(self, *, wait_s: float = 0.0) -> Doings:
        """Drive wave after wave for ever. A refused request only ends its wave."""
        at = yield 0.0
        self._errors = driving.phone_errors(self.chance)
        if wait_s:
            at = yield wait_s
        while True:
            try:
                at = yield from self._wave(at)
            except (Refused, OSError) as exc:
                if not self.world.stopping.is_set():
                    logger.warning("%s gives up this wave: %s", self.name, exc)
                at = yield LOADING_S
            at = yield self.chance.uniform(60, 180)

    def _wave(self, at: datetime) -> Going:
        self._load(at)
        at = yield LOADING_S
        self._report("route/start", at)
        here = self.world.hub
        jammed = self._jammed_stop()
        for stop in self.stops:
            jam_s = self.chance.uniform(SHORTEST_JAM_S, LONGEST_JAM_S) if stop is jammed else 0.0
            stop.parcels = self._still_planned(stop)
            if not stop.parcels:
                stop.outcome = ANOTHER_DAY
                continue
            there = stop.visit.door.corner
            leg = driving.leg(self.world.streets, here, there, self.chance, jam_s=jam_s)
            self._hear_of_the_next(stop)
            at = yield from self._drive(leg, at)
            at = yield from self._visit(stop, at)
            here = there
        self._send(at)
        leg = driving.leg(self.world.streets, here, self.world.hub, self.chance)
        return (yield leg.duration_s)

    def _still_planned(self, stop: Stop) -> tuple[Parcel, ...]:
        """Recipients choose another day, also on the road: then the plan has them no more."""
        try:
            plan = self._driver.app.get("/v1/driver/route")
        except Refused:  # it was the last stop, and the route is over
            return ()
        left = {
            shipment["id"]
            for each in plan["stops"]
            if each["id"] == stop.id
            for shipment in each["shipments"]
        }
        return tuple(parcel for parcel in stop.parcels if parcel.id in left)

    def _hear_of_the_next(self, stop: Stop) -> None:
        """Who waits two stops later may write, and say what is to happen at the door."""
        later = self.stops[stop.number + 1 : stop.number + 2]
        for parcel in (each for found in later for each in found.parcels[:1]):
            self._recipients.before_the_visit(parcel.id, parcel.tracking_url, self._driver.app)

    def _jammed_stop(self) -> Stop | None:
        has_jam = self.chance.random() < JAMMING
        return self.chance.choice(self.stops[2:6]) if has_jam else None

    def _load(self, at: datetime) -> None:
        """Create the shipments, plan the route and scan the parcels."""
        starts_at = at + timedelta(seconds=LOADING_S)
        visits = planning.wave(
            self.doors,
            hub=self.world.streets.corners[self.world.hub],
            starts_at=starts_at,
            supply=self.world.supply,
            chance=self.chance,
        )
        if self.begins_late and not self._past:
            planning.hurry(visits[-1], starts_at=starts_at)
        app = carrier.signed_in(self.world.carrier.dispatcher, self.driver_id)
        self._phone, self._posted_at = Phone(app, self._now, self._id), at
        stops = [
            Stop(number, visit, tuple(self._ship(order) for order in visit.orders))
            for number, visit in enumerate(visits, start=1)
        ]
        route = self.world.carrier.dispatcher.post(
            "/v1/routes",
            {
                "driver_id": self.driver_id,
                "hub_id": self.world.carrier.hub_id,
                "service_day": starts_at.astimezone(ZoneInfo(TIME_ZONE)).date().isoformat(),
                "starts_at": _text(starts_at),
                "stops": [{"shipment_ids": [p.id for p in stop.parcels]} for stop in stops],
            },
        )
        for stop, planned in zip(stops, route["stops"], strict=True):
            stop.id = planned["id"]
        self._scan([code for visit in visits for o in visit.orders for code in o.barcodes], at)
        self.stops = stops
        self._past.append([parcel.id for stop in stops for parcel in stop.parcels])
        while len(self._past) > WAVES_KEPT:
            old = self._past.popleft()
            self.world.forget([each for each in old if each not in self.world.printed])

    def _ship(self, order: planning.Order) -> Parcel:
        shop = self.world.carrier.shops[order.shop].api
        headers = {"Idempotency-Key": self._id()}
        made = shop.post("/v1/shipments", order.body, headers=headers)
        return Parcel(made["id"], made["tracking_url"], made["reference"])

    def _scan(self, barcodes: list[str], at: datetime) -> None:
        scans = [
            {"action_id": self._id(), "barcode": barcode, "scanned_at": _text(at)}
            for barcode in barcodes
        ]
        self._driver.app.post("/v1/driver/scans", {"scans": scans})

    def _drive(self, leg: driving.Leg, at: datetime) -> Going:
        elapsed_s = 0.0
        every_s = STANDING_FIX_EVERY_S if self.world.in_a_hurry else FIX_EVERY_S
        while elapsed_s < leg.duration_s:
            pause_s = min(every_s, leg.duration_s - elapsed_s)
            at = yield pause_s
            elapsed_s += pause_s
            self._locate(*leg.at(elapsed_s), at)
        return at

    def _visit(self, stop: Stop, at: datetime) -> Going:
        """Arrive, wait for somebody to open, then deliver or fail."""
        self._send(at)
        self._driver.has_network = self.chance.random() >= CELLARS
        self._report(f"stops/{stop.id}/arrive", at)
        dwell_s = self.chance.uniform(SHORTEST_DWELL_S, LONGEST_DWELL_S)
        corner = self.world.streets.corners[stop.visit.door.corner]
        while dwell_s > 0:
            pause_s = min(STANDING_FIX_EVERY_S, dwell_s)
            at = yield pause_s
            dwell_s -= pause_s
            self._locate(corner, 0.0, None, at)
        if self.chance.random() < FAILING:
            stop.outcome = self.chance.choice(("not_home", "not_home", "no_access", "refused"))
            note = people.NOT_HANDED_OVER[stop.outcome]
            self._report(f"stops/{stop.id}/fail", at, reason=stop.outcome, note=note)
        else:
            stop.outcome = "delivered"
            photos = [
                Photo(parcel.id, self.world.photo(self.chance), at, corner)
                for parcel in stop.parcels
            ]
            note = self.chance.choice(people.HANDED_OVER)
            said = {"note": note} | self._pin(stop)
            self._report(f"stops/{stop.id}/deliver", at, photos=photos, **said)
        self._driver.has_network = True
        self._send(at)
        urls = [parcel.tracking_url for parcel in stop.parcels[:1]]
        self._recipients.after_the_visit(urls, is_delivered=stop.outcome == "delivered")
        return at

    def _pin(self, stop: Stop) -> dict[str, str]:
        """What the recipient reads out from the tracking page, where the shipper asks for it."""
        if not any(order.asks_pin for order in stop.visit.orders):
            return {}
        page = urlsplit(stop.parcels[0].tracking_url).path
        shown = self.world.carrier.dispatcher.as_(None).get(f"{page}/state")["words"]["pin"]
        return {} if shown is None else {"pin": shown["digits"]}

    def _locate(
        self, place: Coordinates, speed_mps: float, heading_deg: float | None, at: datetime
    ) -> None:
        """Note the place that the phone reports, and send when it is time."""
        seen = driving.moved(place, *next(self._errors))
        self._driver.locate(
            {
                "recorded_at": _text(at),
                "lat_deg": round(seen.lat_deg, 6),
                "lon_deg": round(seen.lon_deg, 6),
                "accuracy_m": round(self.chance.uniform(3, 9), 1),
                "speed_mps": round(speed_mps, 1),
                **({} if heading_deg is None else {"heading_deg": round(heading_deg) % 360}),
            }
        )
        every_s = max(POST_EVERY_S, FASTEST_POST_S * self.world.clock.speed)
        if self.world.in_a_hurry:
            every_s = 4 * POST_EVERY_S
        if self._posted_at is None or at - self._posted_at >= timedelta(seconds=every_s):
            self._send(at)

    def _send(self, at: datetime) -> None:
        self._posted_at = at
        self._driver.send()

    def _now(self) -> datetime:
        """The phone's clock. While the demo catches up, what the van does is ahead of ours."""
        now = self.world.clock.now()
        return now if self._posted_at is None else max(self._posted_at, now)

    def _report(self, path: str, at: datetime, **said: Any) -> None:
        """Report a step of the work, as soon as there is a network."""
        self._driver.report(path, at, **said)
        self._send(at)

    @property
    def _driver(self) -> Phone:
        if self._phone is None:
            msg = "the driver has not signed in"
            raise RuntimeError(msg)
        return self._phone

    def _id(self) -> str:
        """An id that depends only on the seed."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds")
