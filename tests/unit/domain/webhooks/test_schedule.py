"""When webhooks are tried again: longer and longer, never sooner than the receiver asked."""

from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import WebhookId
from chalicelib.domain.shipments.payloads import to_message, webhook_body
from chalicelib.domain.webhooks.schedule import (
    JITTER,
    LONGEST_WAIT,
    MOST_TRIES,
    WAITS,
    next_try_at,
    put_off_by,
)
from chalicelib.domain.webhooks.tries import WebhookTry, chance_of, from_text, is_try, to_text
from tests.support.builders import NOON, make_event, minutes

chances = st.floats(0, 1, exclude_max=True)
put_offs = st.none() | st.timedeltas(timedelta(0), timedelta(days=9))


@given(st.lists(chances, min_size=MOST_TRIES, max_size=MOST_TRIES))
def test_waits_grow_from_seconds_to_a_day_and_span_three_days(spread: list[float]) -> None:
    times = [NOON]
    for tries, chance in enumerate(spread, 1):
        at = next_try_at(tries, times[-1], chance=chance)
        if at is None:
            break
        times.append(at)

    waits = [after - before for before, after in pairwise(times)]
    assert len(times) == MOST_TRIES == 10
    assert all(before < after for before, after in pairwise(waits))
    assert timedelta(seconds=5) <= waits[0] < timedelta(seconds=6)
    assert waits[-1] >= timedelta(hours=24)
    assert timedelta(hours=75) <= times[-1] - times[0] <= timedelta(hours=75.6) * (1 + JITTER)


@given(st.integers(1, MOST_TRIES - 1), chances, put_offs)
def test_nobody_is_called_sooner_than_asked_or_later_than_a_day(
    tries: int, chance: float, put_off: timedelta | None
) -> None:
    at = next_try_at(tries, NOON, chance=chance, put_off=put_off)

    assert at is not None
    assert at - NOON >= max(WAITS[tries - 1], min(put_off or timedelta(0), LONGEST_WAIT))
    assert at - NOON <= LONGEST_WAIT * (1 + JITTER)


@given(st.integers(MOST_TRIES, 99), chances, put_offs)
def test_after_the_last_try_there_is_none(
    tries: int, chance: float, put_off: timedelta | None
) -> None:
    assert next_try_at(tries, NOON, chance=chance, put_off=put_off) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0665", None),
        (" 5 ", timedelta(seconds=5)),
        ("0", timedelta(0)),
        ("9" * 40, LONGEST_WAIT),
        (format_datetime(NOON + minutes(90), usegmt=True), minutes(90)),
        (format_datetime(NOON - minutes(90), usegmt=True), timedelta(0)),
        ("Mon, 23 Nov 2026 12:01:00 -0000", minutes(1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, expected: timedelta | None) -> None:
    assert put_off_by(header, NOON) == expected


@given(st.text())
def test_any_retry_after_is_read_or_left_out(header: str) -> None:
    found = put_off_by(header, NOON)

    assert found is None or timedelta(0) <= found <= LONGEST_WAIT


@given(st.text())
def test_the_same_try_is_always_spread_alike(key: str) -> None:
    assert 0 <= chance_of(key) < 1
    assert chance_of(key) == chance_of(key)


def test_a_try_goes_through_a_message_and_keeps_the_bytes() -> None:
    event = make_event(7, data={"status": "loaded", "note": "stays here"})
    again = WebhookTry(event, WebhookId("whk_1"), 3, NOON + minutes(5))

    text = to_text(again)
    found = from_text(text)

    assert is_try(text)
    assert (found.webhook_id, found.number, found.due_at) == ("whk_1", 3, NOON + minutes(5))
    assert found.key == "webhook#evt_7#whk_1#3"
    assert webhook_body(found.event) == webhook_body(event)
    assert "stays here" not in text


@pytest.mark.parametrize("text", ["", "[]", "{}", "1", '"webhook_id"', "[" * 100_000])
def test_an_event_of_the_topic_is_no_further_try(text: str) -> None:
    assert not is_try(text)
    assert not is_try(to_message(make_event()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"webhook_id": "whk_1"}',
        '{"version": 2, "webhook_id": "whk_1"}',
        '{"version": 1, "webhook_id": "whk_1", "number": "x", "due_at": "", "event": "{}"}',
    ],
)
def test_poison_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        from_text(text)
