"""Lessons: what one departure teaches the model, each with the pages that it changes or reads.

Nothing here decides what may be learnt and when; see ``domain/learning``.
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
    """Something that is over, and so can be learnt."""

    @property
    def over_at(self) -> datetime:
        """When it was over: lessons are learnt in this order."""
        ...

    def pages(self) -> frozenset[int]:
        """All pages that teaching it reads or changes."""
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
        """With the arrival."""
        return self.arrived_at

    def pages(self) -> frozenset[int]:
        """Those of the leg's keys, and the curves."""
        traits: Traits = leg_traits(self.leg, self.departed_at)
        noise = () if traits.noise_key is None else (traits.noise_key,)
        return _pages_of([*(key[0] for key in traits.keys), *noise])

    def teach(self, model: LearnedModel) -> None:
        """How long it took."""
        model.learn_leg(self.leg, departed_at=self.departed_at, arrived_at=self.arrived_at)


@dataclass(frozen=True, slots=True)
class VisitLesson:
    """A stop was served."""

    visit: Visit
    began_at: datetime
    left_at: datetime

    @property
    def over_at(self) -> datetime:
        """With the departure."""
        return self.left_at

    def pages(self) -> frozenset[int]:
        """Those of the visit's keys, and the curves."""
        keys: tuple[Key, ...] = visit_traits(self.visit, self.began_at).keys
        return _pages_of(key[0] for key in keys)

    def teach(self, model: LearnedModel) -> None:
        """How long it took."""
        model.learn_dwell(self.visit, arrived_at=self.began_at, left_at=self.left_at)


@dataclass(frozen=True, slots=True)
class RangeLesson:
    """A stop was reached of which something had been told, so many stops ahead."""

    told: Eta
    stops_ahead: int
    told_at: datetime
    arrived_at: datetime

    @property
    def over_at(self) -> datetime:
        """With the arrival."""
        return self.arrived_at

    def pages(self) -> frozenset[int]:
        """The ranges lie with the curves."""
        return _pages_of(())

    def teach(self, model: LearnedModel) -> None:
        """Whether the range held."""
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
        """With the departure."""
        return self.left_at

    def pages(self) -> frozenset[int]:
        """That of the address."""
        return _pages_of((address_key(self.door, DwellKind.PARKING_NORTH),))

    def teach(self, model: LearnedModel) -> None:
        """Where that was."""
        model.learn_parking(self.door, self.stood_at, self.left_at)


def _pages_of(key_ids: Iterable[int]) -> frozenset[int]:
    return frozenset({MODEL_PAGE, *(key_id >> 20 for key_id in key_ids)})
