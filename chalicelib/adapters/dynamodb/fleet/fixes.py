"""Fixes as 19 bytes each, behind the millisecond of the first; exact for quantized fixes."""

import struct
from collections.abc import Sequence
from typing import Final

from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.driving.fixes import DEGREE_STEPS, Fix
from chalicelib.domain.geography import Coordinates

HEAD: Final = struct.Struct(">q")
FIX: Final = struct.Struct(
    ">IiiHHHB"
)  # ms after the first, 1e-7°, 1e-7°, 0.1 m, 0.01 m/s, 0.1°, 1 %
NO_SHORT: Final = 0xFFFF
NO_BYTE: Final = 0xFF


def pack_fixes(fixes: Sequence[Fix]) -> bytes:
    """Fixes in device order, spanning at most 49 days."""
    if not fixes:
        return b""
    first_ms = to_ms(fixes[0].recorded_at)
    return HEAD.pack(first_ms) + b"".join(_pack(fix, first_ms) for fix in fixes)


def unpack_fixes(packed: bytes) -> tuple[Fix, ...]:
    """The fixes again."""
    if not packed:
        return ()
    (first_ms,) = HEAD.unpack_from(packed)
    return tuple(_unpack(row, first_ms) for row in FIX.iter_unpack(packed[HEAD.size :]))


def _pack(fix: Fix, first_ms: int) -> bytes:
    return FIX.pack(
        to_ms(fix.recorded_at) - first_ms,
        round(fix.coordinates.lat_deg * DEGREE_STEPS),
        round(fix.coordinates.lon_deg * DEGREE_STEPS),
        NO_SHORT if fix.accuracy_m is None else round(fix.accuracy_m * 10),
        NO_SHORT if fix.speed_mps is None else round(fix.speed_mps * 100),
        NO_SHORT if fix.heading_deg is None else round(fix.heading_deg * 10),
        NO_BYTE if fix.battery_ratio is None else round(fix.battery_ratio * 100),
    )


def _unpack(row: tuple[int, ...], first_ms: int) -> Fix:
    after_ms, lat, lon, accuracy, speed, heading, battery = row
    return Fix(
        recorded_at=from_ms(first_ms + after_ms),
        coordinates=Coordinates(lat / DEGREE_STEPS, lon / DEGREE_STEPS),
        accuracy_m=None if accuracy == NO_SHORT else accuracy / 10,
        speed_mps=None if speed == NO_SHORT else speed / 100,
        heading_deg=None if heading == NO_SHORT else heading / 10,
        battery_ratio=None if battery == NO_BYTE else battery / 100,
    )
