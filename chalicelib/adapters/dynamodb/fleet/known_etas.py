"""ETAs that this container packed: with the driver's next fix most are read again, to the byte.

That is a tenth of the CPU of a batch for 200 stops. What has been read decides, never what is
remembered: another container's ETAs are other bytes, and are unpacked.
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
