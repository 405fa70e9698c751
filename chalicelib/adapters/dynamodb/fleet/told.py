"""The ETAs that were told with a batch, the time of that, and the time of the news behind them.

<varint told_ms> <varint how much earlier the news is, in ms> ETAs (``values/etas``)
"""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.adapters.dynamodb.values.etas import pack_etas, unpack_etas
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.learning.published import PublishedEtas


def pack_told(told_at: datetime, news_at: datetime, etas: Sequence[Eta | None]) -> bytes:
    """ETAs by stop number, told at one instant and as of another, in whole milliseconds."""
    told_ms = to_ms(told_at)
    return pack_varints((told_ms, told_ms - to_ms(news_at))) + pack_etas(etas)


def unpack_told(packed: bytes) -> PublishedEtas:
    """The same by stop number. Raises ValueError for damaged bytes."""
    numbers = Varints(packed)
    told_ms, earlier_ms = numbers.take(2)
    return PublishedEtas(
        at=from_ms(told_ms),
        etas=unpack_etas(packed[numbers.at :]),
        as_of=from_ms(told_ms - earlier_ms),
    )
