"""Hostile files as the inspector meets them: kinds and verdicts, its time and its memory."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from PIL import Image

from chalicelib.adapters.pictures.processes import SeparatePictures
from chalicelib.domain.proofs.inspections import flaw_of
from chalicelib.domain.proofs.proofs import (
    MAX_PROOF_BYTES,
    AllowedProof,
    Flaw,
    ProofKind,
    UploadedFile,
)
from tests.support.builders import NOON
from tests.support.carrier import note
from tests.support.pictures import exif, hostile, jpeg

ROOT: Final = Path(__file__).parents[3]
MOST_S: Final = 10.0
MOST_MB: Final = 512
MEASURED: Final = """
import json, resource, sys, time
from chalicelib.adapters.pictures.processes import SeparatePictures
from chalicelib.domain.proofs.proofs import Flaw, ProofKind
began = time.perf_counter()
made = SeparatePictures().remade(sys.stdin.buffer.read(), ProofKind.PHOTO)
peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
took_s = time.perf_counter() - began
print(json.dumps([made.value if isinstance(made, Flaw) else "accepted", took_s, peak_kb / 1_000]))
"""
"""Measured by a process without the memory of a test run, which its children would begin with."""


def inspected(content: bytes, content_type: str) -> Flaw | None:
    """The verdict as it is deployed: by the bytes first, then by a decoder in its own process."""
    file = UploadedFile(content_type, len(content), content[:MAX_PROOF_BYTES], NOON)
    flaw = flaw_of(file, AllowedProof(ProofKind.PHOTO, content_type))
    if flaw is not None:
        return flaw
    made = SeparatePictures().remade(content, ProofKind.PHOTO)
    return made if isinstance(made, Flaw) else None


def test_p7_each_hostile_file_has_a_verdict_in_time() -> None:
    rows = []
    for name, (content, content_type, flaw) in hostile().items():
        began = time.perf_counter()
        found = inspected(content, content_type)
        took_s = time.perf_counter() - began
        rows.append(f"  {name:<34}{len(content):>10,} B  {found or 'accepted':<16}{took_s:7.3f} s")
        assert found == flaw, name
        assert took_s < MOST_S, name

    note("\n".join([f"{len(rows)} hostile files:", *rows]))


def largest() -> bytes:
    """A PNG of 25 million pixels in 110 kB: as large as may be decoded."""
    out = io.BytesIO()
    Image.new("RGBA", (5_000, 5_000)).save(out, "PNG")
    return out.getvalue()


def test_p7_the_inspector_has_enough_memory_for_what_it_may_decode() -> None:
    photo = jpeg(1_600, 1_200, exif=exif(), quality=80)
    for name, content in (("photo of the app", photo), ("25 million pixels", largest())):
        done = subprocess.run(
            [sys.executable, "-c", MEASURED],
            input=content,
            capture_output=True,
            cwd=ROOT,
            check=True,
        )
        verdict, took_s, peak_mb = json.loads(done.stdout)

        note(f"{name}: {len(content):,} B, {verdict}, {took_s:.2f} s, {peak_mb:.0f} MB at most")
        assert verdict == "accepted"
        assert took_s < MOST_S
        assert peak_mb < MOST_MB
