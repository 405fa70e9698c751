"""Rated shipments: when a recipient may rate a visit, until when they may change it, and the event.

Each outcome is rated once. When another visit has had another outcome, that one is rated anew.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import RatingClosed
from chalicelib.domain.ids import EventId
from chalicelib.domain.policy import Policy
from chalicelib.domain.ratings.ratings import Rating, Verdict
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Attempt, Shipment
from chalicelib.domain.shipments.statuses import Status

AFTER_AN_OUTCOME: Final = frozenset(
    {
        Status.DELIVERED,
        Status.ATTEMPT_FAILED,
        Status.ACCEPTED,
        Status.RETURNING,
        Status.RETURNED,
    }
)
"""The last visit is over, and no other one has begun."""


def rating_of(shipment: Shipment) -> Rating | None:
    """The rating of the last outcome; that of an earlier one is over with it."""
    rating, attempt = shipment.rating, _rateable(shipment)
    if rating is None or attempt is None or rating.attempt_number != attempt.number:
        return None
    return rating


def may_rate(shipment: Shipment, now: datetime, policy: Policy) -> bool:
    """Whether the recipient may give a rating now, or change the one that was given."""
    until = rating_open_until(shipment, policy)
    return until is not None and now <= until


def rating_open_until(shipment: Shipment, policy: Policy) -> datetime | None:
    """Until when it may be given, or changed; None where there is no outcome to rate."""
    attempt, given = _rateable(shipment), rating_of(shipment)
    if attempt is None:
        return None
    if given is not None:
        return given.rated_at + policy.rating_changes_for
    return attempt.occurred_at + policy.rating_open_for


def rated(
    shipment: Shipment,
    verdict: Verdict,
    *,
    actor: Actor,
    event_id: EventId,
    now: datetime,
    policy: Policy,
) -> tuple[Shipment, Event] | None:
    """The shipment with the verdict on its last outcome, and the event; None for the same again.

    The event has stars and reasons and none of the recipient's words. Raises RatingClosed, with the
    reason in a sentence.
    """
    given, attempt = rating_of(shipment), _rateable(shipment)
    if given is not None and given.verdict == verdict:
        return None
    if attempt is None or not may_rate(shipment, now, policy):
        raise RatingClosed(_why_closed(attempt, given))
    if given is None:
        rating = Rating(verdict, attempt.number, rated_at=now, changed_at=now)
    else:
        rating = given.with_verdict(verdict, now)
    facts: dict[str, object] = {
        "stars": verdict.stars,
        "is_low": rating.is_low,
        "reasons": [reason.value for reason in verdict.reasons],
        "attempt_number": attempt.number,
        "previous_stars": None if given is None else given.stars,
    }
    after, event = append(
        replace(shipment, rating=rating),
        EventType.RATED,
        actor=actor,
        event_id=event_id,
        occurred_at=now,
        now=now,
        data=facts,
    )
    return replace(after, details_version=after.version), event


def _rateable(shipment: Shipment) -> Attempt | None:
    return shipment.last_attempt if shipment.status in AFTER_AN_OUTCOME else None


def _why_closed(attempt: Attempt | None, given: Rating | None) -> str:
    if attempt is None:
        return "A delivery can be rated after the visit."
    if given is not None:
        return "This rating cannot be changed any more: a day has passed."
    return "It is too late to rate this delivery."
