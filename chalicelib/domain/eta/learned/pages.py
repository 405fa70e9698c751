"""The state in travel pages: each is packed on its own and has about 3 kB when full.

Each page is one item of the table. The places and the driver of a route determine the pages that it
needs (``pages_of``). A page carries its format, its number and a checksum. We refuse a page that is
corrupt, unknown or has another number with ValueError; the caller sets it aside and logs it.

    <B version> <Q page> <I saved_at_s> <H keys> <I CRC-32 of all the rest> body

The head and its checksum stay the same in every future format. So old code can tell a page of newer
code (``NewerFormat``), which is intact and must stay, from a corrupt one.

The body of the model's page is numbers. All other bodies are beliefs in columns (``columns``).
"""

import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.domain.eta.learned import columns
from chalicelib.domain.eta.learned.beliefs import STALE_DECAYS, Belief
from chalicelib.domain.eta.learned.curve import Curve
from chalicelib.domain.eta.learned.noise import Noise
from chalicelib.domain.eta.learned.places import MODEL_PAGE, Shelf, group_page, pages_around
from chalicelib.domain.eta.learned.priors import decay_of
from chalicelib.domain.eta.learned.quantiles import RangeTracker
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.geography import Coordinates

VERSION: Final = 2
PAGE_BYTES: Final = 4_096
HEAD: Final = struct.Struct("<BQIH")
CHECKSUM: Final = struct.Struct("<I")
HEADER_BYTES: Final = HEAD.size + CHECKSUM.size
TRAVEL_MODEL: Final = struct.Struct("<24d52f117f")
"""Two curves, noise of 26 bins with counts, ranges of 26 + 13 bins."""
DWELL_MODEL: Final = struct.Struct("<24d4f")


class NewerFormat(ValueError):
    """An intact page in a format that only newer code knows."""


def pages_of(places: Iterable[Coordinates], names: Iterable[str]) -> tuple[int, ...]:
    """The numbers of all pages that legs and visits between these places may use.

    ``names`` are the names of the driver and the customers.
    """
    found = [MODEL_PAGE, group_page(Shelf.SHARED), group_page(Shelf.DWELL_SHARED)]
    for name in names:
        found += [group_page(Shelf.NAMES, name), group_page(Shelf.DWELL_NAMES, name)]
    for place in places:
        found += pages_around(place)
    return tuple(dict.fromkeys(found))


def pack_page(state: State, page: int, saved_at_s: float) -> bytes:
    """The bytes of a page to store. The same state at the same time gives the same bytes."""
    if page == MODEL_PAGE:
        count, body = 0, _pack_model(state)
    else:
        beliefs = [
            (id_, belief)
            for id_, belief in state.beliefs.page(page)
            if not _is_stale(id_, belief, int(saved_at_s))
        ]
        count, body = len(beliefs), columns.packed(beliefs, int(saved_at_s))
    head = HEAD.pack(VERSION, page, int(saved_at_s), count)
    return head + CHECKSUM.pack(zlib.crc32(body, zlib.crc32(head))) + body


def read_page(state: State, page: int, raw: bytes) -> None:
    """Put a stored page into the state; it replaces the state's beliefs of that page.

    Raises ValueError for a page that cannot be trusted, and NewerFormat for one that only newer
    code can read. Both leave the state as it was.
    """
    body, saved_at_s, count = _opened(page, raw)
    if page == MODEL_PAGE:
        _read_model(state, body)
    else:
        state.beliefs.place_page(page, columns.read(body, page, saved_at_s, count))


def _opened(page: int, raw: bytes) -> tuple[bytes, int, int]:
    if len(raw) < HEADER_BYTES:
        msg = "The page is too short."
        raise ValueError(msg)
    version, number, saved_at_s, count = HEAD.unpack_from(raw)
    (checksum,) = CHECKSUM.unpack_from(raw, HEAD.size)
    body = raw[HEADER_BYTES:]
    is_whole = number == page and zlib.crc32(body, zlib.crc32(raw[: HEAD.size])) == checksum
    if version != VERSION:
        msg = f"The page has format {version}, not format {VERSION}."
        raise NewerFormat(msg) if version > VERSION and is_whole else ValueError(msg)
    if not is_whole:
        msg = "The page is corrupt or another page's."
        raise ValueError(msg)
    return body, saved_at_s, count


def _is_stale(id_: int, belief: Belief, saved_at_s: int) -> bool:
    decay_s = decay_of(id_)
    ticks = saved_at_s // columns.TICK_S - int(belief[2]) // columns.TICK_S
    return decay_s > 0.0 and ticks * columns.TICK_S > STALE_DECAYS * decay_s


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
        msg = "The model page has another length."
        raise ValueError(msg)
    travel, dwell = state.travel, state.dwell
    found = TRAVEL_MODEL.unpack_from(body), DWELL_MODEL.unpack_from(body, TRAVEL_MODEL.size)
    if not all(math.isfinite(number) for numbers in found for number in numbers):
        msg = "The model page has impossible numbers."
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
