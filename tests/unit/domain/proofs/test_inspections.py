"""Uploaded files: what is refused, and that nothing but pixels is left of the others."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from chalicelib.adapters.pictures import remaking
from chalicelib.domain.proofs.inspections import JPEG, MAX_PIXELS, PNG, flaw_of
from chalicelib.domain.proofs.proofs import (
    MAX_PROOF_BYTES,
    AllowedProof,
    Flaw,
    ProofKind,
    UploadedFile,
)
from tests.support.builders import NOON
from tests.support.carrier import note
from tests.support.depth import times
from tests.support.pictures import chunk, exif, hostile, jpeg, png, segment, with_segments, zipped

HOSTILE = hostile()


def verdict(content: bytes, content_type: str, kind: ProofKind = ProofKind.PHOTO) -> str | bytes:
    """The name of the flaw, or the bytes of the new picture."""
    file = UploadedFile(content_type, len(content), content[:MAX_PROOF_BYTES], NOON)
    flaw = flaw_of(file, AllowedProof(kind, content_type))
    if flaw is not None:
        return flaw.value
    made = remaking.remade(content, kind.value)
    return made if isinstance(made, str) else made[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_p7_a_hostile_file_is_rejected_with_a_reason(name: str) -> None:
    content, content_type, flaw = HOSTILE[name]

    assert verdict(content, content_type) == flaw


@pytest.mark.parametrize("content_type", [JPEG, PNG])
@given(content=st.binary(max_size=200))
def test_any_bytes_get_a_verdict(content_type: str, content: bytes) -> None:
    start = b"\xff\xd8\xff" if content_type == JPEG else b"\x89PNG\r\n\x1a\n"

    for each in (content, start + content):
        found = verdict(each, content_type)
        assert isinstance(found, bytes) or found in set(Flaw)


@given(cut=st.integers(0, 2_000), at=st.integers(0, 2_000), byte=st.integers(0, 255))
def test_a_damaged_picture_gets_a_verdict(cut: int, at: int, byte: int) -> None:
    for photo, kind in ((jpeg(), JPEG), (png(), PNG)):
        changed = bytearray(photo[: len(photo) - cut % len(photo)])
        changed[at % len(changed)] = byte

        found = verdict(bytes(changed), kind)

        assert isinstance(found, bytes) or found in set(Flaw)


def markers(content: bytes) -> list[int]:
    """The markers of a JPEG up to its pixels."""
    at, found = 2, list[int]()
    while content[at + 1] != 0xDA:
        found.append(content[at + 1])
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return found


def test_p8_nothing_but_pixels_is_left() -> None:
    thumbnail = jpeg(16, 12)
    photo = with_segments(
        segment(0xE1, b"Exif\0\0" + exif(1)[6:] + thumbnail),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Aino at home</x:xmpmeta>"),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01" + bytes(200)),
        segment(0xED, b"Photoshop 3.0\0" + b"Aino" * 10),
        segment(0xFE, b"taken by Aino"),
    )
    tail = b"a short film of Aino"

    made = verdict(photo + tail, JPEG)

    assert isinstance(made, bytes)
    assert {0xE1, 0xE2, 0xED, 0xFE}.isdisjoint(markers(made))
    assert b"Aino" not in made
    assert b"Exif" not in made
    assert made.count(b"\xff\xd8") == 1
    before, after = (Image.open(io.BytesIO(each)) for each in (photo, made))
    assert dict(after.getexif()) == {}
    assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    (spread,) = set(ImageStat.Stat(ImageChops.difference(before, after).convert("L")).mean)
    assert spread < 3


def test_p8_a_picture_is_upright_afterwards() -> None:
    photo = jpeg(64, 48, exif=exif(6))
    made = verdict(photo, JPEG)

    assert isinstance(made, bytes)
    assert Image.open(io.BytesIO(made)).size == (48, 64)


def test_no_exif_in_generated_files() -> None:
    count = times(quick=20, deep=200)
    for i in range(count):
        photo = jpeg(40 + i % 50, 30 + i % 70, exif=exif(1 + i % 8), quality=50 + i % 45)
        assert dict(Image.open(io.BytesIO(photo)).getexif())

        made = verdict(photo, JPEG)

        assert isinstance(made, bytes)
        assert dict(Image.open(io.BytesIO(made)).getexif()) == {}
        assert 0xE1 not in markers(made)
    note(f"{count} generated files with EXIF: none has any afterwards")


def test_a_signature_stays_sharp_and_is_seen_on_white() -> None:
    extra = png()[:33] + chunk(b"tEXt", b"Author\0Aino") + png()[33:]
    made = verdict(extra, PNG, ProofKind.SIGNATURE)

    assert isinstance(made, bytes)
    assert b"Aino" not in made
    picture = Image.open(io.BytesIO(made))
    assert (picture.format, picture.mode, picture.info) == ("PNG", "RGB", {})
    assert picture.getpixel((0, 47)) == (255, 255, 255)
    assert picture.getpixel((0, 0)) == (20, 20, 90)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_any_mode_become_photos(mode: str) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").convert("L" if mode == "I;16" else mode).save(
        out, "PNG"
    )

    made = verdict(out.getvalue(), PNG)

    assert isinstance(made, bytes)
    assert Image.open(io.BytesIO(made)).format == "JPEG"


def test_a_large_picture_is_made_smaller() -> None:
    made = verdict(jpeg(4_000, 2_000), JPEG)

    assert isinstance(made, bytes)
    assert max(Image.open(io.BytesIO(made)).size) <= 2_560


def test_what_phones_add_is_no_reason_to_refuse() -> None:
    second_picture = jpeg(64, 48) + jpeg(16, 12)
    film = jpeg() + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20

    assert isinstance(verdict(second_picture, JPEG), bytes)
    assert isinstance(verdict(film, JPEG), bytes)


def test_a_zip_is_found_wherever_it_is_hidden() -> None:
    hidden = with_segments(segment(0xFE, zipped()))

    assert verdict(hidden, JPEG) == Flaw.FOREIGN_CONTENT
    assert verdict(png() + zipped(), PNG) == Flaw.FOREIGN_CONTENT


def test_both_sides_have_the_same_limit_of_pixels() -> None:
    assert remaking.MAX_PIXELS == MAX_PIXELS
    assert set(remaking.LONGEST_SIDE_PX) == set(ProofKind)


def test_a_file_of_another_type_than_announced_is_refused() -> None:
    file = UploadedFile("image/png", len(png()), png(), NOON)

    assert flaw_of(file, AllowedProof(ProofKind.PHOTO, "image/jpeg")) is Flaw.WRONG_TYPE
