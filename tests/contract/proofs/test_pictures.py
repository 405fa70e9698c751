"""Pictures made anew: in this process as tests do, and in one of its own as it is deployed."""

import io
from pathlib import Path

import pytest
from PIL import Image

from chalicelib.adapters.pictures.processes import SeparatePictures
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.proofs.proofs import Flaw, ProofKind
from chalicelib.services.ports.proofs import Pictures
from tests.support.fakes.proofs import PicturesHere
from tests.support.pictures import bomb, exif, jpeg, png


@pytest.fixture(params=[PicturesHere, SeparatePictures])
def pictures(request: pytest.FixtureRequest) -> Pictures:
    return request.param()


def test_both_make_the_same_bytes(pictures: Pictures) -> None:
    photo = jpeg(exif=exif())

    assert pictures.remade(photo, ProofKind.PHOTO) == PicturesHere().remade(photo, ProofKind.PHOTO)
    assert pictures.remade(png(), ProofKind.SIGNATURE) == PicturesHere().remade(
        png(), ProofKind.SIGNATURE
    )


def test_both_find_what_is_wrong(pictures: Pictures) -> None:
    assert pictures.remade(jpeg()[:200], ProofKind.PHOTO) is Flaw.DAMAGED
    assert pictures.remade(bomb(), ProofKind.PHOTO) is Flaw.TOO_MANY_PIXELS
    assert pictures.remade(b"", ProofKind.PHOTO) is Flaw.DAMAGED


class TestSeparate:
    """The limits of the process."""

    def test_p7_too_much_memory_is_too_complex(self) -> None:
        strict = SeparatePictures(memory_limit_bytes=140_000_000)

        assert strict.remade(png(), ProofKind.PHOTO) == PicturesHere().remade(
            png(), ProofKind.PHOTO
        )
        assert strict.remade(blank(), ProofKind.PHOTO) is Flaw.TOO_COMPLEX

    @pytest.mark.parametrize(
        ("program", "flaw"),
        [
            ("while True: pass", Flaw.TOO_COMPLEX),
            ("import os; os.abort()", Flaw.TOO_COMPLEX),
            ("raise SystemExit(0)", Flaw.TOO_COMPLEX),
            ("""print('{"flaw": "damaged"}')""", Flaw.DAMAGED),
        ],
        ids=["endless", "crashed", "silent", "well"],
    )
    def test_p7_a_decoder_that_hangs_or_crashes_has_met_a_picture_that_is_too_complex(
        self, program: str, flaw: Flaw, tmp_path: Path
    ) -> None:
        path = tmp_path / "program.py"
        path.write_text(f"print('ready', flush=True)\n{program}", encoding="utf-8")

        assert SeparatePictures(1.0, program=path).remade(b"", ProofKind.PHOTO) is flaw

    @pytest.mark.parametrize("program", ["import no_such_module", "while True: pass"])
    def test_a_decoder_that_does_not_start_is_no_fault_of_the_picture(
        self, program: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "program.py"
        path.write_text(program, encoding="utf-8")

        with pytest.raises(Unavailable):
            SeparatePictures(0.5, program=path).remade(jpeg(), ProofKind.PHOTO)

    def test_it_has_none_of_our_keys(self, tmp_path: Path) -> None:
        path = tmp_path / "program.py"
        told = "import json, os; print(json.dumps({'content_type': ' '.join(os.environ)}))"
        path.write_text(f"print('ready')\n{told}", encoding="utf-8")

        made = SeparatePictures(program=path).remade(b"", ProofKind.PHOTO)

        assert isinstance(made, tuple)
        assert set(made[1].split()) <= {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}


def blank() -> bytes:
    """A PNG of 25 million pixels in 110 kB: as large as may be decoded."""
    out = io.BytesIO()
    Image.new("RGBA", (5_000, 5_000)).save(out, "PNG")
    return out.getvalue()
