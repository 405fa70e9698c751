"""The bridge between moto's stream and queues and the functions of an application."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from local.clock import VirtualClock
from local.cloud.sources import StreamSource
from local.stack import RunningStack, running_stack
from tests.support.builders import NOON

PLACEHOLDER = "arn:aws:dynamodb:local:000000000000:table/shipments/stream/placeholder"


class Functions:
    """An application with Doorstep's event sources that only notes what it gets."""

    def __init__(self) -> None:
        self.app = Chalice("noting", configure_logs=False)
        self.published: list[dict[str, Any]] = []
        self.noticed: list[str] = []
        self.attempts: list[str] = []
        self.poison: set[str] = set()
        app = self.app

        @app.on_dynamodb_record(
            stream_arn=PLACEHOLDER,
            batch_size=100,
            starting_position="TRIM_HORIZON",
            name="publish_events",
        )
        def publish_events(event: DynamoDBEvent) -> Any:
            return self.publish(event.to_dict()["Records"])

        @app.on_sqs_message(queue="notices", batch_size=10, name="notify_recipient")
        def notify_recipient(event: SQSEvent) -> Any:
            return self.notice(event.to_dict()["Records"])

        @app.on_sqs_message(queue="webhooks", batch_size=10, name="deliver_webhook")
        def deliver_webhook(event: SQSEvent) -> None:
            del event

    def publish(self, records: list[dict[str, Any]]) -> Any:
        failed = []
        for record in records:
            item = record["dynamodb"]["NewImage"]["item"]["S"]
            if item in self.poison:
                failed.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            else:
                self.published.append(record)
        return {"batchItemFailures": failed}

    def notice(self, records: list[dict[str, Any]]) -> Any:
        self.attempts += [record["body"] for record in records]
        failed = [record for record in records if record["body"] in self.poison]
        self.noticed += [record["body"] for record in records if record not in failed]
        return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in failed]}


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture(params=[False, True], ids=["asking", "peeking"])
def stack(functions: Functions, request: pytest.FixtureRequest) -> Iterator[RunningStack]:
    with running_stack(
        clock=VirtualClock(NOON),
        app=functions.app,
        in_background=False,
        in_process=request.param,  # then the bridge looks into moto's memory before it asks
    ) as running:
        for source in running.bridge.sources:
            if isinstance(source, StreamSource):
                source.pause = lambda _attempt: None
        yield running


def put(stack: RunningStack, item: str, **attributes: Any) -> None:
    stack.session.client("dynamodb").put_item(
        TableName="doorstep-local-shipments",
        Item={"shipment_id": {"S": "shp_1"}, "item": {"S": item}, "text": {"S": "x"}, **attributes},
    )


def queue_url(stack: RunningStack, logical_id: str) -> str:
    return stack.provisioned.queue_urls[stack.provisioned.stack.resource(logical_id).arn]


def messages(stack: RunningStack, logical_id: str) -> list[str]:
    found = stack.session.client("sqs").receive_message(
        QueueUrl=queue_url(stack, logical_id), MaxNumberOfMessages=10
    )
    return [message["Body"] for message in found.get("Messages", [])]


def test_only_inserted_events_reach_the_publisher_in_lambdas_shape(
    stack: RunningStack, functions: Functions
) -> None:
    put(stack, "SHIPMENT")
    put(stack, "EVENT#00000001", packed={"B": b"\x01"})
    put(stack, "EVENT#00000001", packed={"B": b"\x02"})  # a MODIFY

    stack.settle()

    (record,) = functions.published
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"]["packed"] == {"B": "AQ=="}
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int)
    assert "/stream/" in record["eventSourceARN"]


def test_what_is_not_let_through_counts_as_read(stack: RunningStack, functions: Functions) -> None:
    (stream,) = (each for each in stack.bridge.sources if isinstance(each, StreamSource))
    stream.passes = lambda record: record["dynamodb"]["NewImage"]["text"]["S"] == "x"
    put(stack, "EVENT#00000001")
    put(stack, "EVENT#00000002", text={"S": "y"})
    stack.settle()

    stream.passes = lambda _: True
    put(stack, "EVENT#00000003")
    stack.settle()

    items = [record["dynamodb"]["NewImage"]["item"]["S"] for record in functions.published]
    assert items == ["EVENT#00000001", "EVENT#00000003"]


def test_the_keys_only_insert_of_an_upsert_is_dropped(
    stack: RunningStack, functions: Functions
) -> None:
    stack.session.client("dynamodb").update_item(
        TableName="doorstep-local-shipments",
        Key={"shipment_id": {"S": "shp_1"}, "item": {"S": "EVENT#00000001"}},
        UpdateExpression="SET #t = :t",
        ExpressionAttributeNames={"#t": "text"},
        ExpressionAttributeValues={":t": {"S": "x"}},
    )

    stack.settle()

    (record,) = functions.published
    assert record["dynamodb"]["NewImage"]["text"] == {"S": "x"}


def test_a_poison_record_is_parked_alone_in_the_dead_letter_queue(
    stack: RunningStack, functions: Functions
) -> None:
    functions.poison = {"EVENT#00000002"}
    for seq in range(1, 5):
        put(stack, f"EVENT#{seq:08}")

    stack.settle()

    items = [record["dynamodb"]["NewImage"]["item"]["S"] for record in functions.published]
    assert set(items) == {"EVENT#00000001", "EVENT#00000003", "EVENT#00000004"}
    (parked,) = messages(stack, "StreamDlq")
    batch = json.loads(parked)["DDBStreamBatchInfo"]
    assert batch["batchSize"] == 1
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"]


def test_a_cancelled_transaction_leaves_no_trace_and_the_stream_goes_on(
    stack: RunningStack, functions: Functions
) -> None:
    dynamodb = stack.session.client("dynamodb")
    put(stack, "EVENT#00000001")
    stack.settle()
    key = {"shipment_id": {"S": "shp_1"}, "item": {"S": "EVENT#00000001"}}
    table: dict[str, Any] = {"TableName": "doorstep-local-shipments"}
    change: Any = {
        "Update": {
            **table,
            "Key": key,
            "UpdateExpression": "SET #t = :t",
            "ExpressionAttributeNames": {"#t": "text"},
            "ExpressionAttributeValues": {":t": {"S": "changed"}},
        }
    }
    insert: Any = {"Put": {**table, "Item": {**key, "item": {"S": "EVENT#00000002"}}}}
    refused: Any = {
        "ConditionCheck": {
            **table,
            "Key": {**key, "item": {"S": "SHIPMENT"}},
            "ConditionExpression": "attribute_exists(shipment_id)",
        }
    }

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[change, insert, refused])

    found = dynamodb.scan(**table)["Items"]
    assert [(each["item"]["S"], each["text"]["S"]) for each in found] == [("EVENT#00000001", "x")]
    put(stack, "EVENT#00000003")
    stack.settle()
    items = [record["dynamodb"]["NewImage"]["item"]["S"] for record in functions.published]
    assert items == ["EVENT#00000001", "EVENT#00000003"]


def test_a_failed_message_stays_in_the_queue_and_the_others_are_deleted(
    stack: RunningStack, functions: Functions
) -> None:
    sqs = stack.session.client("sqs")
    url = queue_url(stack, "NoticesQueue")
    functions.poison = {"bad"}
    for body in ("good", "bad", "better"):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    stack.settle()

    assert sorted(functions.noticed) == ["better", "good"]
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "0"
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_message_that_fails_too_often_ends_in_its_dead_letter_queue(
    stack: RunningStack, functions: Functions
) -> None:
    sqs = stack.session.client("sqs")
    url = queue_url(stack, "NoticesQueue")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    functions.poison = {"bad"}
    sqs.send_message(QueueUrl=url, MessageBody="bad")

    stack.settle()

    assert functions.attempts == ["bad"] * 5
    assert messages(stack, "NoticesDlq") == ["bad"]


def test_what_the_topic_gets_for_the_public_arrives_raw_in_the_queue(
    stack: RunningStack, functions: Functions
) -> None:
    topic = stack.provisioned.stack.resource("ShipmentEventsTopic").ref
    sns = stack.session.client("sns")
    for number, audience in enumerate(("public", "staff", "internal"), 1):
        sns.publish(
            TopicArn=topic,
            Message=f'{{"id": "evt_{number}"}}',
            MessageAttributes={"audience": {"DataType": "String", "StringValue": audience}},
        )

    stack.settle()

    assert functions.noticed == ['{"id": "evt_1"}']
