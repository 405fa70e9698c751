"""Behind the queues: messages in, the ids of the failed ones out. Only those come again.

Powertools' BatchProcessor turns what a message raises into its place among the failures.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib.domain.accounts.letters import Letter, is_letter
from chalicelib.domain.accounts.letters import from_text as letter_from_text
from chalicelib.domain.errors import Invalid
from chalicelib.domain.notices.held import HeldNotice, is_held
from chalicelib.domain.notices.held import from_text as held_from_text
from chalicelib.domain.preferences.inbound import InboundText, is_inbound
from chalicelib.domain.preferences.inbound import from_text as inbound_from_text
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import from_message, is_about_route
from chalicelib.domain.webhooks.tries import WebhookTry, from_text, is_try
from chalicelib.observability import counted, logger
from chalicelib.triggers.failures import Failures, failures, park

NOTICE_S: Final = 15.0
"""No notice is begun with less time left: a channel that refuses and the other one."""

Batch = Mapping[str, Any]
"""As Lambda hands it over: ``{"Records": […]}``."""
TimeLeft = Callable[[], float]


class Report(Protocol):
    """A use case's word on one event: done, or to be tried again."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to try."""
        ...


UseCase = Callable[[Event], Report]


class NotDone(Exception):
    """A message that has to come again."""


def _for_ever() -> float:
    return float("inf")


def notify_recipient(
    batch: Batch,
    *,
    notify: UseCase,
    again: Callable[[HeldNotice], Report],
    hear: Callable[[InboundText], None],
    write: Callable[[Letter], Report],
    time_left_s: TimeLeft = _for_ever,
) -> Failures:
    """Tell recipients, in the order of each shipment's events. Returns the ids of failed messages.

    ``again`` gets what was put off until the morning, ``write`` the letters to members, ``hear``
    what phones have answered: these come first, so that nobody is told anything after a STOP in the
    same batch.

    When time runs short, the messages that are left count as failed and come again.
    """

    def tell(record: SQSRecord) -> None:
        if time_left_s() < NOTICE_S:
            raise NotDone
        if is_inbound(record.body):
            _hear(record, hear)
        elif is_letter(record.body):
            _write(record, write)
        elif is_held(record.body):
            _work(record, again, held_from_text)
        else:
            _work(record, notify)

    with counted():
        in_order = sorted(batch["Records"], key=_seq)
        return _processed(in_order, tell)


def deliver_webhook(
    batch: Batch, *, deliver: UseCase, again: Callable[[WebhookTry], Report]
) -> Failures:
    """Tell shippers: of new events, and ``again`` where a try failed. Returns the failed messages.

    All messages are delivered at the same time: a dead endpoint holds up no other shipper.
    """
    records = batch["Records"]

    def work_on(record: SQSRecord) -> None:
        if is_try(record.body):
            _work(record, again, from_text)
        else:
            _work(record, deliver)

    with counted(), ThreadPoolExecutor(max(len(records), 1)) as threads:
        work = {
            record["messageId"]: threads.submit(work_on, SQSRecord(record)) for record in records
        }

        def wait_for(record: SQSRecord) -> None:
            work[record.message_id].result()

        return _processed(records, wait_for)


def _hear(record: SQSRecord, hear: Callable[[InboundText], None]) -> None:
    """Hear what a phone has answered. Its number and its words are in no log."""
    sent_at = datetime.fromtimestamp(int(record.attributes.sent_timestamp or 0) / 1000, tz=UTC)
    text = inbound_from_text(record.body, sent_at)
    if text is None:
        return
    try:
        hear(text)
    except Exception:
        logger.exception("text failed", extra={"message_id": record.message_id})
        raise


def _write(record: SQSRecord, write: Callable[[Letter], Report]) -> None:
    """Write a letter to a member. No address is in a log."""
    try:
        letter = letter_from_text(record.body)
    except Invalid as exc:
        park("message", record.message_id, exc)
        raise
    try:
        report = write(letter)
    except Exception:
        logger.exception("letter failed", extra={"message_id": record.message_id})
        raise
    if not report.is_complete:
        raise NotDone


def _processed(records: list[dict[str, Any]], handler: Callable[[SQSRecord], None]) -> Failures:
    if not records:
        return failures(())
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response({"Records": records}, handler, processor)
    return {"batchItemFailures": list(answer["batchItemFailures"])}  # type: ignore[arg-type]


def _work(
    record: SQSRecord,
    use_case: Callable[[Any], Report],
    read: Callable[[str], Event | HeldNotice | WebhookTry] = from_message,
) -> None:
    """Raises whatever keeps the message from being done.

    What became of a route is told to no recipient and no shipper: the subscription filters it, but
    only some minutes after it has been changed.
    """
    if is_about_route(record.body):
        return
    try:
        found = read(record.body)
    except Invalid as exc:
        park("message", record.message_id, exc)
        raise
    event = found if isinstance(found, Event) else found.event
    about = {"message_id": record.message_id, "event_id": event.id}
    try:
        report = use_case(found)
    except Exception:
        logger.exception("message failed", extra=about)
        raise
    if not report.is_complete:
        raise NotDone


def _seq(record: Mapping[str, Any]) -> int:
    """The number of the event in its shipment's history. Answers and poison come first."""
    try:
        return from_message(record["body"]).seq
    except Invalid:
        return 0
