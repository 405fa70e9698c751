"""Bundles: all evidence of a shipment in one zip, to be verified by anybody without us.

The same evidence makes the same bytes: no time of its making, no compression that another release
of a library would do otherwise, names in a fixed order.

=========================  ===============================================================
manifests/0001.json        a manifest, byte for byte as it was sealed
seals/0001.json            its seal: statement, signature, and its way in the Merkle tree
keys/<key id>.pem          each public key that has sealed one of them
events/00000001.json       each event of the shipment, as manifests name it by its hash
files/<proof id>.jpg       each inspected file
README.txt, receipt.html   for people; no seal covers them
=========================  ===============================================================
"""

import base64
import io
import textwrap
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from chalicelib.domain.evidence.canonical import canonical
from chalicelib.domain.evidence.links import SignedManifest, event_document
from chalicelib.domain.evidence.seals import Seal, SealKey
from chalicelib.domain.shipments.events import Event

OLDEST: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip can hold: a bundle has none of its own."""
READABLE: Final = 0o100644 << 16
UNIX: Final = 3
PEM_CHARS: Final = 64
ENDINGS: Final = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


def evidence_members(
    chain: Sequence[SignedManifest],
    keys: Sequence[SealKey],
    events: Sequence[Event],
    files: Mapping[str, bytes],
) -> dict[str, bytes]:
    """All members that can be verified, by their names. ``files`` are named by their proofs."""
    used = {facts.key_id for facts in (each.seal.facts for each in chain) if facts is not None}
    return dict(
        [
            *((f"manifests/{each.number:04d}.json", each.document) for each in chain),
            *((f"seals/{each.number:04d}.json", seal_document(each.seal)) for each in chain),
            *((f"keys/{key.id}.pem", pem_of(key.spki).encode()) for key in keys if key.id in used),
            *((f"events/{event.seq:08d}.json", event_document(event)) for event in events),
            *_files(files),
        ]
    )


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip of these members in the order of their names; always the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, OLDEST)
            member.create_system, member.external_attr = UNIX, READABLE
            archive.writestr(member, members[name])
    return written.getvalue()


def seal_document(seal: Seal) -> bytes:
    """A seal as a bundle holds it; bytes are in base 64."""
    return canonical(
        {
            "statement": seal.statement,
            "signature": base64.b64encode(seal.signature).decode(),
            "index": seal.index,
            "path": [base64.b64encode(each).decode() for each in seal.path],
        }
    )


def pem_of(spki: bytes) -> str:
    """A public key as every tool reads it (RFC 7468)."""
    lines = textwrap.wrap(base64.b64encode(spki).decode(), PEM_CHARS)
    return "\n".join(("-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""))


def file_name(proof_id: str, content: bytes) -> str:
    """The name of a file in a bundle: its proof's, with the ending of its type."""
    endings = (end for start, end in ENDINGS.items() if content.startswith(start))
    return f"files/{proof_id}{next(endings, '.bin')}"


def _files(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for proof_id, content in files.items():
        yield file_name(proof_id, content), content
