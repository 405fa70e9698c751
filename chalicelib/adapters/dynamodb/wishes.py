"""Wishes for the door: the same part in the details of a shipment and on a driver's manifest."""

from chalicelib.adapters.dynamodb.stored import Part as StoredPart
from chalicelib.domain.wishes.wishes import (
    NO_WISHES,
    Access,
    Neighbour,
    Part,
    SafePlace,
    Spot,
    Wishes,
)


class WishesPart(StoredPart, frozen=True, omit_defaults=True):
    """Wishes; ``numbers`` by the names of their parts."""

    numbers: dict[Part, int] | None = None
    entrance: str | None = None
    door_code: str | None = None
    floor: str | None = None
    note: str | None = None
    safe_place: SafePlace | None = None
    safe_place_note: str | None = None
    neighbour_name: str | None = None
    neighbour_door: str | None = None
    is_contact_free: bool = False


def wishes_to(wishes: Wishes) -> WishesPart | None:
    """The part; None where nothing was ever said."""
    if wishes == NO_WISHES:
        return None
    access, spot, neighbour = wishes.access, wishes.safe_place, wishes.neighbour
    return WishesPart(
        numbers=dict(wishes.numbers) or None,
        entrance=access.entrance,
        door_code=access.door_code,
        floor=access.floor,
        note=access.note,
        safe_place=None if spot is None else spot.place,
        safe_place_note=None if spot is None else spot.note,
        neighbour_name=None if neighbour is None else neighbour.name,
        neighbour_door=None if neighbour is None else neighbour.door,
        is_contact_free=wishes.is_contact_free,
    )


def wishes_from(part: WishesPart | None) -> Wishes:
    """The wishes again."""
    if part is None:
        return NO_WISHES
    place, name = part.safe_place, part.neighbour_name
    return Wishes(
        access=Access(part.entrance, part.door_code, part.floor, part.note),
        safe_place=None if place is None else Spot(place, part.safe_place_note),
        neighbour=None if name is None else Neighbour(name, part.neighbour_door),
        is_contact_free=part.is_contact_free,
        numbers=part.numbers or {},
    )
