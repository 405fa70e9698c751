"""Fixes: the places that a device reports, in the resolution that we store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from chalicelib.domain.geography import Coordinates

DEGREE_STEPS: Final = 10_000_000  # 1e-7 degrees, about 1 cm
MOST_ACCURACY_M: Final = 6553.4
MOST_SPEED_MPS: Final = 655.3


@dataclass(frozen=True, slots=True)
class Fix:
    """One located sample.

    ``recorded_at`` is the device's clock; heading in degrees clockwise from north.
    """

    recorded_at: datetime
    coordinates: Coordinates
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    battery_ratio: float | None = None
    is_mock: bool = False

    @property
    def sort_key(self) -> tuple[datetime, tuple[float, ...]]:
        """Device time first. All other fields settle ties, so the order of arrival never counts."""
        details = (self.accuracy_m, self.speed_mps, self.heading_deg, self.battery_ratio)
        known = (-1.0 if value is None else value for value in details)
        place = self.coordinates
        return self.recorded_at, (place.lat_deg, place.lon_deg, *known, float(self.is_mock))


def in_order(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The fixes in device order."""
    return tuple(sorted(fixes, key=lambda fix: fix.sort_key))


def quantized(fix: Fix) -> Fix:
    """The fix rounded to the resolution that we store. Rounding it again changes nothing.

    Steps: 1 ms, 1e-7°, 0.1 m, 0.1 m/s, 1°, 1 %: finer than any phone measures.
    """
    at = fix.recorded_at.astimezone(UTC)
    return Fix(
        recorded_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        coordinates=on_grid(fix.coordinates),
        accuracy_m=_in_tenths(fix.accuracy_m, MOST_ACCURACY_M),
        speed_mps=_in_tenths(fix.speed_mps, MOST_SPEED_MPS),
        heading_deg=None if fix.heading_deg is None else float(round(fix.heading_deg) % 360),
        battery_ratio=None if fix.battery_ratio is None else round(fix.battery_ratio * 100) / 100,
        is_mock=fix.is_mock,
    )


def on_grid(place: Coordinates) -> Coordinates:
    """The place rounded to the resolution that we store: 1e-7 degrees."""
    return Coordinates(
        round(place.lat_deg * DEGREE_STEPS) / DEGREE_STEPS,
        round(place.lon_deg * DEGREE_STEPS) / DEGREE_STEPS,
    )


def _in_tenths(value: float | None, most: float) -> float | None:
    """Cut off before it is rounded: ten times the largest float is no number."""
    return None if value is None else round(min(value, most) * 10) / 10
