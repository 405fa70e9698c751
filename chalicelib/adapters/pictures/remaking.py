"""Makes one picture anew from its pixels. It runs as a program of its own, and only there.

It reads a file from standard input and writes a line of JSON and the new file to standard output.
Nothing but the pixels of the first frame goes from one to the other: no EXIF, thumbnail, colour
profile, text, script, or second picture. ``processes`` starts it with limits and without our keys.
"""

import io
import json
import resource
import sys
import warnings
from typing import Final

from PIL import Image, ImageFile, ImageOps

MAX_PIXELS: Final = 25_000_000
"""The same limit as that of ``domain.proofs.inspections``; a test compares them."""
LONGEST_SIDE_PX: Final = {"photo": 2_560, "signature": 1_600}
JPEG_QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG")
"""No other decoder is ever asked."""
READY: Final = b"ready"
WHITE: Final = (255, 255, 255)


def remade(content: bytes, kind: str) -> tuple[bytes, str] | str:
    """The new file and its type, or the name of a flaw.

    A photo becomes a JPEG, upright as its EXIF says. A signature becomes a PNG.
    """
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                return _written(opened, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "too_many_pixels"
    except MemoryError:
        return "too_complex"
    except Exception:  # noqa: BLE001 - decoders raise anything for bytes that make no sense
        return "damaged"


def _written(opened: Image.Image, kind: str) -> tuple[bytes, str]:
    longest_px = LONGEST_SIDE_PX[kind]
    opened.draft("RGB", (longest_px, longest_px))  # a JPEG is decoded in a smaller size at once
    opened.load()
    ImageOps.exif_transpose(opened, in_place=True)
    opened.thumbnail((longest_px, longest_px))
    pixels = _flat(opened)
    clean = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())  # knows nothing else
    out = io.BytesIO()
    if kind == "signature":
        clean.save(out, "PNG", optimize=True)
        return out.getvalue(), "image/png"
    clean.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue(), "image/jpeg"


def _flat(image: Image.Image) -> Image.Image:
    """Grey or coloured, on white where it was transparent."""
    if image.mode in {"L", "RGB"} and "transparency" not in image.info:
        return image
    if image.mode in {"1", "I", "I;16", "F"}:
        return image.convert("L")
    if image.mode in {"CMYK", "YCbCr", "LAB", "HSV"}:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    ground = Image.new("RGB", seen.size, WHITE)
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def main() -> None:
    """Standard input to standard output; arguments are the kind, bytes of memory and seconds.

    Its first line tells that it has started well: from then on, what fails is the picture's fault.
    """
    kind, memory_bytes, time_s = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CPU, (time_s, time_s))
    if sys.platform == "linux":  # macOS knows this limit and refuses it
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    Image.preinit()
    sys.stdout.buffer.write(READY + b"\n")
    sys.stdout.buffer.flush()
    answer = remade(sys.stdin.buffer.read(), kind)
    if isinstance(answer, str):
        head, content = {"flaw": answer}, b""
    else:
        content, content_type = answer
        head = {"content_type": content_type}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
