"""What publishing was given up on is published by a command, which may be repeated."""

import argparse
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.aws import client
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.bootstrap import container as bootstrap
from infra.republish import Done, Republisher, instant
from tests.support import faults
from tests.support.aws import SESSION, dynamodb_clients
from tests.support.carrier import Carrier
from tests.support.faults import Faults


@pytest.fixture
def dlq_url(carrier: Carrier) -> str:
    dlq = carrier.provisioned.stack.resource("StreamDlq")
    return str(carrier.provisioned.queue_urls[dlq.arn])


@pytest.fixture
def republisher(carrier: Carrier, dlq_url: str) -> Republisher:
    return Republisher(bootstrap.container(), SESSION, dlq_url, wait_s=0)


@pytest.fixture
def heard(carrier: Carrier) -> Any:
    """The events that a queue behind the topic has got since it was asked last."""
    sqs, stack = SESSION.client("sqs"), carrier.provisioned.stack
    url = carrier.provisioned.queue_urls[stack.resource("WebhooksQueue").arn]

    def events() -> list[tuple[str, int]]:
        found = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                body = json.loads(message["Body"])
                found.append((body["data"]["shipment_id"], body["data"]["sequence"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return sorted(found)

    return events


def park(dlq_url: str, message: dict[str, Any]) -> None:
    SESSION.client("sqs").send_message(QueueUrl=dlq_url, MessageBody=json.dumps(message))


def parked(dlq_url: str) -> int:
    """How many messages the dead-letter queue holds, hidden or not."""
    found = SESSION.client("sqs").get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["All"])
    said: Any = found["Attributes"]
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return sum(int(said[name]) for name in names)


def given_up(carrier: Carrier, function: str = "PublishEvents") -> dict[str, Any]:
    """Lambda's message about a batch that the function has given up on."""
    stack = carrier.provisioned.stack
    arn = carrier.provisioned.stream_arn(stack.event_source(function)["Stream"])
    name = f"doorstep-{stack.stage}-{function}-XqDhbmn3rVzt"
    return {
        "requestContext": {
            "functionArn": f"arn:aws:lambda:{stack.region}:{stack.account_id}:function:{name}",
            "condition": "RetryAttemptsExhausted",
        },
        "timestamp": carrier.clock.now().isoformat(),
        "DDBStreamBatchInfo": {"shardId": "s", "streamArn": arn, "batchSize": 3},
    }


def test_the_events_of_shipments_go_out_again_in_order_as_often_as_asked(
    carrier: Carrier, republisher: Republisher, heard: Any
) -> None:
    van = carrier.round(2).started()
    (first,), (second,) = van.ids
    wanted = [(first, seq + 1) for seq in range(len(van.shop.events(first)))]

    done = [republisher.run(shipment_ids=[first, "shp_unknown"]) for _ in range(2)]

    assert done == [Done(published=len(wanted))] * 2
    assert heard() == sorted(wanted * 2)
    assert second not in str(wanted)


def test_the_events_of_a_span_go_out_again(
    carrier: Carrier, republisher: Republisher, heard: Any
) -> None:
    shop = carrier.shop()
    times = []
    for _ in range(3):
        times.append(carrier.clock.now())
        shop.shipment()
        carrier.clock.advance(timedelta(hours=1))

    done = republisher.run(since=times[1], until=times[1] + timedelta(minutes=1))
    rest = republisher.run(since=times[1] + timedelta(minutes=1))

    assert (done, rest) == (Done(published=1), Done(published=1))
    assert len(heard()) == 2


def test_what_lies_in_the_dead_letter_queue_goes_out_and_leaves_it(
    carrier: Carrier, republisher: Republisher, heard: Any, dlq_url: str
) -> None:
    shop = carrier.shop()
    shipment = shop.shipment()
    park(dlq_url, given_up(carrier))
    park(dlq_url, {"shipment_id": shipment["id"], "item": "EVENT#00000001"})
    park(dlq_url, given_up(carrier, "LearnTravelTimes"))

    done = republisher.run(is_parked=True)

    assert done == Done(published=1)
    assert heard() == [(shipment["id"], 1)]
    assert parked(dlq_url) == 1  # nothing is published of the routes' stream
    assert republisher.run(is_parked=True) == Done()


def test_while_the_topic_is_down_nothing_leaves_the_queue(
    carrier: Carrier, republisher: Republisher, heard: Any, dlq_url: str, impatient: None
) -> None:
    carrier.shop().shipment()
    park(dlq_url, given_up(carrier))

    with Faults(outage={"sns": faults.SNS_503}).on(client("sns")):
        failed = republisher.run(is_parked=True)

    assert failed == Done(failed=1)
    assert (heard(), parked(dlq_url)) == ([], 1)


def test_what_is_still_poison_stays_in_the_queue(
    carrier: Carrier, republisher: Republisher, dlq_url: str
) -> None:
    SESSION.client("dynamodb").put_item(
        TableName=carrier.provisioned.stack.resource("ShipmentsTable").name,
        Item={"shipment_id": {"S": "shp_1"}, "item": {"S": "EVENT#00000001"}},
    )
    park(dlq_url, {"shipment_id": "shp_1", "item": "EVENT#00000001"})

    assert republisher.run(is_parked=True) == Done(unreadable=1)
    assert parked(dlq_url) == 1


def test_one_that_nobody_can_read_keeps_no_other_in_the_queue(
    carrier: Carrier, republisher: Republisher, heard: Any, dlq_url: str
) -> None:
    shipment = carrier.shop().shipment()
    poison = {"shipment_id": "shp_1", "item": "EVENT#00000001"}
    SESSION.client("dynamodb").put_item(
        TableName=carrier.provisioned.stack.resource("ShipmentsTable").name,
        Item={
            **{name: {"S": value} for name, value in poison.items()},
            "recorded_at": {"S": to_text(carrier.clock.now())},
        },
    )
    park(dlq_url, poison)
    park(dlq_url, {"shipment_id": shipment["id"], "item": "EVENT#00000001"})
    park(dlq_url, given_up(carrier))

    assert republisher.run(is_parked=True) == Done(published=1, unreadable=1)
    assert heard() == [(shipment["id"], 1)]
    assert parked(dlq_url) == 1


def test_poison_without_a_message_of_its_own_keeps_the_span_in_the_queue(
    carrier: Carrier, republisher: Republisher, dlq_url: str
) -> None:
    SESSION.client("dynamodb").put_item(
        TableName=carrier.provisioned.stack.resource("ShipmentsTable").name,
        Item={
            "shipment_id": {"S": "shp_1"},
            "item": {"S": "EVENT#00000001"},
            "recorded_at": {"S": to_text(carrier.clock.now())},
        },
    )
    park(dlq_url, given_up(carrier))

    assert republisher.run(is_parked=True) == Done(unreadable=1)
    assert parked(dlq_url) == 1


def test_shipments_that_could_not_be_marked_to_expire_are_marked_and_not_published(
    carrier: Carrier, republisher: Republisher, heard: Any, dlq_url: str
) -> None:
    van = carrier.round(2).started()
    (delivered,), _ = van.ids
    van.work(0, "deliver", van.action(proof_ids=[van.photo(delivered)]))
    heard()
    park(dlq_url, given_up(carrier, "ExpireShipments"))

    with Faults(outage={"dynamodb": faults.THROTTLE}).on(*dynamodb_clients()):
        failed = republisher.run(is_parked=True)
    assert (failed, parked(dlq_url)) == (Done(failed=2), 1)
    park(dlq_url, given_up(carrier, "ExpireShipments"))

    assert republisher.run(is_parked=True) == Done(looked_at=2)
    assert heard() == []
    assert parked(dlq_url) == 1  # the first one is still hidden
    rows = carrier.rows("shipments")
    marked = {row["shipment_id"]["S"] for row in rows if "expires_at" in row}
    marked -= {van.route_id}  # what became of a route expires from the start
    assert marked == {delivered}


def test_a_queue_that_once_answers_with_nothing_is_not_taken_to_be_empty(
    carrier: Carrier, republisher: Republisher, dlq_url: str
) -> None:
    shipment = carrier.shop().shipment()
    park(dlq_url, {"shipment_id": shipment["id"], "item": "EVENT#00000001"})
    session: Any = republisher.session
    sqs = session.client("sqs")

    @dataclass
    class Forgetful:
        """A session whose queue says nothing at first, as one of many servers may."""

        asked: list[dict[str, Any]] = field(default_factory=list)

        def receive_message(self, **wanted: Any) -> Any:
            self.asked.append(wanted)
            return {} if len(self.asked) == 1 else sqs.receive_message(**wanted)

        def delete_message(self, **wanted: Any) -> None:
            sqs.delete_message(**wanted)

        def client(self, name: str) -> Any:
            return self if name == "sqs" else session.client(name)

    forgetful: Any = Forgetful()

    assert replace(republisher, session=forgetful).run(is_parked=True) == Done(published=1)
    assert parked(dlq_url) == 0
    assert Republisher(republisher.container, forgetful, dlq_url).wait_s > 0  # long polling


def test_events_that_the_ledger_has_forgotten_are_left_out(
    carrier: Carrier, republisher: Republisher, heard: Any
) -> None:
    shipment = carrier.shop().shipment()
    carrier.clock.advance(timedelta(days=29))

    done = republisher.run(shipment_ids=[shipment["id"]])

    assert done == Done(too_old=1)
    assert "1 left out as older than 29 days" in str(done)
    assert heard() == []


def test_a_time_has_a_zone() -> None:
    assert instant("2026-11-23T10:00:00Z") == datetime(2026, 11, 23, 10, tzinfo=UTC)
    for text in ("2026-11-23T10:00:00", "yesterday"):
        with pytest.raises(argparse.ArgumentTypeError):
            instant(text)
