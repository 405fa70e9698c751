"""The state in pages of at most 4 kB, each packed on its own: one item of the table holds one page.

Which pages a route needs follows from its places and its driver (``pages_of``). A page says its
format, its number and a checksum; one that is corrupt, older or someone else's is refused with
ValueError, for the caller to set aside and log.

    <B version> <Q page> <I saved_at_s> <H keys> <I CRC-32 of all the rest> body
    a key: the gap to the key before it (varint), then three bytes: mean, log variance, age

Rounding is unbiased (it goes up or down with the right odds, by a hash of the key and its time):
otherwise steps smaller than a unit would be lost each time a page is stored, and learning stop.
"""

import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.domain.eta.beliefs import STALE_DECAYS, Belief
from chalicelib.domain.eta.curve import Curve
from chalicelib.domain.eta.noise import Noise
from chalicelib.domain.eta.places import MODEL_PAGE, Shelf, group_page, pages_around
from chalicelib.domain.eta.priors import decay_of
from chalicelib.domain.eta.quantiles import RangeTracker
from chalicelib.domain.eta.state import State
from chalicelib.domain.geography import Coordinates

VERSION: Final = 1
PAGE_BYTES: Final = 4_096
HEAD: Final = struct.Struct("<BQIH")
CHECKSUM: Final = struct.Struct("<I")
HEADER_BYTES: Final = HEAD.size + CHECKSUM.size
IN_PAGE: Final = 0xFFFFF
DAY_S: Final = 86_400
TICK_S: Final = 64
WIDEST: Final = 0.16
LOG_STEP: Final = 0.075
VARIANCE_LEVELS: Final = 128
MORE: Final = 128
"""This bit of a byte says that the number goes on."""
TRAVEL_MODEL: Final = struct.Struct("<24d52f117f")
"""Two curves, noise of 26 bins with counts, ranges of 26 + 13 bins."""
DWELL_MODEL: Final = struct.Struct("<24d4f")


def pages_of(places: Iterable[Coordinates], names: Iterable[str]) -> tuple[int, ...]:
    """The numbers of all pages that legs and visits between these places may use.

    ``names`` are the driver and the customers.
    """
    found = [MODEL_PAGE, group_page(Shelf.SHARED), group_page(Shelf.DWELL_SHARED)]
    for name in names:
        found += [group_page(Shelf.NAMES, name), group_page(Shelf.DWELL_NAMES, name)]
    for place in places:
        found += pages_around(place)
    return tuple(dict.fromkeys(found))


def pack_page(state: State, page: int, saved_at_s: float) -> bytes:
    """The page as it is stored; the same state at the same time is the same bytes."""
    if page == MODEL_PAGE:
        count, body = 0, _pack_model(state)
    else:
        beliefs = [
            (id_, belief)
            for id_, belief in state.beliefs.page(page)
            if not _is_stale(id_, belief, int(saved_at_s))
        ]
        count, body = len(beliefs), b"".join(_pack_keys(beliefs, int(saved_at_s)))
    head = HEAD.pack(VERSION, page, int(saved_at_s), count)
    return head + CHECKSUM.pack(zlib.crc32(body, zlib.crc32(head))) + body


def read_page(state: State, page: int, raw: bytes) -> None:
    """Put a stored page into the state, in place of what it knew of it.

    Raises ValueError, and leaves the state as it was, for a page that cannot be trusted.
    """
    body, saved_at_s, count = _opened(page, raw)
    if page == MODEL_PAGE:
        _read_model(state, body)
    else:
        state.beliefs.place_page(page, _read_keys(body, page, saved_at_s, count))


def _opened(page: int, raw: bytes) -> tuple[bytes, int, int]:
    if len(raw) < HEADER_BYTES:
        msg = "a page is longer than this"
        raise ValueError(msg)
    version, number, saved_at_s, count = HEAD.unpack_from(raw)
    (checksum,) = CHECKSUM.unpack_from(raw, HEAD.size)
    body = raw[HEADER_BYTES:]
    if version != VERSION:
        msg = f"a page of format {version}, not {VERSION}"
        raise ValueError(msg)
    if number != page or zlib.crc32(body, zlib.crc32(raw[: HEAD.size])) != checksum:
        msg = "a page that is corrupt or another's"
        raise ValueError(msg)
    return body, saved_at_s, count


def _is_stale(id_: int, belief: Belief, saved_at_s: int) -> bool:
    decay_s = decay_of(id_)
    ticks = saved_at_s // TICK_S - int(belief[2]) // TICK_S
    return decay_s > 0.0 and ticks * TICK_S > STALE_DECAYS * decay_s


def _pack_keys(beliefs: list[tuple[int, Belief]], saved_at_s: int) -> Iterator[bytes]:
    last = -1
    for id_, (mean, variance, learnt_s) in beliefs:
        gap = (id_ & IN_PAGE) - last
        last = id_ & IN_PAGE
        while gap >= MORE:
            yield bytes((gap & (MORE - 1) | MORE,))
            gap >>= 7
        odds = _odds(id_, learnt_s)
        mean_bits, age_bits, age_unit_s = _layout(id_)
        half = 1 << mean_bits - 1
        unit = half >> 1  # means reach from -2 to 2
        level = min(half - 1, max(-half, math.floor(mean * unit + odds))) + half
        spread = (math.log(WIDEST) - math.log(max(variance, 1e-9))) / LOG_STEP
        spread_level = min(VARIANCE_LEVELS - 1, max(0, math.floor(spread + odds)))
        age = saved_at_s // age_unit_s - int(learnt_s) // age_unit_s
        age = min((1 << age_bits) - 1, max(0, age))
        payload = (level << 7 | spread_level) << age_bits | age
        yield bytes((gap, payload & 255, payload >> 8 & 255, payload >> 16))


def _read_keys(body: bytes, page: int, saved_at_s: int, count: int) -> list[tuple[int, Belief]]:
    beliefs: list[tuple[int, Belief]] = []
    at, last = 0, -1
    for _ in range(count):
        gap = shift = 0
        while body[at] >= MORE:
            gap |= (body[at] & (MORE - 1)) << shift
            shift += 7
            at += 1
        last += gap | body[at] << shift
        payload = body[at + 1] | body[at + 2] << 8 | body[at + 3] << 16
        at += 4
        id_ = page << 20 | last
        mean_bits, age_bits, age_unit_s = _layout(id_)
        half = 1 << mean_bits - 1
        age = payload & (1 << age_bits) - 1
        spread_level = payload >> age_bits & 127
        level = (payload >> age_bits + 7) - half
        learnt_s = float((saved_at_s // age_unit_s - age) * age_unit_s)
        variance = WIDEST * math.exp(-LOG_STEP * spread_level)
        beliefs.append((id_, (level / (half >> 1), variance, learnt_s)))
    return beliefs


def _layout(id_: int) -> tuple[int, int, int]:
    """Bits of the mean and of the age, and its unit: a fixed grid, so that ages do not creep."""
    return (9, 8, TICK_S) if decay_of(id_) else (11, 6, DAY_S)


def _odds(id_: int, learnt_s: float) -> float:
    """Where between two levels rounding turns up: even over all keys and times, never 0 or 1."""
    mixed = ((id_ ^ int(learnt_s * 1_000.0)) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    return 0.001 + 0.998 * (mixed >> 44) / (1 << 20)


def _pack_model(state: State) -> bytes:
    travel, dwell = state.travel, state.dwell
    ranges = [*travel.leg_ranges, *travel.horizons]
    return TRAVEL_MODEL.pack(
        *_curve_numbers(travel.curves),
        *travel.noise.variances,
        *travel.noise.counts,
        *(number for tracker in ranges for number in (tracker.low, tracker.high, tracker.count)),
    ) + DWELL_MODEL.pack(*_curve_numbers(dwell.curves), *dwell.noise.variances, *dwell.noise.counts)


def _read_model(state: State, body: bytes) -> None:
    if len(body) != TRAVEL_MODEL.size + DWELL_MODEL.size:
        msg = "a model page has one length"
        raise ValueError(msg)
    travel, dwell = state.travel, state.dwell
    found = TRAVEL_MODEL.unpack_from(body), DWELL_MODEL.unpack_from(body, TRAVEL_MODEL.size)
    if not all(math.isfinite(number) for numbers in found for number in numbers):
        msg = "a model page of impossible numbers"
        raise ValueError(msg)
    numbers = iter(found[0])
    _set_curves(travel.curves, numbers)
    _set_noise(travel.noise, numbers)
    for trackers in (travel.leg_ranges, travel.horizons):
        trackers[:] = [RangeTracker(next(numbers), next(numbers), next(numbers)) for _ in trackers]
    numbers = iter(found[1])
    _set_curves(dwell.curves, numbers)
    _set_noise(dwell.noise, numbers)


def _curve_numbers(curves: Iterable[Curve]) -> Iterator[float]:
    for curve in curves:
        yield from curve.theta
        for row in curve.covariance:
            yield from row


def _set_curves(curves: Iterable[Curve], numbers: Iterator[float]) -> None:
    for curve in curves:
        curve.theta = (next(numbers), next(numbers), next(numbers))
        curve.covariance = [[next(numbers) for _ in range(3)] for _ in range(3)]


def _set_noise(noise: Noise, numbers: Iterator[float]) -> None:
    noise.variances = [next(numbers) for _ in noise.variances]
    noise.counts = [next(numbers) for _ in noise.counts]
