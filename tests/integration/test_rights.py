"""A whole delivery: every call that it makes to AWS is in the policy of the function that makes it.

And the other way round: no policy grants what no delivery needs.
"""

import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.shipments.payloads import to_message
from chalicelib.services.evidence.sweep_evidence import SweptEvidence
from chalicelib.triggers import queues
from infra.template import Stack
from local.client import Api, Refused, upload
from local.clock import VirtualClock
from local.stack import STAGE, RunningStack, running_stack
from tests.support.aws import table_names
from tests.support.pictures import jpeg
from tests.support.rights import POLICIES, Call, Recorder, allows, statements

JPEG = jpeg()
HELSINKI = {"lat_deg": 60.1699, "lon_deg": 24.9384}
NOT_CALLED_BY_US = {
    "logs:CreateLogStream",  # Lambda itself, with the function's role, here and below
    "logs:PutLogEvents",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",  # Lambda too, into a dead-letter queue
    "s3:PutObject",  # the driver's phone, by a form that we sign
    "s3:GetObject",  # the recipient's browser, by a link that we sign
    "s3:ListBucket",  # without it, S3 says 403 of what is not there
}


STATUSES: list[int] = []


class Receiver(http.server.BaseHTTPRequestHandler):
    """A shipper's server that is content with everything, but for a moment, and then for ever."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(STATUSES.pop(0) if STATUSES else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def tomorrow_noon() -> datetime:
    """By day, so that recipients are told. Not before the real time, which new ids begin with."""
    real = datetime.now(UTC)  # noqa: TID251 - see above
    return real.replace(hour=12) + timedelta(days=1)


@pytest.fixture(scope="module")
def recorder(receiver: str) -> Recorder:
    recorder = Recorder(Stack(STAGE))
    with (
        recorder.listening(),
        running_stack(
            parameters={
                "RoadNetwork": "amazon_location",
                "RouteOptimizer": "amazon_location",
                "Geocoder": "amazon_location",
                "KeyRequestsPerMinute": "50",
            },
            clock=VirtualClock(tomorrow_noon(), speed=1.0),
            in_background=False,
        ) as running,
    ):
        with Clients(running) as clients:
            shipment_id = deliver(clients, running.clock.now(), webhook_url=receiver)
        bootstrap.configure(clock=running.clock, allow_local_webhooks=True)  # caches are cold again
        running.settle()
        deliver_events_again(shipment_id)
        verify_what_was_sealed(running, shipment_id)
        with Clients(running) as clients:
            count_what_was_driven(clients)
            fall_silent(clients, webhook_url=receiver)
        learn_over_a_broken_page()
        with Clients(running) as clients:
            search_for_an_address(clients)
            import_files(clients)
            leave_uploads_half_done(clients)
        forget_the_recipient(running, shipment_id)
        sign_a_member_in(running)
    return recorder


def test_every_call_is_in_the_policy_of_the_function_that_makes_it(recorder: Recorder) -> None:
    refused = [
        call
        for call in sorted(recorder.calls)
        if not any(allows(each, call) for each in statements(call.function, recorder.stack))
    ]

    assert refused == []


def test_all_functions_were_watched(recorder: Recorder) -> None:
    assert {call.function for call in recorder.calls} == set(POLICIES)


@pytest.mark.parametrize("function", POLICIES)
def test_no_policy_grants_what_is_never_needed(function: str, recorder: Recorder) -> None:
    calls = [call for call in recorder.calls if call.function == function]
    idle = {
        (statement["Sid"], action)
        for statement in statements(function, recorder.stack)
        for action in statement["Action"]
        if action not in NOT_CALLED_BY_US
        and not any(allows(statement | {"Action": [action]}, call) for call in calls)
    }

    assert idle == set()


def test_a_call_on_another_table_would_be_refused(recorder: Recorder) -> None:
    foreign = Call("deliver_webhook", "dynamodb:Query", "arn:aws:dynamodb:::table/x", "shr_1")

    assert not any(allows(each, foreign) for each in statements(foreign.function, recorder.stack))


class Clients(ExitStack):
    """Clients of the API by key or token, closed together."""

    def __init__(self, running: RunningStack) -> None:
        super().__init__()
        self.running = running

    def of(self, token: str | None) -> Api:
        """Somebody's client; None is a stranger."""
        api = Api(self.running.base_url, token)
        self.callback(api.close)
        return api


def deliver(clients: Clients, at: datetime, *, webhook_url: str) -> ShipmentId:
    """One shipment from its creation to the page that shows its photo; returns its id."""
    now, day = at.isoformat(), at.date().isoformat()
    admin = clients.of(clients.running.admin_key)
    shipper_id = admin.post("/v1/shippers", {"name": "Shop"})["id"]
    own = {"role": "shipper", "shipper_id": shipper_id, "label": "test"}
    shipper = clients.of(admin.post("/v1/keys", own)["key"])
    staff = clients.of(admin.post("/v1/keys", {"role": "dispatcher", "label": "test"})["key"])
    hub_id = staff.post("/v1/hubs", {"name": "H", "time_zone": "Europe/Helsinki", **HELSINKI})["id"]
    driver, driver_id = sign_in(clients, staff)
    unwanted = shipper.post("/v1/webhooks", {"url": webhook_url})["id"]
    shipper.send("DELETE", f"/v1/webhooks/{unwanted}")
    shipper.post("/v1/webhooks", {"url": webhook_url})

    shipment = shipper.post("/v1/shipments", SHIPMENT, headers={"Idempotency-Key": "one"})
    again = shipper.post("/v1/shipments", SHIPMENT, headers={"Idempotency-Key": "one"})
    assert again == shipment
    planned = {"driver_id": driver_id, "hub_id": hub_id, "service_day": day, "starts_at": now}
    suggest_an_order(shipper, staff, hub_id, now)
    route = staff.post("/v1/routes", planned | {"shipment_ids": [shipment["id"]]})
    stop = f"/v1/driver/stops/{route['stops'][0]['id']}"
    scan = {"action_id": "action-1", "barcode": "111", "scanned_at": now}
    driver.post("/v1/driver/scans", {"scans": [scan]})
    driver.post("/v1/driver/route/start", {"action_id": "action-2", "occurred_at": now})
    driver.post("/v1/driver/positions", {"fixes": [{"recorded_at": now, **HELSINKI}]})
    driver.post(f"{stop}/arrive", {"action_id": "action-3", "occurred_at": now})
    proof_id = take_photo(driver, shipment["id"])
    outcome = {"action_id": "action-4", "occurred_at": now, "proof_ids": [proof_id]}
    driver.post(f"{stop}/deliver", outcome)

    token = Path(shipment["tracking_url"]).name
    assert clients.of(None).get(f"/t/{token}/state")["status"] == "delivered"
    below = f"/v1/shipments/{shipment['id']}"
    for path in ("/v1/shipments", *(f"{below}/{part}" for part in ("events", "links", "proofs"))):
        assert shipper.get(path)["data"]
    assert shipper.get(f"{below}/eta")["planned"]
    staff.get(f"/v1/routes?service_day={day}&hub_id={hub_id}")
    staff.get("/v1/drivers")
    staff.get("/v1/hubs")
    staff.send("PATCH", f"/v1/hubs/{hub_id}", {"name": "Hub"}, headers={"If-Match": "*"})
    admin.get("/v1/audit")
    staff.get(f"/v1/metrics/eta?route_id={route['id']}")
    staff.get(f"/v1/metrics/eta?service_day={day}&hub_id={hub_id}")
    return ShipmentId(shipment["id"])


def fall_silent(clients: Clients, *, webhook_url: str) -> None:
    """Another van starts and is not heard of any more. The shop's server fails, then is gone."""
    running = clients.running
    now, day = running.clock.now().isoformat(), running.clock.now().date().isoformat()
    admin = clients.of(running.admin_key)
    shipper_id = admin.post("/v1/shippers", {"name": "Other shop"})["id"]
    own = {"role": "shipper", "shipper_id": shipper_id, "label": "test"}
    shipper = clients.of(admin.post("/v1/keys", own)["key"])
    shipper.post("/v1/webhooks", {"url": webhook_url})
    staff = clients.of(admin.post("/v1/keys", {"role": "dispatcher", "label": "test"})["key"])
    hub_id = staff.post("/v1/hubs", {"name": "H", "time_zone": "Europe/Helsinki", **HELSINKI})["id"]
    driver, driver_id = sign_in(clients, staff)
    body = SHIPMENT | {"parcels": [{"barcode": "222"}]}
    shipment = shipper.post("/v1/shipments", body)
    planned = {"driver_id": driver_id, "hub_id": hub_id, "service_day": day, "starts_at": now}
    staff.post("/v1/routes", planned | {"shipment_ids": [shipment["id"]]})
    scan = {"action_id": "action-1", "barcode": "222", "scanned_at": now}
    driver.post("/v1/driver/scans", {"scans": [scan]})
    driver.post("/v1/driver/route/start", {"action_id": "action-2", "occurred_at": now})
    running.settle()
    running.clock.advance(timedelta(hours=8))
    STATUSES.extend([500, 410])
    running.settle()
    running.clock.advance(timedelta(seconds=10))
    running.settle()
    assert shipper.get("/v1/events")["data"]
    assert shipper.get("/v1/shipments?barcode=222")["data"]
    assert staff.get(f"/v1/shipments?service_day={day}&hub_id={hub_id}")["data"]
    assert staff.get("/v1/fleet")["features"]
    again = SHIPMENT | {"reference": "2", "parcels": [{"barcode": "333"}]}
    cancelled = shipper.post("/v1/shipments", again)["id"]
    (waiting,) = staff.get("/v1/attention?kind=unassigned")["data"]
    taken = {"state": "taken", "news_at": waiting["news_at"]}
    path = f"/v1/attention/{waiting['id']}"
    staff.send("PATCH", path, taken, headers={"If-Match": '"0"'})
    live = staff.get("/v1/live")
    (van,) = live["routes"]
    assert "webhook_off" in {concern["kind"] for concern in live["concerns"]}
    assert staff.get(f"/v1/live/plans?of={van['route_id']}.{van['plan_version']}")["data"]
    shipper.post(f"/v1/shipments/{cancelled}/cancel")
    running.settle()  # it is ten in the evening: that waits for the morning


def sign_in(clients: Clients, staff: Api) -> tuple[Api, str]:
    """A new driver with a session of their own."""
    driver_id = staff.post("/v1/drivers", {"name": "D"})["id"]
    code = staff.post(f"/v1/drivers/{driver_id}/invitations")["code"]
    session = clients.of(None).post("/v1/driver/session", {"code": code})
    return clients.of(session["token"]), driver_id


def suggest_an_order(shipper: Api, staff: Api, hub_id: str, now: str) -> None:
    """For two stops: there is nothing to be put in order for one."""
    places = [{"lat_deg": 60.17 + i / 100, "lon_deg": 24.94} for i in range(2)]
    address: Any = SHIPMENT["address"]
    ids = [
        shipper.post(
            "/v1/shipments",
            SHIPMENT | {"reference": f"order-{i}", "address": address | place},
        )["id"]
        for i, place in enumerate(places)
    ]
    question = {"hub_id": hub_id, "service_day": now[:10], "vans": [{"starts_at": now}]}
    answer = staff.post("/v1/routes/suggestions", question | {"shipment_ids": ids})
    assert len(answer["routes"][0]["stops"]) == len(ids)
    for shipment_id in ids:
        shipper.post(f"/v1/shipments/{shipment_id}/cancel")


def take_photo(driver: Api, shipment_id: str, content: bytes = JPEG, **more: str) -> str:
    photo = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": len(JPEG)}
    form = driver.post("/v1/driver/proofs", {"shipment_id": shipment_id, **photo, **more})
    assert upload(form["url"], form["fields"], content, "image/jpeg") == 204
    return str(form["proof_id"])


def leave_uploads_half_done(clients: Clients) -> None:
    """A bad file, a file whose notice is late, and one that never comes."""
    running = clients.running
    now, day = running.clock.now().isoformat(), running.clock.now().date().isoformat()
    admin = clients.of(running.admin_key)
    shipper_id = admin.post("/v1/shippers", {"name": "Fourth shop"})["id"]
    own = {"role": "shipper", "shipper_id": shipper_id, "label": "test"}
    shipper = clients.of(admin.post("/v1/keys", own)["key"])
    staff = clients.of(admin.post("/v1/keys", {"role": "dispatcher", "label": "last"})["key"])
    hub_id = staff.post("/v1/hubs", {"name": "H", "time_zone": "Europe/Helsinki", **HELSINKI})["id"]
    driver, driver_id = sign_in(clients, staff)
    shipment_id = shipper.post("/v1/shipments", SHIPMENT | {"parcels": [{"barcode": "444"}]})["id"]
    planned = {"driver_id": driver_id, "hub_id": hub_id, "service_day": day, "starts_at": now}
    route = staff.post("/v1/routes", planned | {"shipment_ids": [shipment_id]})
    scan = {"action_id": "action-1", "barcode": "444", "scanned_at": now}
    driver.post("/v1/driver/scans", {"scans": [scan]})
    driver.post("/v1/driver/route/start", {"action_id": "action-2", "occurred_at": now})
    take_photo(driver, shipment_id, JPEG[:-9])
    running.settle()
    photo = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": len(JPEG)}
    proof_id = driver.post("/v1/driver/proofs", {"shipment_id": shipment_id, **photo})["proof_id"]
    outcome = {"action_id": "action-3", "occurred_at": now, "proof_ids": [proof_id]}
    driver.post(f"/v1/driver/stops/{route['stops'][0]['id']}/deliver", outcome)
    again = driver.post(
        "/v1/driver/proofs", {"shipment_id": shipment_id, "proof_id": proof_id, **photo}
    )
    running.clock.advance(timedelta(minutes=20))
    running.settle()
    assert upload(again["url"], again["fields"], JPEG[:-9], "image/jpeg") == 204
    running.clock.advance(timedelta(minutes=20))
    running.settle()  # the sweeper looks before the notice has come
    (known,) = (
        each
        for each in driver.get(f"/v1/driver/shipments/{shipment_id}/proofs")["data"]
        if each["proof_id"] == proof_id
    )
    assert known["flaw"] == "damaged"
    running.clock.advance(timedelta(days=3, minutes=1))
    running.settle()


def deliver_events_again(shipment_id: ShipmentId) -> None:
    """What a queue may do at any time: the same messages once more."""
    container = bootstrap.container()
    _, events = container.adapters.shipments.with_history(shipment_id, newest=99)
    batch = {"Records": [{"messageId": event.id, "body": to_message(event)} for event in events]}
    nothing: dict[str, list[Any]] = {"batchItemFailures": []}
    notify = container.notify_recipient
    told = partial(
        queues.notify_recipient,
        notify=notify,
        again=notify.again,
        hear=container.hear_text,
        write=container.send_letter,
    )
    assert told(batch) == nothing
    tag = container.adapters.signer.phone_tag(SHIPMENT["recipient"]["phone"])  # type: ignore[index]
    now = container.adapters.clock.now()
    assert container.adapters.contacts.note(tag, shipment_id, now=now, keep_s=60)
    answers = {"Records": [text_of(SHIPMENT["recipient"]["phone"], word) for word in WORDS]}  # type: ignore[index]
    assert told(answers) == nothing
    webhooks = container.deliver_webhook
    assert queues.deliver_webhook(batch, deliver=webhooks, again=webhooks.again) == nothing


def count_what_was_driven(clients: Clients) -> None:
    """The queue holds news of metrics back, so that a route is counted once."""
    running = clients.running
    running.clock.advance(timedelta(minutes=6))
    running.settle()
    staff = clients.of(running.admin_key)
    today = running.clock.now().date()
    span = f"from_day={today - timedelta(days=1)}&to_day={today + timedelta(days=1)}"
    assert staff.get(f"/v1/metrics?{span}&by=hub")["data"]
    assert staff.get(f"/v1/metrics/shipments?{span}&figure=tried")["data"]


def verify_what_was_sealed(running: RunningStack, shipment_id: ShipmentId) -> None:
    """Nothing was lost, so the sweep only looks; and all is as it was sealed."""
    running.clock.advance(timedelta(minutes=5))
    running.settle()
    running.clock.advance(timedelta(minutes=20))
    assert bootstrap.container().sweep_evidence() == SweptEvidence(late=0, failed=0)
    verified = running.api().get(f"/v1/shipments/{shipment_id}/proofs/verify")
    assert verified["verdict"] == "intact", verified


def import_files(clients: Clients) -> None:
    """A good row and a bad one; the good one again; and one that has to be searched for."""
    running = clients.running
    admin = clients.of(running.admin_key)
    shipper_id = admin.post("/v1/shippers", {"name": "Fifth shop"})["id"]
    own = {"role": "shipper", "shipper_id": shipper_id, "label": "test"}
    shipper = clients.of(admin.post("/v1/keys", own)["key"])
    headings = b"reference,name,address,city,country,lat,lon,barcode\n"
    good = b"I1,Aino,Kuja 1,Helsinki,FI,60.17,24.94,I1\n"
    bad = b"I2,Aino,Kuja 2,Helsinki,FI,north,24.94,I2\n"
    for rows in (good + bad, good, b"I3,Aino,Kuja 3,Helsinki,FI,,,I3\n"):
        form = shipper.post("/v1/imports", {"file_name": "july.csv"})["upload"]
        assert upload(form["url"], form["fields"], headings + rows, "text/csv") == 204
        bootstrap.configure(clock=running.clock, allow_local_webhooks=True)  # caches are cold again
        running.settle()
    searching, again, done = shipper.get("/v1/imports")["data"]
    assert (done["counts"]["created"], done["counts"]["refused"]) == (1, 1), done
    assert done["report_url"]
    assert again["counts"]["unchanged"] == 1
    assert searching["status"] == "running"


def search_for_an_address(clients: Clients) -> None:
    """The emulator has no map of the world, so nothing is found and nothing is kept."""
    admin = clients.of(clients.running.admin_key)
    shipper_id = admin.post("/v1/shippers", {"name": "Third shop"})["id"]
    own = {"role": "shipper", "shipper_id": shipper_id, "label": "test"}
    shipper = clients.of(admin.post("/v1/keys", own)["key"])
    bare = {name: SHIPMENT["address"][name] for name in ("lines", "city", "country")}  # type: ignore[index]
    with pytest.raises(Refused):
        shipper.post("/v1/shipments", SHIPMENT | {"address": bare})


def forget_the_recipient(running: RunningStack, shipment_id: ShipmentId) -> None:
    """By the form of the page, with a message in the thread."""
    token = bootstrap.container().adapters.signer.tracking_token(shipment_id, 1)
    link = f"{running.base_url}/t/{token}"
    for path, form in (
        ("messages", {"action_id": "thanks", "text": "Thank you"}),
        ("data/forget", {"sure": "1"}),
    ):
        sent = urllib.request.Request(f"{link}/{path}", urlencode(form).encode())  # noqa: S310 - our own
        with urllib.request.urlopen(sent) as answer:  # noqa: S310
            assert answer.status == 200


def sign_a_member_in(running: RunningStack) -> None:
    """Invited, and signed in by the link of the e-mail."""
    body = {"name": "Maija", "email": "maija@example.com", "role": "dispatcher"}
    running.api().post("/v1/members", body)
    running.clock.advance(timedelta(seconds=1))
    running.settle()
    console = f"{running.base_url}/console"
    headers = {"Sec-Fetch-Site": "same-origin"}
    ask = urlencode({"email": body["email"]}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{console}/sign-in", ask, headers)).close()  # noqa: S310 - our own
    running.settle()
    text = next(each.text for each in running.inbox.letters() if "/sign-in/" in each.text)
    link = next(line for line in text.split() if "/sign-in/" in line)
    signed_in = urllib.request.Request(link, b"next=", headers)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with suppress(urllib.error.HTTPError):  # it forgets the cookie, which is for TLS only
        opener.open(signed_in).close()


def learn_over_a_broken_page() -> None:
    """What may have happened to a page: it is set aside, and learning goes on."""
    names = table_names(Stack(STAGE))
    dynamodb = boto3.client("dynamodb")  # of the running stack: a shared one knows another address
    for item in dynamodb.scan(TableName=names["travel"])["Items"]:
        if item["page"]["S"].startswith("learnt/"):
            dynamodb.delete_item(TableName=names["travel"], Key={"page": item["page"]})
        else:
            broken = item | {"packed": {"B": b"broken"}}
            dynamodb.put_item(TableName=names["travel"], Item=broken)
    routes = dynamodb.scan(TableName=names["routes"])["Items"]
    route_ids = {item["route_id"]["S"] for item in routes}
    assert not bootstrap.container().learn_travel_times(
        [RouteId(route_id) for route_id in route_ids]
    )


WORDS = ("STOP", "START")


def text_of(phone: str, word: str) -> dict[str, Any]:
    """What a phone has answered, as the queue brings it."""
    body = {"originationNumber": phone, "messageBody": word}
    attributes = {"SentTimestamp": str(int(tomorrow_noon().timestamp() * 1000))}
    return {"messageId": word, "body": json.dumps(body), "attributes": attributes}


SHIPMENT = {
    "reference": "1",
    "recipient": {"name": "A", "phone": "+358401234567", "email": "a@example.com"},
    "address": {
        "lines": ["Aleksanterinkatu 1"],
        "city": "Helsinki",
        "country": "FI",
        "time_zone": "Europe/Helsinki",
        "lat_deg": 60.172,
        "lon_deg": 24.94,
    },
    "parcels": [{"barcode": "111"}],
}
