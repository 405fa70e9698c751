"""Stored documents: declared structures that can grow. Each release reads what others wrote.

Rules for a change. A new field comes with a default and goes to the end. Nothing is renamed, moved
or removed. Fields that this code does not know are ignored. Only a change that breaks these rules
raises ``v``, and then a reader of the earlier form stays in the code: the golden files of the tests
hold documents of every version that was ever written.

>>> class Note(Stored, frozen=True, kw_only=True):
...     text: str
...     is_read: bool = False
>>> from_json(Note, '{"v": 1, "text": "hello", "added_later": 7}')
Note(v=1, text='hello', is_read=False)
"""

from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar

import msgspec

from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.instants import Range


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of a document: an object in JSON."""


class Stored(Part, frozen=True):
    """A whole document, kept as JSON text. Instants are RFC 3339 in UTC."""

    v: Literal[1] = 1


class PackedPart(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A part of a packed value: an array, in which a field is known by its place."""


class Packed(PackedPart, frozen=True):
    """A whole packed value, kept as MessagePack. Instants are whole milliseconds."""

    v: Literal[1] = 1


_Stored = TypeVar("_Stored", bound=Stored)
_Packed = TypeVar("_Packed", bound=Packed)


def to_json(document: Stored) -> str:
    """The text of a document."""
    return msgspec.json.encode(document).decode()


def from_json(form: type[_Stored], text: str) -> _Stored:
    """The document again. Raises msgspec.ValidationError for a version that this code lacks."""
    document: _Stored = _json_decoder(form).decode(text)
    return document


def pack(value: Packed) -> bytes:
    """The bytes of a packed value."""
    return msgspec.msgpack.encode(value)


def unpack(form: type[_Packed], packed: bytes) -> _Packed:
    """The value again. Raises msgspec.ValidationError for a version that this code lacks."""
    value: _Packed = _msgpack_decoder(form).decode(packed)
    return value


class PackedRange(PackedPart, frozen=True):
    """A range."""

    earliest_ms: int
    latest_ms: int


def pack_range(value: Range | None) -> PackedRange | None:
    """A range, or that there is none."""
    return None if value is None else PackedRange(to_ms(value.earliest), to_ms(value.latest))


def unpack_range(packed: PackedRange | None) -> Range | None:
    """The range again."""
    return None if packed is None else Range(from_ms(packed.earliest_ms), from_ms(packed.latest_ms))


def optional_ms(instant: datetime | None) -> int | None:
    """An instant in milliseconds, or that there is none."""
    return None if instant is None else to_ms(instant)


def optional_instant(ms: int | None) -> datetime | None:
    """The instant again."""
    return None if ms is None else from_ms(ms)


@cache
def _json_decoder(form: type[Stored]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(form)


@cache
def _msgpack_decoder(form: type[Packed]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(form)
