"""The beliefs of one page in rows, as in format 1. We read this format and no longer write it.

A key is the gap to the key before it (a varint), then three bytes: mean, log variance, age.
"""

import math
from typing import Final

from chalicelib.domain.eta.learned.beliefs import Belief
from chalicelib.domain.eta.learned.columns import DAY_S, LOG_STEP, TICK_S, WIDEST
from chalicelib.domain.eta.learned.priors import decay_of

MORE: Final = 128
"""This bit of a byte means that the number continues in the next byte."""


def read(body: bytes, page: int, saved_at_s: int, count: int) -> list[tuple[int, Belief]]:
    """The beliefs of a page of ``count`` keys."""
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
        mean_bits, age_bits, age_unit_s = (9, 8, TICK_S) if decay_of(id_) else (11, 6, DAY_S)
        half = 1 << mean_bits - 1
        age = payload & (1 << age_bits) - 1
        spread_level = payload >> age_bits & 127
        level = (payload >> age_bits + 7) - half
        learnt_s = float((saved_at_s // age_unit_s - age) * age_unit_s)
        variance = WIDEST * math.exp(-LOG_STEP * spread_level)
        # Means reach from -2 to 2.
        beliefs.append((id_, (level / (half >> 1), variance, learnt_s)))
    return beliefs
