"""`python -m infra.republish --stage prod --parked`: publish events again.

Every event is an item of its shipment, so none is lost when its publishing was given up on. Name
the shipments, or a span of time, or take what lies in the dead-letter queue of the streams. With
what lies there, finished shipments are also marked anew that could not be marked to expire.

It may be repeated: listeners tell repeats by the event's id, and Doorstep's own ledger remembers
for 30 days what has been sent. Older events are left out, because they would be sent again.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import boto3

from chalicelib.adapters.dynamodb.shipments.events import PREFIX
from chalicelib.adapters.dynamodb.shipments.outbox import event_from_image, is_of_route
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.bootstrap.container import Container, wiring
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import LEDGER_KEEP_S
from chalicelib.domain.routes.events import RouteEvent
from chalicelib.domain.shipments.events import Event
from chalicelib.observability import logger
from chalicelib.settings import Settings
from infra.package import stages
from infra.parked import EXPIRES, PARKED_BEFORE, PUBLISHES, WAIT_S, DeadLetters, Parked, keys_of
from infra.template import Stack

OLDEST: Final = timedelta(seconds=LEDGER_KEEP_S) - timedelta(days=1)
"""Younger than what the ledger forgets, with a day to spare."""
MOST_EVENTS: Final = 100
MOST_TRIES: Final = 5


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
    """How many events were published, were too old to be, were unreadable, or failed for now.

    ``looked_at`` shipments were marked to expire where they are finished; ``failed`` has those for
    which that did not work, too.
    """

    published: int = 0
    too_old: int = 0
    unreadable: int = 0
    failed: int = 0
    looked_at: int = 0

    def __str__(self) -> str:
        """One line for the operator."""
        return (
            f"{self.published} events published, {self.too_old} left out as older than"
            f" {OLDEST.days} days, {self.unreadable} unreadable, {self.failed} failed;"
            f" {self.looked_at} shipments marked to expire where they are finished"
        )


@dataclass(frozen=True)
class Republisher:
    """Reads event items and publishes them to the topic, each shipment's in order."""

    container: Container
    session: boto3.Session
    dlq_url: str
    wait_s: int = WAIT_S

    def run(
        self,
        *,
        shipment_ids: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        is_parked: bool = False,
    ) -> Done:
        """Publish; a message of the dead-letter queue is deleted when all that it names is done."""
        now = self.container.adapters.clock.now()
        images = [image for each in shipment_ids for image in self._of_shipment(each)]
        if since is not None:
            images += self._of_span(since, until or now)
        table = self.container.settings.shipments_table
        queue = DeadLetters(self.session.client("sqs"), self.dlq_url, table, self.wait_s)
        parked = list(queue.messages()) if is_parked else []
        events = [message for message in parked if message.function == PUBLISHES]
        images += self._of_parked(events)
        done, left = self._publish(images, now)
        # one that nobody can read, and that has a message of its own, keeps no other message
        alone = [message.keys for message in events if message.until is None]
        shared = [image for image in left if keys_of(image) not in alone]
        for message in events:
            if not any(map(message.names, left if message.until is None else shared)):
                self._delete(message)
        expiries = [message for message in parked if message.function == EXPIRES]
        looked_at, failed = self._expire(expiries)
        return replace(done, looked_at=looked_at, failed=done.failed + failed)

    def _expire(self, parked: Sequence[Parked]) -> tuple[int, int]:
        """How many shipments were looked at, and of how many that failed."""
        images = [each for each in self._of_parked(parked) if not is_of_route(each)]
        failed = set[ShipmentId]()
        shipment_ids = {ShipmentId(image["shipment_id"]["S"]) for image in images}
        for shipment_id in shipment_ids:
            try:
                failed |= self.container.expire_shipments([shipment_id])
            except Exception:  # noqa: BLE001 - one that cannot be read holds up no other
                logger.exception("shipment not marked", extra={"shipment_id": shipment_id})
                failed.add(shipment_id)
        left = [image for image in images if image["shipment_id"]["S"] in failed]
        for message in parked:
            if not any(map(message.names, left)):
                self._delete(message)
        return len(shipment_ids) - len(failed), len(failed)

    def _delete(self, message: Parked) -> None:
        sqs = self.session.client("sqs")
        sqs.delete_message(QueueUrl=self.dlq_url, ReceiptHandle=message.receipt)

    def _publish(
        self, images: Iterable[Mapping[str, Any]], now: datetime
    ) -> tuple[Done, list[Mapping[str, Any]]]:
        """What was done, and the items that are not: they are unreadable, or failed for now."""
        events: dict[str, Event | RouteEvent] = {}
        images_by_id: dict[str, Mapping[str, Any]] = {}
        unreadable: dict[tuple[str, ...], Mapping[str, Any]] = {}
        for image in images:
            try:
                event = event_from_image(image)
            except Invalid:
                unreadable[tuple(keys_of(image).values())] = image
            else:
                events[event.id] = event
                images_by_id[event.id] = image
        young = [event for event in events.values() if now - event.recorded_at < OLDEST]
        young.sort(key=lambda event: (_whose(event), event.seq))
        failed = [
            event.id
            for start in range(0, len(young), MOST_EVENTS)
            for event in self._publish_some(young[start : start + MOST_EVENTS])
        ]
        done = Done(
            published=len(young) - len(failed),
            too_old=len(events) - len(young),
            unreadable=len(unreadable),
            failed=len(failed),
        )
        return done, [*unreadable.values(), *(images_by_id[each] for each in failed)]

    def _publish_some(self, events: Sequence[Event | RouteEvent]) -> Sequence[Event | RouteEvent]:
        """Those that are left after some tries."""
        for _ in range(MOST_TRIES):
            left = self.container.publish_events(events)
            events = [event for event in events if event.id in left]
            if not events:
                break
        return events

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


def _whose(event: Event | RouteEvent) -> str:
    return event.route_id if isinstance(event, RouteEvent) else event.shipment_id


if __name__ == "__main__":
    sys.exit(main())
