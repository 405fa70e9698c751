"""How far away the van is, in words: no more exact than its position, in the units of the country.

The country is that of the address. Who reads English in Helsinki walks metres there, and who reads
Finnish in Boston walks yards.
"""

from typing import Final

from chalicelib.domain.phrases.locales import Locale

AT_THE_DOOR_M: Final = 30.0
"""Nearer than this is at the door: it is the length of a van and a pavement."""
SHOWN_ERROR_M: Final = 50.0
"""A position with a larger error is told, and drawn, with its error."""
MILE_COUNTRIES: Final = frozenset(
    {"GB", "GG", "IM", "JE", "US", "AS", "GU", "MP", "PR", "VI", "LR"}
)
"""Countries whose road signs have miles and yards."""

_MILE_M: Final = 1_609.344
_YARD_M: Final = 0.9144
_STEPS: Final = (50, 100, 200, 500, 1_000)
_NEAR: Final = 100
_TENTHS_UNTIL: Final = 10
_HALF_A_MILE_M: Final = _MILE_M / 2


def is_at_the_door(way_m: float, accuracy_m: float | None) -> bool:
    """Whether the van stands at the door, as far as its position can tell."""
    return way_m < AT_THE_DOOR_M and not is_rough(accuracy_m)


def is_rough(accuracy_m: float | None) -> bool:
    """Whether the error of the position is so large that people should know it."""
    return accuracy_m is not None and accuracy_m > SHOWN_ERROR_M


def distance(way_m: float, accuracy_m: float | None, country: str, locale: Locale) -> str:
    """A rough distance: less than 100 m, about 450 m, about 1.6 km; or in yards and miles.

    It is in steps that are no finer than the error of the position. A distance within the error is
    told as less than that.
    """
    has_miles = country in MILE_COUNTRIES
    short, unit_m = ("yd", _YARD_M) if has_miles else ("m", 1.0)
    step = _step(0.0 if accuracy_m is None else accuracy_m / unit_m)
    nearest = max(_NEAR, step)
    if way_m / unit_m < nearest:
        written = _long(nearest * unit_m, step * unit_m, locale, has_miles=has_miles)
        near = written if nearest * unit_m >= _long_from_m(has_miles=has_miles) else None
        return locale.say("distance.near", distance=near or locale.quantity(nearest, short))
    rounded = round(way_m / unit_m / step) * step
    if rounded * unit_m < _long_from_m(has_miles=has_miles):
        return locale.say("distance.about", distance=locale.quantity(rounded, short))
    written = _long(way_m, step * unit_m, locale, has_miles=has_miles)
    return locale.say("distance.about", distance=written)


def error(accuracy_m: float, country: str, locale: Locale) -> str:
    """The error of a position, rounded up: 200 m."""
    has_miles = country in MILE_COUNTRIES
    short, unit_m = ("yd", _YARD_M) if has_miles else ("m", 1.0)
    step = _step(accuracy_m / unit_m)
    if step * unit_m >= _long_from_m(has_miles=has_miles):
        return _long(step * unit_m, step * unit_m, locale, has_miles=has_miles)
    return locale.quantity(step, short)


def _step(error_units: float) -> int:
    """The smallest step that is as large as the error."""
    return next((step for step in _STEPS if step >= error_units), _STEPS[-1])


def _long_from_m(*, has_miles: bool) -> float:
    return _HALF_A_MILE_M if has_miles else 1_000.0


def _long(way_m: float, step_m: float, locale: Locale, *, has_miles: bool) -> str:
    """Kilometres or miles: in tenths or halves, as long as that is meant and true."""
    unit, unit_m = ("mi", _MILE_M) if has_miles else ("km", 1_000.0)
    parts = next((parts for parts in (10, 2) if step_m * parts <= unit_m), 1)
    count = way_m / unit_m
    if parts == 1 or count >= _TENTHS_UNTIL:
        return locale.quantity(max(1, round(count)), unit)
    return locale.fraction(round(count * parts) / parts, unit)
