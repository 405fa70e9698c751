from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import MAX_PROOF_BYTES, StoredObject, object_key, require_image
from tests.support.builders import NOON

JPEG = StoredObject(
    content_type="image/jpeg",
    size_bytes=120_000,
    etag="0123456789abcdef",
    stored_at=NOON,
    first_bytes=b"\xff\xd8\xff\xe0" + bytes(12),
)
PNG = replace(JPEG, content_type="image/png", first_bytes=b"\x89PNG\r\n\x1a\n" + bytes(8))


def test_a_proof_lands_in_quarantine_under_names_that_we_made() -> None:
    assert object_key(ShipmentId("shp_1"), ProofId("prf_2")) == "quarantine/shp_1/prf_2"


@pytest.mark.parametrize("stored", [JPEG, PNG, replace(JPEG, size_bytes=MAX_PROOF_BYTES)])
def test_the_announced_image_is_taken(stored: StoredObject) -> None:
    require_image(stored, stored.content_type, pointer="/proof_ids/0")


@pytest.mark.parametrize(
    "change",
    [
        {"content_type": "text/html"},
        {"content_type": "image/png"},
        {"size_bytes": 0},
        {"size_bytes": MAX_PROOF_BYTES + 1},
        {"first_bytes": b"<!doctype html>"},
        {"first_bytes": b"\xff\xd8"},
        {"first_bytes": b""},
    ],
    ids=str,
)
def test_anything_else_is_refused_and_says_where(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        require_image(replace(JPEG, **change), "image/jpeg", pointer="/proof_ids/3")

    errors: Any = refusal.value.data["errors"]
    assert [(e["pointer"], e["code"]) for e in errors] == [("/proof_ids/3", "not_an_image")]
