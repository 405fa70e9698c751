"""The events that Lambda hands to functions, made from what boto3 returns."""

import base64
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

Record = dict[str, Any]

_JSON_NAMES: Final = {
    "StringValue": "stringValue",
    "BinaryValue": "binaryValue",
    "DataType": "dataType",
}


def stream_record(record: Mapping[str, Any], *, stream_arn: str, region: str) -> Record:
    """A record of GetRecords in the function's form: times are epoch seconds, bytes are base64."""
    change = dict(record["dynamodb"])
    created_at = change.get("ApproximateCreationDateTime")
    if isinstance(created_at, datetime):
        change["ApproximateCreationDateTime"] = int(created_at.timestamp())
    for image in ("Keys", "NewImage", "OldImage"):
        if image in change:
            change[image] = _without_bytes(change[image])
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": change,
        "eventSourceARN": stream_arn,
        **({"userIdentity": record["userIdentity"]} if "userIdentity" in record else {}),
    }


def is_ghost(record: Mapping[str, Any]) -> bool:
    """Whether this is moto's keys-only INSERT, the first of two for an upserting UpdateItem."""
    change = record["dynamodb"]
    return bool(record["eventName"] == "INSERT" and change.get("NewImage") == change["Keys"])


def parked_batch(records: list[Record], *, stream_arn: str, shard_id: str, now: datetime) -> Record:
    """Lambda's message to the on-failure destination: the place of the records, not the records."""
    sequence_numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 1,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "version": "1.0",
        "timestamp": now.isoformat(),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": sequence_numbers[0],
            "endSequenceNumber": sequence_numbers[-1],
            "batchSize": len(records),
            "streamArn": stream_arn,
        },
    }


def queue_record(message: Mapping[str, Any], *, queue_arn: str, region: str) -> Record:
    """A message of ReceiveMessage in the function's form."""
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringListValues": [],
                "binaryListValues": [],
                **{_JSON_NAMES[key]: item for key, item in _without_bytes(value).items()},
            }
            for name, value in attributes.items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def scheduled_event(name: str, *, now: datetime, account_id: str, region: str) -> Record:
    """The event of an EventBridge schedule."""
    rule = f"arn:aws:events:{region}:{account_id}:rule/{name}"
    return _from_event_bus(
        "Scheduled Event",
        "aws.events",
        {},
        now=now,
        resources=[rule],
        account_id=account_id,
        region=region,
    )


def object_created(
    stored: Mapping[str, Any], *, bucket: str, now: datetime, account_id: str, region: str
) -> Record:
    """The event that S3 sends to EventBridge for a new object (an entry of ListObjectsV2)."""
    detail = {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {
            "key": stored["Key"],
            "size": stored["Size"],
            "etag": stored["ETag"].strip('"'),
            "sequencer": f"{int(now.timestamp() * 1000):016X}",
        },
        "request-id": uuid.uuid4().hex[:16].upper(),
        "requester": account_id,
        "source-ip-address": "127.0.0.1",
        "reason": "PostObject",
    }
    return _from_event_bus(
        "Object Created",
        "aws.s3",
        detail,
        now=now,
        resources=[f"arn:aws:s3:::{bucket}"],
        account_id=account_id,
        region=region,
    )


def _from_event_bus(
    detail_type: str,
    source: str,
    detail: Record,
    *,
    now: datetime,
    resources: list[str],
    account_id: str,
    region: str,
) -> Record:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account_id,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def _without_bytes(value: Any) -> Any:
    """The same value with bytes as base64 text, as in JSON."""
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case dict():
            return {key: _without_bytes(item) for key, item in value.items()}
        case list():
            return [_without_bytes(item) for item in value]
        case _:
            return value
