"""A stop is made here and nowhere else: one place, one window, whatever its shipments say alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.routes import Consignment, Stop

ONE_PLACE_M: Final = 150.0
"""How far apart the shipments of one stop may lie. Two address searches put one building 100 m
apart and more (its entrance, its parcel of land, its street); a van is told to have arrived within
60 m of its stop, and nobody who lives farther away is at the door by then."""


@dataclass(frozen=True, slots=True)
class StopShare:
    """What one shipment brings to its stop: where and when it is wanted, and how long it takes."""

    consignment: Consignment
    coordinates: Coordinates
    time_zone: str
    window: Range | None
    service_time_s: float | None


def make_stop(
    stop_id: StopId,
    shares: Sequence[StopShare],
    *,
    number: int,
    service_time_s: float | None,
    pointer: Callable[[int], str],
) -> Stop:
    """The stop of these shipments, at the place of the first one.

    Its window is what their windows have in common. ``service_time_s`` is the dispatcher's; without
    it the shipments' own times add up. Raises Invalid, pointing at the first shipment (counted from
    0 by ``pointer``) that lies elsewhere or whose window meets none of the others'.
    """
    first = shares[0]
    window = require_one_stop(first.coordinates, None, shares, pointer=pointer)
    given_s = [share.service_time_s for share in shares if share.service_time_s is not None]
    if service_time_s is None and given_s:
        service_time_s = sum(given_s)
    return Stop(
        id=stop_id,
        number=number,
        coordinates=first.coordinates,
        time_zone=first.time_zone,
        consignments=tuple(share.consignment for share in shares),
        window=window,
        service_time_s=service_time_s,
    )


def require_one_stop(
    place: Coordinates,
    window: Range | None,
    shares: Sequence[StopShare],
    *,
    pointer: Callable[[int], str],
) -> Range | None:
    """The window that these shipments have in common with a stop at this place.

    Raises Invalid as ``make_stop`` does.
    """
    for i, share in enumerate(shares):
        apart_m = distance_m(place, share.coordinates)
        if apart_m > ONE_PLACE_M:
            text = (
                f"This shipment lies {_spoken(apart_m)} from the first one of its stop. "
                "Give it a stop of its own."
            )
            raise Invalid(text, pointer=pointer(i), code="another_place")
        window = _common(window, share.window, pointer(i))
    return window


def _common(one: Range | None, other: Range | None, pointer: str) -> Range | None:
    if one is None or other is None:
        return one or other
    earliest, latest = max(one.earliest, other.earliest), min(one.latest, other.latest)
    if latest < earliest:
        text = (
            "The window of this shipment has no time in common with the others of its stop. "
            "Give it a stop of its own."
        )
        raise Invalid(text, pointer=pointer, code="windows_apart")
    return Range(earliest, latest)


def _spoken(way_m: float) -> str:
    return f"{way_m:.0f} m" if way_m < 999.5 else f"{way_m / 1_000.0:.1f} km"  # noqa: PLR2004 - rounded
