import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.payloads import (
    PUBLIC,
    VERSION,
    from_message,
    to_message,
    webhook_body,
)
from tests.support.builders import NOON, make_event
from tests.support.strategies import events

PRIVATE = {
    "note": "key under the mat",
    "recipient": "Aino Virtanen",
    "phone": "+358401234567",
    "lat_deg": 60.1699,
}


def test_a_webhook_is_thin() -> None:
    event = make_event(
        7,
        type=EventType.ATTEMPT_FAILED,
        data={"status": "attempt_failed", "reason": "not_home", **PRIVATE},
    )

    assert json.loads(webhook_body(event)) == {
        "type": "shipment.attempt_failed",
        "timestamp": "2026-11-23T12:00:00.000Z",
        "data": {
            "shipment_id": "shp_0001",
            "shipper_id": "shr_1",
            "sequence": 7,
            "status": "attempt_failed",
            "reason": "not_home",
            "external_status": {"status": "AttemptFail", "sub_status": "AttemptFail_002"},
        },
    }


@given(events())
def test_only_the_allow_list_leaves(event: Event) -> None:
    event = replace(event, data={**event.data, **PRIVATE})
    allowed = {"shipment_id", "shipper_id", "sequence", "external_status", *PUBLIC}

    for text in (webhook_body(event), to_message(event)):
        assert set(json.loads(text)["data"]) <= allowed
        assert not [value for value in PRIVATE.values() if str(value) in text]


@given(events())
def test_a_message_brings_the_event_back(event: Event) -> None:
    public = {key: value for key, value in event.data.items() if key in PUBLIC}

    assert from_message(to_message(event)) == replace(event, data=public)


@given(
    st.fixed_dictionaries(
        {"status": st.sampled_from(["delivered", "attempt_failed", "no such status", 7, None])},
        optional={
            "reason": st.sampled_from(["not_home", "no such reason", None]),
            "promise": st.fixed_dictionaries({"earliest": st.text(), "latest": st.text()}),
            "stops_before": st.integers(0, 200),
        },
    )
)
def test_public_facts_come_back_whatever_they_are(data: dict[str, object]) -> None:
    event = make_event(data=data)

    assert from_message(to_message(event)) == event


def test_the_same_event_gives_the_same_bytes_in_any_zone() -> None:
    event = make_event()
    helsinki = NOON.astimezone(timezone(timedelta(hours=2)))

    assert webhook_body(replace(event, occurred_at=helsinki)) == webhook_body(event)


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001 - that is the point

    with pytest.raises(ValueError, match="offset"):
        webhook_body(replace(make_event(), occurred_at=naive))


GOOD = json.loads(to_message(make_event()))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("", "unknown_message"),
        ("not json", "unknown_message"),
        ("[]", "unknown_message"),
        ("null", "unknown_message"),
        ("{}", "unknown_message"),
        ("[" * 100_000, "unknown_message"),
        (json.dumps({**GOOD, "version": VERSION + 1}), "unknown_version"),
        (json.dumps({**GOOD, "type": "shipment.teleported"}), "unknown_message"),
        (json.dumps({**GOOD, "id": 7}), "unknown_message"),
        (json.dumps({**GOOD, "data": None}), "unknown_message"),
        (json.dumps({**GOOD, "timestamp": "2026-11-23T12:00:00"}), "unknown_message"),
        (json.dumps({**GOOD, "actor": {"role": "thief", "id": "x"}}), "unknown_message"),
        (json.dumps({**GOOD, "data": {**GOOD["data"], "sequence": "x"}}), "unknown_message"),
    ],
)
def test_a_message_that_no_version_has_written_is_invalid(message: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        from_message(message)

    problems: Any = refusal.value.data["errors"]
    assert problems[0]["code"] == code


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_read_or_invalid(text: str) -> None:
    with pytest.raises(Invalid):
        from_message(text)
