"""The ETAs that this container packed last, by their bytes.

The driver's next batch mostly reads the same bytes back. Then they need not be unpacked, which
saves a tenth of the CPU of a batch for 200 stops. The bytes from the table always decide: those
that another container packed are different, and are unpacked as usual.
"""

from collections.abc import Sequence
from typing import Final

from chalicelib.adapters.dynamodb.values.etas import etas_of, pack_etas
from chalicelib.domain.eta.estimates import Eta, Etas

MOST: Final = 64
"""Of so many drivers, at most 20 kB each."""
_etas_by_packed: Final[dict[bytes, Etas]] = {}


def remember(etas: Sequence[Eta | None]) -> None:
    """These have just been packed, and will be read with the next fix."""
    if not isinstance(etas, Etas):  # those of a plan
        return
    if len(_etas_by_packed) >= MOST:
        _etas_by_packed.clear()
    _etas_by_packed[pack_etas(etas)] = etas


def known_or_read(packed: bytes, stops: int) -> Etas:
    """The ETAs of so many stops. Raises ValueError for damaged bytes."""
    known = _etas_by_packed.get(packed)
    return known if known is not None and len(known) == stops else etas_of(packed, stops)
