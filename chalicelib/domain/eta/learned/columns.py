"""The beliefs of one page in columns: gaps between keys, means, variances, ages; all deflated.

Similar numbers stand together, so they compress well: 4.1 bytes a key, against 4.8 in rows. Values
are rounded up or down at random, with odds that keep the mean right. The odds come from a hash of
the key and its time. Plain rounding would lose every step smaller than a unit when a page is
stored, and learning would stop.
"""

import math
import zlib
from collections.abc import Sequence
from typing import Final

from chalicelib.domain.eta.learned.beliefs import Belief
from chalicelib.domain.eta.learned.priors import decay_of

IN_PAGE: Final = 0xFFFFF
COLUMNS: Final = 7
"""Three bytes for the gap to the key before, two for the mean, one each for variance and age."""
DAY_S: Final = 86_400
TICK_S: Final = 64
WIDEST: Final = 0.16
LOG_WIDEST: Final = math.log(WIDEST)
LOG_STEP: Final = 0.075
VARIANCE_LEVELS: Final = 128
FARTHEST: Final = 2.0
RAW: Final = -zlib.MAX_WBITS
"""Raw deflate without a header, because a page has its own checksum."""

Kept = Sequence[tuple[int, Belief]]
"""Beliefs in the order of their keys."""


def packed(beliefs: Kept, saved_at_s: int) -> bytes:
    """The columns of a page."""
    rows: list[tuple[int, ...]] = []
    last = -1
    for id_, (mean, variance, learnt_s) in beliefs:
        gap, last = (id_ & IN_PAGE) - last, id_ & IN_PAGE
        odds = _odds(id_, learnt_s)
        unit, oldest, age_unit_s = layout(id_)
        level = math.floor(max(-FARTHEST, min(FARTHEST - 1.0 / unit, mean)) * unit + odds)
        folded = level << 1 if level >= 0 else ~level << 1 | 1
        spread = math.floor((LOG_WIDEST - math.log(max(variance, 1e-9))) / LOG_STEP + odds)
        age = saved_at_s // age_unit_s - int(learnt_s) // age_unit_s
        rows.append(
            (
                gap >> 16,
                gap >> 8 & 255,
                gap & 255,
                folded >> 8,
                folded & 255,
                min(VARIANCE_LEVELS - 1, max(0, spread)),
                min(oldest, max(0, age)),
            )
        )
    deflating = zlib.compressobj(zlib.Z_BEST_COMPRESSION, wbits=RAW)
    columns = b"".join(map(bytes, zip(*rows, strict=True)))
    return deflating.compress(columns) + deflating.flush()


def read(body: bytes, page: int, saved_at_s: int, count: int) -> list[tuple[int, Belief]]:
    """The beliefs of a page of ``count`` keys. Raises ValueError when the columns do not fit."""
    columns = _inflated(body, count * COLUMNS)
    beliefs: list[tuple[int, Belief]] = []
    last = -1
    for high, middle, low, mean_high, mean_low, spread, age in zip(
        *(columns[count * i : count * (i + 1)] for i in range(COLUMNS)), strict=True
    ):
        last += high << 16 | middle << 8 | low
        id_ = page << 20 | last & IN_PAGE
        unit, _, age_unit_s = layout(id_)
        folded = mean_high << 8 | mean_low
        level = ~(folded >> 1) if folded & 1 else folded >> 1
        learnt_s = float((saved_at_s // age_unit_s - age) * age_unit_s)
        variance = WIDEST * math.exp(-LOG_STEP * spread)
        beliefs.append((id_, (level / unit, variance, learnt_s)))
    return beliefs


def layout(id_: int) -> tuple[int, int, int]:
    """Levels of the mean per 1.0, the greatest age, and the unit of ages in seconds.

    Ages are counted on a fixed grid of units. Otherwise they would drift with each storing.
    """
    return (128, 255, TICK_S) if decay_of(id_) else (512, 63, DAY_S)


def _odds(id_: int, learnt_s: float) -> float:
    """The random part of the rounding: uniform over all keys and times, never 0 or 1."""
    mixed = ((id_ ^ int(learnt_s * 1_000.0)) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    return 0.001 + 0.998 * (mixed >> 44) / (1 << 20)


def _inflated(body: bytes, size: int) -> bytes:
    """Inflate at most ``size`` bytes, because a broken page must not fill the memory."""
    inflating = zlib.decompressobj(wbits=RAW)
    try:
        columns = inflating.decompress(body, size + 1)
    except zlib.error as exc:
        msg = "The page cannot be inflated."
        raise ValueError(msg) from exc
    if len(columns) != size or not inflating.eof or inflating.unused_data:
        msg = "The page has other columns than its keys need."
        raise ValueError(msg)
    return columns
