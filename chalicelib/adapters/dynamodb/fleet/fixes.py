"""Fixes in device order, packed: some ten bytes each; exact for quantized fixes.

    <B format> <varint count> columns: times, latitudes, longitudes, accuracy, speed, heading,
    battery

Places are 1e-7 degrees, times milliseconds, accuracy 0.1 m, speed 0.1 m/s, heading 1 degree,
battery 1 %. Of what may be unknown, 0 says so, and all else is one more. Format 3 has one column
more, which marks the places that an app made up; it is written only where there are any.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import (
    differences,
    fold,
    pack_bits,
    sums,
    unfold,
    unpack_bits,
)
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.fixes import DEGREE_STEPS, Fix
from chalicelib.domain.geography import Coordinates

FORMAT: Final = 2
WITH_MOCKS: Final = 3
COLUMNS: Final = 7
HEAD: Final = struct.Struct(">q")
ROW: Final = struct.Struct(">IiiHHHB")
"""A fix as format 1 had it, behind the millisecond of the first: its first byte is always 0."""
NO_SHORT: Final = 0xFFFF
NO_BYTE: Final = 0xFF


def pack_fixes(fixes: Sequence[Fix]) -> bytes:
    """Fixes in device order."""
    columns, kind = fix_columns(fixes), FORMAT
    if any(fix.is_mock for fix in fixes):
        columns, kind = [*columns, [int(fix.is_mock) for fix in fixes]], WITH_MOCKS
    return bytes([kind]) + pack_varints([len(fixes)]) + pack_bits(columns)


def unpack_fixes(packed: bytes) -> tuple[Fix, ...]:
    """The fixes again. Raises ValueError for damaged bytes."""
    if packed[:1] == b"\0":
        return unpack_rows(packed)
    if packed[:1] not in {bytes([FORMAT]), bytes([WITH_MOCKS])}:
        msg = "The packed fixes have an unknown format."
        raise ValueError(msg)
    numbers = Varints(packed, 1)
    count = next(numbers)
    if packed[0] == FORMAT:
        return fixes_of(unpack_bits(packed[numbers.at :], [count] * COLUMNS))
    *columns, mocks = unpack_bits(packed[numbers.at :], [count] * (COLUMNS + 1))
    return tuple(
        replace(fix, is_mock=bool(mock)) for fix, mock in zip(fixes_of(columns), mocks, strict=True)
    )


def pack_place(place: Coordinates) -> bytes:
    """One place."""
    return pack_varints(round(deg * DEGREE_STEPS) for deg in (place.lat_deg, place.lon_deg))


def unpack_place(packed: bytes) -> Coordinates:
    """The place again. Raises ValueError for damaged bytes."""
    lat, lon = Varints(packed).take(2)
    return Coordinates(lat / DEGREE_STEPS, lon / DEGREE_STEPS)


def digest_of(fixes: Sequence[Fix]) -> str:
    """A name for a batch, made of its own content.

    It is made of the rows of format 1, for ever: a repeat of a batch must fall on the same name
    though newer code may pack it in another way.
    """
    return hashlib.sha256(_rows(fixes)).hexdigest()[:16]


def fix_columns(fixes: Sequence[Fix]) -> list[list[int]]:
    """One column for each property, none below 0."""
    return [
        _bends([to_ms(fix.recorded_at) for fix in fixes]),
        _bends([round(fix.coordinates.lat_deg * DEGREE_STEPS) for fix in fixes]),
        _bends([round(fix.coordinates.lon_deg * DEGREE_STEPS) for fix in fixes]),
        [_known(fix.accuracy_m, 10) for fix in fixes],
        differences([_known(fix.speed_mps, 10) for fix in fixes]),
        [_known(fix.heading_deg, 1) for fix in fixes],
        differences([_known(fix.battery_ratio, 100) for fix in fixes]),
    ]


def fixes_of(columns: Sequence[Sequence[int]]) -> tuple[Fix, ...]:
    """The fixes of these columns."""
    times_ms, lats, lons, accuracies, speeds, headings, batteries = columns
    places = map(_straightened, (times_ms, lats, lons))
    rows = zip(*places, accuracies, sums(speeds), headings, sums(batteries), strict=True)
    return tuple(
        Fix(
            recorded_at=from_ms(at_ms),
            coordinates=Coordinates(lat / DEGREE_STEPS, lon / DEGREE_STEPS),
            accuracy_m=(accuracy - 1) / 10 if accuracy else None,
            speed_mps=(speed - 1) / 10 if speed else None,
            heading_deg=float(heading - 1) if heading else None,
            battery_ratio=(left - 1) / 100 if left else None,
        )
        for at_ms, lat, lon, accuracy, speed, heading, left in rows
    )


def unpack_rows(packed: bytes) -> tuple[Fix, ...]:
    """Fixes of format 1."""
    (first_ms,) = HEAD.unpack_from(packed)
    return tuple(_of_row(row, first_ms) for row in ROW.iter_unpack(packed[HEAD.size :]))


def _bends(column: Sequence[int]) -> list[int]:
    """How each step differs from the one before it: a phone keeps its rhythm, a van its way."""
    steps = [b - a for a, b in pairwise((0, *column))]
    return [*map(fold, steps[:2]), *(fold(b - a) for a, b in pairwise(steps[1:]))]


def _straightened(folded: Sequence[int]) -> list[int]:
    """The column again."""
    bends = list(map(unfold, folded))
    return list(accumulate((*bends[:1], *accumulate(bends[1:]))))


def _known(value: float | None, steps: int) -> int:
    return 0 if value is None else round(value * steps) + 1


def _rows(fixes: Sequence[Fix]) -> bytes:
    first_ms = to_ms(fixes[0].recorded_at)
    return HEAD.pack(first_ms) + b"".join(_row(fix, first_ms) for fix in fixes)


def _row(fix: Fix, first_ms: int) -> bytes:
    return ROW.pack(
        to_ms(fix.recorded_at) - first_ms,
        round(fix.coordinates.lat_deg * DEGREE_STEPS),
        round(fix.coordinates.lon_deg * DEGREE_STEPS),
        NO_SHORT if fix.accuracy_m is None else round(fix.accuracy_m * 10),
        NO_SHORT if fix.speed_mps is None else round(fix.speed_mps * 100),
        NO_SHORT if fix.heading_deg is None else round(fix.heading_deg * 10),
        NO_BYTE if fix.battery_ratio is None else round(fix.battery_ratio * 100),
    )


def _of_row(row: tuple[int, ...], first_ms: int) -> Fix:
    after_ms, lat, lon, accuracy, speed, heading, battery = row
    return Fix(
        recorded_at=from_ms(first_ms + after_ms),
        coordinates=Coordinates(lat / DEGREE_STEPS, lon / DEGREE_STEPS),
        accuracy_m=None if accuracy == NO_SHORT else accuracy / 10,
        speed_mps=None if speed == NO_SHORT else speed / 100,
        heading_deg=None if heading == NO_SHORT else heading / 10,
        battery_ratio=None if battery == NO_BYTE else battery / 100,
    )
