"""A phone answers STOP and START."""

from typing import Any

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.policy import LEDGER_KEEP_S
from chalicelib.domain.preferences.inbound import InboundText
from chalicelib.domain.preferences.keywords import Keyword
from chalicelib.domain.shipments.events import EventType
from chalicelib.services.preferences.hear_text import HearText
from tests.support.builders import NOON, make_recipient, make_shipment, make_travelling, minutes
from tests.support.in_memory import InMemoryCarrier

PHONE = make_recipient().phone or ""
CHANGED = EventType.PREFERENCES_CHANGED


def carrier(**changes: Any) -> InMemoryCarrier:
    """Two shipments that the phone was told of, and one that it was not."""
    made = InMemoryCarrier()
    made.clock.at = NOON
    made.has(make_travelling(**changes), make_shipment(2), make_shipment(3))
    tag = made.signer.phone_tag(PHONE)
    for number in (1, 2):
        made.contacts.note(tag, made.shipment(number).id, now=NOON, keep_s=LEDGER_KEEP_S)
    return made


def hear(made: InMemoryCarrier, keyword: Keyword | None, at_min: int = 0) -> None:
    made.use(HearText)(InboundText(PHONE, keyword, NOON + minutes(at_min)))


def stopped(made: InMemoryCarrier) -> list[bool]:
    return [made.shipment(number).preferences.is_stopped for number in (1, 2, 3)]


def test_stop_ends_all_that_the_phone_was_told_of_and_start_takes_it_back() -> None:
    made = carrier()

    for _ in range(2):
        hear(made, Keyword.STOP)
    assert stopped(made) == [True, True, False]
    assert made.contacts.is_muted(made.signer.phone_tag(PHONE))
    assert made.told(1) == [CHANGED]

    for _ in range(2):
        hear(made, Keyword.START, 1)
    assert stopped(made) == [False, False, False]
    assert not made.contacts.is_muted(made.signer.phone_tag(PHONE))
    assert made.told(1) == [CHANGED, CHANGED]
    assert PHONE not in repr(made.news(1))


def test_a_stop_that_comes_again_after_its_start_stops_nothing() -> None:
    made = carrier()
    hear(made, Keyword.STOP)
    hear(made, Keyword.START, 1)

    hear(made, Keyword.STOP)

    assert stopped(made) == [False, False, False]


def test_any_other_text_changes_nothing() -> None:
    made = carrier()

    hear(made, None)

    assert stopped(made) == [False, False, False]
    assert made.contacts.muted == set()


def test_what_goes_to_another_phone_by_now_and_what_is_gone_is_left_alone() -> None:
    made = carrier(recipient=make_recipient(phone="+358407654321"))
    del made.shipments.shipments[made.shipment(2).id]

    hear(made, Keyword.STOP)

    assert made.told(1) == []
    assert made.contacts.is_muted(made.signer.phone_tag(PHONE))


def test_what_fails_in_between_is_done_by_the_repeat() -> None:
    made = carrier()

    def fail() -> None:
        raise Unavailable

    made.journal.before = [fail]
    with pytest.raises(Unavailable):
        hear(made, Keyword.STOP)

    hear(made, Keyword.STOP)
    assert stopped(made) == [True, True, False]
