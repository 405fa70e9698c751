"""Reports through the whole application: form, attention, answer, and what it costs."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, Round, note

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDS = "Crushed <script>alert(1)</script>"


@pytest.fixture
def found(shared: Carrier) -> Round:
    made = shared.round(1).started()
    assert made.work(0, "deliver").status == 200
    made.carrier.clock.advance(timedelta(hours=3))
    return made


def link(found: Round) -> str:
    return urlsplit(found.orders[found.ids[0][0]]["tracking_url"]).path


def reported(found: Round, **fields: Any) -> Reply:
    form = urlencode({"seen": "", "reason": "damaged", "text": WORDS, **fields}).encode()
    return found.carrier.call("POST", f"{link(found)}/reports", form, headers=FORM)


def said(reply: Reply) -> str:
    assert reply.status == 303
    return str(reply.headers["Location"]).partition("?said=")[2]


def page(found: Round, query: str = "lang=en") -> str:
    return found.carrier.call("GET", f"{link(found)}?{query}").body.decode()


def concerns(found: Round) -> dict[str, Any]:
    carrier = found.carrier
    path = "/v1/attention?kind=reported&limit=100"
    data = carrier.call("GET", path, token=carrier.dispatcher).json["data"]
    return {each["shipment"]["id"]: each["shipment"]["report"] for each in data}


def test_a_report_reaches_the_office_and_its_answer_the_page(found: Round) -> None:
    carrier, shipment_id = found.carrier, found.ids[0][0]
    assert "Report that something is wrong" in page(found)

    assert [said(reported(found)) for _ in range(2)] == ["reported#thread"] * 2

    assert concerns(found)[shipment_id]["reason"] == "damaged"
    assert found.call("GET", "messages").json["data"] == []
    shown = page(found, "lang=en&said=reported")
    assert "You have reported: It is damaged." in shown
    assert "<script>alert" not in shown
    path = f"/v1/shipments/{shipment_id}/messages"
    carrier.made(path, {"text": "We send another one."}, carrier.dispatcher)
    assert shipment_id not in concerns(found)
    shown = page(found)
    assert "We send another one." in shown
    assert "You have reported" not in shown
    types = found.shop.event_types(shipment_id)
    assert types[-3:] == ["message.sent", "reported", "message.sent"]
    assert WORDS not in repr(found.shop.events(shipment_id))


def test_the_same_words_after_an_answer_are_another_report(found: Round) -> None:
    carrier, shipment_id = found.carrier, found.ids[0][0]
    reported(found)
    path = f"/v1/shipments/{shipment_id}/messages"
    carrier.made(path, {"text": "It comes tomorrow."}, carrier.dispatcher)
    seen = found.shop.get(shipment_id)["report"]["message_id"]
    assert f'name="seen" value="{seen}"' in page(found)

    assert said(reported(found, seen=seen)) == "reported#thread"
    assert shipment_id in concerns(found)


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"reason": ""}, "report_unfit#report"),
        ({"reason": "boredom"}, "report_unfit#report"),
        ({"text": " \u200b"}, "report_unfit#report"),
        ({"text": "x" * 501}, "report_unfit#report"),
        ({"text": "x" * 500, "lang": "sv"}, "reported&lang=sv#thread"),
    ],
)
def test_what_cannot_be_reported_is_said(found: Round, fields: dict[str, Any], answer: str) -> None:
    assert said(reported(found, **fields)) == answer


def test_what_a_report_costs(found: Round) -> None:
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        reported(found)

    note(f"report: {meter.call_count} calls, {meter.write_units:g} WRU, {meter.read_units:g} RRU")
    assert meter.calls == {"Query": 1, "GetItem": 1, "TransactWriteItems": 1}
    assert meter.write_units <= 24
