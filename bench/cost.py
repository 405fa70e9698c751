"""`python -m bench cost`: what a delivery costs, from the calls and units of one driver's shift.

A driver loads, drives a line of stops for eight hours, posts locations every quarter of a minute
and hands each parcel over with a photo. Each recipient looks once in the morning, and keeps the
page open from twenty minutes before the van to the end, asking as often as the page tells it to.
All of that goes through the HTTP API of the laptop stack, in virtual time; the calls, units and
function runs are counted, not estimated.

The prices are AWS's list prices of us-east-1, on demand, without the free tier. SMS are left out:
the last row counts them, and one costs more than all the rest.
"""

import io
import json
import random
import re
import urllib.request
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from bench.figures import Row
from chalicelib.bootstrap.container import container
from chalicelib.domain.geography import Coordinates
from local.agenda import Agenda, Doings
from local.client import Api, upload
from local.clock import VirtualClock
from local.cloud.capacity import CapacityMeter
from local.cloud.delivery import Handler
from local.cloud.sources import BucketSource
from local.demo.carrier import open_carrier, signed_in
from local.demo.photo import doorstep_jpeg
from local.replay.metering import Log, MeteredApi, dynamodb_clients
from local.stack import RunningStack, running_stack

STOPS: Final = 120
SHIFT_S: Final = 8 * 3600.0
FIX_EVERY_S: Final = 5.0
FIXES_A_POST: Final = 3
DWELL_S: Final = 90.0
SPEED_MPS: Final = 6.0
LOOKS_BEFORE_S: Final = 20 * 60.0
SCANS_AT_ONCE: Final = 50
MORNING: Final = datetime.fromisoformat("2026-06-09T05:00:00+00:00")
HUB: Final = Coordinates(60.1000, 24.9000)
AFTERWARDS: Final = timedelta(hours=1)
TIME_ZONE: Final = "Europe/Helsinki"
DEG_A_METRE: Final = 1 / 111_195.0
FILE: Final = re.compile(r"""(?:/static/|["'(]\./)([\w-]+\.[\w.-]*(?:js|css|svg|png|woff2))\b""")
QUEUE_FUNCTIONS: Final = (
    *("notify_recipient", "deliver_webhook", "inspect_proof", "seal_evidence", "count_metrics"),
)
Driving = Generator[float, datetime, float]

MILLION: Final = 1e6
PRICES_USD: Final = {
    "api request": 3.50 / MILLION,  # API Gateway, REST
    "function run": 0.20 / MILLION,
    "function GB s": 0.0000133334,  # arm64
    "write unit": 0.625 / MILLION,
    "read unit": 0.125 / MILLION,
    "queue request": 0.40 / MILLION,
    "e-mail": 0.10 / 1000,
    "signature": 0.15 / 10_000,  # KMS, by a key of an elliptic curve
    "photo": (5.0 + 0.4 + 0.4) / MILLION,  # one PUT, two GET
    "log GB": 0.50,
}
MEMORY_GB: Final = 0.5
RUN_S: Final = 0.015
"""Of a run without DynamoDB, at a third of a processor; assumed, since only AWS can tell."""
CALL_S: Final = 0.006
"""Of a call of DynamoDB within the region; assumed likewise."""
LOG_GB: Final = 900e-9
"""Of one run."""


@dataclass
class Shift:
    """One driver's day, and the recipients who look."""

    stack: RunningStack
    log: Log
    phone: Api
    public: Api
    shipments: list[dict[str, Any]]
    stop_ids: list[str]

    def drive(self) -> Doings:
        """From the hub over all doors. A leg and its visit take their share of the shift."""
        at = yield 0.0
        _act(self.phone, "route/start", at)
        leg_s = SHIFT_S / len(self.stop_ids) - DWELL_S
        lat_deg = HUB.lat_deg
        for stop_id, made in zip(self.stop_ids, self.shipments, strict=True):
            lat_deg = yield from self._post(lat_deg, SPEED_MPS, leg_s)
            _act(self.phone, f"stops/{stop_id}/arrive", self.stack.clock.now())
            lat_deg = yield from self._post(lat_deg, 0.0, DWELL_S)
            self._deliver(stop_id, made["id"])

    def _post(self, lat_deg: float, speed_mps: float, duration_s: float) -> Driving:
        fixes: list[dict[str, Any]] = []
        for n in range(1, int(duration_s / FIX_EVERY_S) + 1):
            at = yield FIX_EVERY_S
            lat_deg += speed_mps * FIX_EVERY_S * DEG_A_METRE
            place = {"lat_deg": round(lat_deg, 6), "lon_deg": HUB.lon_deg}
            fixes.append({"recorded_at": at.isoformat(), "accuracy_m": 6.0} | place)
            if n % FIXES_A_POST == 0:
                self.phone.post("/v1/driver/positions", {"fixes": fixes})
                fixes = []
                self.log.in_background(self.stack.settle)
        return lat_deg

    def _deliver(self, stop_id: str, shipment_id: str) -> None:
        picture = doorstep_jpeg(random.Random(stop_id))
        wanted = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": len(picture)}
        form = self.phone.post("/v1/driver/proofs", wanted | {"shipment_id": shipment_id})
        upload(form["url"], form["fields"], picture, "image/jpeg")
        now = self.stack.clock.now()
        _act(self.phone, f"stops/{stop_id}/deliver", now, proof_ids=[form["proof_id"]])
        self.log.in_background(self.stack.settle)

    def look(self, number: int) -> Doings:
        """A recipient: once in the morning, and from shortly before the van until the end."""
        page = _page_of(self.shipments[number])
        due_s = (number + 1) * SHIFT_S / len(self.shipments)
        yield 0.0
        self._open(page)
        yield max(1.0, due_s - LOOKS_BEFORE_S)
        self._open(page)
        pause_s: float | None = 1.0
        while pause_s is not None:
            yield pause_s
            pause_s = self.public.get(f"{page}/state")["poll_after_s"]

    def _open(self, page: str) -> None:
        with suppress(json.JSONDecodeError):  # a page is not JSON; it was counted before
            self.public.get(page)


@dataclass(frozen=True, slots=True)
class Counts:
    """The count of one kind of cost for one delivery, and the price of a single one."""

    what: str
    count: float
    price_usd: float

    def row(self) -> Row:
        return {
            "what": self.what,
            "a delivery": self.count,
            "millionths of a dollar": self.count * self.price_usd * MILLION,
        }


def measure(stops: int = STOPS) -> list[Row]:
    """Count a whole shift, and return the counts and the price of one delivery."""
    with ExitStack() as closing:
        closing.enter_context(redirect_stdout(io.StringIO()))  # the metrics of the functions
        clock = VirtualClock(MORNING)
        stack = closing.enter_context(running_stack(clock=clock, in_background=False))
        meter = CapacityMeter()
        closing.enter_context(meter.watching(*dynamodb_clients()))
        log, runs = Log(meter), _counted_runs(stack)
        signatures = closing.enter_context(_counted_signatures())
        shift = _planned(stack, log, stops)
        agenda = Agenda(clock)
        agenda.add(shift.drive())
        for number in range(stops):
            agenda.add(shift.look(number))
        agenda.run_until(MORNING + timedelta(seconds=SHIFT_S) + AFTERWARDS)
        letters: Counter[str] = Counter(letter.kind for letter in stack.inbox.letters())
        files = len(_files(stack.base_url, _page_of(shift.shipments[0])))
    counted = _counted(
        log, runs, letters, signatures=len(signatures), recipients=stops, files=files
    )
    lines = [Counts(what, count / stops, PRICES_USD[price]) for what, count, price in counted]
    total_usd = sum(line.count * line.price_usd for line in lines)
    return [
        *(line.row() for line in lines),
        Counts("all of it", 1.0, total_usd).row(),
        Counts("beside it: SMS", letters["sms"] / stops, 0.0).row(),
    ]


def _counted(
    log: Log,
    runs: Counter[str],
    letters: Counter[str],
    *,
    signatures: int,
    recipients: int,
    files: int,
) -> list[tuple[str, float, str]]:
    requests = Counter(_who(request.route) for request in log.requests)
    requests["static files"] = files * recipients  # a browser keeps them
    calls = sum(request.calls for request in log.requests) + log.background_calls
    writes = sum(request.write_units for request in log.requests) + log.background_write_units
    reads = sum(request.read_units for request in log.requests) + log.background_read_units
    messages = sum(runs[name] for name in QUEUE_FUNCTIONS)
    runs = runs + Counter(api=requests.total())
    return [
        *((f"requests: {who}", count, "api request") for who, count in sorted(requests.items())),
        *((f"runs: {name}", count, "function run") for name, count in sorted(runs.items())),
        (
            "function time, GB s",
            (runs.total() * RUN_S + calls * CALL_S) * MEMORY_GB,
            "function GB s",
        ),
        ("write units", writes, "write unit"),
        ("read units", reads, "read unit"),
        ("queue requests", 3 * messages, "queue request"),
        ("e-mails", letters["email"], "e-mail"),
        ("signatures", signatures, "signature"),
        ("photos", recipients, "photo"),
        ("logs, GB", runs.total() * LOG_GB, "log GB"),
    ]


def _planned(stack: RunningStack, log: Log, stops: int) -> Shift:
    """A carrier with one van, its parcels created, planned and scanned."""
    office = MeteredApi(stack.base_url, stack.admin_key, log=log)
    carrier = open_carrier(
        office,
        shops=[{"name": "Corner Shop", "sms_name": "Corner Shop"}],
        hub_name="Depot",
        hub_place=HUB,
        time_zone=TIME_ZONE,
        drivers=[("Matti", "North")],
    )
    log.requests.clear()  # a carrier is opened once, not for a delivery
    leg_m = (SHIFT_S / stops - DWELL_S) * SPEED_MPS
    shop = carrier.shops[0].api
    shipments = [shop.post("/v1/shipments", _order(n, leg_m * n)) for n in range(1, stops + 1)]
    route = {
        "driver_id": carrier.driver_ids[0],
        "hub_id": carrier.hub_id,
        "starts_at": MORNING.isoformat(),
        "shipment_ids": [made["id"] for made in shipments],
    }
    planned = carrier.dispatcher.post("/v1/routes", route)
    phone = signed_in(carrier.dispatcher, carrier.driver_ids[0])
    scans = [
        {"action_id": f"s{n}", "barcode": _barcode(n), "scanned_at": MORNING.isoformat()}
        for n in range(1, stops + 1)
    ]
    for at in range(0, stops, SCANS_AT_ONCE):
        phone.post("/v1/driver/scans", {"scans": scans[at : at + SCANS_AT_ONCE]})
    log.in_background(stack.settle)
    stop_ids = [stop["id"] for stop in planned["stops"]]
    return Shift(stack, log, phone, office.as_(None), shipments, stop_ids)


def _order(number: int, north_m: float) -> dict[str, Any]:
    return {
        "reference": str(1000 + number),
        "recipient": {
            "name": "Aino Virtanen",
            "phone": f"+35840{number:07d}",
            "email": f"aino{number}@example.com",
            "locale": "fi",
        },
        "address": {
            "lines": [f"Mannerheimintie {number}"],
            "city": "Helsinki",
            "country": "FI",
            "time_zone": TIME_ZONE,
            "lat_deg": HUB.lat_deg + north_m * DEG_A_METRE,
            "lon_deg": HUB.lon_deg,
        },
        "parcels": [{"barcode": _barcode(number)}],
    }


def _barcode(number: int) -> str:
    return f"PARCEL{number:06d}"


def _act(phone: Api, path: str, at: datetime, **more: Any) -> None:
    body = {"action_id": path.replace("/", "-"), "occurred_at": at.isoformat()}
    phone.post(f"/v1/driver/{path}", body | more)


def _page_of(made: dict[str, Any]) -> str:
    return urlsplit(made["tracking_url"]).path


def _who(route: str) -> str:
    """Whose request it is, by its route."""
    if "/t/" in route:
        return "recipient"
    return "driver" if "/v1/driver/" in route else "office and shop"


def _files(base_url: str, page: str) -> set[str]:
    """The files of ours that a browser asks for with the page, those of the map included."""
    found: set[str] = set()
    left = [page]
    while left:
        with urllib.request.urlopen(f"{base_url}{left.pop()}") as answer:  # noqa: S310 - our own stack
            new = set(FILE.findall(answer.read().decode("utf-8", "replace"))) - found
        found |= new
        left += [f"/static/{name}" for name in new]
    return found


def _counted_runs(stack: RunningStack) -> Counter[str]:
    """Counts the runs of each function from now on."""
    runs: Counter[str] = Counter()
    for source in stack.bridge.sources:
        if not isinstance(source, BucketSource):  # it only puts what it sees into a queue
            source.handler = _counting(source.handler, source.name, runs)  # type: ignore[attr-defined]
    return runs


@contextmanager
def _counted_signatures() -> Iterator[list[str]]:
    """The messages that are signed in the block. One van alone shares no signature."""
    key = container().adapters.sealing_key
    signed: list[str] = []
    sign = key.sign

    def counted(message: bytes) -> bytes:
        signed.append(message.decode())
        return sign(message)

    key.sign = counted  # type: ignore[method-assign]
    try:
        yield signed
    finally:
        key.sign = sign  # type: ignore[method-assign]


def _counting(handler: Handler, name: str, runs: Counter[str]) -> Handler:
    def counted(event: dict[str, Any]) -> Any:
        runs[name] += 1
        return handler(event)

    return counted
