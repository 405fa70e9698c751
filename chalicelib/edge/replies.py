"""Answers of the pages: status, headers, body. What keeps a tracking link private is set here.

``strict-origin`` and not ``no-referrer``: OpenStreetMap's tile servers refuse requests without a
referrer, and the origin alone does not tell the link.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from chalice.app import Response

from chalicelib.domain.errors import DomainError, NotFound, Unavailable

NO_STORE: Final = "private, no-store"
NO_CACHE: Final = "private, no-cache"
HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
PROBLEM_TYPES: Final = "https://doorstep.example/problems/"  # as in chalicelib/edge/problems.py
SERVER_NOW: Final = "X-Server-Now"
"""When an answer was made, also on a 304: ages on the page are counted from it, never from the
reader's clock."""

Headers = dict[str, str | list[str]]  # as Chalice types them

PRIVATE: Final[Mapping[str, str]] = {
    "Referrer-Policy": "strict-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def content_security_policy(
    *, image_sources: tuple[str, ...] = (), connect_sources: tuple[str, ...] = ()
) -> str:
    """Only our own scripts and styles, no inline code, no frame; images also from the sources."""
    images = " ".join(["'self'", "data:", *filter(None, image_sources)])
    connects = " ".join(["'self'", *filter(None, connect_sources)])
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images};"
        f" connect-src {connects}; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    )


def html(
    body: str, *, policy: str, status: HTTPStatus = HTTPStatus.OK, is_head: bool = False
) -> Response:
    """A page: never stored, never indexed. HEAD has the same headers and no body."""
    headers: Headers = {
        **PRIVATE,
        "Content-Type": HTML,
        "Cache-Control": NO_STORE,
        "Content-Security-Policy": policy,
    }
    return Response("" if is_head else body, headers=headers, status_code=status)


def json_state(body: str, *, tag: str, server_now: str, is_unchanged: bool) -> Response:
    """The state, or 304 without a body when the caller has it already."""
    headers: Headers = {
        **PRIVATE,
        "Cache-Control": NO_CACHE,
        "ETag": tag,
        SERVER_NOW: server_now,
        "Content-Type": JSON,
    }
    status = HTTPStatus.NOT_MODIFIED if is_unchanged else HTTPStatus.OK
    return Response("" if is_unchanged else body, headers=headers, status_code=status)


def see_other(url: str) -> Response:
    """Send the browser on to a short-lived address, which is itself never stored."""
    headers: Headers = {**PRIVATE, "Location": url, "Cache-Control": NO_STORE, "Content-Type": HTML}
    return Response("", headers=headers, status_code=HTTPStatus.SEE_OTHER)


def status_of(error: DomainError) -> HTTPStatus:
    """Pages know two refusals: it is not there (for you), or we cannot look right now."""
    return (
        HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, Unavailable) else HTTPStatus.NOT_FOUND
    )


def retry_headers(error: DomainError) -> dict[str, str]:
    """When to come back, for those errors that pass."""
    return {"Retry-After": str(error.retry_after_s)} if isinstance(error, Unavailable) else {}


def problem(error: DomainError) -> Response:
    """RFC 9457, for what is fetched by scripts."""
    status = status_of(error)
    code = error.code if isinstance(error, Unavailable) else NotFound.code
    body = {
        "type": f"{PROBLEM_TYPES}{code}",
        "title": status.phrase,
        "status": status.value,
        "detail": error.text if isinstance(error, Unavailable) else NotFound.text,
        "code": code,
    }
    headers: Headers = {
        **PRIVATE,
        **retry_headers(error),
        "Content-Type": PROBLEM,
        "Cache-Control": NO_STORE,
    }
    return Response(json.dumps(body), headers=headers, status_code=status)
