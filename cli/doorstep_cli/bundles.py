"""Bundles of evidence, verified without the deployment that made them, and without a network.

A bundle is a zip of manifests, seals, keys, events and files. What is found is named: the changed
file, event or manifest, and what was changed about it. docs/proofs.md has the form of all of it.
"""

import base64
import binascii
import hashlib
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from doorstep_cli.ecdsa import NotAKey, is_signed, key_of_pem

MOST_BYTES: Final = 500_000_000
"""A bundle has some pictures of at most a few megabytes."""
UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,  # a password, or a form of zip that Python does not know
    UnicodeDecodeError,
)
"""What zipfile raises for bytes that were changed."""
MANIFEST: Final = re.compile(r"manifests/(\d{4})\.json")
EVENT: Final = re.compile(r"events/(\d{8})\.json")
FILE: Final = re.compile(r"files/([0-9A-Za-z_]+)\.(?:jpg|png|bin)")
KEY: Final = re.compile(r"keys/(sky_[0-9a-f]{32})\.pem")
SEAL: Final = re.compile(r"seals/(\d{4})\.json")
SEALED_TYPES: Final = frozenset(
    {
        "shipment.delivered",
        "shipment.attempt_failed",
        "shipment.corrected",
        "proof.added",
        "proof.rejected",
        "proof.missing",
    }
)
"""Each event of these has a manifest of its own, or is covered by one, some minutes later."""
FOR_READING: Final = ("README.txt", "receipt.html")
SEAL_FORMAT: Final = "doorstep-seal/1"
MANIFEST_FORMAT: Final = "doorstep-evidence/1"


class NotABundle(Exception):
    """The file is no zip, or holds nothing that could be verified."""


class Result(StrEnum):
    """What a check has found."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One check: what it is about, and what was found, in a sentence."""

    result: Result
    about: str
    detail: str


@dataclass
class Verified:
    """Everything that was found in a bundle."""

    shipment_id: str = "unknown"
    key_ids: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, result: Result, about: str, detail: str) -> None:
        """One more."""
        self.findings.append(Finding(result, printable(about), printable(detail)))

    @property
    def is_changed(self) -> bool:
        """Whether anything is not as it was sealed."""
        return any(each.result is Result.DIFFERS for each in self.findings)

    @property
    def is_complete(self) -> bool:
        """Whether everything that was sealed is there."""
        return all(each.result is not Result.MISSING for each in self.findings)


def printable(text: str) -> str:
    """The text without what would command a terminal, or could not be written to one."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def verified(path: Path, trusted: Sequence[str] = ()) -> Verified:
    """Verify a bundle. ``trusted`` are ids of keys: a seal of any other key differs.

    Raises NotABundle.
    """
    found = Verified()
    members = dict(_members(path, found))
    numbers = sorted(_named(MANIFEST, members))
    if not numbers:
        msg = f"{path} holds no manifest, so there is nothing to verify."
        raise NotABundle(msg)
    keys = dict(_keys(members, found))
    said: dict[int, dict[str, Any]] = {}
    for number in range(1, int(numbers[-1]) + 1):
        content = _manifest(f"{number:04d}", members, said, found)
        _seal(f"{number:04d}", members, keys, trusted, found)
        if content is not None:
            said[number] = content
    if said:
        found.shipment_id = printable(min(said.items())[1]["shipment"]["id"])
    covered = _events(members, said, found)
    _files(members, said, found)
    _others(members, covered, len(said), found)
    return found


def _members(path: Path, found: Verified) -> Iterator[tuple[str, bytes]]:
    """All members that can be read, by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            names = [each.filename for each in listed]
            if sum(each.file_size for each in listed) > MOST_BYTES:
                msg = (
                    f"{path} would unpack to more than {MOST_BYTES // 10**6} MB: that is no bundle."
                )
                raise NotABundle(msg)
            for name in sorted({name for name in names if names.count(name) > 1}):
                found.add(
                    Result.DIFFERS, name, f"{name} is there twice, so nobody knows which counts."
                )
            for each in listed:
                try:
                    yield each.filename, archive.read(each)
                except UNREADABLE:
                    text = f"{each.filename} cannot be read: its bytes were changed."
                    found.add(Result.DIFFERS, each.filename, text)
                    yield each.filename, b""
    except (*UNREADABLE, OSError) as exc:
        msg = f"{path} is no zip that can be read: {exc}"
        raise NotABundle(msg) from exc


def _keys(members: Mapping[str, bytes], found: Verified) -> Iterator[tuple[str, tuple[int, int]]]:
    for name in _named(KEY, members):
        try:
            key_id, point = key_of_pem(members[f"keys/{name}.pem"].decode())
        except (NotAKey, UnicodeDecodeError):
            found.add(Result.DIFFERS, f"key {name}", f"Key {name} is no public key any more.")
            continue
        if key_id != name:
            text = f"Key {name} was exchanged: its own hash says {key_id}."
            found.add(Result.DIFFERS, f"key {name}", text)
            continue
        yield key_id, point


def _manifest(
    number: str, members: Mapping[str, bytes], said: Mapping[int, Any], found: Verified
) -> dict[str, Any] | None:
    """What a manifest says; None where it is not there or cannot be read."""
    about, place = f"manifest {int(number)}", int(number)
    raw = members.get(f"manifests/{number}.json")
    if raw is None:
        found.add(Result.MISSING, about, f"Manifest {place} is missing: it was taken away.")
        return None
    content = _content(raw)
    if content is None:
        found.add(Result.DIFFERS, about, f"Manifest {place} cannot be read: it was changed.")
        return None
    before = members.get(f"manifests/{place - 1:04d}.json")
    expected = None if before is None else hashlib.sha256(before).hexdigest()
    first = said.get(min(said)) if said else content
    if content["number"] != place:
        text = f"Manifest {place} has the number {content['number']}: one was put in between."
    elif content["shipment"]["id"] != (first or content)["shipment"]["id"]:
        text = f"Manifest {place} is about another shipment."
    elif place == 1 and content["previous_sha256"] is not None:
        text = "Manifest 1 follows another one, which was taken away."
    elif place > 1 and before is None:
        return content  # the missing one is named already
    elif place > 1 and content["previous_sha256"] != expected:
        text = (
            f"Manifest {place - 1} is not the one that manifest {place} follows: "
            "one of both was changed."
        )
    else:
        follows = "is the first one" if place == 1 else f"follows manifest {place - 1}"
        found.add(Result.AGREES, about, f"Manifest {place} {follows}.")
        return content
    found.add(Result.DIFFERS, about, text)
    return content


def _seal(
    number: str,
    members: Mapping[str, bytes],
    keys: Mapping[str, tuple[int, int]],
    trusted: Sequence[str],
    found: Verified,
) -> None:
    raw, sealed = members.get(f"manifests/{number}.json"), members.get(f"seals/{number}.json")
    if raw is None:
        return
    place = int(number)
    about = f"manifest {place}"
    if sealed is None:
        text = f"The seal of manifest {place} is missing, so nothing vouches for what it says."
        found.add(Result.DIFFERS, about, text)
        return
    seal = _seal_of(sealed)
    if seal is None:
        found.add(Result.DIFFERS, about, f"The seal of manifest {place} cannot be read.")
        return
    key = keys.get(seal.key_id)
    if key is None:
        text = (
            f"The key {seal.key_id} of manifest {place} is not in the bundle, "
            "so nothing vouches for what it says."
        )
        found.add(Result.DIFFERS, about, text)
    elif not is_signed(key, seal.signature, seal.statement.encode()):
        text = f"The signature in the seal of manifest {place} is wrong: the seal was changed."
        found.add(Result.DIFFERS, about, text)
    elif seal.root_of(raw) != seal.root:
        text = f"Manifest {place} is not the text that was sealed: it was changed afterwards."
        found.add(Result.DIFFERS, about, text)
    elif trusted and seal.key_id not in trusted:
        text = f"Manifest {place} was sealed with {seal.key_id}, which you do not trust."
        found.add(Result.DIFFERS, about, text)
    else:
        text = f"Manifest {place} was sealed at {seal.sealed_at} with {seal.key_id}."
        found.add(Result.AGREES, about, text)
        if seal.key_id not in found.key_ids:
            found.key_ids.append(seal.key_id)


def _events(
    members: Mapping[str, bytes], said: Mapping[int, Any], found: Verified
) -> frozenset[str]:
    """Compare the events; returns the names of those that a manifest covers."""
    covered: set[str] = set()
    agreeing: list[int] = []
    for number, content in sorted(said.items()):
        first = content["events"]["first_sequence"]
        for sequence, sha256 in enumerate(content["events"]["sha256"], start=first):
            name, about = f"events/{sequence:08d}.json", f"event {sequence}"
            covered.add(name)
            raw = members.get(name)
            if raw is None:
                text = f"Event {sequence} was sealed with manifest {number}, but it is missing."
                found.add(Result.MISSING, about, text)
            elif hashlib.sha256(raw).hexdigest() != sha256:
                text = f"Event {sequence} is not the one that was sealed: it was changed."
                found.add(Result.DIFFERS, about, text)
            else:
                agreeing.append(sequence)
    if agreeing:
        span = f"{min(agreeing)} to {max(agreeing)}"
        text = f"{len(agreeing)} events ({span}) are those that were sealed."
        found.add(Result.AGREES, "events", text)
    return frozenset(covered)


def _files(members: Mapping[str, bytes], said: Mapping[int, Any], found: Verified) -> None:
    there = {match[1]: name for name in members if (match := FILE.fullmatch(name))}
    sealed = {
        file["proof_id"]: file["sha256"]
        for _, content in sorted(said.items())
        for file in content["files"]
        if file["sha256"] is not None
    }
    for proof_id, sha256 in sealed.items():
        name = there.pop(proof_id, None)
        about = f"file {proof_id}"
        if name is None:
            found.add(Result.MISSING, about, f"File {proof_id} was sealed, but it is missing.")
        elif hashlib.sha256(members[name]).hexdigest() != sha256:
            text = f"{name} is not the file that was sealed: its bytes were changed."
            found.add(Result.DIFFERS, about, text)
        else:
            found.add(Result.AGREES, about, f"{name} is the file that was sealed.")
    for proof_id, name in sorted(there.items()):
        text = f"{name} is named by no manifest: nobody has sealed it."
        found.add(Result.DIFFERS, f"file {proof_id}", text)


def _others(
    members: Mapping[str, bytes], covered: frozenset[str], manifests: int, found: Verified
) -> None:
    """What no manifest covers."""
    later = [int(each) for each in _named(EVENT, members) if f"events/{each}.json" not in covered]
    for sequence in sorted(later):
        if (kind := _kind_of(members[f"events/{sequence:08d}.json"])) in SEALED_TYPES:
            text = (
                f"Event {sequence} ({kind}) has no manifest: either the bundle was made before "
                "the event was sealed, or the manifest was taken away. Ask for a new bundle."
            )
            found.add(Result.MISSING, f"event {sequence}", text)
    if later and manifests:
        numbers = ", ".join(map(str, sorted(later)))
        text = f"Events that came after the last seal, and that nothing covers: {numbers}."
        found.add(Result.NOTE, "events", text)
    patterns = (MANIFEST, EVENT, FILE, KEY, SEAL)
    for name in members:
        if name in FOR_READING:
            found.add(Result.NOTE, name, f"{name} is for reading. No seal covers it.")
        elif not any(pattern.fullmatch(name) for pattern in patterns):
            found.add(Result.DIFFERS, name, f"{name} does not belong into a bundle.")


def _kind_of(event: bytes) -> str | None:
    """The type of an event that nothing covers; None where it cannot be read."""
    try:
        return str(json.loads(event)["type"])
    except (KeyError, RecursionError, TypeError, ValueError):
        return None


def _named(pattern: re.Pattern[str], members: Mapping[str, bytes]) -> list[str]:
    return [match[1] for name in members if (match := pattern.fullmatch(name))]


def _content(raw: bytes) -> dict[str, Any] | None:
    """What a manifest says, where it has the form of one."""
    try:
        said: dict[str, Any] = json.loads(raw)
        events = said["events"]
        hashes, files = events["sha256"], said.get("files", [])
        is_one = (
            said["format"] == MANIFEST_FORMAT
            and isinstance(said["number"], int)
            and isinstance(said["shipment"]["id"], str)
            and isinstance(events["first_sequence"], int)
            and events["last_sequence"] == events["first_sequence"] + len(hashes) - 1
            and "previous_sha256" in said
            and all(isinstance(file["proof_id"], str) and "sha256" in file for file in files)
        )
    except (KeyError, RecursionError, TypeError, ValueError):
        return None
    return said | {"files": files} if is_one else None


@dataclass(frozen=True)
class _Seal:
    statement: str
    signature: bytes
    index: int
    path: tuple[bytes, ...]
    key_id: str
    count: int
    root: bytes
    sealed_at: str

    def root_of(self, document: bytes) -> bytes | None:
        """The root that the way from a document leads to (RFC 9162, 2.1.3.2)."""
        if not 0 <= self.index < self.count:
            return None
        number, last = self.index, self.count - 1
        found = hashlib.sha256(b"\x00" + document).digest()
        for beside in self.path:
            if last == 0:
                return None
            if number % 2 or number == last:
                found = hashlib.sha256(b"\x01" + beside + found).digest()
                while number % 2 == 0 and number:
                    number, last = number // 2, last // 2
            else:
                found = hashlib.sha256(b"\x01" + found + beside).digest()
            number, last = number // 2, last // 2
        return found if last == 0 else None


def _seal_of(raw: bytes) -> _Seal | None:
    try:
        seal = json.loads(raw)
        said = json.loads(seal["statement"].encode())
        if said["format"] != SEAL_FORMAT:
            return None
        return _Seal(
            statement=str(seal["statement"]),
            signature=base64.b64decode(seal["signature"], validate=True),
            index=int(seal["index"]),
            path=tuple(base64.b64decode(each, validate=True) for each in seal["path"]),
            key_id=str(said["key_id"]),
            count=int(said["count"]),
            root=bytes.fromhex(said["root_sha256"]),
            sealed_at=str(said["sealed_at"]),
        )
    except (
        AttributeError,
        binascii.Error,
        KeyError,
        OverflowError,  # a number may be Infinity
        RecursionError,
        TypeError,
        ValueError,
    ):
        return None
