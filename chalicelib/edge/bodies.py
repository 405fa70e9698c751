"""Bodies: read once, from the raw bytes, strictly.

What is not exactly what the schema says is refused.

The model validates first (it refuses NaN, 1e999, deep nesting and lone surrogates without
recursion); only then a second parse looks for repeated keys, which the model would let pass.
"""

import codecs
import json
from collections.abc import Collection
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from chalice.app import Request
from pydantic import BaseModel

from chalicelib.domain.errors import TooLarge
from chalicelib.edge.problems import RepeatedKey, Unreadable, UnsupportedMedia, WrongEncoding

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MERGE_PATCH: Final = "application/merge-patch+json"
"""RFC 7396: what is left out stays as it is, null takes away what may be absent."""
MAX_BODY_BYTES: Final = 256 * 1024
MAX_BATCH_BYTES: Final = 1024 * 1024
MAX_SHIPMENTS_BYTES: Final = 4 * 1024 * 1024
"""Lambda takes 6 MB with all that surrounds the body, which is written as a JSON string in it."""
MAX_PUBLIC_BODY_BYTES: Final = 8 * 1024
"""Of a body that anybody may send, without a key: enough for a code or a short message."""
MAX_FORM_FIELDS: Final = 20
NO_BODY: Final = "This needs a body in JSON, and none was sent."
M = TypeVar("M", bound=BaseModel)


def parsed(model: type[M], request: Request, *, max_bytes: int = MAX_BODY_BYTES) -> M:
    """The body as a model. Raises TooLarge, UnsupportedMedia, Unreadable or a ValidationError.

    Where all that could be said may be left out, so may the body.
    """
    if not request.raw_body.strip():
        if any(field.is_required() for field in model.model_fields.values()):
            raise Unreadable(NO_BODY)
        return model.model_validate_json(b"{}")
    _require_plain(request, {JSON, MERGE_PATCH} if request.method == "PATCH" else {JSON})
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if len(raw) > max_bytes:
        raise TooLarge(limit_bytes=max_bytes)
    raw = _as_utf_8(raw)
    value = model.model_validate_json(raw)
    _require_single_keys(raw)
    return value


def parsed_form(model: type[M], request: Request, *, max_bytes: int = MAX_BODY_BYTES) -> M:
    """The form of a page as a model. Raises as ``parsed``; each field may be there once."""
    _require_plain(request, {FORM})
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if len(raw) > max_bytes:
        raise TooLarge(limit_bytes=max_bytes)
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS
        )
    except ValueError as exc:
        raise Unreadable from exc
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise RepeatedKey
    return model.model_validate_json(json.dumps(fields))


def _require_plain(request: Request, known: Collection[str]) -> None:
    media, _, parameters = (request.headers.get("content-type") or "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    encoding = request.headers.get("content-encoding", "identity").lower()
    if media.strip() not in known or charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedMedia
    if encoding != "identity":
        raise UnsupportedMedia


def _as_utf_8(raw: bytes) -> bytes:
    """The body without a byte order mark. Raises WrongEncoding with the name of the encoding.

    JSON begins with two ASCII characters: where one of the first two bytes is zero, the text is in
    UTF-16 or UTF-32 (RFC 4627 §3).
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or b"\0\0" in raw[:4]:
        raise WrongEncoding(_in_place_of_utf_8("UTF-32"))
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or 0 in raw[:2]:
        raise WrongEncoding(_in_place_of_utf_8("UTF-16"))
    return raw


def _in_place_of_utf_8(encoding: str) -> str:
    return f"The body is in {encoding}. Save or send it as UTF-8."


def _require_single_keys(raw: bytes) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise RepeatedKey
        return found

    try:
        json.loads(raw, object_pairs_hook=unique)
    except (ValueError, RecursionError) as exc:
        raise Unreadable from exc
