"""From an event in the table to phones, mailboxes and shops' servers: once each, whatever fails."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.sns.models import sns_backends
from standardwebhooks import Webhook

from chalicelib.adapters.aws import client
from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.notices.gsm7 import segments
from chalicelib.domain.policy import NOTICE_LEASE_S
from chalicelib.domain.shipments.payloads import to_message
from chalicelib.triggers import queues, streams
from local.cloud.bridge import Bridge
from local.cloud.sources import StreamSource
from tests.support import faults
from tests.support.aws import SESSION
from tests.support.carrier import BASE_URL, Carrier, Round, Shop
from tests.support.faults import Faults
from tests.support.mails import mails_of
from tests.support.shop_servers import Receiver, receiving

Settle = Callable[[], None]
POISON = {"S": "shipment.teleported"}
NOTHING: dict[str, list[Any]] = {"batchItemFailures": []}


@dataclass
class Fan:
    """The module's carrier, and the one bridge that has read its stream so far."""

    carrier: Carrier
    bridge: Bridge

    def settle(self) -> None:
        self.bridge.settle()


@pytest.fixture(scope="module")
def fan(shared: Carrier) -> Fan:
    bridge = shared.bridge()
    for source in bridge.sources:
        if isinstance(source, StreamSource):
            source.pause = lambda _: None
    return Fan(shared, bridge)


@pytest.fixture
def carrier(fan: Fan, impatient: None) -> Carrier:
    """The carrier with nothing under way, by day: at noon of the next day."""
    fan.settle()
    clock = fan.carrier.clock
    clock.set_to(clock.now().replace(hour=12) + timedelta(days=1))
    fan.settle()
    return fan.carrier


@pytest.fixture
def settle(fan: Fan) -> Settle:
    return fan.settle


def texts(carrier: Carrier, found: Round, stop: int = 0) -> list[str]:
    """The text messages about a stop's first shipment, oldest first."""
    stack, order = carrier.provisioned.stack, found.orders[found.ids[stop][0]]
    told = sns_backends[stack.account_id][stack.region].sms_messages.values()
    own = [(to, text) for to, text in told if order["tracking_url"] in text]
    assert {to for to, _ in own} <= {order["recipient"]["phone"]}
    return [text for _, text in own]


def mails(carrier: Carrier, found: Round, stop: int = 0) -> list[str]:
    """The subjects of the mails about it."""
    stack, order = carrier.provisioned.stack, found.orders[found.ids[stop][0]]
    return [mail.subject for mail in mails_of(stack) if order["tracking_url"] in mail.text]


def by_phone(carrier: Carrier) -> Round:
    """A route to one recipient who has no mailbox: all they are told is an SMS."""
    shop = carrier.shop()
    recipient = {name: text for name, text in shop.order()["recipient"].items() if name != "email"}
    return carrier.planned(shop, [[shop.shipment(recipient=recipient)]])


def told_again(found: Round) -> Any:
    """All events of a shipment once more, as a queue may bring them at any time."""
    notify = bootstrap.container().notify_recipient
    return queues.notify_recipient(
        messages(found),
        notify=notify,
        again=notify.again,
        hear=bootstrap.container().hear_text,
        write=bootstrap.container().send_letter,
    )


def published(batch: dict[str, Any]) -> Any:
    """A batch of the stream, published as the function does."""
    container = bootstrap.container()
    return streams.publish_events(
        batch,
        read=container.adapters.event_from_image,
        publish=container.publish_events,
        set_aside=container.adapters.parking.park,
    )


def stream(carrier: Carrier) -> dict[str, Any]:
    """All that the stream of the shipments has ever carried, but for poison, as one batch."""
    streams = SESSION.client("dynamodbstreams")
    stack = carrier.provisioned.stack
    arn = carrier.provisioned.stream_arn(stack.event_source("PublishEvents")["Stream"])
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return {"Records": [r for r in records if r["dynamodb"]["NewImage"].get("type") != POISON]}


def messages(found: Round, stop: int = 0) -> dict[str, Any]:
    """All that a queue may bring about a stop's first shipment."""
    shipments: Any = bootstrap.container().adapters.shipments
    _, events = shipments.with_history(found.ids[stop][0], newest=99)
    return {"Records": [{"messageId": e.id, "body": to_message(e)} for e in events]}


def ledger(carrier: Carrier) -> dict[str, dict[str, Any]]:
    """The rows of all notices by their key."""
    rows = carrier.rows("ledger")
    return {row["key"]["S"]: row for row in rows if row["key"]["S"].startswith("notice#")}


@pytest.fixture
def operators_queue(carrier: Carrier) -> str:
    """A queue of the operator's own, subscribed to what becomes of routes."""
    sqs, stack = SESSION.client("sqs"), carrier.provisioned.stack
    url = str(sqs.create_queue(QueueName="operators-own")["QueueUrl"])
    SESSION.client("sns").subscribe(
        TopicArn=stack.environment()["EVENTS_TOPIC_ARN"],
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{stack.region}:{stack.account_id}:operators-own",
        Attributes={"RawMessageDelivery": "true", "FilterPolicy": '{"audience": ["staff"]}'},
    )
    return url


def test_what_becomes_of_a_route_is_published_for_the_operator_alone(
    carrier: Carrier, settle: Settle, receiver: Receiver, operators_queue: str
) -> None:
    shop = carrier.shop()
    register(shop, receiver.url)

    found = carrier.round(1, shop=shop)
    settle()

    got = SESSION.client("sqs").receive_message(QueueUrl=operators_queue, MaxNumberOfMessages=10)
    told = [json.loads(message["Body"]) for message in got["Messages"]]
    assert [(each["type"], each["data"]["route_id"]) for each in told] == [
        ("route.planned", found.route_id)
    ]
    assert {json.loads(each.body)["type"] for each in receiver.received} == {"shipment.created"}


def test_a_recipient_hears_of_every_step_once(carrier: Carrier, settle: Settle) -> None:
    found = carrier.round(1).started()
    settle()
    found.drive(-900.0, after_s=180)
    settle()
    found.work(0, "arrive")
    found.work(0, "deliver", found.action(proof_ids=[found.photo(found.ids[0][0])]))
    settle()

    (near,) = texts(carrier, found)
    link = found.orders[found.ids[0][0]]["tracking_url"]
    assert "seuraava" in near or "perillä" in near
    assert link.startswith(f"{BASE_URL}/t/")
    assert near.endswith(f" {link}")
    assert segments(near) == 1
    leaves, delivered = mails(carrier, found)
    assert "matkalla" in leaves or "saapuu" in leaves
    assert "toimitettu" in delivered


def test_a_failed_attempt_is_told_with_its_reason(carrier: Carrier, settle: Settle) -> None:
    found = carrier.round(1).started()
    found.work(0, "fail", found.action(reason="not_home"))
    settle()

    *_, last = texts(carrier, found)
    assert "kukaan ei ollut paikalla" in last


def test_a2_repeats_of_stream_and_queue_tell_nobody_twice(carrier: Carrier, settle: Settle) -> None:
    found = carrier.round(2).started()
    settle()
    for stop in range(2):  # a van that is under way and silent would be told of
        found.work(stop, "deliver")
    settle()
    before = [mails(carrier, found, 0), mails(carrier, found, 1)]

    for _ in range(2):
        assert published(stream(carrier)) == NOTHING
        assert told_again(found) == NOTHING
        carrier.clock.advance(timedelta(hours=11))
        settle()

    assert [mails(carrier, found, 0), mails(carrier, found, 1)] == before
    assert [len(told) for told in before] == [2, 2]
    assert texts(carrier, found, 0) == texts(carrier, found, 1) == []


def test_a_delivery_late_at_night_is_told_in_the_morning(carrier: Carrier, settle: Settle) -> None:
    found = carrier.round(1).started()
    settle()
    carrier.clock.set_to(carrier.clock.now().replace(hour=21))  # 23:00 or midnight at the door
    found.work(0, "deliver", found.action())
    settle()
    at_night = len(mails(carrier, found))

    for _ in range(10 * 4):  # a quarter of an hour each
        carrier.clock.advance(timedelta(minutes=15))
        settle()

    assert at_night == 1
    assert len(mails(carrier, found)) == 2
    assert "toimitettu" in mails(carrier, found)[-1]


def test_a1_what_could_not_be_published_is_published_later(
    carrier: Carrier, settle: Settle
) -> None:
    found = carrier.round(1).started()
    batch = stream(carrier)
    inserted = [r for r in batch["Records"] if streams._is_new(r, "EVENT#")]

    with Faults(outage={"sns": faults.SNS_503}).on(client("sns")):
        failed = published(batch)["batchItemFailures"]
        assert [f["itemIdentifier"] for f in failed] == [
            record["dynamodb"]["SequenceNumber"] for record in inserted
        ]
    settle()

    assert len(mails(carrier, found)) == 1


def test_a3_a_record_that_nobody_understands_is_parked_and_the_rest_goes_on(
    carrier: Carrier,
    settle: Settle,
) -> None:
    first, second = carrier.round(1), carrier.round(1)
    first.started()
    SESSION.client("dynamodb").put_item(
        TableName=carrier.provisioned.stack.resource("ShipmentsTable").name,
        Item={
            "shipment_id": {"S": first.ids[0][0]},
            "item": {"S": "EVENT#00009999"},
            "type": POISON,
        },
    )
    second.started()
    settle()

    assert len(mails(carrier, first)) == len(mails(carrier, second)) == 1
    dlq = carrier.provisioned.stack.resource("StreamDlq")
    parked = SESSION.client("sqs").receive_message(
        QueueUrl=carrier.provisioned.queue_urls[dlq.arn], MaxNumberOfMessages=10
    )["Messages"]
    assert [json.loads(message["Body"]) for message in parked] == [
        {"shipment_id": first.ids[0][0], "item": "EVENT#00009999"}
    ]


def test_a6_a_lost_answer_leads_to_one_repeat_that_is_marked(
    carrier: Carrier, settle: Settle
) -> None:
    found = by_phone(carrier).started()
    sms = client("sns", total_attempts=1)

    with Faults(plan={("sns", "Publish", 1): faults.ack_lost}).on(sms):
        failed = told_again(found)["batchItemFailures"]
    assert len(failed) == 1
    assert len(texts(carrier, found)) == 1
    carrier.clock.advance(timedelta(seconds=NOTICE_LEASE_S))
    for _ in range(3):
        told_again(found)
    settle()

    assert len(texts(carrier, found)) == 2
    row = ledger(carrier)[f"notice#{failed[0]['itemIdentifier']}"]
    assert row["maybe_duplicate"] == {"BOOL": True}
    assert row["outcome"] == {"S": "sent"}


def test_a_phone_network_that_is_down_delays_and_repeats_nothing(
    carrier: Carrier, settle: Settle
) -> None:
    found = by_phone(carrier).started()

    with Faults(outage={"sns": faults.SNS_THROTTLE}).on(client("sns", total_attempts=1)):
        for _ in range(3):
            assert told_again(found) != NOTHING
    assert texts(carrier, found) == []
    settle()

    assert len(texts(carrier, found)) == 1


def test_a_late_notice_is_held_against_the_truth(carrier: Carrier, settle: Settle) -> None:
    found = carrier.round(1).started()
    found.drive(-900.0)
    found.work(0, "arrive")
    found.work(0, "deliver", found.action())
    settle()

    (only,) = mails(carrier, found)
    assert "toimitettu" in only
    assert texts(carrier, found) == []
    outcomes = [row["outcome"]["S"] for row in ledger(carrier).values()]
    assert "suppressed:stale" in outcomes


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as shop:
        yield shop


def register(shop: Shop, url: str, **more: Any) -> Any:
    return shop.carrier.made("/v1/webhooks", {"url": url} | more, shop.key)


def test_a_shop_is_told_every_event_signed_and_in_sequence(
    carrier: Carrier, settle: Settle, receiver: Receiver
) -> None:
    shop = carrier.shop()
    secret = register(shop, receiver.url)["secret"]
    found = carrier.round(1, shop=shop).started()
    found.work(0, "deliver", found.action(note="left with Mikko, +358409999999"))
    settle()

    (shipment_id,) = found.ids[0]
    told = receiver.of(shipment_id)
    assert [body["data"]["sequence"] for body in told] == list(range(1, len(told) + 1))
    assert [body["type"] for body in told] == [e["type"] for e in shop.events(shipment_id)]
    for each in receiver.received:
        at = datetime.fromtimestamp(int(each.headers["webhook-timestamp"]), UTC)
        signature = Webhook(secret).sign(each.headers["webhook-id"], at, each.body.decode())
        assert each.headers["webhook-signature"] == signature
        for private in (b"Aino", b"+358", b"aino", b"Mannerheim", b"Mikko", BASE_URL.encode()):
            assert private not in each.body


def test_a_shop_that_is_gone_is_left_alone(
    carrier: Carrier, settle: Settle, receiver: Receiver
) -> None:
    shop = carrier.shop()
    register(shop, receiver.url, event_types=["shipment.created"])
    receiver.answers = [410]
    carrier.round(1, shop=shop)
    settle()

    assert len(receiver.received) == 1


def test_no_shop_hears_of_anothers_goods(
    carrier: Carrier, settle: Settle, receiver: Receiver
) -> None:
    register(carrier.shop("Other"), receiver.url)
    carrier.round(1, shop=carrier.shop()).started()
    settle()

    assert receiver.received == []
