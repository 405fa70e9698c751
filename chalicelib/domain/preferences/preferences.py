"""Preferences: what a recipient wants to be told, in which way and in which language.

They belong to one shipment. A recipient who has stopped the messages gets none, whatever else is
chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final


class Subject(StrEnum):
    """What a notice is about. The names are part of the public API."""

    DEPARTURE = "departure"
    NEARNESS = "nearness"
    TIMES = "times"
    OUTCOME = "outcome"
    MESSAGES = "messages"


class Way(StrEnum):
    """How somebody is told: as we think best, in one of two ways, or not at all."""

    BEST = "best"
    SMS = "sms"
    EMAIL = "email"
    NONE = "none"


class Part(StrEnum):
    """The parts of preferences, as events name them."""

    WAYS = "ways"
    LANGUAGE = "language"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one recipient prefers for one shipment.

    ``ways`` has the subjects that are not told as we think best. ``language`` is a BCP 47 tag, None
    for that of the order. ``stopped_at`` is when the messages were stopped, None while they are
    not; ``is_stopped_by_office`` says that the recipient did not ask for it. ``number`` counts the
    changes, so a page that is older can be told so.
    """

    ways: Mapping[Subject, Way] = field(default_factory=dict)
    language: str | None = None
    stopped_at: datetime | None = None
    is_stopped_by_office: bool = False
    number: int = 0

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more is told."""
        return self.stopped_at is not None

    def way_of(self, subject: Subject) -> Way:
        """How the recipient wants to be told of it."""
        return self.ways.get(subject, Way.BEST)

    def with_ways(self, ways: Mapping[Subject, Way]) -> "Preferences":
        """The same with these ways; a subject that is not among them stays as it is."""
        joined = {**self.ways, **ways}
        chosen = {each: joined[each] for each in Subject if joined.get(each, Way.BEST) != Way.BEST}
        return replace(self, ways=chosen)

    def stopped(self, now: datetime, *, by_office: bool = False) -> "Preferences":
        """The same with all messages stopped. Whoever stopped them first has stopped them.

        A recipient who stops what the office had stopped decides from then on.
        """
        if self.is_stopped and (by_office or not self.is_stopped_by_office):
            return self
        return replace(self, stopped_at=self.stopped_at or now, is_stopped_by_office=by_office)

    def resumed(self) -> "Preferences":
        """The same with messages."""
        return replace(self, stopped_at=None, is_stopped_by_office=False)

    def differs_from(self, other: "Preferences") -> tuple[Part, ...]:
        """The parts in which they differ."""
        stops = [(each.is_stopped, each.is_stopped_by_office) for each in (self, other)]
        differs = {
            Part.WAYS: dict(self.ways) != dict(other.ways),
            Part.LANGUAGE: self.language != other.language,
            Part.STOPPED: stops[0] != stops[1],
        }
        return tuple(part for part in Part if differs[part])


NO_PREFERENCES: Final = Preferences()
