"""Preferences through the whole application: page, e-mail, API, and what is sent after them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from moto.sns.models import sns_backends

from local.cloud.bridge import Bridge
from local.cloud.capacity import CapacityMeter
from tests.support.aws import SESSION
from tests.support.carrier import Carrier, Reply, Round, note
from tests.support.mails import ReadMail, mails_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
ONE_CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture(scope="module")
def bridge(shared: Carrier) -> Bridge:
    return shared.bridge()


@pytest.fixture
def found(shared: Carrier, bridge: Bridge, impatient: None) -> Round:
    """A route of one stop, loaded, by day: at noon of the next day."""
    bridge.settle()
    shared.clock.set_to(shared.clock.now().replace(hour=12) + timedelta(days=1))
    bridge.settle()
    return shared.round(1).loaded()


def link(found: Round) -> str:
    return urlsplit(order(found)["tracking_url"]).path


def order(found: Round) -> dict[str, Any]:
    return found.orders[found.ids[0][0]]


def post(found: Round, tail: str, **fields: Any) -> Reply:
    return found.carrier.call(
        "POST", f"{link(found)}/settings{tail}", urlencode(fields).encode(), headers=FORM
    )


def page(found: Round, query: str = "lang=en") -> str:
    return found.carrier.call("GET", f"{link(found)}/settings?{query}").body.decode()


def preferences(found: Round) -> Any:
    path = f"/v1/shipments/{found.ids[0][0]}/preferences"
    return found.carrier.call("GET", path, token=found.shop.key).json


def changed(found: Round, body: Any, *, headers: Any = None) -> Reply:
    path = f"/v1/shipments/{found.ids[0][0]}/preferences"
    sent = headers or {"If-Match": "*"}
    return found.carrier.call("PATCH", path, body, token=found.shop.key, headers=sent)


def mails(found: Round) -> list[ReadMail]:
    stack = found.carrier.provisioned.stack
    return [mail for mail in mails_of(stack) if order(found)["tracking_url"] in mail.text]


def texts(found: Round) -> list[str]:
    stack = found.carrier.provisioned.stack
    told = sns_backends[stack.account_id][stack.region].sms_messages.values()
    return [text for _, text in told if order(found)["tracking_url"] in text]


def test_what_is_chosen_is_told_so(found: Round, bridge: Bridge) -> None:
    reply = post(found, "", seen="0", before="bbbbb-", departure="sms", language="sv", lang="en")
    assert reply.status == 303
    back = f"{link(found)}/settings?said=settings_saved&undo=bbbbb-&lang=en"
    assert reply.headers["Location"] == back
    shown = page(found, "lang=en&said=settings_saved&undo=bbbbb-")
    assert "Saved." in shown
    assert "Undo" in shown
    assert '<option value="sms" selected>By SMS</option>' in shown
    assert found.start().status == 200
    bridge.settle()

    (text,) = texts(found)
    assert mails(found) == []
    assert "Ditt paket" in text
    assert preferences(found)["ways"]["departure"] == "sms"
    assert preferences(found)["language"] == "sv"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"seen": "0", "times": "pigeon"}, "settings_unfit"),
        ({"seen": "0", "language": "tlh"}, "settings_unfit"),
        ({"seen": "7", "times": "sms"}, "settings_changed"),
    ],
)
def test_what_cannot_be_chosen_is_said(found: Round, fields: dict[str, str], said: str) -> None:
    reply = post(found, "", **fields)

    assert reply.headers["Location"] == f"{link(found)}/settings?said={said}"
    assert preferences(found)["ways"] == dict.fromkeys(preferences(found)["ways"], "best")


def test_who_has_stopped_the_messages_gets_none_and_can_have_them_again(
    found: Round, bridge: Bridge
) -> None:
    for _ in range(2):
        assert post(found, "/stop", lang="en").status == 303
    assert found.start().status == 200
    bridge.settle()
    assert (mails(found), texts(found)) == ([], [])
    assert "Messages are stopped." in page(found)
    tracking = found.carrier.call("GET", f"{link(found)}?lang=en").body.decode()
    assert "Messages are stopped. Change this" in tracking
    assert found.shop.event_types(found.ids[0][0]).count("preferences_changed") == 1

    assert post(found, "/resume", lang="en").status == 303
    assert found.work(0, "deliver").status == 200
    bridge.settle()
    assert [mail.to for mail in mails(found)] == [order(found)["recipient"]["email"]]


def test_what_waits_for_the_morning_is_not_sent_after_a_stop(found: Round, bridge: Bridge) -> None:
    clock = found.carrier.clock
    clock.set_to(clock.now().replace(hour=21))
    post_cancel = found.carrier.call(
        "POST", f"/v1/shipments/{found.ids[0][0]}/cancel", {}, token=found.shop.key
    )
    assert post_cancel.status == 200
    bridge.settle()
    assert mails(found) == []

    assert post(found, "/stop").status == 303
    clock.advance(timedelta(hours=12))
    bridge.settle()
    assert (mails(found), texts(found)) == ([], [])


def test_a_mail_program_unsubscribes_by_one_post_and_a_get_does_nothing(
    found: Round, bridge: Bridge
) -> None:
    carrier = found.carrier
    assert found.start().status == 200
    bridge.settle()
    (mail,) = mails(found)
    path = urlsplit(mail.stop_url).path
    assert f"{order(found)['tracking_url']}/settings" in mail.text
    assert mail.stop_url not in mail.text + mail.html
    before = carrier.everything()
    assert "Stop these messages?" in carrier.call("GET", f"{path}?lang=en").body.decode()
    assert carrier.call("HEAD", path).status == 200
    assert carrier.everything() == before

    for headers in (FORM, PARTS, {}):
        reply = carrier.call("POST", path, ONE_CLICK, headers=headers)
        assert reply.status == 200
        assert "Set-Cookie" not in reply.headers
    found_now = preferences(found)
    assert found_now["is_stopped"]
    assert found_now["is_mailbox_muted"]
    assert found.shop.event_types(found.ids[0][0]).count("preferences_changed") == 1
    assert changed(found, {"is_stopped": False}).code == "stopped_by_recipient"

    later = found.shop.shipment(recipient=order(found)["recipient"])
    next_van = carrier.planned(found.shop, [[later]]).loaded()
    assert next_van.start().status == 200
    bridge.settle()
    assert mails(next_van) == []
    assert len(texts(next_van)) == 1, "another shipment is told by phone, which nobody has muted"

    undone = carrier.call("POST", f"{path}/undo?lang=en", b"", headers=FORM)
    assert "You get messages again" in undone.body.decode()
    assert not preferences(found)["is_stopped"]
    assert not preferences(found)["is_mailbox_muted"]


def test_a_phone_that_answers_stop_gets_no_text_until_it_answers_start(
    found: Round, bridge: Bridge
) -> None:
    carrier, phone = found.carrier, order(found)["recipient"]["phone"]
    assert found.start().status == 200
    found.drive(-900.0, after_s=180)
    bridge.settle()
    before = len(texts(found))
    assert before == 1

    answer(found, phone, "Stop!")
    bridge.settle()
    assert preferences(found)["is_stopped"]
    assert preferences(found)["is_phone_muted"]
    assert "Answer START" in page(found)
    assert found.work(0, "deliver").status == 200
    later = found.shop.shipment(recipient=order(found)["recipient"] | {"email": None})
    next_van = carrier.planned(found.shop, [[later]]).loaded()
    assert next_van.start().status == 200
    bridge.settle()
    assert (len(texts(found)), mails(next_van), texts(next_van)) == (before, [], [])
    assert not preferences(next_van)["is_stopped"], "nobody has told it that phone"
    stored = repr([carrier.rows("ledger")])
    assert phone not in stored

    answer(found, phone, "START")
    bridge.settle()
    next_van.drive(-900.0, after_s=180)
    bridge.settle()
    assert not preferences(found)["is_phone_muted"]
    assert len(texts(next_van)) == 1


def answer(found: Round, phone: str, text: str) -> None:
    """What AWS publishes when a phone has answered."""
    topic = found.carrier.provisioned.stack.resource("InboundTextsTopic")
    body = {"originationNumber": phone, "messageBody": text, "inboundMessageId": "x"}
    SESSION.client("sns").publish(TopicArn=topic.arn, Message=json.dumps(body))


def test_a_token_that_is_none_of_ours_gets_the_same_page_as_any(found: Round) -> None:
    carrier = found.carrier
    token = link(found).rpartition("/")[2]
    replies = [
        carrier.call(method, f"/stop/{each}", ONE_CLICK if method == "POST" else None, headers=sent)
        for method, sent in (("GET", None), ("POST", FORM))
        for each in ("x" * 59, token, "%00")
    ]

    assert {reply.status for reply in replies} == {404}
    assert len({reply.body for reply in replies}) == 1


def test_the_office_reads_and_sets_the_same(found: Round) -> None:
    reply = changed(found, {"ways": {"messages": "email"}, "language": "de"})
    assert reply.status == 200
    assert reply.json["ways"]["messages"] == "email"
    tag = reply.headers["ETag"]
    stopped = changed(found, {"is_stopped": True}, headers={"If-Match": tag})
    assert (stopped.json["is_stopped"], stopped.json["is_stopped_by_office"]) == (True, True)
    assert changed(found, {"language": None}, headers={"If-Match": tag}).code == "outdated"
    assert changed(found, {"is_stopped": False, "language": None}).json["language"] is None
    assert changed(found, {"ways": {"messages": "pigeon"}}).pointers == ["/ways/messages"]
    events = found.shop.events(found.ids[0][0])[-3:]
    assert [event["data"]["changed"] for event in events] == [
        ["ways", "language"],
        ["stopped"],
        ["language", "stopped"],
    ]
    assert "email" not in repr([event["data"] for event in events])


def test_what_it_costs(found: Round) -> None:
    clients = found.carrier.clients()
    post(found, "/stop")
    with CapacityMeter().watching(*clients) as stop:
        post(found, "/resume")
    with CapacityMeter().watching(*clients) as shown:
        page(found)

    note(f"messages again: {stop.call_count} calls, {stop.write_units:g} WRU")
    assert stop.calls == {"Query": 1, "TransactWriteItems": 1, "UpdateItem": 1}
    assert stop.write_units <= 13
    assert shown.calls == {"Query": 1, "GetItem": 2}
