"""A carrier in process: the whole application on moto. Tests call its HTTP API without a socket.

`Carrier` owns the AWS account, the clock and the staff's keys. `Shop` is a shipper with its key.
`Round` is a driver with a route, from planned to under way. Every step is a request to the API.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.client import BaseClient
from chalice.test import Client

from app import app
from chalicelib.adapters.dynamodb.fleet.fixes import unpack_fixes
from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.accounts.members import LINK_TTL, SignInLink
from chalicelib.domain.actors import OPERATOR, Role
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import MemberId
from chalicelib.domain.journal.changes import AccountAdded
from chalicelib.edge.problems import PROBLEM
from chalicelib.services.accounts.secret_hashes import secret_hash
from local.clock import VirtualClock
from local.cloud.bridge import Bridge, bridge
from local.cloud.files import files_dated_by
from local.cloud.queues import delays_on
from local.cloud.resources import Provisioned
from local.cloud.shortcuts import shortcuts
from local.environment import changed
from tests.support.aws import SESSION, aws, bucket_name, dynamodb_clients, table_names
from tests.support.builders import HELSINKI, HUB_PLACE, NOON, north_of
from tests.support.declarations import codes_of, declaration_of
from tests.support.fakes.proofs import PicturesHere
from tests.support.pictures import jpeg

BASE_URL: Final = "https://track.example"
MANY: Final = "1000000"
STREET_M: Final = 1_000.0  # from one stop to the next
JSON: Final = {"Content-Type": "application/json"}
PHOTO: Final = jpeg()


@dataclass(frozen=True)
class Reply:
    """One answer. `json` is its body, None when the body is empty."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def code(self) -> str:
        """The code of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return str(self.json["code"])

    @property
    def pointers(self) -> list[str]:
        """The pointers to the errors in a problem document."""
        return [error["pointer"] for error in self.json["errors"]]


def _assert_declared(method: str, path: str, reply: Reply) -> None:
    """Whatever a test asks for: the route has declared that it may answer so."""
    declaration = declaration_of(method, path)
    if declaration is None or (method == "HEAD" and not reply.body):
        return
    if reply.headers.get("Content-Type") == PROBLEM:
        assert reply.code in codes_of(declaration), (method, path, reply.body)
    elif reply.status < HTTPStatus.BAD_REQUEST:
        assert reply.status in {declaration.status, *declaration.also}, (method, path)
        if declaration.written is not None and reply.body:
            declaration.written().model_validate_json(reply.body)


OUR_SCRIPT: Final = {"Sec-Fetch-Site": "same-origin", "Doorstep-Console": "1"}
"""What the console's scripts send, beside the cookie."""
FORM_OF_OURS: Final = {
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
}
"""What a browser sends with a form of a page of ours."""


@dataclass
class Carrier:
    """The application, its AWS, its clock and its staff."""

    provisioned: Provisioned
    clock: VirtualClock
    admin: str
    _client: Client = field(default_factory=lambda: Client(app, stage_name="test"))
    _keys: int = 0
    _dispatcher: str = ""
    _hub_id: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send any request. A body of bytes is sent unchanged, any other body as JSON."""
        raw = b"" if body is None else body
        raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        sent = {} if body is None else dict(JSON)
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        given = {name.lower(): value for name, value in (sent | dict(headers or {})).items()}
        answer = self._client.http.request(method, path, headers=given, body=raw)
        received: Mapping[str, Any] = answer.headers
        flat = {
            name: value[0] if isinstance(value, list) else value for name, value in received.items()
        }
        reply = Reply(answer.status_code, flat, answer.body)
        _assert_declared(method, path, reply)
        return reply

    def made(self, path: str, body: Any, token: str, status: int = 201) -> Any:
        """The body of the answer to a POST that must succeed."""
        reply = self.call("POST", path, body, token=token)
        assert reply.status == status, (path, reply.status, reply.body)
        return reply.json

    def key(self, role: Role, shipper_id: str | None = None) -> str:
        """A new key with this role."""
        self._keys += 1
        body = {"role": role.value, "label": f"test {self._keys}", "shipper_id": shipper_id}
        return str(self.made("/v1/keys", body, self.admin)["key"])

    def signed_in(self, role: Role, shipper_id: str | None = None) -> "SignedIn":
        """A new member with this role, signed in by a link as a browser does."""
        self._keys += 1
        email = f"member{self._keys}@example.com"
        body = {"name": f"Member {self._keys}", "email": email, "role": role.value}
        member = self.made("/v1/members", body | {"shipper_id": shipper_id}, self.admin)
        return SignedIn(self, member["id"], email, self.cookie(member["id"]))

    def sign_in_code(self, member_id: str) -> str:
        """The code of a new link, without an e-mail around it."""
        code = secrets.token_urlsafe(32)
        link = SignInLink(
            secret_hash(code), MemberId(member_id), "salt", self.clock.now() + LINK_TTL
        )
        bootstrap.container().adapters.journal.commit(AccountAdded(link))
        return code

    def cookie(self, member_id: str) -> str:
        """A new session of a member: what its browser sends."""
        path = f"/console/sign-in/{self.sign_in_code(member_id)}"
        reply = self.call("POST", path, b"next=", headers=FORM_OF_OURS)
        assert reply.status == 303, reply.body
        return reply.headers["Set-Cookie"].partition(";")[0]

    @property
    def dispatcher(self) -> str:
        """The key of the dispatcher, made on first use."""
        self._dispatcher = self._dispatcher or self.key(Role.DISPATCHER)
        return self._dispatcher

    @property
    def hub_id(self) -> str:
        """The id of the hub, which is made on first use."""
        place = {"lat_deg": HUB_PLACE.lat_deg, "lon_deg": HUB_PLACE.lon_deg}
        body = {"name": "Pasila", "time_zone": "Europe/Helsinki", **place}
        self._hub_id = self._hub_id or self.made("/v1/hubs", body, self.dispatcher)["id"]
        return self._hub_id

    def shop(self, name: str = "Kirjakauppa") -> "Shop":
        """A new shipper with a key."""
        shipper = self.made("/v1/shippers", {"name": name, "sms_name": name}, self.admin)
        return Shop(self, shipper["id"], self.key(Role.SHIPPER, shipper["id"]))

    def driver(self, name: str = "Matti") -> tuple[str, str]:
        """A new driver: id and token."""
        driver = self.made("/v1/drivers", {"name": name}, self.dispatcher)
        return driver["id"], self.session(driver["id"])

    def session(self, driver_id: str) -> str:
        """A new token of a driver, obtained by an invitation."""
        code = self.made(f"/v1/drivers/{driver_id}/invitations", {}, self.dispatcher)["code"]
        return str(self.made("/v1/driver/session", {"code": code}, "")["token"])

    def round(self, stops: int | Sequence[int] = 3, *, shop: "Shop | None" = None) -> "Round":
        """A driver with a planned route. `stops` may list the number of shipments at each stop."""
        shop = shop or self.shop()
        sizes = [1] * stops if isinstance(stops, int) else list(stops)
        visits = [[shop.shipment(stop=i) for _ in range(size)] for i, size in enumerate(sizes)]
        return self.planned(shop, visits)

    def planned(self, shop: "Shop", visits: Sequence[Sequence[dict[str, Any]]]) -> "Round":
        """A new driver with a planned route of these shipments, one list per stop."""
        driver_id, token = self.driver()
        planned = self.plan(driver_id, [[s["id"] for s in visit] for visit in visits])
        assert planned.status == 201, planned.body
        route = planned.json
        return Round(
            self,
            shop,
            driver_id,
            token,
            route["id"],
            [stop["id"] for stop in route["stops"]],
            [list(stop["shipment_ids"]) for stop in route["stops"]],
            {s["id"]: s for visit in visits for s in visit},
        )

    def plan(self, driver_id: str, visits: Sequence[Sequence[str]]) -> Reply:
        """Request a route of these shipments."""
        now = self.clock.now()
        body = {
            "driver_id": driver_id,
            "hub_id": self.hub_id,
            "service_day": now.date().isoformat(),
            "starts_at": now.isoformat(),
            "stops": [{"shipment_ids": list(visit)} for visit in visits],
        }
        return self.call("POST", "/v1/routes", body, token=self.dispatcher)

    def rewire(self) -> None:
        """Start the application again, as in a cold container without any cache."""
        bootstrap.configure(clock=self.clock, allow_local_webhooks=True)
        _ = bootstrap.container().adapters.fleet  # binds the tables: `clients` are the new ones

    def bridge(self) -> Bridge:
        """The bridge from the stream and the queues to the functions. It works only in `settle`."""
        return bridge(app, self.provisioned, SESSION, self.clock)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every item of a table in DynamoDB's JSON."""
        name = table_names(self.provisioned.stack)[table]
        pages = SESSION.client("dynamodb").get_paginator("scan").paginate(TableName=name)
        return [item for page in pages for item in page["Items"]]

    def everything(self) -> dict[str, list[str]]:
        """All tables as text, to compare whether anything was written.

        What is noted of requests themselves does not count: that a key was used, and how often.
        """
        tables = table_names(self.provisioned.stack)
        return {
            name: sorted(
                repr({k: v for k, v in row.items() if k != "last_used_ms"})
                for row in self.rows(name)
                if not row.get("key", {}).get("S", "").startswith("requests#")
            )
            for name in tables
        }

    def clients(self) -> list[BaseClient]:
        """The application's DynamoDB clients, for a meter or for faults."""
        return dynamodb_clients()

    def upload(self, allowed: Mapping[str, Any], content: bytes = PHOTO, **changes: str) -> None:
        """Upload a file as an allowed upload says. Nobody has inspected it yet."""
        fields = allowed["fields"] | changes
        SESSION.client("s3").put_object(
            Bucket=bucket_name(self.provisioned.stack),
            Key=fields["key"],
            Body=content,
            ContentType=fields["Content-Type"],
        )

    def inspect(self, allowed: Mapping[str, Any]) -> None:
        """Inspect an uploaded file, without the limits of another process."""
        inspect = bootstrap.container().inspect_proof
        replace(inspect, pictures=PicturesHere())(allowed["fields"]["key"])


@dataclass
class SignedIn:
    """A member's browser: its cookie, and requests as the console's scripts send them."""

    carrier: Carrier
    member_id: str
    email: str
    cookie: str

    def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        given = {"Cookie": self.cookie, **OUR_SCRIPT, **(headers or {})}
        return self.carrier.call(method, path, body, headers=given)


@dataclass
class Shop:
    """A shipper and its key."""

    carrier: Carrier
    shipper_id: str
    key: str
    _orders: int = 0

    def order(
        self, *, stop: int = 0, place: Coordinates | None = None, **changes: Any
    ) -> dict[str, Any]:
        """The body of a shipment. Without a `place` it goes `stop` streets north of the first."""
        self._orders += 1
        place = place or stop_place(stop)
        body: dict[str, Any] = {
            "reference": f"ORDER-{self._orders}",
            "recipient": {
                "name": "Aino Virtanen",
                "phone": f"+35840{1_000_000 + self._orders:07d}",
                "email": f"aino{self._orders}@example.com",
                "locale": "fi",
            },
            "address": {
                "lines": ["Mannerheimintie 12 B 34"],
                "city": "Helsinki",
                "country": "FI",
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
                "time_zone": "Europe/Helsinki",
            },
            "parcels": [{"barcode": f"{self.shipper_id[-8:]}-{self._orders}"}],
        }
        return body | changes

    def post(self, body: Any, *, idempotency_key: str | None = None) -> Reply:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self.carrier.call("POST", "/v1/shipments", body, token=self.key, headers=headers)

    def shipment(self, *, stop: int = 0, **changes: Any) -> dict[str, Any]:
        """A new shipment: its body, updated with the answer."""
        order = self.order(stop=stop, **changes)
        reply = self.post(order)
        assert reply.status == 201, reply.body
        return order | reply.json

    def get(self, shipment_id: str) -> Any:
        reply = self.carrier.call("GET", f"/v1/shipments/{shipment_id}", token=self.key)
        assert reply.status == 200, reply.body
        return reply.json

    def events(self, shipment_id: str) -> list[dict[str, Any]]:
        """The whole history, oldest first."""
        path = f"/v1/shipments/{shipment_id}/events?limit=100"
        reply = self.carrier.call("GET", path, token=self.key)
        assert reply.status == 200, reply.body
        return list(reply.json["data"])

    def event_types(self, shipment_id: str) -> list[str]:
        return [event["type"].removeprefix("shipment.") for event in self.events(shipment_id)]


@dataclass
class Round:
    """A driver's route. `ids[i]` are the shipments of stop i; `orders` are their bodies by id."""

    carrier: Carrier
    shop: Shop
    driver_id: str
    token: str
    route_id: str
    stop_ids: list[str]
    ids: list[list[str]]
    orders: dict[str, dict[str, Any]]
    _actions: int = 0

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        """A request from the driver's phone."""
        return self.carrier.call(method, f"/v1/driver/{path}", body, token=self.token)

    def action(self, **more: Any) -> dict[str, Any]:
        """The body of a report, with a new action id."""
        self._actions += 1
        now = self.carrier.clock.now().isoformat()
        return {"action_id": f"action-{self._actions}", "occurred_at": now} | more

    def loaded(self, *, but: Sequence[str] = ()) -> "Round":
        """Scan all parcels except those of some shipments."""
        codes = [
            parcel["barcode"]
            for shipment_id, order in self.orders.items()
            if shipment_id not in but
            for parcel in order["parcels"]
        ]
        for first in range(0, len(codes), 50):
            results = self.scan(*codes[first : first + 50]).json["results"]
            assert {result["verdict"] for result in results} <= {"loaded", "partly_loaded"}
        return self

    def scan(self, *barcodes: str) -> Reply:
        now = self.carrier.clock.now().isoformat()
        scans = [
            {"action_id": scan_id(code), "barcode": code, "scanned_at": now} for code in barcodes
        ]
        return self.call("POST", "scans", {"scans": scans})

    def start(self) -> Reply:
        return self.call("POST", "route/start", self.action())

    def started(self) -> "Round":
        """Scan all parcels and start the route."""
        reply = self.loaded().start()
        assert reply.status == 200, reply.body
        return self

    def positions(self, *fixes: Mapping[str, Any], **envelope: Any) -> Reply:
        return self.call("POST", "positions", envelope | {"fixes": list(fixes)})

    def drive(self, way_m: float, *, after_s: float = 30.0) -> Reply:
        """Let time pass and report the van `way_m` metres north of the first stop."""
        self.carrier.clock.advance(timedelta(seconds=after_s))
        reply = self.positions(fix(self.carrier.clock.now(), way_m))
        assert reply.status == 200, reply.body
        return reply

    def work(self, stop: int, verb: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Report a step at a stop: arrive, deliver or fail."""
        path = f"stops/{self.stop_ids[stop]}/{verb}"
        return self.call("POST", path, dict(body) if body is not None else self.action())

    def proof(self, shipment_id: str, **changes: Any) -> Any:
        """An allowed upload."""
        body = {
            "shipment_id": shipment_id,
            "kind": "photo",
            "content_type": "image/jpeg",
            "size_bytes": len(PHOTO),
        }
        reply = self.call("POST", "proofs", body | changes)
        assert reply.status == 201, reply.body
        return reply.json

    def photo(self, shipment_id: str) -> str:
        """Upload a photo, which is inspected, and return the id of the proof."""
        allowed = self.proof(shipment_id)
        self.carrier.upload(allowed)
        self.carrier.inspect(allowed)
        return str(allowed["proof_id"])

    def state(self, shipment_id: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """The state behind the tracking link of a shipment, as data."""
        link = urlsplit(self.orders[shipment_id]["tracking_url"]).path
        return self.carrier.call("GET", f"{link}/state", headers=headers)

    def route(self) -> Any:
        """The route as a dispatcher sees it."""
        return self.carrier.call(
            "GET", f"/v1/routes/{self.route_id}", token=self.carrier.dispatcher
        ).json

    def seen(self) -> Any:
        """The route as its driver sees it."""
        return self.call("GET", "route").json

    def track(self) -> list[Fix]:
        """Every stored fix, in device order, once."""
        rows = [row for row in self.fleet() if row["item"]["S"].startswith("TRACK#")]
        fixes = {found for row in rows for found in unpack_fixes(row["fixes"]["B"])}
        return sorted(fixes, key=lambda found: found.sort_key)

    def fleet(self) -> list[dict[str, Any]]:
        """The driver's items: live state and track."""
        rows = self.carrier.rows("fleet")
        return [row for row in rows if row["driver_id"]["S"] == self.driver_id]

    def live(self) -> dict[str, Any]:
        """The item of the live state."""
        (row,) = (row for row in self.fleet() if row["item"]["S"] == "LIVE")
        return row


def scan_id(code: str) -> str:
    """The name of a scan; any code has one, however long or odd."""
    is_short = code.isalnum() and code.isascii() and len(code) <= 50
    return f"scan-{code if is_short else hashlib.sha256(code.encode()).hexdigest()[:20]}"


def stop_place(stop: int) -> Coordinates:
    return north_of(HELSINKI, STREET_M * stop)


def fix(at: datetime, way_m: float = -3_000.0, **changes: Any) -> dict[str, Any]:
    """A fix in JSON, `way_m` metres north of the first stop."""
    place = north_of(HELSINKI, way_m)
    return {
        "recorded_at": at.isoformat(),
        "lat_deg": place.lat_deg,
        "lon_deg": place.lon_deg,
        "accuracy_m": 8.0,
    } | changes


def indexes_of(verdicts: Iterable[Mapping[str, Any]]) -> set[int]:
    """The fixes that a list of an answer to positions names."""
    return {index for each in verdicts for index in each["indexes"]}


def note(text: str) -> None:
    """Print a figure. pytest shows it with -s, and beside a failure."""
    print(text)  # noqa: T201 - printing is its purpose


@contextmanager
def open_carrier(stage: str = "test") -> Iterator[Carrier]:
    """A new carrier at noon, with only an administrator."""
    clock = VirtualClock(NOON)
    with (
        shortcuts(),
        delays_on(clock),
        files_dated_by(clock),
        aws(stage) as provisioned,
    ):
        settings = provisioned.stack.environment() | {"PUBLIC_BASE_URL": BASE_URL}
        settings |= {"POWERTOOLS_METRICS_DISABLED": "true"}
        settings |= {"KEY_REQUESTS_PER_MINUTE": MANY}  # at noon it stays the same minute for long
        with changed(settings):
            bootstrap.configure(clock=clock, allow_local_webhooks=True)
            try:
                admin = (
                    bootstrap.container().issue_keys(Role.ADMIN, label="test", actor=OPERATOR).text
                )
                yield Carrier(provisioned, clock, admin)
            finally:
                bootstrap.configure()
