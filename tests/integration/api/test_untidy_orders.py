"""What shops really write: taken as meant, taken with a warning, or refused in a sentence."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.carrier import Carrier, Reply, Shop


@pytest.fixture(scope="module")
def shop(shared: Carrier) -> Shop:
    return shared.shop()


def posted(shop: Shop, **changes: dict[str, Any]) -> Reply:
    """An order in which some fields of recipient, address or the order itself are changed."""
    body = shop.order()
    for name, values in changes.items():
        body[name] = body.get(name, {}) | values
    return shop.post(body)


def taken(shop: Shop, **changes: dict[str, Any]) -> Any:
    reply = posted(shop, **changes)
    assert reply.status == 201, reply.body
    return shop.get(reply.json["id"])


def details(reply: Reply) -> dict[str, str]:
    assert reply.status == 422, reply.body
    return {error["pointer"]: error["detail"] for error in reply.json["errors"]}


def test_an_order_of_a_spreadsheet_is_taken_as_meant(shop: Shop) -> None:
    got = taken(
        shop,
        recipient={
            "name": "\ufeffMaija Meikäläinen\u00a0",
            "phone": "\u202a050\u00a0765 4321\u202c",
            "email": " maija.o'hara@example.fi\u200b",
            "locale": "sv_FI",
        },
        address={
            "lines": ["Kauppakatu 5\r\nC 12", "", "\u00a0"],
            "postal_code": "",
            "country": "fi",
            "time_zone": "europe/helsinki",
            "instructions": "Ring\r\ntwice",
        },
    )

    assert got["recipient"] == {
        "name": "Maija Meikäläinen",
        "phone": "+358507654321",
        "email": "maija.o'hara@example.fi",
        "locale": "sv-FI",
    }
    assert got["address"]["lines"] == ["Kauppakatu 5", "C 12"]
    assert got["address"]["instructions"] == "Ring\ntwice"
    assert (got["address"]["postal_code"], got["address"]["country"]) == (None, "FI")
    assert got["time_zone"] == "Europe/Helsinki"


def test_blank_contacts_are_absent(shop: Shop) -> None:
    got = taken(shop, recipient={"phone": "", "email": " ", "locale": ""})

    assert (got["recipient"]["phone"], got["recipient"]["email"]) == (None, None)
    assert got["recipient"]["locale"] == "en"


def test_a_window_of_days_or_local_times_is_meant_at_the_address(shop: Shop) -> None:
    days = taken(shop, window={"start": "2026-12-08", "end": "2026-12-08"})["window"]
    hours = taken(shop, window={"start": "2026-12-08T09:00", "end": "2026-12-08T11:30:00"})

    assert days == {"earliest": "2026-12-07T22:00:00.000Z", "latest": "2026-12-08T21:59:59.000Z"}
    assert hours["window"] == {
        "earliest": "2026-12-08T07:00:00.000Z",
        "latest": "2026-12-08T09:30:00.000Z",
    }


def test_a_window_may_be_sent_as_it_was_answered(shop: Shop) -> None:
    answered = taken(shop, window={"start": "2026-12-08", "end": "2026-12-08"})
    both = {name: answered[name] for name in ("window", "service_day")}

    again = shop.shipment(**both)

    assert {name: shop.get(again["id"])[name] for name in both} == both
    assert both["service_day"] == "2026-12-08"


@pytest.mark.parametrize(
    ("window", "pointer"),
    [
        ({}, "/window/start"),
        ({"start": "2026-12-08"}, "/window/end"),
        ({"latest": "2026-12-08"}, "/window/earliest"),
        ({"earliest": "2026-12-08", "latest": ""}, "/window/latest"),
        ({"end": "2026-12-08", "earliest": "2026-12-08"}, "/window/end"),
        ({"start": "2026-12-08", "end": "2026-12-08", "latest": "2026-12-08"}, "/window/latest"),
        ({"start": "2026-12-08", "end": "2026-12-07"}, "/window/end"),
        ({"earliest": "2026-12-08", "latest": "2026-12-07"}, "/window/latest"),
    ],
)
def test_a_wrong_window_is_told_by_the_name_that_was_sent(
    shop: Shop, window: dict[str, Any], pointer: str
) -> None:
    assert set(details(posted(shop, window=window))) == {pointer}


@pytest.mark.parametrize("window", ["tomorrow", [], 1])
def test_what_is_no_object_is_told_the_fields_of_one(shop: Shop, window: Any) -> None:
    said = details(shop.post(shop.order() | {"window": window}))["/window"]

    assert said == 'Write this as an object in braces, like {"start": …, "end": …}.'


@pytest.mark.parametrize("end", ["2026120811", "1796720400", "8.12.2026 11:00", "20261208T110000Z"])
def test_digits_are_no_time(shop: Shop, end: str) -> None:
    reply = posted(shop, window={"start": "2026-12-08T09:00:00+02:00", "end": end})

    assert "2026-11-28T18:00" in details(reply)["/window/end"]


def test_every_wrong_contact_and_place_is_told_with_an_example(shop: Shop) -> None:
    reply = posted(
        shop,
        recipient={"name": "\u2060", "phone": "ask Maija", "email": "maija at example"},
        address={"country": "UK", "time_zone": "EEST+3"},
    )

    said = details(reply)
    assert "like +358 41 2345678" in said["/recipient/phone"]
    assert "like aino@example.com" in said["/recipient/email"]
    assert "GB" in said["/address/country"]
    assert "like Europe/Helsinki" in said["/address/time_zone"]
    assert "/recipient/name" in said


def test_a_city_is_missing_only_where_there_are_cities(shop: Shop) -> None:
    place = {"lat_deg": 43.738, "lon_deg": 7.424, "time_zone": "Europe/Monaco"}
    got = taken(shop, address={"city": "", "country": "MC", **place})

    assert got["address"]["city"] == "Monaco"
    assert (
        "An address in FI needs its city"
        in details(posted(shop, address={"city": ""}))["/address/city"]
    )


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "said"), [(0.0, 0.0, "0, 0"), (24.9, 60.2, "exchanged")]
)
def test_a_place_that_cannot_be_is_refused(
    shop: Shop, lat_deg: float, lon_deg: float, said: str
) -> None:
    where = {"lat_deg": lat_deg, "lon_deg": lon_deg}
    hub = {"name": "Pasila", "time_zone": "Europe/Helsinki", **where}

    order = posted(shop, address=where)
    opened = shop.carrier.call("POST", "/v1/hubs", hub, token=shop.carrier.dispatcher)

    assert said in details(order)["/address/lat_deg"]
    assert said in details(opened)["/lat_deg"]


def test_what_can_be_is_taken_with_a_warning(shop: Shop) -> None:
    order = shop.order()
    order["address"] |= {"country": "DE", "time_zone": "Asia/Tokyo"}

    first = shop.post(order, idempotency_key="warned")
    again = shop.post(order, idempotency_key="warned")

    assert [warning["pointer"] for warning in first.json["warnings"]] == [
        "/address/country",
        "/address/time_zone",
    ]
    assert all(warning["detail"].endswith(".") for warning in first.json["warnings"])
    assert first.body == again.body
    assert shop.post(shop.order()).json["warnings"] == []


def test_a_wrong_check_digit_is_a_warning(shop: Shop) -> None:
    codes = ["(00)106141411234567890", "00106141411234567880", "ANY-1"]

    reply = shop.post(shop.order(parcels=[{"barcode": code} for code in codes]))

    (warning,) = reply.json["warnings"]
    assert warning["pointer"] == "/parcels/0/barcode"
    assert "digit 7" in warning["detail"]


def test_a_stop_is_one_place_and_one_window(shop: Shop) -> None:
    carrier, noon = shop.carrier, shop.carrier.clock.now()
    early = {"start": noon.isoformat(), "end": (noon + timedelta(hours=1)).isoformat()}
    late = {k: (noon + timedelta(hours=h)).isoformat() for k, h in (("start", 2), ("end", 3))}
    here, there = shop.shipment(), shop.shipment(stop=1)
    first, second = shop.shipment(window=early), shop.shipment(window=late)
    driver_id, _ = carrier.driver()

    apart = carrier.plan(driver_id, [[here["id"], there["id"]]])
    never = carrier.plan(driver_id, [[here["id"]], [first["id"], second["id"]]])

    assert "1.0 km" in details(apart)["/stops/0/shipment_ids/1"]
    assert "no time in common" in details(never)["/stops/1/shipment_ids/1"]
    assert carrier.plan(driver_id, [[here["id"]], [there["id"]]]).status == 201


def test_what_is_null_or_empty_is_as_if_it_were_left_out(shop: Shop) -> None:
    order = shop.order(
        window=None,
        service_time_s=None,
        proof_requirements={"photo": None, "pin": ""},
        metadata={"till": None, "shelf": "", "order_source": "shop"},
    )
    order["address"]["lines"] = ["Kauppakatu 5", None, ""]
    plain = shop.order(proof_requirements=None, metadata=None)

    full, bare = shop.post(order), shop.post(plain)

    assert (full.status, bare.status) == (201, 201), (full.body, bare.body)
    got = shop.get(full.json["id"])
    assert got["metadata"] == {"order_source": "shop"}
    assert got["address"]["lines"] == ["Kauppakatu 5"]
    assert got["proof_requirements"] == shop.get(bare.json["id"])["proof_requirements"]


def test_a_window_and_a_day_that_are_two_days_are_refused_also_in_a_change(shop: Shop) -> None:
    path = f"/v1/shipments/{shop.shipment()['id']}"
    window = {"start": "2026-11-25T10:00", "end": "2026-11-25T12:00"}
    body = {"window": window, "service_day": "2026-11-26"}

    reply = shop.carrier.call("PATCH", path, body, token=shop.key, headers={"If-Match": "*"})

    assert "two" in details(reply)["/service_day"]


def test_an_extension_is_not_kept_and_that_is_said(shop: Shop) -> None:
    reply = posted(shop, recipient={"phone": "+1 212-555-0123 ext. 42"})

    (warning,) = reply.json["warnings"]
    assert warning["pointer"] == "/recipient/phone"
    assert "extension 42" in warning["detail"]
    assert shop.get(reply.json["id"])["recipient"]["phone"] == "+12125550123"


def test_a_body_that_is_no_json_is_shown_its_place(shop: Shop) -> None:
    reply = shop.post(b'{"reference": "1",\n "recipient": }')

    assert (reply.status, reply.code) == (400, "invalid_json")
    assert "line 2, column 15" in reply.json["detail"]
