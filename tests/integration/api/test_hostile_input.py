"""H1–H13 and H15: what no client of ours would send gets a 4xx, echoes nothing, writes nothing."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from chalice.local import LambdaContext

from app import app
from tests.support.carrier import BASE_URL, Carrier, Reply, Round, Shop, fix

CANARY: Final = "CANARY-7f3a"
Send = Callable[..., Reply]


def short(value: object) -> str:
    """A name for a case that may be very long."""
    text = repr(value)
    return text if len(text) < 30 else f"{text[:30]} {len(text)}"


@pytest.fixture(scope="module")
def under_way(shared: Carrier) -> Round:
    return shared.round(2).started()


@pytest.fixture
def shop(under_way: Round) -> Shop:
    return under_way.shop


@pytest.fixture(scope="module")
def tables(shared: Carrier, under_way: Round) -> list[dict[str, list[str]]]:
    """The tables as the last test left them."""
    return [shared.everything()]


@pytest.fixture(autouse=True)
def nothing_is_written(
    shared: Carrier, tables: list[dict[str, list[str]]], request: Any
) -> Iterator[None]:
    """Whatever the test sent, the tables are what they were; unless it was welcome."""
    yield
    before = tables.pop()
    tables.append(shared.everything())
    if not request.node.name.startswith("test_welcome"):
        assert tables == [before]


@pytest.fixture(params=["shipments", "routes", "driver/positions", "driver/scans"])
def send(request: pytest.FixtureRequest, under_way: Round) -> Send:
    """Posts to one of the endpoints that take a body, as somebody who may."""
    path = f"/v1/{request.param}"
    carrier = under_way.carrier
    tokens = {"shipments": under_way.shop.key, "routes": carrier.dispatcher}
    token = tokens.get(request.param, under_way.token)
    return lambda body, **headers: carrier.call(
        "POST",
        path,
        body,
        token=token,
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def assert_refused(reply: Reply, *statuses: int) -> None:
    assert reply.status in statuses, reply.body[:300]
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["status"] == reply.status
    assert CANARY not in reply.body.decode()
    assert CANARY not in repr(reply.headers)
    assert b"Traceback" not in reply.body
    assert all(error["pointer"] == "" or error["pointer"][0] in "/?" for error in errors(reply))


def errors(reply: Reply) -> list[dict[str, str]]:
    return list(reply.json.get("errors", ()))


def deep(depth: int) -> bytes:
    return b'{"reference": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"reference": }',
        b"{'reference': 1}",
        b"\xef\xbb\xbf{}",
        b"{}{}",
        b'{"reference": 1,}',
        b'{"reference": NaN}',
        b'{"reference": Infinity}',
        b'{"reference": "\\ud800"}',
        b'{"reference": "\\udc00\\ud800"}',
        b'{"reference": "a\x00b"}',
        f'{{"reference": "{CANARY}", "reference": "{CANARY}"}}'.encode(),
        deep(1_000),
        deep(100_000),
        f'{{"{CANARY}": tru}}'.encode(),
    ],
    ids=short,
)
def test_what_is_no_json_of_ours_is_refused(send: Send, body: bytes) -> None:
    assert_refused(send(body), 400, 422)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1", b"true", b"[{}]"])
def test_a_body_that_is_no_object_is_refused(send: Send, body: bytes) -> None:
    assert_refused(send(body), 422)


@pytest.mark.parametrize("value", ["9" * 5_000, "1e999", "-1e999", "1" + "0" * 400, "0.1e-999"])
def test_numbers_beyond_all_reason_are_refused(send: Send, value: str) -> None:
    assert_refused(send(f'{{"service_time_s": {value}, "fixes": {value}}}'.encode()), 400, 422)


def test_duplicate_keys_are_refused_at_any_depth(under_way: Round) -> None:
    good = json.dumps(fix(under_way.carrier.clock.now()))
    twice = good[:-1] + ', "lat_deg": 1.5}'
    body = f'{{"fixes": [{twice}]}}'.encode()

    reply = under_way.carrier.call("POST", "/v1/driver/positions", body, token=under_way.token)

    assert_refused(reply, 400)
    assert reply.code == "repeated_key"


def test_bytes_that_are_no_utf_8_are_refused(under_way: Round) -> None:
    event = raw_event("/v1/driver/positions", b'{"fixes": "\xff\xfe"}', under_way.token)

    answer = app(event, LambdaContext("api", 512))

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["code"] == "invalid_json"


def raw_event(path: str, body: bytes, token: str) -> dict[str, Any]:
    """A request as API Gateway hands it over when the body is binary to it."""
    return {
        "httpMethod": "POST",
        "path": path,
        "resource": path,
        "headers": {"content-type": "application/json", "authorization": f"Bearer {token}"},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": path,
            "path": path,
            "requestId": "request-1",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_another_encoding_is_refused_by_its_name(send: Send, encoding: str) -> None:
    reply = send("{}".encode(encoding))

    assert_refused(reply, 400)
    assert reply.code == "wrong_encoding"
    assert encoding[:6].upper() in reply.json["detail"]


def test_welcome_byte_order_marks_are_skipped(shop: Shop) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(shop.order()).encode()

    assert shop.carrier.call("POST", "/v1/shipments", body, token=shop.key).status == 201


def test_a_body_above_the_cap_is_too_large(send: Send) -> None:
    body = b'{"reference": "' + b"x" * 1_100_000 + b'"}'

    assert_refused(send(body), 413)


def test_only_batches_of_fixes_may_be_larger_than_the_usual_cap(under_way: Round) -> None:
    carrier, body = under_way.carrier, b'{"fixes": "' + b"x" * 300_000 + b'"}'

    batch = carrier.call("POST", "/v1/driver/positions", body, token=under_way.token)
    scans = carrier.call("POST", "/v1/driver/scans", body, token=under_way.token)

    assert_refused(batch, 422)
    assert_refused(scans, 413)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/jsonx",
        "",
    ],
)
def test_other_content_types_are_not_supported(send: Send, content_type: str) -> None:
    assert_refused(send(b"{}", content_type=content_type), 415)


def test_a_missing_content_type_is_not_supported(under_way: Round) -> None:
    event = raw_event("/v1/driver/positions", b"{}", under_way.token)
    del event["headers"]["content-type"]

    answer = app(event, LambdaContext("api", 512))

    assert answer["statusCode"] == 415


@pytest.mark.parametrize(
    "content_type",
    ["APPLICATION/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"'],
)
def test_welcome_ways_to_say_json(shop: Shop, content_type: str) -> None:
    reply = shop.carrier.call(
        "POST",
        "/v1/shipments",
        json.dumps(shop.order()).encode(),
        token=shop.key,
        headers={"Content-Type": content_type},
    )

    assert reply.status == 201


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
def test_compressed_bodies_are_never_inflated(send: Send, encoding: str) -> None:
    assert_refused(send(gzip.compress(b"{}" * 1_000), content_encoding=encoding), 415)


def test_an_unknown_field_is_named_by_its_pointer(shop: Shop) -> None:
    order = shop.order()
    order["address"]["door"] = CANARY

    reply = shop.post(order | {"colour": CANARY})

    assert_refused(reply, 422)
    assert sorted(reply.pointers) == ["/address/door", "/colour"]


@pytest.mark.parametrize(
    ("pointer", "changes"),
    [
        ("/reference", {"reference": None}),
        ("/reference", {"reference": 5}),
        ("/reference", {"reference": ""}),
        ("/reference", {"reference": " " * 10}),
        ("/reference", {"reference": "x" * 201}),
        ("/reference", {"reference": "a\nb"}),
        ("/reference", {"reference": "a\u0000b"}),
        ("/reference", {"reference": "a\ufffeb"}),
        ("/reference", {"reference": "a\x1bb"}),
        ("/parcels", {"parcels": []}),
        ("/parcels", {"parcels": {}}),
        ("/parcels", {"parcels": [{"barcode": f"B{i}"} for i in range(51)]}),
        ("/parcels/0/barcode", {"parcels": [{"barcode": "with \u00e4"}]}),
        ("/parcels/1/barcode", {"parcels": [{"barcode": "B1"}, {"barcode": "B1"}]}),
        ("/window/start", {"window": {"start": "20261123", "end": "2026-11-23T12:00:00Z"}}),
        ("/window/start", {"window": {"start": 1, "end": "2026-11-23T12:00:00Z"}}),
        (
            "/window/start",
            {"window": {"start": "2026-03-29T03:30", "end": "2026-11-23T12:00:00Z"}},
        ),
        (
            "/window/end",
            {"window": {"start": "2026-11-23T13:00:00Z", "end": "2026-11-23T12:00:00Z"}},
        ),
        (
            "/window/end",
            {"window": {"start": "2026-11-23T13:00:00Z", "end": "9999-11-23T12:00:00Z"}},
        ),
        (
            "/window/start",
            {"window": {"start": "2091-01-01T00:00:00Z", "end": "2091-01-02T00:00:00Z"}},
        ),
        ("/service_time_s", {"service_time_s": -1}),
        ("/service_time_s", {"service_time_s": "60"}),
        ("/service_time_s", {"service_time_s": True}),
        ("/proof_requirements/photo", {"proof_requirements": {"photo": "two"}}),
        ("/recipient/phone", {"recipient": {"name": "A", "phone": "04012"}}),
        ("/recipient/phone", {"recipient": {"name": "A", "phone": "+358 CANARY-7f3a"}}),
        ("/recipient/email", {"recipient": {"name": "A", "email": "a@b"}}),
        ("/recipient/email", {"recipient": {"name": "A", "email": "a@b.fi\nBcc: c@d.fi"}}),
        ("/recipient/locale", {"recipient": {"name": "A", "locale": "../etc"}}),
    ],
)
def test_a_field_that_breaks_a_rule_is_named_by_its_pointer(
    shop: Shop, pointer: str, changes: dict[str, Any]
) -> None:
    reply = shop.post(shop.order() | changes)

    assert_refused(reply, 422)
    assert pointer in reply.pointers


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat_deg", 90.0001),
        ("lon_deg", -180.0001),
        ("lat_deg", "60.1"),
        ("country", "ZZ"),
        ("country", "FIN"),
        ("time_zone", "Europe/Nowhere"),
        ("time_zone", "../../etc/passwd"),
        ("lines", []),
        ("lines", ["x"] * 6),
        ("city", None),
    ],
)
def test_an_impossible_address_is_refused(shop: Shop, field: str, value: object) -> None:
    order = shop.order()
    order["address"][field] = value

    reply = shop.post(order)

    assert_refused(reply, 422)
    assert reply.pointers[0].startswith(f"/address/{field}")


def test_welcome_text_of_all_kinds_comes_back_in_its_normal_form(shop: Shop) -> None:
    order = shop.order()
    order["recipient"]["name"] = (
        "Ame\u0301lie \U0001f468\u200d\U0001f469\u200d\U0001f467 \u202eevil"
    )
    order["address"]["instructions"] = "e\u0301" * 1_000

    created = shop.post(order)

    got = shop.get(created.json["id"])
    assert got["recipient"]["name"] == "Amélie \U0001f468\u200d\U0001f469\u200d\U0001f467 evil"
    assert got["address"]["instructions"] == "é" * 1_000


@pytest.mark.parametrize("key", ["", "x" * 256, "käy", "a\tb"])
def test_an_idempotency_key_that_is_none_is_refused(shop: Shop, key: str) -> None:
    reply = shop.carrier.call(
        "POST",
        "/v1/shipments",
        shop.order(),
        token=shop.key,
        headers={"Idempotency-Key": key},
    )

    assert_refused(reply, 422)


LISTINGS: Final = ["shipments", "drivers", "shipments/{}/events"]


@pytest.mark.parametrize("listing", LISTINGS)
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=5&limit=6", "?limit"),
        ("sort=name", "?sort"),
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("limit=-1", "?limit"),
        ("limit=1.5", "?limit"),
        ("limit=%D9%A1", "?limit"),
        ("limit=" + "9" * 5_000, "?limit"),
        ("limit=", "?limit"),
        ("cursor=", "?cursor"),
        ("cursor=abc", "?cursor"),
        ("cursor=%00", "?cursor"),
        ("cursor=" + "A" * 5_000, "?cursor"),
        (f"%3Cscript%3E{CANARY}=1", "?"),
        ("&".join(f"p{i}=1" for i in range(10_000)), "?p0"),
    ],
    ids=short,
)
def test_parameters_of_a_listing_are_known_single_and_sane(
    under_way: Round, listing: str, query: str, pointer: str
) -> None:
    token = under_way.carrier.dispatcher if listing == "drivers" else under_way.shop.key
    path = f"/v1/{listing.format(under_way.ids[0][0])}?{query}"

    reply = under_way.carrier.call("GET", path, token=token)

    assert_refused(reply, 422)
    assert reply.pointers == [pointer]


def test_a_cursor_is_good_for_its_own_listing_and_owner_only(under_way: Round) -> None:
    carrier, shop = under_way.carrier, under_way.shop
    path = "/v1/shipments?limit=1"
    cursor = carrier.call("GET", path, token=shop.key).json["next_cursor"]
    flipped = [
        cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :]
        for i in range(len(cursor) - 1)
    ]
    events = f"/v1/shipments/{under_way.ids[0][0]}/events?cursor={cursor}"

    refused = [carrier.call("GET", f"{path}&cursor={each}", token=shop.key) for each in flipped]

    assert {reply.status for reply in refused} == {422}
    assert {reply.json["errors"][0]["code"] for reply in refused} == {"invalid_cursor"}
    assert carrier.call("GET", events, token=shop.key).status == 422
    assert (
        carrier.call("GET", f"/v1/drivers?cursor={cursor}", token=carrier.dispatcher).status == 422
    )
    assert carrier.call("GET", f"{path}&cursor={cursor}", token=shop.key).status == 200


def test_welcome_cursors_lead_through_everything_once_and_to_nobody_elses(
    under_way: Round, shared: Carrier
) -> None:
    shop, other = shared.shop("Kukkakauppa"), under_way.shop
    mine = [shop.shipment()["id"] for _ in range(5)]
    seen: list[str] = []
    path = "/v1/shipments?limit=2"
    reply = shared.call("GET", path, token=shop.key).json
    while True:
        seen += [shipment["id"] for shipment in reply["data"]]
        if reply["next_cursor"] is None:
            break
        stolen = shared.call("GET", f"{path}&cursor={reply['next_cursor']}", token=other.key)
        assert stolen.status == 422
        reply = shared.call("GET", f"{path}&cursor={reply['next_cursor']}", token=shop.key).json

    assert sorted(seen) == sorted(mine)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "?service_day"),
        ("service_day=2026-11-23", "?hub_id"),
        ("service_day=23.11.2026&hub_id=x", "?service_day"),
        ("service_day=2026-02-30&hub_id=x", "?service_day"),
    ],
)
def test_routes_are_listed_by_day_and_hub(under_way: Round, query: str, pointer: str) -> None:
    carrier = under_way.carrier

    reply = carrier.call("GET", f"/v1/routes?{query}", token=carrier.dispatcher)

    assert_refused(reply, 422)
    assert reply.pointers == [pointer]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/shipments"),
        ("PATCH", "/v1/shipments"),
        ("DELETE", "/v1/shipments"),
        ("GET", "/v1/driver/positions"),
        ("PUT", "/v1/driver/route"),
        ("POST", "/health"),
        ("DELETE", "/t/token/state"),
    ],
)
def test_another_method_is_not_allowed_and_says_which_are(
    shared: Carrier, method: str, path: str
) -> None:
    reply = shared.call(method, path, b"{}" if method != "GET" else None)

    assert reply.status == 405
    assert reply.headers["Content-Type"] == "application/problem+json"
    *others, last = reply.headers["Allow"].split(", ")
    assert last == "OPTIONS"
    assert reply.json["detail"] == (
        f"This address does not take this method. It takes {', '.join(others)} and OPTIONS."
    )


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/v2/shipments",
        "/v1//shipments",
        "/v1/./shipments",
        "/v1/shipments/a%2fb",
        "/v1/shipments/..%2f..%2fetc%2fpasswd",
        "/v1/shipments/%00",
        "/v1/shipments/%ff",
        "/v1/shipments/*",
        "/v1/shipments/" + "x" * 8_000,
        "/v1/shipments/shp_" + "9" * 26,
        "/v1/shipments/" + "%F0%9F%93%A6" * 100,
        "/v1/routes/rte_1",
        "/t/%2e%2e/state",
        "/t/" + "g" * 40 + "/state",
        "/t/" + "A" * 8_000 + "/state",
        "/t/käy/state",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2f%2e%2e%2fapp.py",
    ],
    ids=short,
)
def test_a_path_that_leads_nowhere_is_not_found(shared: Carrier, path: str) -> None:
    reply = shared.call("GET", path, token=shared.dispatcher)

    assert reply.status in {403, 404}  # 403 is Chalice's local gateway, for a path of nobody's
    assert b"Traceback" not in reply.body


@pytest.mark.parametrize(
    "shipment_id", ["", "*", "x" * 3_000, "shp_", "SHIPMENT", "\u0000", "shp_1#EVENT", " "]
)
def test_ids_that_cannot_be_are_refused_before_anything_is_read(
    under_way: Round, shipment_id: str
) -> None:
    reply = under_way.carrier.plan(under_way.driver_id, [[shipment_id]])

    assert_refused(reply, 422)
    assert reply.pointers == ["/stops/0/shipment_ids/0"]


def test_answers_name_the_request_and_are_not_sniffed(shared: Carrier) -> None:
    reply = shared.call("GET", "/v1/shipments")

    assert reply.json["instance"] == reply.headers["X-Request-Id"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.json["type"] == f"{BASE_URL}/docs/errors#unauthorized"
