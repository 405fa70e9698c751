"""`python -m infra.republish --stage prod --parked`: publish events again.

Every event is an item of its shipment, so none is lost when its publishing was given up on. Name
the shipments, or a span of time, or take what lies in the dead-letter queue of the streams.

It may be repeated: listeners tell repeats by the event's id, and Doorstep's own ledger remembers
for 30 days what has been sent. Older events are left out, because they would be sent again.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import boto3

from chalicelib.adapters.dynamodb.shipments.events import PREFIX, from_image
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.bootstrap.container import Container, wiring
from chalicelib.domain.errors import Invalid
from chalicelib.domain.policy import LEDGER_KEEP_S
from chalicelib.domain.shipments.events import Event
from chalicelib.settings import Settings
from infra.package import stages
from infra.template import Stack

OLDEST: Final = timedelta(seconds=LEDGER_KEEP_S) - timedelta(days=1)
"""Younger than what the ledger forgets, with a day to spare."""
PARKED_BEFORE: Final = timedelta(hours=24)
"""A stream keeps records for a day: what was given up on was written in the day before."""
MOST_EVENTS: Final = 100
MOST_TRIES: Final = 5
HIDDEN_S: Final = 600
"""Nobody else takes the messages of the queue meanwhile."""


def main() -> int:
    """Publish what was asked for. Returns 1 when some events could not be published."""
    parser = argparse.ArgumentParser(prog="python -m infra.republish", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages())
    parser.add_argument("--since", type=instant, help="for example 2026-11-23T10:00:00Z")
    parser.add_argument("--until", type=instant, help="the end of the span; now without it")
    parser.add_argument("--parked", action="store_true", help="what the queue points at")
    parser.add_argument("shipment_ids", nargs="*", metavar="SHIPMENT")
    arguments = parser.parse_args()
    if not (arguments.since or arguments.parked or arguments.shipment_ids):
        parser.error("name shipments, or give --since, or --parked")
    done = republisher(arguments.stage, boto3.Session()).run(
        shipment_ids=arguments.shipment_ids,
        since=arguments.since,
        until=arguments.until,
        is_parked=arguments.parked,
    )
    print(done)
    return 1 if done.failed else 0


def instant(text: str) -> datetime:
    """A time with its zone. Raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        message = f"{text!r} is no time like 2026-11-23T10:00:00Z"
        raise argparse.ArgumentTypeError(message) from exc
    if found.tzinfo is None:
        message = f"{text!r} has no zone: end it with Z"
        raise argparse.ArgumentTypeError(message)
    return found


def republisher(stage: str, session: boto3.Session) -> "Republisher":
    """A republisher for the stack in the session's account and region."""
    account_id = session.client("sts").get_caller_identity()["Account"]
    stack = Stack(stage, account_id=account_id, region=session.region_name or "")
    settings = Settings.from_env(stack.environment())
    queue = session.client("sqs").get_queue_url(QueueName=stack.resource("StreamDlq").name)
    return Republisher(wiring(settings), session, queue["QueueUrl"])


@dataclass(frozen=True)
class Done:
    """How many events were published, were too old to be, were unreadable, or failed for now."""

    published: int = 0
    too_old: int = 0
    unreadable: int = 0
    failed: int = 0

    def __str__(self) -> str:
        """One line for the operator."""
        return (
            f"{self.published} events published, {self.too_old} left out as older than"
            f" {OLDEST.days} days, {self.unreadable} unreadable, {self.failed} failed"
        )


@dataclass(frozen=True)
class Parked:
    """A message of the dead-letter queue: events, or a span of time in which they were written."""

    receipt: str
    keys: Mapping[str, str] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True)
class Republisher:
    """Reads event items and publishes them to the topic, each shipment's in order."""

    container: Container
    session: boto3.Session
    dlq_url: str

    def run(
        self,
        *,
        shipment_ids: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        is_parked: bool = False,
    ) -> Done:
        """Publish; messages of the dead-letter queue are deleted when all of theirs went out."""
        now = self.container.adapters.clock.now()
        images = [image for each in shipment_ids for image in self._of_shipment(each)]
        if since is not None:
            images += self._of_span(since, until or now)
        parked = list(self._parked()) if is_parked else []
        images += self._of_parked(parked)
        done = self._publish(images, now)
        if not (done.failed or done.unreadable):
            sqs = self.session.client("sqs")
            for message in parked:
                sqs.delete_message(QueueUrl=self.dlq_url, ReceiptHandle=message.receipt)
        return done

    def _publish(self, images: Iterable[Mapping[str, Any]], now: datetime) -> Done:
        events: dict[str, Event] = {}
        unreadable = 0
        for image in images:
            try:
                event = from_image(image)
            except Invalid:
                unreadable += 1
            else:
                events[event.id] = event
        young = [event for event in events.values() if now - event.recorded_at < OLDEST]
        young.sort(key=lambda event: (event.shipment_id, event.seq))
        failed = sum(
            self._publish_some(young[start : start + MOST_EVENTS])
            for start in range(0, len(young), MOST_EVENTS)
        )
        return Done(len(young) - failed, len(events) - len(young), unreadable, failed)

    def _publish_some(self, events: Sequence[Event]) -> int:
        """How many are left after some tries."""
        for _ in range(MOST_TRIES):
            left = self.container.publish_events(events)
            events = [event for event in events if event.id in left]
            if not events:
                break
        return len(events)

    def _of_shipment(self, shipment_id: str) -> Iterator[Mapping[str, Any]]:
        yield from self._items(
            "query",
            KeyConditionExpression="shipment_id = :id AND begins_with(#item, :event)",
            ExpressionAttributeValues={":id": {"S": shipment_id}, ":event": {"S": PREFIX}},
        )

    def _of_span(self, since: datetime, until: datetime) -> Iterator[Mapping[str, Any]]:
        """A scan: an operator's command may read the whole table."""
        yield from self._items(
            "scan",
            FilterExpression="begins_with(#item, :event) AND recorded_at BETWEEN :from AND :to",
            ExpressionAttributeValues={
                ":event": {"S": PREFIX},
                ":from": {"S": to_text(since)},
                ":to": {"S": to_text(until)},
            },
        )

    def _items(self, operation: str, **asked: Any) -> Iterator[Mapping[str, Any]]:
        dynamodb: Any = self.session.client("dynamodb")
        for page in dynamodb.get_paginator(operation).paginate(
            TableName=self.container.settings.shipments_table,
            ExpressionAttributeNames={"#item": "item"},
            ConsistentRead=True,
            **asked,
        ):
            yield from page["Items"]

    def _of_parked(self, parked: Sequence[Parked]) -> Iterator[Mapping[str, Any]]:
        """Items that we set aside by their keys, and all of the days before Lambda gave up."""
        dynamodb = self.session.client("dynamodb")
        for message in parked:
            if message.keys:
                found = dynamodb.get_item(
                    TableName=self.container.settings.shipments_table,
                    Key={name: {"S": value} for name, value in message.keys.items()},
                    ConsistentRead=True,
                )
                yield from [found["Item"]] if "Item" in found else []
        ends = [message.until for message in parked if message.until is not None]
        if ends:
            yield from self._of_span(min(ends) - PARKED_BEFORE, max(ends))

    def _parked(self) -> Iterator[Parked]:
        """What the queue says of the shipments' stream; other messages stay where they are."""
        sqs = self.session.client("sqs")
        seen: set[str] = set()
        while messages := sqs.receive_message(
            QueueUrl=self.dlq_url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_S
        ).get("Messages"):
            for message in messages:
                if message["MessageId"] not in seen:
                    seen.add(message["MessageId"])
                    yield from self._understood(message["ReceiptHandle"], message["Body"])

    def _understood(self, receipt: str, body: str) -> Iterator[Parked]:
        said = json.loads(body)
        if {"shipment_id", "item"} == set(said):
            yield Parked(receipt, keys=said)
        elif f":table/{self.container.settings.shipments_table}/" in said.get(
            "DDBStreamBatchInfo", {}
        ).get("streamArn", ""):
            yield Parked(receipt, until=datetime.fromisoformat(said["timestamp"]))


if __name__ == "__main__":
    sys.exit(main())
