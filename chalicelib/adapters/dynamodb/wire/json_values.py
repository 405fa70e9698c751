"""DynamoDB's JSON. Binary values are base64 there and bytes here; all else is as on the wire."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any


def encoded(arguments: Mapping[str, Any]) -> bytes:
    """The body of a call."""
    return _ENCODER.encode(arguments).encode()


def decoded(body: bytes) -> dict[str, Any]:
    """An answer. Raises ValueError for anything but JSON."""
    found: dict[str, Any] = json.loads(body, object_hook=_with_bytes) if body else {}
    return found


def _base64(value: object) -> str:
    """Raises TypeError for anything but bytes."""
    return b64encode(memoryview(value)).decode()  # type: ignore[arg-type]


_ENCODER = json.JSONEncoder(default=_base64, separators=(",", ":"), check_circular=False)


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    """``{"B": text}`` and ``{"BS": texts}`` are values; an attribute of that name has a mapping."""
    if len(found) == 1:
        if isinstance(text := found.get("B"), str):
            return {"B": b64decode(text)}
        if isinstance(texts := found.get("BS"), list):
            return {"BS": [b64decode(text) for text in texts]}
    return found
