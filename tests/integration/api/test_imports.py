"""Files of orders over HTTP: a form, an upload, and the function behind the queue."""

import json
from datetime import timedelta
from typing import Any

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Shop, note
from tests.support.depth import times
from tests.support.importing import handed_over, imported, report

HEADINGS = "Tilausnumero;Nimi;Puhelin;Osoite;Kaupunki;Maa;Lat;Lon;Viivakoodi;Väri"
ROWS = times(quick=60, deep=1_200)
"""A group has 500."""


@pytest.fixture
def shop(shared: Carrier) -> Shop:
    return shared.shop()


def row(number: int, phone: str = "0401234567", name: str = "Väinö") -> str:
    return f"R{number};{name};{phone};Kuja {number};Helsinki;FI;60,17;24,94;B{number};red"


def file_of(*rows: str) -> bytes:
    return "\r\n".join([HEADINGS, *rows]).encode("cp1252")


def test_a_file_comes_in_and_its_bad_rows_are_named(shop: Shop) -> None:
    done = imported(shop, file_of(row(1), row(2, phone="12"), row(3, name="=1+1")))

    assert (done["status"], done["rows"], done["rows_done"]) == ("completed", 3, 3)
    assert done["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 1}
    assert (done["encoding"], done["separator"]) == ("cp1252", ";")
    assert done["ignored_columns"] == ["Väri"]
    (error,) = done["errors"]
    assert (error["row"], error["column"], error["reference"]) == (3, "Puhelin", "R2")
    (line,) = report(shop.carrier, done)
    assert (line["row"], line["column"], line["detail"]) == ("3", "Puhelin", error["detail"])
    (made,) = shop.carrier.call("GET", "/v1/shipments?reference=R1", token=shop.key).json["data"]
    assert made["recipient"] == {
        "name": "Väinö",
        "phone": "+358401234567",
        "email": None,
        "locale": "en",
    }
    assert shop.event_types(made["id"]) == ["created"]


def test_the_same_file_again_adds_nothing_and_costs_no_write_of_a_shipment(shop: Shop) -> None:
    content = file_of(*(row(number) for number in range(ROWS)))
    with CapacityMeter().watching(*shop.carrier.clients()) as first_meter:
        first = imported(shop, content)

    with CapacityMeter().watching(*shop.carrier.clients()) as meter:
        again = imported(shop, content)

    note(
        f"import of {ROWS}: {first_meter.call_count} calls, {first_meter.write_units:g} WRU; "
        f"again: {meter.call_count} calls, {meter.write_units:g} WRU"
    )
    assert first["counts"]["created"] == again["counts"]["unchanged"] == ROWS
    own_writes = 5 + -(-ROWS // 500)
    assert meter.write_units <= 8 * own_writes
    assert first_meter.write_units <= 12 * ROWS + 8 * own_writes, "as a batch"


def test_a_dry_run_writes_no_shipment_and_says_what_would_come(shop: Shop) -> None:
    dry = imported(shop, file_of(row(1), row(2, phone="12")), dry_run=True)

    assert (dry["dry_run"], dry["counts"]["created"], dry["counts"]["refused"]) == (True, 1, 1)
    assert shop.carrier.call("GET", "/v1/shipments", token=shop.key).json["data"] == []


def test_what_was_read_is_what_the_next_import_may_say(shop: Shop) -> None:
    content = b"Nr;Wer;Kolli\n1;Aino;A1\n"
    wishes = {
        "columns": {"nr": "reference", "Wer": "recipient.name"},
        "defaults": {
            "address.lines": "Testikatu 1",
            "address.city": "Helsinki",
            "address.country": "FI",
            "address.lat_deg": "60.17",
            "address.lon_deg": "24.94",
        },
    }
    first = imported(shop, content, **wishes)

    again = imported(shop, content, columns=first["columns"], defaults=first["defaults"])

    assert first["counts"]["created"] == again["counts"]["unchanged"] == 1, first["failure"]


def test_a_file_that_cannot_be_read_says_why(shop: Shop) -> None:
    done = imported(shop, b"PK\x03\x04")

    assert (done["status"], done["failure"]["code"]) == ("failed", "not_csv")
    assert "CSV" in done["failure"]["detail"]
    assert done["report_url"] is None


def test_imports_are_listed_newest_first_and_nobody_sees_others(shop: Shop) -> None:
    carrier = shop.carrier
    names = [f"{number}.csv" for number in range(3)]
    for name in names:
        carrier.made("/v1/imports", {"file_name": name}, shop.key)
        carrier.clock.advance(timedelta(seconds=1))

    first = carrier.call("GET", "/v1/imports?limit=2", token=shop.key).json
    cursor = first["next_cursor"]
    rest = carrier.call("GET", f"/v1/imports?limit=2&cursor={cursor}", token=shop.key).json

    assert [each["file_name"] for each in (*first["data"], *rest["data"])] == names[::-1]
    other = carrier.shop()
    path = f"/v1/imports/{first['data'][0]['id']}"
    assert carrier.call("GET", path, token=other.key).status == 404
    assert carrier.call("GET", path, token=carrier.dispatcher).status == 403
    assert carrier.call("GET", "/v1/imports", token=other.key).json["data"] == []


def test_a_repeated_request_is_one_import_with_one_form(shop: Shop) -> None:
    headers = {"Idempotency-Key": "july"}
    replies = [
        shop.carrier.call("POST", "/v1/imports", {}, token=shop.key, headers=headers)
        for _ in range(2)
    ]

    assert replies[0].body == replies[1].body
    assert len(shop.carrier.call("GET", "/v1/imports", token=shop.key).json["data"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"columns": {"Nr": "status"}}, "/columns/Nr"),
        ({"defaults": {"status": "x"}}, "/defaults/status"),
        ({"defaults": {"reference": "x"}}, "/defaults/reference"),
        ({"columns": {f"c{n}": "reference" for n in range(101)}}, "/columns"),
        ({"if_exists": "ignore"}, "/if_exists"),
    ],
)
def test_wishes_that_cannot_be_are_refused_by_their_field(
    shop: Shop, body: Any, pointer: str
) -> None:
    reply = shop.carrier.call("POST", "/v1/imports", body, token=shop.key)

    assert (reply.status, reply.pointers) == (422, [pointer])
    assert json.loads(reply.body)["errors"][0]["detail"].endswith(".")


@pytest.mark.parametrize("body", ["nonsense", "{}", "[1]", '{"detail": {"object": {"key": 1}}}'])
def test_a_notice_that_is_none_comes_again_until_somebody_looks(body: str) -> None:
    assert handed_over(body) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
