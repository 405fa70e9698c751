"""SNS: the topic for events, and text messages to phones."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client, translated, translated_once
from chalicelib.domain.errors import Invalid, Unavailable
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import to_message

if TYPE_CHECKING:
    from mypy_boto3_sns.type_defs import (
        MessageAttributeValueTypeDef,
        PublishBatchRequestEntryTypeDef,
    )

    from chalicelib.domain.routes.events import RouteEvent

MOST_ENTRIES: Final = 10
MOST_BYTES: Final = 256 * 1024
"""Limit of one call, for message bodies and attributes together."""

_WRONG_NUMBER: Final = frozenset(
    {"InvalidParameter", "InvalidParameterValue", "OptedOut", "ParameterValueInvalid", "Validation"}
)


class SnsEventTopic:
    """Publishes events, ten per call, with attributes for the filters of subscriptions."""

    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn

    def publish(self, events: "Sequence[Event | RouteEvent]") -> frozenset[str]:
        """Publish up to the first failed call. Returns the ids of the events not published."""
        not_taken: set[str] = set()
        calls = list(_calls(events))
        sendable = {event.id for call in calls for event, _ in call}
        not_taken |= {event.id for event in events if event.id not in sendable}
        for i, call in enumerate(calls):
            try:
                not_taken |= self._publish(call)
            except Unavailable:
                return frozenset(not_taken | {e.id for rest in calls[i:] for e, _ in rest})
        return frozenset(not_taken)

    def _publish(
        self, call: "Sequence[tuple[Event | RouteEvent, PublishBatchRequestEntryTypeDef]]"
    ) -> set[str]:
        with translated("sns"):
            answer = client("sns").publish_batch(
                TopicArn=self._topic_arn,
                PublishBatchRequestEntries=[entry for _, entry in call],
            )
        events_by_entry = {entry["Id"]: event for event, entry in call}
        return {events_by_entry[failure["Id"]].id for failure in answer.get("Failed", ())}


class SnsSmsSender:
    """Sends text messages.

    They come from ``number``, which can be answered. Without one, phones show ``sender_id`` as the
    sender where a country allows it.
    """

    def __init__(self, sender_id: str | None = "Doorstep", *, number: str | None = None) -> None:
        self._attributes = {"AWS.SNS.SMS.SMSType": _text("Transactional")}
        if number:
            self._attributes["AWS.MM.SMS.OriginationNumber"] = _text(number)
        elif sender_id:
            self._attributes["AWS.SNS.SMS.SenderID"] = _text(sender_id)

    def send(self, phone: str, text: str) -> None:
        """Send one SMS. Raises Invalid for an unusable number, else the errors of the port."""
        try:
            with translated_once("sms"):
                client("sns", total_attempts=1).publish(
                    PhoneNumber=phone, Message=text, MessageAttributes=self._attributes
                )
        except ClientError as exc:
            if exc.response["Error"]["Code"].removesuffix("Exception") in _WRONG_NUMBER:
                raise Invalid(code="phone_refused") from exc
            raise


def _calls(
    events: "Sequence[Event | RouteEvent]",
) -> "Iterator[list[tuple[Event | RouteEvent, PublishBatchRequestEntryTypeDef]]]":
    """The entries in the order of the events, in calls within SNS's limits.

    An event that is too large is left out.
    """
    call: list[tuple[Event | RouteEvent, PublishBatchRequestEntryTypeDef]] = []
    call_bytes = 0
    for number, event in enumerate(events):
        entry = _entry(number, event)
        entry_bytes = _bytes(entry)
        if entry_bytes > MOST_BYTES:
            continue
        if len(call) == MOST_ENTRIES or call_bytes + entry_bytes > MOST_BYTES:
            yield call
            call, call_bytes = [], 0
        call.append((event, entry))
        call_bytes += entry_bytes
    if call:
        yield call


def _entry(number: int, event: "Event | RouteEvent") -> "PublishBatchRequestEntryTypeDef":
    attributes = {
        "type": _text(event.type.value),
        "audience": _text(event.audience),
        "severity": _text(event.severity),
    }
    if isinstance(event, Event):
        message, attributes["shipper_id"] = to_message(event), _text(event.shipper_id)
    else:
        from chalicelib.domain.routes import events as of_routes  # noqa: PLC0415 - none for senders

        message = of_routes.to_message(event)
    return {"Id": str(number), "Message": message, "MessageAttributes": attributes}


def _bytes(entry: "PublishBatchRequestEntryTypeDef") -> int:
    attributes = entry.get("MessageAttributes", {}).items()
    return len(entry["Message"].encode()) + sum(
        len(f"{name}{value['DataType']}{value.get('StringValue', '')}".encode())
        for name, value in attributes
    )


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
