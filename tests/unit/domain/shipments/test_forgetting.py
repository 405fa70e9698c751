from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import TooEarlyToForget
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.forgetting import NO_NAME, forgotten, may_forget
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FINISHED, Status
from tests.support.builders import NOON, make_actor, make_attempt, make_event, make_travelling
from tests.support.strategies import shipments


def forget(shipment: Shipment) -> Any:
    actor = make_actor(Role.RECIPIENT)
    return forgotten(shipment, actor=actor, event_id=make_event(1).id, now=NOON)


@given(shipments(status=st.sampled_from(sorted(FINISHED)), report=st.none()))
def test_nothing_of_a_person_is_left_and_the_evidence_is(shipment: Shipment) -> None:
    if not may_forget(shipment):
        return

    after, event = forget(shipment)

    assert (after.recipient.name, after.recipient.phone, after.recipient.email) == (
        NO_NAME,
        None,
        None,
    )
    assert after.address == replace(shipment.address, instructions=None)
    assert not after.wishes
    assert not after.preferences.is_stopped
    assert after.rating is None or after.rating.verdict.comment is None
    assert (after.messages, after.unanswered_since, after.forgotten_at) == (0, None, NOON)
    assert after.made_attempts == shipment.made_attempts
    assert after.status is shipment.status
    assert after.details_version == after.version
    assert event.type is EventType.FORGOTTEN
    assert dict(event.data) == {"status": shipment.status.value}


@pytest.mark.parametrize("status", set(Status) - FINISHED)
def test_nobody_is_forgotten_before_the_end(status: Status) -> None:
    shipment = make_travelling(status=status)

    with pytest.raises(TooEarlyToForget):
        forget(shipment)


def test_once_over_it_may_be() -> None:
    attempt = make_attempt()
    over = make_travelling(status=Status.DELIVERED, last_attempt=attempt, completed_at=NOON)

    assert may_forget(over)
