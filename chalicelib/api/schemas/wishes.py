"""Wishes for the door on the wire: for those who deliver, and for the shipper of the goods."""

from typing import Annotated, Self

from pydantic import BeforeValidator

from chalicelib.domain.wishes.wishes import SafePlace, Wishes
from chalicelib.edge.schemas import Out


class SpotOut(Out):
    """A safe place, and where it is in the recipient's words."""

    place: SafePlace
    note: str | None


class NeighbourOut(Out):
    """Who takes the parcel when nobody opens."""

    name: str
    door: str | None


class WishesOut(Out):
    """What the recipient wants at the door. ``number`` counts the changes."""

    number: int
    entrance: str | None
    door_code: str | None
    floor: str | None
    note: str | None
    safe_place: SpotOut | None
    neighbour: NeighbourOut | None
    is_contact_free: bool

    @classmethod
    def of(cls, value: Wishes) -> Self:
        """From the domain."""
        access = value.access
        return cls.joined(
            value,
            entrance=access.entrance,
            door_code=access.door_code,
            floor=access.floor,
            note=access.note,
        )


def _told(value: object) -> object:
    if not isinstance(value, Wishes):
        return value
    return WishesOut.of(value) if value else None


WishesSaid = Annotated[WishesOut | None, BeforeValidator(_told)]
"""The wishes of the domain; null where the recipient wishes nothing."""
