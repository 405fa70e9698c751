"""Location apps of others: what each sends, what it is answered, and what is kept of it."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.edge.reports import MAX_REPORT_BYTES
from local.cloud.capacity import CapacityMeter
from tests.support.app_reports import FORM, VECTORS, WITHOUT_AN_ID, Vector
from tests.support.builders import HELSINKI, north_of
from tests.support.carrier import Carrier, Reply, Round, note
from tests.support.depth import times
from tests.support.phones import Phone
from tests.support.ways import WAYS, by_form, by_owntracks, own_fix

FAR_M: Final = -8_000.0
DONE: Final[dict[str, Any]] = {"owntracks": [], "overland": {"result": "ok"}}


@pytest.fixture
def van(shared: Carrier) -> Round:
    """A van that has left, an hour ago."""
    started = shared.round(1).started()
    shared.clock.advance(timedelta(hours=1))
    return started


@pytest.fixture
def phone(shared: Carrier, van: Round) -> Phone:
    return Phone.of(shared, van.driver_id)


@pytest.fixture(scope="module")
def resting(shared: Carrier) -> Iterator[Phone]:
    """The phone of a driver who is on no route: nothing that it says is kept."""
    driver_id, _ = shared.driver()
    yield Phone.of(shared, driver_id)
    assert [row for row in shared.rows("fleet") if row["driver_id"]["S"] == driver_id][1:] == []


def counts(reply: Reply) -> tuple[int, int, int]:
    assert reply.status == 200, reply.body
    return reply.json["accepted"], reply.json["duplicate"], reply.json["ignored"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_a_vector_gets_the_answer_that_its_app_needs(resting: Phone, vector: Vector) -> None:
    """All are of years past, and none is of a route: no fix is kept, and each is answered 200."""
    body = vector.form.encode() if vector.form else vector.json
    headers = {"Content-Type": FORM} if vector.form else {}
    body = b"" if vector.id == "O11" else body

    reply = resting.report(vector.app, body, query=vector.query, headers=headers)

    assert reply.status == 200, reply.body
    ignored = {"accepted": 0, "duplicate": 0, "ignored": len(vector.fixes)}
    assert reply.json == DONE.get(vector.app, ignored)


def test_each_vector_has_a_name_of_its_own() -> None:
    by_app = Counter(vector.app for vector in VECTORS)

    note(f"{len(VECTORS)} vectors of apps, and one that is refused: {dict(by_app)}")
    assert len({vector.id for vector in VECTORS}) == len(VECTORS)
    assert by_app == {"osmand": 21, "owntracks": 10, "overland": 3}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_t11_a_report_without_an_id_is_no_report(resting: Phone, method: str) -> None:
    reply = resting.report("osmand", query=WITHOUT_AN_ID, method=method)

    assert (reply.status, reply.code) == (400, "no_device_id")
    assert resting.report("osmand", method=method).status == 400


def position(van: Round, *, way_m: float = FAR_M, ago_s: float = 10) -> dict[str, Any]:
    """A fix of now in numbers that every protocol can say exactly."""
    place = north_of(HELSINKI, way_m)
    at = van.carrier.clock.now().replace(microsecond=0) - timedelta(seconds=ago_s)
    return {
        "lat": round(place.lat_deg, 7),
        "lon": round(place.lon_deg, 7),
        "at": at,
        "s": int(at.timestamp()),
    }


def now_of(van: Round) -> datetime:
    return van.carrier.clock.now()


@pytest.mark.parametrize("way", WAYS)
def test_a_fix_is_kept_as_it_is_from_our_own_app(van: Round, phone: Phone, way: str) -> None:
    at = position(van)
    reply = WAYS[way](phone, at)
    track = van.track()

    again = van.positions(own_fix(at)).json

    assert reply.status == 200, reply.body
    assert len(track) == 1
    assert (again["accepted"], again["duplicates"]) == (0, 1)
    assert van.track() == track
    assert van.state(van.ids[0][0]).json["last_seen_age_s"] == 10
    assert phone.seen()["app"] == way.partition(" ")[0]


def test_the_same_report_again_is_a_duplicate(van: Round, phone: Phone) -> None:
    at = position(van)

    first, second = (counts(by_form(phone, at)) for _ in range(2))

    assert (first, second) == ((1, 0, 0), (0, 1, 0))
    assert len(van.track()) == 1


def test_v3_a_batch_may_say_a_position_twice(van: Round, phone: Phone) -> None:
    at = position(van)
    said = {"id": "1", "timestamp": at["s"], "lat": at["lat"], "lon": at["lon"]}

    assert counts(phone.report("osmand", [said, said])) == (1, 1, 0)


def test_what_is_odd_is_answered_as_well_and_moves_nothing(van: Round, phone: Phone) -> None:
    by_form(phone, position(van))
    before = van.state(van.ids[0][0]).json
    s = position(van)["s"]
    odd = [
        {"lat": 91, "lon": 24.9, "timestamp": s},
        {"lat": "NaN", "lon": "NaN", "timestamp": s},
        {"lat": 0, "lon": 0, "timestamp": s},
        {"lat": 60.2, "lon": 24.9, "timestamp": s, "mock": "true"},
        {"lat": 60.2, "lon": 24.9, "timestamp": s, "accuracy": 5_000},
        {"lat": -33.9, "lon": 151.2, "timestamp": s},
        {"lat": 60.2, "lon": 24.9, "timestamp": 0},
        {"lat": 60.2, "lon": 24.9, "timestamp": "yesterday"},
        {"timestamp": s},
    ]

    replies = [phone.report("osmand", query=urlencode({"id": 1, **said})) for said in odd]

    assert {reply.status for reply in replies} == {200}
    after = van.state(van.ids[0][0]).json
    assert (after["position"], after["eta"]) == (before["position"], before["eta"])


def trip(van: Round, fixes: int) -> list[dict[str, Any]]:
    """A drive of a fix each 15 s that ends now, straight on to the first stop."""
    return [position(van, way_m=FAR_M + 150 * i, ago_s=15 * (fixes - 1 - i)) for i in range(fixes)]


def test_a_trip_leaves_the_same_track_and_head_by_every_way(shared: Carrier) -> None:
    """Each phone sends it in an order of its own, and a third of it twice."""
    vans = {way: shared.round(1).started() for way in ("our own", *WAYS)}
    shared.clock.advance(timedelta(hours=1))
    found = {}
    for number, (way, van) in enumerate(vans.items()):
        fixes = trip(van, 6)
        sent = random.Random(number).sample(fixes, len(fixes)) + fixes[::3]
        if way == "our own":
            for at in sent:
                van.positions(own_fix(at))
        else:
            phone = Phone.of(shared, van.driver_id)
            assert {WAYS[way](phone, at).status for at in sent} == {200}
        state = van.state(van.ids[0][0]).json
        found[way] = (van.track(), state["position"], state["eta"], state["last_seen_age_s"])

    expected = found.pop("our own")
    note(f"{len(found)} ways, {len(expected[0])} fixes each: the same track, head and ETA")
    assert len(expected[0]) == 6
    assert [way for way, each in found.items() if each != expected] == []


@pytest.mark.parametrize("days", [1, -1])
def test_l5_a_clock_that_is_a_day_off(van: Round, phone: Phone, days: int) -> None:
    """A phone that is ahead is put right; one that is behind says what is too old to be kept."""
    at = position(van)
    off = at | {"at": at["at"] + timedelta(days=days), "s": at["s"] + 86_400 * days}

    reply = by_owntracks(phone, off)
    later = by_owntracks(phone, position(van, way_m=FAR_M + 50, ago_s=0))

    assert (reply.status, later.status) == (200, 200)
    kept = van.track()
    assert len(kept) == (2 if days > 0 else 1)
    assert all(abs(each.recorded_at - now_of(van)) < timedelta(minutes=1) for each in kept)


def test_l6_one_fix_of_the_future_among_good_ones(van: Round, phone: Phone) -> None:
    good = [position(van, way_m=FAR_M + i, ago_s=60 - i) for i in range(3)]
    future = position(van, way_m=FAR_M + 9, ago_s=-600)
    said = [
        {"id": 1, "timestamp": at["s"], "lat": at["lat"], "lon": at["lon"]}
        for at in (*good, future)
    ]

    assert counts(phone.report("osmand", said)) == (3, 0, 1)


def test_a_late_fix_completes_the_track_and_moves_nothing(van: Round, phone: Phone) -> None:
    by_owntracks(phone, position(van))
    before = van.state(van.ids[0][0]).json["position"]

    reply = by_owntracks(phone, position(van, way_m=FAR_M - 400, ago_s=120))

    assert reply.status == 200
    assert len(van.track()) == 2
    assert van.state(van.ids[0][0]).json["position"] == before


def test_off_duty_nothing_is_kept_but_that_the_phone_is_there(shared: Carrier) -> None:
    driver_id, _ = shared.driver()
    phone = Phone.of(shared, driver_id)
    kept = [row for row in shared.rows("fleet") if row["driver_id"]["S"] == driver_id]
    s = int(shared.clock.now().timestamp())
    said = {"_type": "location", "lat": 60.17, "lon": 24.94, "tst": s}

    reply = phone.report("owntracks", said)

    assert (reply.status, reply.json) == (200, [])
    assert [r for r in shared.rows("fleet") if r["driver_id"]["S"] == driver_id] == kept
    assert b"60.17" not in json.dumps(shared.rows("accounts")).encode()
    assert phone.seen()["last_seen_at"] is not None


class TestWrappings:
    """What decides is the address and the body."""

    def test_the_content_type_decides_nothing(self, van: Round, phone: Phone) -> None:
        types = ("", "text/plain", "application/json; charset=utf-8", "TEXT/PLAIN", "image/jpeg")
        for number, content_type in enumerate((*types, FORM), start=1):
            at = position(van, ago_s=100 - number)
            said = {"_type": "location", "lat": at["lat"], "lon": at["lon"], "tst": at["s"]}

            reply = phone.report("owntracks", said, headers={"Content-Type": content_type})

            assert (reply.status, reply.json) == (200, [])
            assert len(van.track()) == number, content_type

    def test_a_query_beside_an_empty_body_of_any_type(self, van: Round, phone: Phone) -> None:
        at = position(van)
        query = urlencode({"id": 1, "lat": at["lat"], "lon": at["lon"], "timestamp": at["s"]})
        headers = {"Content-Type": "text/plain"}

        assert counts(phone.report("osmand", b"", query=query, headers=headers)) == (1, 0, 0)

    def test_an_id_in_the_address_is_that_of_the_body(self, van: Round, phone: Phone) -> None:
        for number, wrap in enumerate((urlencode, json.dumps), start=1):
            at = position(van, ago_s=100 - number)
            said = {"lat": at["lat"], "lon": at["lon"], "timestamp": at["s"]}

            reply = phone.report("osmand", wrap(said).encode(), query="id=1")

            assert counts(reply) == (1, 0, 0), reply.body
            assert len(van.track()) == number

    def test_a_batch_of_nested_positions(self, van: Round, phone: Phone) -> None:
        at = position(van)
        coords = {"latitude": str(at["lat"]), "longitude": at["lon"], "speed": -1}
        nested = {"timestamp": van.carrier.clock.now().isoformat(), "coords": coords}

        reply = phone.report("osmand", {"device_id": "1", "location": [nested, {}, None]})

        assert counts(reply) == (1, 0, 0), reply.body

    def test_what_is_packed_is_unpacked(self, van: Round, phone: Phone) -> None:
        at = position(van)
        said = {"_type": "location", "lat": at["lat"], "lon": at["lon"], "tst": at["s"]}
        packed = gzip.compress(json.dumps(said).encode())

        reply = phone.report("owntracks", packed, headers={"Content-Encoding": "gzip"})

        assert reply.status == 200
        assert len(van.track()) == 1

    def test_what_grows_too_large_is_not(self, resting: Phone) -> None:
        bomb = gzip.compress(b"[" * (4 * MAX_REPORT_BYTES))
        broken = gzip.compress(b"{}")[:-9]

        assert resting.report("owntracks", bomb).status == 413
        assert resting.report("owntracks", b" " * (MAX_REPORT_BYTES + 1)).status == 413
        assert resting.report("overland", broken).json == {"result": "ok"}

    @pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b"NaN"])
    def test_what_cannot_be_read_does_not_come_again(self, resting: Phone, body: bytes) -> None:
        assert resting.report("owntracks", body).json == []
        assert resting.report("overland", body).json == {"result": "ok"}
        assert resting.report("osmand", body).status == 400

    def test_a_full_batch_of_overland_fits(self, van: Round, phone: Phone) -> None:
        now = van.carrier.clock.now().replace(microsecond=0)
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [24.9, 60.1 + i / 1e5]},
                "properties": {
                    "timestamp": (now - timedelta(seconds=1_200 - i)).isoformat(),
                    "horizontal_accuracy": 8,
                    "wifi": "x" * 400,
                },
            }
            for i in range(1_010)
        ]

        reply = phone.report("overland", {"locations": features})

        assert reply.json == {"result": "ok"}
        assert len(van.track()) == 1_010


class TestKeys:
    def test_an_unknown_key_is_answered_so_that_each_app_stops(self, resting: Phone) -> None:
        last = "A" if resting.key[-1] != "A" else "B"
        for key in (f"{resting.key[:-1]}{last}", "x", "a" * 50, resting.key[:26] + "-" * 24):
            carrier = resting.carrier
            osmand = carrier.call("POST", f"/in/osmand/{key}?id=1&lat=1&lon=1")
            owntracks = carrier.call("POST", f"/in/owntracks/{key}", {"_type": "lwt"})
            overland = carrier.call("POST", f"/in/overland/{key}", {"locations": []})

            assert (osmand.status, osmand.code) == (401, "unauthorized")
            assert (owntracks.status, overland.status) == (401, 401)
            assert owntracks.headers["Content-Type"].startswith("text/plain")
            sentence = owntracks.body.decode()
            assert sentence.startswith("This phone's address is not valid any more.")
            assert overland.json == {"error": sentence}
            assert key == "x" or key.encode() not in osmand.body + owntracks.body + overland.body

    def test_a_revoked_key_opens_nothing(self, shared: Carrier) -> None:
        phone = Phone.of(shared, shared.driver()[0])
        other = Phone.of(shared, phone.driver_id)
        stranger = Phone.of(shared, shared.driver()[0])
        assert phone.report("owntracks", {"_type": "lwt"}).status == 200

        foreign = shared.call(
            "DELETE",
            f"/v1/drivers/{stranger.driver_id}/devices/{phone.id}",
            token=shared.dispatcher,
        )
        gone, again = phone.revoke(), phone.revoke()

        assert [reply.status for reply in (foreign, gone, again)] == [404, 204, 204]
        assert phone.report("owntracks", {"_type": "lwt"}).status == 401
        assert phone.seen() is None
        assert other.report("owntracks", {"_type": "lwt"}).status == 200
        entries = shared.call("GET", f"/v1/audit?account_id={phone.id}", token=shared.admin).json[
            "data"
        ]
        assert [entry["action"] for entry in entries] == ["device.revoked", "device.created"]

    @pytest.mark.parametrize("end", ["sign-out", "deactivate"])
    def test_a_driver_who_is_signed_out_is_reported_of_no_more(
        self, shared: Carrier, end: str
    ) -> None:
        phone = Phone.of(shared, shared.driver()[0])
        assert phone.report("overland", {"locations": []}).status == 200
        path = f"/v1/drivers/{phone.driver_id}"

        if end == "sign-out":
            shared.call("POST", f"{path}/sign-out", token=shared.dispatcher)
        else:
            body, headers = {"is_active": False}, {"If-Match": "*"}
            shared.call("PATCH", path, body, token=shared.dispatcher, headers=headers)
            refused = shared.call(
                "POST", f"{path}/devices", {"label": "new"}, token=shared.dispatcher
            )
            assert (refused.status, refused.code) == (409, "deactivated")

        assert phone.report("overland", {"locations": []}).status == 401
        assert shared.call("GET", f"/phones/{phone.key}").status == 401
        assert phone.seen() is None

    def test_a_key_reports_positions_and_opens_nothing_else(self, resting: Phone) -> None:
        for path in ("/v1/driver/route", "/v1/drivers", "/v1/fleet"):
            assert resting.carrier.call("GET", path, token=resting.key).status == 401

    def test_the_secret_is_shown_once_and_stored_as_a_hash(self, shared: Carrier) -> None:
        driver_id, _ = shared.driver()
        path = f"/v1/drivers/{driver_id}/devices"
        keyed = {"Idempotency-Key": f"phone {driver_id}"}
        made, again = (
            shared.call("POST", path, {"label": "A"}, token=shared.dispatcher, headers=keyed)
            for _ in range(2)
        )
        secret = made.json["key"][26:]

        listed = shared.call("GET", path, token=shared.dispatcher)

        assert again.body == made.body
        assert len(listed.json["data"]) == 1
        assert secret.encode() not in listed.body
        assert secret not in json.dumps(
            {name: shared.rows(name) for name in ("accounts", "fleet", "ledger")}, default=str
        )
        assert made.json["addresses"]["osmand"].endswith(made.json["key"])
        assert made.json["link"] == f"https://track.example/phones/{made.json['key']}"

    def test_a_long_list_has_pages(self, shared: Carrier) -> None:
        driver_id, _ = shared.driver()
        ids = {Phone.of(shared, driver_id).id for _ in range(3)}
        path = f"/v1/drivers/{driver_id}/devices?limit=2"

        first = shared.call("GET", path, token=shared.dispatcher).json
        cursor = first["next_cursor"]
        rest = shared.call("GET", f"{path}&cursor={cursor}", token=shared.dispatcher).json

        assert {each["id"] for each in first["data"] + rest["data"]} == ids
        unknown = shared.call("GET", f"/v1/drivers/drv_{'0' * 26}/devices", token=shared.admin)
        assert unknown.status == 404

    def test_no_line_of_a_log_holds_the_key(
        self, shared: Carrier, caplog: pytest.LogCaptureFixture
    ) -> None:
        phone = Phone.of(shared, shared.driver()[0])
        secret = phone.key[26:]
        caplog.clear()
        for app in ("osmand", "owntracks", "overland"):
            phone.report(app, {"_type": "lwt", "device_id": "1"})
            phone.report(app, method="PUT")
        phone.revoke()
        phone.report("owntracks", b"{}")

        told = [str(vars(record)) for record in caplog.records]

        assert sum("request answered" in line for line in told) >= 8
        assert [line for line in told if secret in line] == []


def test_a_phone_is_marked_as_seen_every_five_minutes(shared: Carrier) -> None:
    phone = Phone.of(shared, shared.driver()[0])
    assert (phone.seen()["last_seen_at"], phone.seen()["app"]) == (None, None)
    first = shared.clock.now()
    found = []
    for minutes in (0, 4, 6):
        shared.clock.set_to(first + timedelta(minutes=minutes))
        assert phone.report("owntracks", {"_type": "lwt"}).status == 200
        found.append(phone.seen()["last_seen_at"])

    assert found[0] == found[1] != found[2]
    phone.report("overland", {"locations": []})
    assert phone.seen()["app"] == "overland"


def test_a_report_costs_what_a_batch_of_our_own_app_costs(van: Round, phone: Phone) -> None:
    by_form(phone, position(van))  # the container knows the phone and the plan
    van.drive(FAR_M + 100)
    van.carrier.clock.advance(timedelta(seconds=30))

    with CapacityMeter().watching(*van.carrier.clients()) as meter:
        reply = by_form(phone, position(van, way_m=FAR_M + 300, ago_s=0))

    assert counts(reply) == (1, 0, 0)
    note(f"one fix by form: {meter.call_count} calls, {meter.write_units:g} WRU")
    assert meter.call_count == 3
    assert (meter.write_units, meter.read_units) == (2, 1)


def test_a_sign_of_life_is_noted_once_a_minute_and_moves_nothing(van: Round, phone: Phone) -> None:
    """A phone that stands still for half an hour is no silent van."""
    by_form(phone, position(van))
    with CapacityMeter().watching(*van.carrier.clients()) as meter:
        for _ in range(60):
            van.carrier.clock.advance(timedelta(seconds=30))
            phone.report("owntracks", {"_type": "lwt"})
    vans = van.carrier.call("GET", "/v1/fleet", token=van.carrier.dispatcher).json["features"]
    (told,) = (
        each["properties"] for each in vans if each["properties"]["route_id"] == van.route_id
    )

    assert meter.calls["PutItem"] == 30
    assert not told["is_silent"]
    assert len(van.track()) == 1
    assert van.state(van.ids[0][0]).json["last_seen_age_s"] == 30 * 60 + 10


REPORTS: Final = st.dictionaries(
    st.sampled_from(["id", "lat", "lon", "timestamp", "speed", "accuracy", "batt", "_type", "tst"]),
    st.one_of(
        st.floats(),
        st.integers(),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.just("location"),
        st.sampled_from([60.17, 24.94, "60.17"]),
    ),
)


@settings(max_examples=times(quick=12, deep=1_000))
@given(REPORTS, st.sampled_from(["[%s]", "%s"]))
def test_no_report_of_any_app_is_refused(resting: Phone, said: dict[str, Any], form: str) -> None:
    body = (form % json.dumps(said)).encode()
    query = urlencode(said | {"id": "1"})

    statuses = {
        resting.report("osmand", query=query).status,
        resting.report("osmand", query=query, method="GET").status,
        resting.report("owntracks", body).status,
        resting.report("overland", body).status,
    }

    assert statuses == {200}
