"""Ratings on the wire."""

from chalicelib.domain.ratings.ratings import RatingReason
from chalicelib.edge.schemas import Out, Time


class RatingOut(Out):
    """The recipient's rating of the outcome of one attempt; ``closed_at`` is null while it waits.

    A rating that is not low waits for nobody.
    """

    stars: int
    reasons: tuple[RatingReason, ...]
    comment: str | None
    attempt_number: int
    is_low: bool
    rated_at: Time
    changed_at: Time
    closed_at: Time | None
