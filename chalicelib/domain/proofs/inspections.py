"""Inspections: what can be said of an uploaded file without decoding it.

The decoder only gets files that pass here: of the announced type, with nothing else inside, and
cheap to read. It runs apart from us (``services.ports.proofs.Pictures``).
"""

import re
import struct
from collections.abc import Sequence
from typing import Final

from chalicelib.domain.proofs.proofs import MAX_PROOF_BYTES, AllowedProof, Flaw, UploadedFile

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
FIRST_BYTES: Final = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
"""The accepted types, each with the first bytes of its files."""

MAX_PIXELS: Final = 25_000_000
"""Twice a usual phone's picture. Decoded it takes 75 MB."""
MAX_SCANS: Final = 60
"""Of a progressive JPEG. Cameras and editors make ten; each one costs a pass over all pixels."""
MAX_CHUNKS: Final = 20_000
"""Of a PNG. An encoder that writes 1 kB at a time needs 8,000 for the largest file."""

_SCRIPTS: Final = re.compile(
    rb"<\?php|<script|<svg[\s>]|<html|<!doctype|<iframe|__HALT_COMPILER|javascript:", re.IGNORECASE
)
_PDF: Final = b"%PDF-"
_PDF_BEGINS_WITHIN: Final = 1_024
"""Readers of PDF look so far for its first bytes."""
_ZIP_ENDS: Final = b"PK\x05\x06"
_ZIP_ENDS_WITHIN: Final = 65_557
"""The end of a ZIP archive: 22 bytes and a comment of at most 65,535."""
_OTHER_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN: Final = 0xDA
_FRAME_BYTES: Final = 7
_HEADER_BYTES: Final = 13
_END_OF_IMAGE: Final = 0xD9
_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def flaw_of(file: UploadedFile, allowed: AllowedProof) -> Flaw | None:
    """What is wrong with an upload, as far as its bytes tell; None when it may be decoded."""
    if not 0 < file.size_bytes <= MAX_PROOF_BYTES:
        return Flaw.TOO_LARGE if file.size_bytes else Flaw.DAMAGED
    is_announced = file.content_type == allowed.content_type
    if not is_announced or not file.content.startswith(FIRST_BYTES[allowed.content_type]):
        return Flaw.WRONG_TYPE
    flaw, beside = (_jpeg if file.content_type == JPEG else _png)(file.content)
    return Flaw.FOREIGN_CONTENT if _is_more_than_a_picture(file.content, beside) else flaw


def _is_more_than_a_picture(content: bytes, beside: Sequence[bytes]) -> bool:
    """Whether a file is also something that another program runs, unpacks or shows.

    ``beside`` are the parts that hold no pixels: in compressed pixels any few bytes come by chance.
    What phones add to their pictures (thumbnails, a second picture, a short film) is not of that
    kind. It is lost when the picture is made anew.
    """
    return (
        _PDF in content[:_PDF_BEGINS_WITHIN]
        or _ZIP_ENDS in content[-_ZIP_ENDS_WITHIN:]
        or any(
            _SCRIPTS.search(part) or any(start in part for start in _OTHER_ARCHIVES)
            for part in beside
        )
    )


def _jpeg(content: bytes) -> tuple[Flaw | None, list[bytes]]:
    """Follow the markers: the size of the picture, and how many scans it is made of."""
    at, scans, beside = 2, 0, list[bytes]()
    while (found := _NEXT_MARKER.search(content, at)) is not None:
        at, marker = found.end(), content[found.start() + 1]
        if marker == _END_OF_IMAGE:
            return (None if scans else Flaw.DAMAGED), [*beside, content[at:]]
        length = int.from_bytes(content[at : at + 2])
        beside.append(content[at : at + length])
        if marker in _START_OF_FRAME and len(beside[-1]) >= _FRAME_BYTES:
            height_px, width_px = struct.unpack_from(">HH", content, at + 3)
            if width_px * height_px > MAX_PIXELS:
                return Flaw.TOO_MANY_PIXELS, beside
        if marker == _START_OF_SCAN:
            scans += 1
            if scans > MAX_SCANS:
                return Flaw.TOO_COMPLEX, beside
        at += max(length, 2)
    return Flaw.DAMAGED, beside


def _png(content: bytes) -> tuple[Flaw | None, list[bytes]]:
    """Follow the chunks: the size of the picture, and that the last chunk is there."""
    at, beside = len(FIRST_BYTES[PNG]), list[bytes]()
    for _ in range(MAX_CHUNKS):
        if at + 8 > len(content):
            return Flaw.DAMAGED, beside
        length, kind = struct.unpack_from(">I4s", content, at)
        start, at = at + 8, at + length + 12
        if kind == b"IEND":
            return None, [*beside, content[start:]]
        if kind != b"IDAT":
            beside.append(content[start:at])
        if kind == b"IHDR" and len(beside[-1]) >= _HEADER_BYTES:
            width_px, height_px = struct.unpack_from(">II", content, start)
            if width_px * height_px > MAX_PIXELS:
                return Flaw.TOO_MANY_PIXELS, beside
    return Flaw.TOO_COMPLEX, beside
