"""Reports: what location apps send, in any of their wrappings, read without a refusal.

Such an app sends again for ever, or throws away, what it is refused. So neither the content type
nor a mistake in a value decides here; whoever reads the value gives each part of it a verdict.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from chalice.app import Request

from chalicelib.domain.errors import TooLarge

MAX_REPORT_BYTES: Final = 2 * 1024 * 1024
"""Overland sends up to a thousand fixes of 600 bytes."""
MAX_PARAMETERS: Final = 200
LONGEST_INTEGER: Final = 18
"""A longer run of digits is read as a float: no time and no measure has so many."""
GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = zlib.MAX_WBITS | 16
UNREADABLE: Final[Mapping[str, str]] = {}


class InQuery(dict[str, str]):
    """The texts of a query. In all else it is as those of a form."""


def reported(request: Request, *, max_bytes: int) -> object:
    """What the app says: a value of JSON, or the texts of a query or a form by their names.

    A body that begins like JSON is JSON, any other body is a form. What stands in the query counts
    where the body does not say it: some apps are set up with their id in the address. What cannot
    be read at all is an empty object. Raises TooLarge, also for a body that grows beyond
    ``max_bytes`` when it is unpacked.
    """
    raw = _body(request, max_bytes)
    params = request.query_params
    query = InQuery({} if params is None else {name: params[name] for name in params})
    if not raw and params is not None:
        return query
    value = _json(raw) if raw[:1] in {b"{", b"["} else _form(raw)
    return {**query, **value} if isinstance(value, Mapping) else value


def _body(request: Request, max_bytes: int) -> bytes:
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if not max_bytes or not raw:
        return b""
    if len(raw) > max_bytes:
        raise TooLarge(limit_bytes=max_bytes)
    if raw.startswith(GZIP):
        raw = _unpacked(raw, max_bytes)
    return raw.removeprefix(b"\xef\xbb\xbf").strip()


def _unpacked(raw: bytes, max_bytes: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        found = unpacking.decompress(raw, max_bytes)
    except zlib.error:
        return b""
    if unpacking.unconsumed_tail:
        raise TooLarge(limit_bytes=max_bytes)
    return found


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw, parse_int=_integer)
    except (ValueError, RecursionError):
        return UNREADABLE


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


def _form(raw: bytes) -> Mapping[str, str]:
    text = raw.decode("utf-8", errors="replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS))
    except ValueError:
        return UNREADABLE
