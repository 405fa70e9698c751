"""Seals: one signature over many documents, so that it costs next to nothing for each.

What is signed is a short statement with the root of a Merkle tree (RFC 9162, 2.1) whose leaves are
the documents. Each document keeps its place in the tree and the few hashes that lead to the root:
nothing else is needed to check it, and the other documents stay unknown.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from chalicelib.domain.evidence.canonical import canonical
from chalicelib.domain.instants import written

FORMAT: Final = "doorstep-seal/1"
LEAF: Final = b"\x00"
NODE: Final = b"\x01"
KEY: Final = "sky"
ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class SealKey:
    """The public half of a key that seals: SubjectPublicKeyInfo of a point of P-256.

    Its id is made of its own hash, so nobody can put another key in its place.
    """

    spki: bytes
    first_used_at: datetime

    @property
    def id(self) -> str:
        """The name of the key in all that it has sealed."""
        return key_id(self.spki)


def key_id(spki: bytes) -> str:
    """The id of a public key: the first half of its SHA-256.

    >>> key_id(b"any bytes")
    'sky_23914a83c3c7080988b4aab957e8c1ab'
    """
    return f"{KEY}_{hashlib.sha256(spki).hexdigest()[:ID_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Seal:
    """What proves that a document was sealed.

    ``signature`` is over the bytes of ``statement``. ``index`` is the document's place among those
    that were sealed together, and ``path`` are the hashes beside its way to the root.
    """

    statement: str
    signature: bytes
    index: int = 0
    path: tuple[bytes, ...] = ()

    @property
    def facts(self) -> "SealFacts | None":
        """What the statement says; None when it is none of ours."""
        return SealFacts.of(self.statement)


@dataclass(frozen=True, slots=True)
class SealFacts:
    """What a statement says."""

    key_id: str
    count: int
    root: bytes
    sealed_at: str

    @classmethod
    def of(cls, statement: str) -> "SealFacts | None":
        """None for any other text."""
        try:
            said: dict[str, Any] = json.loads(statement)
            if said["format"] != FORMAT:
                return None
            root = bytes.fromhex(said["root_sha256"])
            return cls(str(said["key_id"]), int(said["count"]), root, str(said["sealed_at"]))
        except (KeyError, RecursionError, TypeError, ValueError):
            return None


def statement_of(documents: Sequence[bytes], by: str, sealed_at: datetime) -> str:
    """The text to be signed for these documents by the key with this id."""
    return canonical(
        {
            "format": FORMAT,
            "count": len(documents),
            "key_id": by,
            "root_sha256": root_of([leaf_of(each) for each in documents]).hex(),
            "sealed_at": written(sealed_at),
        }
    ).decode()


def sealed(documents: Sequence[bytes], statement: str, signature: bytes) -> list[Seal]:
    """The seal of each of the documents, in their order."""
    leaves = [leaf_of(each) for each in documents]
    return [
        Seal(statement, signature, index, path_of(leaves, index)) for index in range(len(leaves))
    ]


def is_in(document: bytes, seal: Seal, facts: SealFacts) -> bool:
    """Whether the document is one of those that the statement is about."""
    found = root_from(leaf_of(document), seal.index, facts.count, seal.path)
    return found == facts.root


def leaf_of(document: bytes) -> bytes:
    """The hash of a document in the tree: never that of two hashes."""
    return hashlib.sha256(LEAF + document).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of a tree with one leaf or more."""
    if len(leaves) == 1:
        return leaves[0]
    middle = _middle(len(leaves))
    return _node(root_of(leaves[:middle]), root_of(leaves[middle:]))


def path_of(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes beside the way from a leaf to the root, from below."""
    if len(leaves) == 1:
        return ()
    middle = _middle(len(leaves))
    left, right = leaves[:middle], leaves[middle:]
    if index < middle:
        return (*path_of(left, index), root_of(right))
    return (*path_of(right, index - middle), root_of(left))


def root_from(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root that this way leads to; None when no tree of so many leaves has such a way."""
    if not 0 <= index < count:
        return None
    if count == 1:
        return None if path else leaf
    if not path:
        return None
    middle, beside = _middle(count), path[-1]
    if index < middle:
        below = root_from(leaf, index, middle, path[:-1])
        return None if below is None else _node(below, beside)
    below = root_from(leaf, index - middle, count - middle, path[:-1])
    return None if below is None else _node(beside, below)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _middle(count: int) -> int:
    """The largest power of two below the number of leaves: so many are on the left."""
    return 1 << (count - 1).bit_length() - 1
