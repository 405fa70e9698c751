"""Lessons: one departure teaches the model several. Each knows the pages that it reads or changes.

This module does not decide what may be learnt and when; ``domain/learning`` does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.learned.dwell import address_key
from chalicelib.domain.eta.learned.keys import Traits
from chalicelib.domain.eta.learned.learned_model import LearnedModel, leg_traits, visit_traits
from chalicelib.domain.eta.learned.places import MODEL_PAGE
from chalicelib.domain.eta.learned.priors import DwellKind, Key
from chalicelib.domain.eta.model import Leg, Visit
from chalicelib.domain.geography import Coordinates


class Lesson(Protocol):
    """Something that is over, so the model can learn it."""

    @property
    def over_at(self) -> datetime:
        """When it was over. Lessons are learnt in the order of this time."""
        ...

    def pages(self) -> frozenset[int]:
        """All pages that the lesson reads or changes."""
        ...

    def teach(self, model: LearnedModel) -> None:
        """Change the model's state."""
        ...


@dataclass(frozen=True, slots=True)
class LegLesson:
    """A leg was driven."""

    leg: Leg
    departed_at: datetime
    arrived_at: datetime

    @property
    def over_at(self) -> datetime:
        """The time of the arrival."""
        return self.arrived_at

    def pages(self) -> frozenset[int]:
        """The pages of the leg's keys, and the model's page."""
        traits: Traits = leg_traits(self.leg, self.departed_at)
        noise = () if traits.noise_key is None else (traits.noise_key,)
        return _pages_of([*(key[0] for key in traits.keys), *noise])

    def teach(self, model: LearnedModel) -> None:
        """Teach how long the leg took."""
        model.learn_leg(self.leg, departed_at=self.departed_at, arrived_at=self.arrived_at)


@dataclass(frozen=True, slots=True)
class VisitLesson:
    """A stop was served."""

    visit: Visit
    began_at: datetime
    left_at: datetime

    @property
    def over_at(self) -> datetime:
        """The time of the departure."""
        return self.left_at

    def pages(self) -> frozenset[int]:
        """The pages of the visit's keys, and the model's page."""
        keys: tuple[Key, ...] = visit_traits(self.visit, self.began_at).keys
        return _pages_of(key[0] for key in keys)

    def teach(self, model: LearnedModel) -> None:
        """Teach how long the visit took."""
        model.learn_dwell(self.visit, arrived_at=self.began_at, left_at=self.left_at)


@dataclass(frozen=True, slots=True)
class RangeLesson:
    """A stop was reached, and its ETA had been told ``stops_ahead`` stops before."""

    told: Eta
    stops_ahead: int
    told_at: datetime
    arrived_at: datetime

    @property
    def over_at(self) -> datetime:
        """The time of the arrival."""
        return self.arrived_at

    def pages(self) -> frozenset[int]:
        """The model's page, which holds the ranges."""
        return _pages_of(())

    def teach(self, model: LearnedModel) -> None:
        """Teach whether the range held."""
        model.learn_range(
            self.told, self.stops_ahead, told_at=self.told_at, arrived_at=self.arrived_at
        )


@dataclass(frozen=True, slots=True)
class ParkingLesson:
    """The van stood somewhere while a door was served."""

    door: Coordinates
    stood_at: Coordinates
    left_at: datetime

    @property
    def over_at(self) -> datetime:
        """The time of the departure."""
        return self.left_at

    def pages(self) -> frozenset[int]:
        """The page of the address, and the model's page."""
        return _pages_of((address_key(self.door, DwellKind.PARKING_NORTH),))

    def teach(self, model: LearnedModel) -> None:
        """Teach where the van stood."""
        model.learn_parking(self.door, self.stood_at, self.left_at)


def _pages_of(key_ids: Iterable[int]) -> frozenset[int]:
    return frozenset({MODEL_PAGE, *(key_id >> 20 for key_id in key_ids)})
