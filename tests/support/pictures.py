"""Files as phones send them, and as nobody should."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from PIL import Image

from chalicelib.domain.proofs.inspections import MAX_SCANS

PNG_START: Final = b"\x89PNG\r\n\x1a\n"


@cache
def jpeg(width_px: int = 64, height_px: int = 48, **options: object) -> bytes:
    """A small photo."""
    picture = Image.linear_gradient("L").resize((width_px, height_px)).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


@cache
def png(width_px: int = 64, height_px: int = 48) -> bytes:
    """A signature: a dark line on nothing."""
    picture = Image.new("RGBA", (width_px, height_px), (0, 0, 0, 0))
    for x in range(width_px):
        picture.putpixel((x, x * height_px // width_px), (20, 20, 90, 255))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def with_segments(*segments: bytes, photo: bytes | None = None) -> bytes:
    """A photo with more segments after its start."""
    photo = photo or jpeg()
    return photo[:2] + b"".join(segments) + photo[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def bomb(width_px: int = 30_000, height_px: int = 30_000) -> bytes:
    """A PNG of 900 million pixels in some 100 kB."""
    rows = zlib.compress(b"\0" * (width_px // 8 + 1) * 500, 9)
    header = struct.pack(">IIBBBBB", width_px, height_px, 1, 0, 0, 0, 0)
    return PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def many_scans() -> bytes:
    """A progressive JPEG whose last scan is repeated again and again."""
    photo = jpeg(progressive=True)
    last = photo.rindex(b"\xff\xda")
    return photo[:last] + photo[last:-2] * (MAX_SCANS + 1) + photo[-2:]


def zipped() -> bytes:
    """An archive with a program."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.sh", "echo hello")
    return out.getvalue()


def exif(orientation: int = 6) -> bytes:
    """EXIF with a place, a maker and an orientation."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "Nokia"
    data.get_ifd(0x8825).update({1: "N", 2: (60.0, 10.0, 12.0), 3: "E", 4: (24.0, 56.0, 1.0)})
    return data.tobytes()


def hostile() -> Mapping[str, tuple[bytes, str, str]]:
    """Files by name: their bytes, the type that they are sent as, and the flaw to be found."""
    photo, picture = jpeg(), png()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    gif = b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + bytes(20)
    broken = picture[: picture.index(b"IDAT") + 8] + b"\0" * 20 + picture[-12:]
    return {
        "SVG as JPEG": (svg, "image/jpeg", "wrong_type"),
        "SVG as PNG": (svg, "image/png", "wrong_type"),
        "HTML as JPEG": (b"<!doctype html><script>1</script>", "image/jpeg", "wrong_type"),
        "PDF with a script": (b"%PDF-1.7\n/JS (app.alert(1))", "image/jpeg", "wrong_type"),
        "GIF of 60,000 × 60,000": (gif, "image/png", "wrong_type"),
        "HEIC": (b"\0\0\0\x18ftypheic" + bytes(64), "image/jpeg", "wrong_type"),
        "program of Windows": (b"MZ" + bytes(200), "image/png", "wrong_type"),
        "JPEG as PNG": (photo, "image/png", "wrong_type"),
        "PNG as JPEG": (picture, "image/jpeg", "wrong_type"),
        "JPEG, then ZIP": (photo + zipped(), "image/jpeg", "foreign_content"),
        "JPEG, then PHP": (photo + b"<?php system($_GET[0]);", "image/jpeg", "foreign_content"),
        "JPEG with a script in a comment": (
            with_segments(segment(0xFE, b"<script>alert(1)</script>")),
            "image/jpeg",
            "foreign_content",
        ),
        "JPEG with PDF in APP1": (
            with_segments(segment(0xE1, b"%PDF-1.7 /JS")),
            "image/jpeg",
            "foreign_content",
        ),
        "PNG with a script in a text": (
            picture[:33] + chunk(b"tEXt", b"Comment\0<ScRiPt>1</script>") + picture[33:],
            "image/png",
            "foreign_content",
        ),
        "PNG, then RAR": (picture + b"Rar!\x1a\x07\x01\0", "image/png", "foreign_content"),
        "PNG of 900 million pixels": (bomb(), "image/png", "too_many_pixels"),
        "JPEG of 65,000 × 65,000": (
            photo.replace(struct.pack(">HH", 48, 64), struct.pack(">HH", 65_000, 65_000)),
            "image/jpeg",
            "too_many_pixels",
        ),
        "JPEG of many scans": (many_scans(), "image/jpeg", "too_complex"),
        "JPEG that was cut off": (photo[: len(photo) // 2], "image/jpeg", "damaged"),
        "JPEG of three bytes": (photo[:3], "image/jpeg", "damaged"),
        "JPEG without pixels": (photo[:20] + b"\xff\xd9", "image/jpeg", "damaged"),
        "PNG with broken pixels": (broken, "image/png", "damaged"),
        "PNG that was cut off": (picture[:60], "image/png", "damaged"),
        "9 MB": (photo + bytes(9_000_000), "image/jpeg", "too_large"),
        "nothing": (b"", "image/jpeg", "damaged"),
    }
