"""A second verifier of bundles, written apart, by docs/proofs.md alone: OpenSSL checks signatures.

It knows nothing of the server's code or of the command line's. It returns the names of the members
that are not as they were sealed.
"""

import base64
import hashlib
import io
import json
import zipfile
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def wrong_members(content: bytes) -> set[str]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = {name: archive.read(name) for name in archive.namelist()}
    return wrong_among(members)


def wrong_among(members: dict[str, bytes]) -> set[str]:
    wrong: set[str] = set()
    before: bytes | None = None
    names = sorted(name for name in members if name.startswith("manifests/"))
    for name in names:
        raw = members[name]
        seal_name = name.replace("manifests/", "seals/")
        try:
            seal = json.loads(members[seal_name])
            statement = json.loads(seal["statement"])
        except (KeyError, ValueError):
            wrong.add(seal_name)
            continue
        if not _is_signed(members, seal, statement, wrong):
            wrong.add(seal_name)
        elif _climbed(raw, seal, statement["count"]) != statement["root_sha256"]:
            wrong |= {name, seal_name}
        try:
            said: dict[str, Any] = json.loads(raw)
            expected = None if before is None else hashlib.sha256(before).hexdigest()
            if said["previous_sha256"] != expected:
                wrong.add(name)
            wrong |= _wrong_events(said, members) | _wrong_files(said, members)
        except (KeyError, TypeError, ValueError, AttributeError):
            wrong.add(name)
        before = raw
    return wrong


def _is_signed(members: dict[str, bytes], seal: Any, statement: Any, wrong: set[str]) -> bool:
    name = f"keys/{statement.get('key_id')}.pem"
    try:
        key = serialization.load_pem_public_key(members[name])
        assert isinstance(key, ec.EllipticCurvePublicKey)
        der = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        if statement["key_id"] != f"sky_{hashlib.sha256(der).hexdigest()[:32]}":
            wrong.add(name)
    except (AssertionError, KeyError, UnsupportedAlgorithm, ValueError):
        wrong.add(name)
        return False
    try:
        signature = base64.b64decode(seal["signature"], validate=True)
        key.verify(signature, seal["statement"].encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True


def _climbed(raw: bytes, seal: Any, count: int) -> str:
    """The root by the definition of RFC 9162, from the top down."""

    def climb(index: int, size: int, path: list[bytes]) -> bytes:
        if size == 1:
            return hashlib.sha256(b"\0" + raw).digest() if not path else b""
        left_size = 1
        while left_size * 2 < size:
            left_size *= 2
        if not path:
            return b""
        *lower, beside = path
        if index < left_size:
            return hashlib.sha256(b"\1" + climb(index, left_size, lower) + beside).digest()
        below = climb(index - left_size, size - left_size, lower)
        return hashlib.sha256(b"\1" + beside + below).digest()

    try:
        path = [base64.b64decode(each, validate=True) for each in seal["path"]]
        return climb(seal["index"], count, path).hex()
    except (KeyError, RecursionError, TypeError, ValueError):
        return ""


def _wrong_events(said: Any, members: dict[str, bytes]) -> set[str]:
    first = said["events"]["first_sequence"]
    named = {
        f"events/{sequence:08d}.json": sha256
        for sequence, sha256 in enumerate(said["events"]["sha256"], start=first)
    }
    return {
        name
        for name, sha256 in named.items()
        if hashlib.sha256(members.get(name, b"")).hexdigest() != sha256
    }


def _wrong_files(said: Any, members: dict[str, bytes]) -> set[str]:
    wrong = set()
    for file in said.get("files", ()):
        if file["sha256"] is None:
            continue
        start = f"files/{file['proof_id']}."
        content = next((each for name, each in members.items() if name.startswith(start)), b"")
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            wrong.add(f"files/{file['proof_id']}")
    return wrong
