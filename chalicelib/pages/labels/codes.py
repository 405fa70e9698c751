"""Barcodes as shapes: a QR code that every phone reads, and the bars that hand scanners read."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

QUIET: Final = 10
"""Blank modules on both sides of the bars (ISO/IEC 15417, 4.4)."""
WIDEST: Final = 360
"""Modules that fit onto a label of 100 mm: a bar of a quarter millimetre is read by any scanner."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from left to right, each with place and width; ``width`` is of all. In modules."""

    width: int
    bars: tuple[tuple[int, int], ...]


def bars_of(text: str) -> Bars | None:
    """The text in Code 128; None where that has not all characters, or would be too wide."""
    from barcode.codex import Code128  # noqa: PLC0415 - only labels need it
    from barcode.errors import BarcodeError  # noqa: PLC0415

    try:
        (modules,) = Code128(text).build()
    except BarcodeError:
        return None
    width = len(modules) + 2 * QUIET
    if width > WIDEST:
        return None
    found, at = [], QUIET
    for module, run in groupby(modules):
        length = len(list(run))
        if module == "1":
            found.append((at, length))
        at += length
    return Bars(width, tuple(found))


def qr_of(text: str, *, error: str = "m") -> str:
    """The text as a QR code: an SVG element without a size of its own.

    ``error`` is how much may be dirty: ``l`` is enough on a screen, and makes larger modules.
    """
    import segno  # noqa: PLC0415 - only labels and invitations need it

    return segno.make(text, error=error, micro=False).svg_inline(omitsize=True, border=2)
