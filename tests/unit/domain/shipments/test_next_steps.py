from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.shipments.choices import choices
from chalicelib.domain.shipments.next_steps import NextStep, day_to_come, next_step
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from tests.support.builders import (
    NOON,
    make_assignment,
    make_attempt,
    make_shipper,
    make_travelling,
    minutes,
)

OFFERS = make_shipper(offered_days=3)
NO_OFFERS = make_shipper()
YESTERDAY, TODAY, TOMORROW = (date(2026, 11, day) for day in (22, 23, 24))


def failed(reason: FailureReason, **changes: Any) -> Shipment:
    attempt = make_attempt(Status.ATTEMPT_FAILED, reason=reason, occurred_at=NOON)
    default: dict[str, Any] = {"status": Status.ATTEMPT_FAILED, "last_attempt": attempt}
    return make_travelling(**default | changes)


@pytest.mark.parametrize(
    ("reason", "without_offers", "with_offers"),
    [
        (FailureReason.NOT_HOME, NextStep.OPEN, NextStep.CHOOSE),
        (FailureReason.NO_TIME, NextStep.OPEN, NextStep.CHOOSE),
        (FailureReason.NO_ACCESS, NextStep.ACCESS, NextStep.CHOOSE),
        (FailureReason.WRONG_ADDRESS, NextStep.ADDRESS, NextStep.ADDRESS),
        (FailureReason.REFUSED, NextStep.SENDER, NextStep.SENDER),
        (FailureReason.LOST, NextStep.SENDER, NextStep.SENDER),
    ],
)
def test_the_recipient_is_told_what_to_do(
    reason: FailureReason, without_offers: NextStep, with_offers: NextStep
) -> None:
    shipment, now = failed(reason), NOON + minutes(5)

    assert next_step(shipment, NO_OFFERS, reason, now) is without_offers
    assert next_step(shipment, None, reason, now) is without_offers
    assert next_step(shipment, OFFERS, reason, now) is with_offers


@given(
    st.sampled_from(FailureReason),
    st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 30)),
    st.sampled_from(Status),
    st.booleans(),
)
def test_another_attempt_is_promised_only_where_it_has_a_day_to_come(
    reason: FailureReason,
    day: date | None,
    status: Status,
    offers: bool,  # noqa: FBT001 - drawn
) -> None:
    shipment = failed(reason, service_day=day, window=None, status=status)
    shipper = OFFERS if offers else NO_OFFERS

    step = next_step(shipment, shipper, reason, NOON)

    found = day_to_come(shipment, NOON)
    assert (step is NextStep.PLANNED) == (found is not None)
    assert found is None or (found == day and found >= TOMORROW)
    if step is NextStep.CHOOSE:
        assert choices(shipment, shipper, NOON)


@pytest.mark.parametrize(
    ("status", "day", "wanted", "found"),
    [
        (Status.ACCEPTED, TOMORROW, None, TOMORROW),
        (Status.LOADED, TODAY, None, TODAY),
        (Status.CREATED, TOMORROW, TODAY, TOMORROW),
        (Status.ACCEPTED, YESTERDAY, None, None),
        (Status.ACCEPTED, YESTERDAY, TOMORROW, TOMORROW),
        (Status.ACCEPTED, None, TOMORROW, TOMORROW),
        (Status.ATTEMPT_FAILED, TOMORROW, None, None),
        (Status.OUT_FOR_DELIVERY, TODAY, TODAY, None),
    ],
)
def test_the_day_of_its_route_is_the_day_until_the_van_leaves(
    status: Status, day: date | None, wanted: date | None, found: date | None
) -> None:
    shipment = make_travelling(
        status=status, assignment=make_assignment(service_day=day), service_day=wanted
    )

    assert day_to_come(shipment, NOON) == found


def test_what_is_planned_again_after_a_failed_attempt_is_told_its_day() -> None:
    again = failed(
        FailureReason.NOT_HOME,
        status=Status.ACCEPTED,
        assignment=make_assignment(service_day=TOMORROW),
    )

    assert next_step(again, NO_OFFERS, FailureReason.NOT_HOME, NOON) is NextStep.PLANNED
