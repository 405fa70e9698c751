"""Messages through the whole application: form, API, notice, costs, and what they may not show."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from moto.sns.models import sns_backends

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, Round, note

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = "Gate code 4711 <script>alert(1)</script>"


@pytest.fixture
def found(shared: Carrier) -> Round:
    made = shared.round(2).started()
    made.drive(-900.0)
    return made


def link(found: Round, stop: int = 0) -> str:
    return urlsplit(found.orders[found.ids[stop][0]]["tracking_url"]).path


def sent(found: Round, **fields: str) -> Reply:
    form = urlencode({"action_id": "a-1", **fields}).encode()
    return found.carrier.call("POST", f"{link(found)}/messages", form, headers=FORM)


def thread(found: Round) -> Any:
    path = f"/v1/shipments/{found.ids[0][0]}/messages"
    return found.carrier.call("GET", path, token=found.shop.key).json["data"]


def test_a_form_writes_one_message_however_often_it_is_sent(found: Round) -> None:
    first, again = sent(found, text=TEXT), sent(found, text=TEXT)

    for reply in (first, again):
        assert reply.status == 303
        assert reply.headers["Location"] == f"{link(found)}?said=sent#thread"
    assert [(m["author"], m["text"]) for m in thread(found)] == [("recipient", TEXT)]
    page = found.carrier.call("GET", link(found)).body.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert found.state(found.ids[0][0]).json["messages"] == 1
    assert found.state(found.ids[1][0]).json["messages"] == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " \u200b "}, "unfit"),
        ({"text": "x" * 501}, "unfit"),
        ({"text": "bell \x07"}, "unfit"),
        ({"quick_reply": "five_minutes"}, "unfit"),  # that is for drivers
        ({"quick_reply": "ring_the_bell", "lang": "fi"}, "sent&lang=fi"),
        ({"text": "x" * 500}, "sent"),
    ],
)
def test_what_cannot_be_sent_is_said_on_the_page(
    found: Round, fields: dict[str, str], said: str
) -> None:
    reply = sent(found, **fields)

    assert reply.headers["Location"] == f"{link(found)}?said={said}#thread"
    assert len(thread(found)) == said.startswith("sent")


def test_a_burst_is_stopped_and_its_page_says_so(found: Round) -> None:
    replies = [sent(found, action_id=f"a-{i}", text=f"{i}") for i in range(8)]

    said = [reply.headers["Location"].partition("said=")[2] for reply in replies]
    assert said == ["sent#thread"] * 6 + ["too_many#thread"] * 2


def test_a_driver_reads_all_stops_in_one_query_and_answers(found: Round) -> None:
    sent(found, text=TEXT)
    shipment_id = found.ids[0][0]

    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        (message,) = found.call("GET", "messages").json["data"]
    body = {"action_id": "d-1", "shipment_id": shipment_id, "quick_reply": "on_my_way"}
    answer, repeat = (found.call("POST", "messages", body) for _ in range(2))
    seen = {"shipment_id": shipment_id, "message_id": message["id"]}
    assert found.call("POST", "messages/seen", seen).status == 204

    assert meter.calls == {"GetItem": 1, "Query": 1}
    assert (answer.status, repeat.json) == (201, answer.json)
    assert answer.json["text"] == "I am on my way to you."
    assert "Seen" in found.carrier.call("GET", f"{link(found)}?lang=en").body.decode()


def test_what_a_message_costs(found: Round) -> None:
    sent(found, text="warm")
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        sent(found, action_id="a-2", text=TEXT)

    note(f"message: {meter.call_count} calls, {meter.write_units:g} WRU, {meter.read_units:g} RRU")
    assert meter.calls == {"Query": 1, "GetItem": 1, "TransactWriteItems": 1}
    assert meter.write_units <= 16


def test_a_recipient_is_told_at_most_once_in_a_quarter_of_an_hour(found: Round) -> None:
    carrier, bridge = found.carrier, found.carrier.bridge()
    stack = carrier.provisioned.stack

    def notices() -> int:
        bridge.settle()
        told = sns_backends[stack.account_id][stack.region].sms_messages.values()
        return sum("viesti" in text.lower() and link(found) in text for _, text in told)

    counts = []
    for number, minutes in enumerate((0, 5, 9, 1)):
        carrier.clock.advance(timedelta(minutes=minutes))
        body = {"action_id": f"d-{number}", "shipment_id": found.ids[0][0], "text": TEXT}
        assert found.call("POST", "messages", body).status == 201
        counts.append(notices())

    assert counts == [1, 1, 1, 2]


def test_an_unanswered_message_is_a_concern_of_the_office(found: Round) -> None:
    carrier = found.carrier
    sent(found, text=TEXT)
    carrier.clock.advance(timedelta(minutes=10))

    def concerns() -> list[str]:
        path = "/v1/attention?kind=unanswered&limit=100"
        data = carrier.call("GET", path, token=carrier.dispatcher).json["data"]
        return [shipment_id for each in data for shipment_id in each["shipment_ids"]]

    assert found.ids[0][0] in concerns()
    path = f"/v1/shipments/{found.ids[0][0]}/messages"
    carrier.made(path, {"text": "We have told the driver."}, carrier.dispatcher)
    assert found.ids[0][0] not in concerns()


def test_events_and_other_shops_see_no_words(found: Round) -> None:
    sent(found, text=TEXT)
    shipment_id, stranger = found.ids[0][0], found.carrier.shop("Other")

    events = found.carrier.call("GET", f"/v1/shipments/{shipment_id}/events", token=found.shop.key)
    foreign = found.carrier.call("GET", f"/v1/shipments/{shipment_id}/messages", token=stranger.key)

    assert events.json["data"][-1]["type"] == "message.sent"
    assert "4711" not in events.body.decode()
    assert foreign.status == 404
