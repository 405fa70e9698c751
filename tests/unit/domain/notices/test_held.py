import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.notices.held import HeldNotice, from_text, is_held, to_text
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.payloads import to_message
from tests.support.builders import NOON, make_event, minutes

EVENT = make_event(5, type=EventType.DELIVERED)
HELD = HeldNotice(EVENT, NOON + minutes(90))


def test_it_comes_back_as_it_was_put() -> None:
    assert is_held(to_text(HELD))
    assert from_text(to_text(HELD)) == HELD


@given(st.text() | st.just(to_message(EVENT)) | st.just("[" * 5_000))
def test_nothing_else_is_taken_for_one(text: str) -> None:
    assert not is_held(text)
    with pytest.raises(Invalid):
        from_text(text)


def test_a_newer_version_is_refused() -> None:
    newer = json.dumps(json.loads(to_text(HELD)) | {"version": 2})

    with pytest.raises(Invalid):
        from_text(newer)
