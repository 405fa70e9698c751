"""What colleagues have done about a concern: taken, snoozed or done, by whom and since when.

It is remembered beside the concern, which is always made anew. What was done or snoozed holds for
as long as nothing new happens: a concern tells by ``news_at`` when something has.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Invalid

LONGEST_SNOOZE: Final = timedelta(days=7)
KEPT_FOR: Final = timedelta(days=180)
"""As long as a shipment that nobody touches any more. Nothing waits longer."""
_FORM: Final = re.compile(r"[a-z_]{4,20}(~[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}){1,2}", re.ASCII)


class Handled(StrEnum):
    """Where a concern is in the office's hands."""

    OPEN = "open"
    TAKEN = "taken"
    SNOOZED = "snoozed"
    DONE = "done"

    @property
    def is_hidden(self) -> bool:
        """Whether it needs nobody now."""
        return self in {Handled.SNOOZED, Handled.DONE}


@dataclass(frozen=True, slots=True)
class Handling:
    """What was done last about a concern.

    ``news_at`` is the concern's own, as whoever did it saw it. ``until`` is the end of a snooze.
    ``by`` is a key or a member of staff. ``version`` counts the changes, from 1.
    """

    concern_id: str
    state: Handled
    by: str
    by_role: Role
    at: datetime
    news_at: datetime
    until: datetime | None = None
    version: int = 1

    def of(self, news_at: datetime, now: datetime) -> Handled:
        """Where a concern of that time is now: open again when it is news, or the snooze is over.

        Whoever has taken it keeps it, whatever happens.
        """
        is_news = news_at != self.news_at
        is_over = self.until is not None and now >= self.until
        if self.state.is_hidden and (is_news or is_over):
            return Handled.OPEN
        return self.state

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten."""
        return self.at + KEPT_FOR


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to do about a concern whose news they saw."""

    state: Handled
    news_at: datetime
    until: datetime | None = None

    def require(self, now: datetime) -> None:
        """Raises Invalid for a snooze without an end in the next week, or an end without one."""
        if self.state is not Handled.SNOOZED:
            if self.until is not None:
                words = "Only what is snoozed has an end: leave until out."
                raise Invalid(words, pointer="/until", code="not_snoozed")
            return
        if self.until is None:
            words = "Say until when it is snoozed."
            raise Invalid(words, pointer="/until", code="missing")
        if not now < self.until <= now + LONGEST_SNOOZE:
            words = "A snooze ends in the future, at most seven days from now."
            raise Invalid(words, pointer="/until", code="out_of_range")


def handled(
    before: Handling | None, concern: str, wanted: Wanted, by: Actor, now: datetime
) -> Handling:
    """What is remembered now. The same done again by the same changes nothing."""
    after = Handling(
        concern_id=concern,
        state=wanted.state,
        by=by.id,
        by_role=by.role,
        at=now,
        news_at=wanted.news_at,
        until=wanted.until,
        version=1 if before is None else before.version + 1,
    )
    is_repeat = before is not None and _said(before) == _said(after)
    return before if before is not None and is_repeat else after


def concern_id(kind: str, *about: str) -> str:
    """The name of a concern: its kind, and the ids of what it is about.

    >>> concern_id("late", "rte_1", "stp_2")
    'late~rte_1~stp_2'
    """
    return "~".join((kind, *about))


def is_concern_id(text: str) -> bool:
    """Whether a text has the form of such a name."""
    return _FORM.fullmatch(text) is not None


def _said(handling: Handling) -> tuple[object, ...]:
    return handling.state, handling.by, handling.news_at, handling.until
