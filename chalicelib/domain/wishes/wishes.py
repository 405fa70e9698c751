"""Wishes: what a recipient wants at the door, in parts that change apart from each other.

Words that would let a stranger in are never shown to whoever has the tracking link, which may be
passed on: the driver and the office read them, the page only says that they are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

MAX_WORDS: Final = 80
"""Characters of an entrance, a code, a floor, a name or a door."""
MAX_NOTE: Final = 200
"""Characters of a note: what a driver reads at a glance."""


class SafePlace(StrEnum):
    """Where a parcel can be left. The names are part of the public API."""

    PORCH = "porch"
    GARAGE = "garage"
    SHED = "shed"
    GARDEN = "garden"
    MAIL_ROOM = "mail_room"
    RECEPTION = "reception"


class Part(StrEnum):
    """The parts of wishes, as events name them."""

    INSTRUCTIONS = "instructions"
    SAFE_PLACE = "safe_place"
    NEIGHBOUR = "neighbour"
    CONTACT_FREE = "contact_free"


@dataclass(frozen=True, slots=True)
class Access:
    """How the driver gets to the door. A part that is None was not said."""

    entrance: str | None = None
    door_code: str | None = None
    floor: str | None = None
    note: str | None = None

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return any((self.entrance, self.door_code, self.floor, self.note))


@dataclass(frozen=True, slots=True)
class Spot:
    """A safe place, and where it is in the recipient's words."""

    place: SafePlace
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who takes the parcel when the recipient is not there, and at which door."""

    name: str
    door: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that a recipient has said for the door.

    A safe place or a neighbour, never both. ``numbers`` are counted by the changes: each part has
    the number of its newest one, so a page that is older can be told what has changed since.
    """

    access: Access = Access()
    safe_place: Spot | None = None
    neighbour: Neighbour | None = None
    is_contact_free: bool = False
    numbers: Mapping[Part, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The number of the newest change; 0 before the first."""
        return max(self.numbers.values(), default=0)

    def __bool__(self) -> bool:
        """Whether anything is wished."""
        return bool(self.access or self.safe_place or self.neighbour or self.is_contact_free)

    def changed_since(self, number: int) -> tuple[Part, ...]:
        """The parts that were changed after this number."""
        return tuple(part for part in Part if self.numbers.get(part, 0) > number)

    def differs_from(self, other: "Wishes") -> tuple[Part, ...]:
        """The parts in which they differ."""
        differs = {
            Part.INSTRUCTIONS: self.access != other.access,
            Part.SAFE_PLACE: self.safe_place != other.safe_place,
            Part.NEIGHBOUR: self.neighbour != other.neighbour,
            Part.CONTACT_FREE: self.is_contact_free != other.is_contact_free,
        }
        return tuple(part for part in Part if differs[part])

    def after(self, wanted: "Wishes") -> "Wishes":
        """What is wanted, with the parts that are new in it numbered."""
        new = dict.fromkeys(wanted.differs_from(self), self.number + 1)
        return replace(wanted, numbers={**self.numbers, **new})

    def after_a_move(self) -> "Wishes":
        """What still holds at another door: only that there be no contact."""
        return self.after(Wishes(is_contact_free=self.is_contact_free, numbers=self.numbers))

    @property
    def facts(self) -> dict[str, object]:
        """The wishes in an event: no words of a person, and no name."""
        return {
            "has_instructions": bool(self.access),
            "safe_place": None if self.safe_place is None else self.safe_place.place.value,
            "has_neighbour": self.neighbour is not None,
            "is_contact_free": self.is_contact_free,
        }


NO_WISHES: Final = Wishes()


class Absence(StrEnum):
    """What is to happen when nobody opens."""

    NOTHING = "nothing"
    SAFE_PLACE = "safe_place"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class WishesOrder:
    """What a form says, on top of the wishes numbered ``seen``.

    Words that were left empty stay as they are, since the page does not show them again;
    ``forgets_access`` takes those of the access away.
    """

    seen: int
    access: Access = Access()
    forgets_access: bool = False
    absence: Absence = Absence.NOTHING
    safe_place: Spot | None = None
    neighbour: Neighbour | None = None
    is_contact_free: bool = False

    def of(self, before: Wishes) -> Wishes:
        """The wishes that are wanted. Their numbers are those before."""
        return replace(
            before,
            access=self._access(before.access),
            safe_place=self._safe_place(before),
            neighbour=self._neighbour(before),
            is_contact_free=self.is_contact_free,
        )

    def _access(self, before: Access) -> Access:
        kept = Access() if self.forgets_access else before
        said = self.access
        return Access(
            entrance=said.entrance or kept.entrance,
            door_code=said.door_code or kept.door_code,
            floor=said.floor or kept.floor,
            note=said.note or kept.note,
        )

    def _safe_place(self, before: Wishes) -> Spot | None:
        said, kept = self.safe_place, before.safe_place
        if self.absence is not Absence.SAFE_PLACE or said is None:
            return None
        is_same = kept is not None and kept.place is said.place
        return replace(said, note=kept.note) if kept and is_same and said.note is None else said

    def _neighbour(self, before: Wishes) -> Neighbour | None:
        if self.absence is not Absence.NEIGHBOUR:
            return None
        return self.neighbour or before.neighbour
