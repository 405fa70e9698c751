"""Ratings: one to five stars for the outcome of a visit, what they are about, and a comment."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

MOST_STARS: Final = 5
LOW: Final = 2
"""So many stars or fewer are low: somebody of the office should look."""
MAX_COMMENT: Final = 500
"""Characters of a comment, as of a message."""


class RatingReason(StrEnum):
    """What a rating is about. With many stars it is praise, with few it is blame.

    The names are part of the public API; pages say them in the reader's language.
    """

    PUNCTUALITY = "punctuality"
    DRIVER = "driver"
    INFORMATION = "information"
    INSTRUCTIONS = "instructions"
    PLACE = "place"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a recipient says. ``reasons`` are in the order of RatingReason, each once."""

    stars: int
    reasons: tuple[RatingReason, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """The verdict on the outcome of attempt ``attempt_number``.

    ``rated_at`` is when it was given, ``changed_at`` when it was changed last (the same at first).
    ``closed_at`` is when somebody of the office had dealt with it.
    """

    verdict: Verdict
    attempt_number: int
    rated_at: datetime
    changed_at: datetime
    closed_at: datetime | None = None

    @property
    def stars(self) -> int:
        """From one to five."""
        return self.verdict.stars

    @property
    def reasons(self) -> tuple[RatingReason, ...]:
        """What it is about."""
        return self.verdict.reasons

    @property
    def comment(self) -> str | None:
        """The recipient's own words."""
        return self.verdict.comment

    @property
    def is_low(self) -> bool:
        """Whether somebody of the office should look."""
        return self.stars <= LOW

    @property
    def waits(self) -> bool:
        """Whether it is low and nobody has dealt with it."""
        return self.is_low and self.closed_at is None

    def with_verdict(self, verdict: Verdict, now: datetime) -> "Rating":
        """The rating with another verdict, which nobody has dealt with yet."""
        return replace(self, verdict=verdict, changed_at=now, closed_at=None)

    def closed(self, now: datetime) -> "Rating":
        """The rating when somebody has dealt with it; the first time stays."""
        return replace(self, closed_at=now) if self.waits else self
