"""Ratings: once for each outcome, changed for a day, and told without the recipient's words."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import RatingClosed
from chalicelib.domain.ids import EventId
from chalicelib.domain.policy import Policy
from chalicelib.domain.ratings.ratings import LOW, Verdict
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import webhook_body
from chalicelib.domain.shipments.rated import may_rate, rated, rating_of
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import (
    NOON,
    make_actor,
    make_attempt,
    make_rating,
    make_shipment,
    make_travelling,
)
from tests.support.strategies import verdicts

POLICY = Policy()
RECIPIENT = make_actor(Role.RECIPIENT)
DELIVERED = make_travelling(
    status=Status.DELIVERED, last_attempt=make_attempt(occurred_at=NOON), attempts=1
)
HOUR = timedelta(hours=1)


def rate(
    shipment: Shipment, verdict: Verdict, after: timedelta = HOUR
) -> tuple[Shipment, Event] | None:
    return rated(
        shipment,
        verdict,
        actor=RECIPIENT,
        event_id=EventId("evt_9"),
        now=NOON + after,
        policy=POLICY,
    )


@given(verdicts(), verdicts(), st.integers(0, 60 * 24 * 8), st.integers(0, 60 * 24 * 2))
def test_one_outcome_has_one_rating_that_changes_for_a_day(
    first: Verdict, second: Verdict, first_min: int, later_min: int
) -> None:
    given_at, later = timedelta(minutes=first_min), timedelta(minutes=later_min)
    if given_at > POLICY.rating_open_for:
        with pytest.raises(RatingClosed):
            rate(DELIVERED, first, given_at)
        return
    found = rate(DELIVERED, first, given_at)
    assert found is not None
    shipment, event = found
    assert shipment.rating is not None
    assert (shipment.rating.verdict, shipment.rating.rated_at) == (first, NOON + given_at)
    assert (event.severity == "warning") == (first.stars <= LOW) == shipment.rating.waits
    assert shipment.details_version == shipment.version == DELIVERED.version + 1

    if first == second:
        assert rate(shipment, second, given_at + later) is None
    elif later > POLICY.rating_changes_for:
        with pytest.raises(RatingClosed, match="a day has passed"):
            rate(shipment, second, given_at + later)
    else:
        changed = rate(shipment, second, given_at + later)
        assert changed is not None
        assert changed[0].rating is not None
        assert changed[0].rating.rated_at == shipment.rating.rated_at
        assert changed[1].data["previous_stars"] == first.stars


@given(verdicts())
def test_events_and_webhooks_have_none_of_the_words(verdict: Verdict) -> None:
    said = replace(verdict, comment="SECRET words")
    found = rate(DELIVERED, said)
    assert found is not None
    _, event = found

    body = json.loads(webhook_body(event))["data"]
    assert "SECRET" not in repr(event)
    assert body["stars"] == verdict.stars
    assert body["reasons"] == [reason.value for reason in verdict.reasons]


@pytest.mark.parametrize("status", set(Status) - {Status.DELIVERED, Status.RETURNED})
def test_what_was_not_visited_is_not_rated(status: Status) -> None:
    shipment = make_shipment(status=status)

    assert not may_rate(shipment, NOON, POLICY)
    with pytest.raises(RatingClosed, match="after the visit"):
        rate(shipment, Verdict(5))


def test_another_outcome_is_rated_anew() -> None:
    failed = make_attempt(Status.ATTEMPT_FAILED, occurred_at=NOON)
    shipment = replace(DELIVERED, status=Status.ATTEMPT_FAILED, last_attempt=failed)
    found = rate(shipment, Verdict(1))
    assert found is not None
    tried_again = replace(
        found[0], status=Status.DELIVERED, last_attempt=make_attempt(number=2, occurred_at=NOON)
    )

    assert rating_of(tried_again) is None
    again = rate(tried_again, Verdict(5), timedelta(days=3))
    assert again is not None
    assert again[1].data["previous_stars"] is None
    assert again[0].rating is not None
    assert again[0].rating.attempt_number == 2


def test_a_change_is_looked_at_again() -> None:
    closed = make_rating(2).closed(NOON)

    assert not closed.waits
    assert closed.closed(NOON + HOUR) == closed
    assert closed.with_verdict(Verdict(1), NOON).waits
    assert make_rating(5).closed(NOON).closed_at is None
