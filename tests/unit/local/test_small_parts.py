"""Event shapes, the inbox's reading of mails, the environment, schedules."""

import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import segno

from local import environment
from local.__main__ import Console, Opened
from local.clock import VirtualClock
from local.cloud import shapes
from local.cloud.sources import ScheduleSource, interval
from local.inbox import Inbox, Letter, readable
from local.pages import inbox_pages
from tests.support.builders import NOON


def test_a_stream_record_travels_as_json() -> None:
    raw = {
        "eventID": "1",
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 11, 23, 12, tzinfo=UTC),
            "Keys": {"shipment_id": {"S": "shp_1"}},
            "NewImage": {"shipment_id": {"S": "shp_1"}, "packed": {"B": b"\x00\xff"}},
            "SequenceNumber": "7",
        },
    }

    record = shapes.stream_record(raw, stream_arn="arn:stream", region="us-east-1")

    assert record["dynamodb"]["ApproximateCreationDateTime"] == NOON.timestamp()
    assert record["dynamodb"]["NewImage"]["packed"] == {"B": "AP8="}
    assert (record["eventSourceARN"], record["eventSource"]) == ("arn:stream", "aws:dynamodb")


def test_a_keys_only_insert_is_a_ghost_and_nothing_else_is() -> None:
    keys = {"shipment_id": {"S": "shp_1"}}
    whole = keys | {"status": {"S": "created"}}

    assert shapes.is_ghost({"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": keys}})
    assert not shapes.is_ghost(
        {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": whole}}
    )
    assert not shapes.is_ghost(
        {"eventName": "MODIFY", "dynamodb": {"Keys": keys, "NewImage": keys}}
    )


def test_a_queue_record_has_the_attributes_of_the_message() -> None:
    message = {
        "MessageId": "m",
        "ReceiptHandle": "r",
        "Body": "{}",
        "MD5OfBody": "x",
        "Attributes": {"ApproximateReceiveCount": "2"},
        "MessageAttributes": {"type": {"DataType": "String", "StringValue": "eta.delayed"}},
    }

    record = shapes.queue_record(message, queue_arn="arn:queue", region="us-east-1")

    assert record["attributes"]["ApproximateReceiveCount"] == "2"
    assert record["messageAttributes"]["type"]["stringValue"] == "eta.delayed"


def test_a_mail_is_read_as_a_person_reads_it() -> None:
    mail = (
        "<!doctype html><title>Subject</title><body><p>Almost <b>there</b> &amp; soon.</p>"
        '<p><a href="https://a.example/t/x">Follow</a></p></body></html>'
    )

    assert readable(mail) == "Almost there & soon.\nFollow: https://a.example/t/x"
    assert readable("1 < 2 and https://a.example") == "1 < 2 and https://a.example"


def test_the_inbox_page_escapes_what_was_sent() -> None:
    inbox = Inbox(lambda: NOON, is_blind=True)
    inbox.add(Letter("1", "sms", "+358400001000", "", "<script> https://a.example/t/x", NOON))

    answer = inbox_pages(inbox)["/inbox.json"]().body.decode()

    assert "&lt;script&gt;" in answer
    assert '<a href=\\"https://a.example/t/x\\">' in answer


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    variables = environment.for_endpoint("http://127.0.0.1:1", is_ours=True)

    before = environment.present()

    with environment.changed(variables):
        inside = environment.present()

    assert "AWS_PROFILE" not in inside
    assert inside["AWS_ACCESS_KEY_ID"] == "local"
    assert environment.present() == before
    assert before["AWS_PROFILE"] == "mine"


def test_an_endpoint_of_the_user_keeps_the_users_keys() -> None:
    variables = environment.for_endpoint("http://127.0.0.1:4566", is_ours=False)

    assert "AWS_ACCESS_KEY_ID" not in variables
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


def test_a_schedule_beats_in_virtual_time_and_skips_what_it_missed() -> None:
    clock, beats = VirtualClock(NOON), list[str]()
    source = ScheduleSource(
        name="sweep_fleet",
        handler=lambda event: beats.append(event["time"]),
        every=interval("rate(1 minute)"),
        clock=clock,
        account_id="123456789012",
        region="us-east-1",
    )

    taken = [source.poll()]
    for step in (timedelta(seconds=59), timedelta(seconds=1), timedelta(minutes=10)):
        clock.advance(step)
        taken.append(source.poll())

    assert taken == [0, 0, 1, 1]
    assert beats == ["2026-11-23T12:01:00Z", "2026-11-23T12:11:00Z"]


def test_a_schedule_that_cannot_be_played_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        interval("cron(0 3 * * ? *)")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:8000", "on a cable (adb reverse tcp:8000 tcp:8000)"),
        ("https://track.example", "for a phone:"),
    ],
)
def test_the_start_prints_a_qr_code_of_the_drivers_app(address: str, words: str) -> None:
    link = f"{address}/driver#code=abc"
    out = io.StringIO()
    stack = SimpleNamespace(base_url=address, inbox_url=f"{address}/inbox")
    opened = Opened({}, list, list, link, list)

    Console(out, is_json=False, started_s=0.0).ready(stack, opened)  # type: ignore[arg-type]

    drawn = io.StringIO()
    segno.make(link, micro=False).terminal(drawn, compact=True)
    assert words in out.getvalue()
    assert drawn.getvalue() in out.getvalue()
