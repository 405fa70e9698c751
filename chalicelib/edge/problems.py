"""Errors as HTTP sees them: RFC 9457 problem details, the same shape from every route.

Nothing of what the caller sent is echoed, and no stack or name of a table ever leaves.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chalice.app import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Outdated,
    RequestRunning,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from chalicelib.edge.preconditions import VersionNeeded
from chalicelib.edge.schemas import shown_fields
from chalicelib.edge.sentences import object_like, sentence_of

PROBLEM: Final = "application/problem+json"
PROBLEM_PAGE: Final = "/docs/errors"
"""The page with all problems. The code is the anchor, the deployment's own address comes before."""
Refusal = Callable[[DomainError], Response]

MOST_ERRORS: Final = 20
"""The first errors are listed, the others are counted: who mends twenty sends the body again."""
MOST_POINTER_BYTES: Final = 300
"""A longer pointer ends at the last part that fits: the names in it are the caller's own."""
MOST_DETAIL_CHARS: Final = 500
MOST_PROBLEM_BYTES: Final = 32 * 1024
INSTANCE_BYTES: Final = 256
"""Room for the request's id, which is added last."""

TITLES: Final[Mapping[str, str]] = {
    "invalid": "Invalid input",
    "invalid_json": "Invalid JSON",
    "forbidden": "Not allowed",
    "unauthorized": "No valid key",
}
"""The titles that are more than their code with blanks; all are our own words, none is of HTTP."""


CODES: Final[Mapping[int, str]] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    500: "internal_error",
}
SENTENCES: Final[Mapping[int, str]] = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take this method. It takes {allowed}.",
    415: "This address does not take this content type. Send application/json; charset=utf-8.",
    500: "Something went wrong on our side.",
}
"""Ours, where Chalice refuses: its own words name what was sent and its classes."""


class Unreadable(DomainError):
    """The body is not JSON that we accept."""

    code = "invalid_json"
    text = "The body is not JSON that we accept."


class RepeatedKey(Unreadable):
    """JSON, but it says the same thing twice, and nobody knows which one is meant."""

    code = "repeated_key"
    text = "A key appears twice in the same object."


class NoDevice(DomainError):
    """A report of a location app without an id, which each such app sends."""

    code = "no_device_id"
    text = "The report has no id. Set the app up with the code of this phone."


class WrongEncoding(Unreadable):
    """Text in another encoding than UTF-8."""

    code = "wrong_encoding"
    text = "The body is not in UTF-8. Save or send it as UTF-8."


class Unfit(Invalid):
    """Fields break rules: by themselves, or by what they would make of a thing that is there."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__("Some fields break a rule.")
        self.data["errors"], self.data["error_count"] = errors_of(error, most=MOST_ERRORS)


class UnsupportedMedia(DomainError):
    """A content type or an encoding that we do not take."""

    code = "unsupported_media_type"
    text = "Send application/json in UTF-8, not compressed."


STATUS: Final[dict[type[DomainError], int]] = {
    Unreadable: 400,
    NoDevice: 400,
    Invalid: 422,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Outdated: 412,
    VersionNeeded: 428,
    TooManyRequests: 429,
    TooLarge: 413,
    UnsupportedMedia: 415,
    Unavailable: 503,
}
"""A test walks the tree of domain errors and finds each in here, itself or by its parent."""


def title_of(code: str) -> str:
    """The title of a problem, always the same for its code.

    >>> title_of("nothing_aboard")
    'Nothing aboard'
    """
    return TITLES.get(code) or code.replace("_", " ").capitalize()


def status_of(error: DomainError) -> int:
    """The HTTP status of a domain error."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def headers_of(error: DomainError) -> dict[str, str]:
    """The headers that belong to a domain error: when to come back, how to present a key."""
    if isinstance(error, Unavailable | RequestRunning | TooManyRequests):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def problem(error: DomainError, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a refused request."""
    given = {**(headers or {}), **headers_of(error)}
    return problem_response(status_of(error), error.code, str(error), error.data, given)


def as_seen_by_a_link(error: DomainError) -> NotFound | Unavailable:
    """All that the holder of a link is told: it leads nowhere, or we cannot look right now."""
    if isinstance(error, Unavailable):
        return Unavailable(retry_after_s=error.retry_after_s)
    return NotFound()


def problem_response(
    status: int,
    code: str,
    detail: str,
    data: dict[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document. ``instance`` (the request's id) is added where the request is known, and
    the deployment's own address before ``type``.

    It has at most 32 kB, whatever the caller sent and ``data`` holds.
    """
    bare = {
        "type": f"{PROBLEM_PAGE}#{code}",
        "title": title_of(code),
        "status": status,
        "detail": _shortened(detail),
        "code": code,
    }
    body = dumped({**bare, **_bounded(data or {})})
    if len(body) > MOST_PROBLEM_BYTES - INSTANCE_BYTES:
        body = dumped(bare)
    return Response(
        body=body, status_code=status, headers={"Content-Type": PROBLEM, **(headers or {})}
    )


_PLACE_IN_JSON: Final = re.compile(r"line (\d{1,7}) column (\d{1,7})$", re.ASCII)


def problem_of_validation(error: ValidationError) -> Response:
    """400 when the body is not JSON, else 422 with a pointer to every field that fails."""
    found = error.errors(include_url=False, include_input=False)
    unread = next((item for item in found if item["type"] == "json_invalid"), None)
    if unread is not None:
        place = _PLACE_IN_JSON.search(unread["msg"])
        where = "" if place is None else f" Look at line {place[1]}, column {place[2]}."
        return problem(Unreadable(f"{Unreadable.text}{where}"))
    return problem(Unfit(error))


def errors_of(error: ValidationError, *, most: int) -> tuple[list[dict[str, str]], int]:
    """The first things that are wrong (where, a code, a sentence), and how many there are."""
    found = error.errors(include_url=False, include_input=False)
    causes = [item for item in found if not _is_consequence(item, found)]
    errors = [
        {
            "pointer": _within_bounds(pointer(item["loc"])),
            "code": item["type"],
            "detail": _sentence(item),
        }
        for item in causes[:most]
    ]
    return errors, len(causes)


def _sentence(item: ErrorDetails) -> str:
    context = item.get("ctx", {})
    example = object_like(shown_fields(str(context.get("class_name", ""))))
    return sentence_of(item["type"], item["msg"], context, example=example)


def _bounded(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with the first errors, each within its bounds, and with the number of all."""
    errors = data.get("errors")
    if not isinstance(errors, Sequence):
        return dict(data)
    first = [
        {
            **error,
            "pointer": _within_bounds(str(error["pointer"])),
            "detail": _shortened(str(error["detail"])),
        }
        for error in errors[:MOST_ERRORS]
    ]
    return {"error_count": len(errors), **data, "errors": first}


def _within_bounds(pointed: str) -> str:
    """The pointer, or the nearest one above it that is short enough."""
    while len(dumped(pointed)) > MOST_POINTER_BYTES:
        pointed = pointed.rpartition("/")[0] if "/" in pointed else pointed[:1]
    return pointed


def _shortened(detail: str) -> str:
    return detail if len(detail) <= MOST_DETAIL_CHARS else f"{detail[:MOST_DETAIL_CHARS]}…"


def _is_consequence(item: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """A list is called too short for want of items that were refused themselves: say only why."""
    inside = (other["loc"] for other in found if len(other["loc"]) > len(item["loc"]))
    return item["type"] == "too_short" and any(
        location[: len(item["loc"])] == item["loc"] for location in inside
    )


def pointer(location: Sequence[str | int]) -> str:
    """A location as a JSON pointer (RFC 6901).

    >>> pointer(("fixes", 0, "lat_deg"))
    '/fixes/0/lat_deg'
    """
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)


def dumped(body: object) -> str:
    """JSON text; NaN would be a mistake of ours and raises ValueError."""
    return json.dumps(body, allow_nan=False, separators=(",", ":"), default=str)
