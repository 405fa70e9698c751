"""Answers: status, headers, body. What keeps a tracking link private is set here.

``strict-origin`` and not ``no-referrer``: OpenStreetMap's tile servers refuse requests without a
referrer, and the origin alone does not tell the link.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from chalice.app import Response
from pydantic import BaseModel

from chalicelib.domain.errors import DomainError
from chalicelib.edge.problems import (
    as_seen_by_a_link,
    dumped,
    headers_of,
    problem,
    status_of,
)

NO_STORE: Final = "private, no-store"
NO_CACHE: Final = "private, no-cache"
REVALIDATED: Final = "public, no-cache"
HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
CSV: Final = "text/csv; charset=utf-8"
CALENDAR: Final = "text/calendar; charset=utf-8"
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
    *,
    image_sources: tuple[str, ...] = (),
    connect_sources: tuple[str, ...] = (),
    script_sources: tuple[str, ...] = (),
) -> str:
    """Only our own scripts and styles, no inline code, no frame; images also from the sources."""
    images = " ".join(["'self'", "data:", *filter(None, image_sources)])
    connects = " ".join(["'self'", *filter(None, connect_sources)])
    scripts = " ".join(["'self'", *script_sources])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src {images};"
        f" connect-src {connects}; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    )


def print_policy(base_url: str) -> str:
    """A page for the printer: no script, no picture of others, and the style sheets of this one."""
    return f"default-src 'none'; style-src {base_url}/static/; base-uri 'none'; form-action 'none'"


def json_reply(
    body: BaseModel, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer of the API."""
    given: Headers = {"Content-Type": JSON, "Cache-Control": "no-store", **(headers or {})}
    return Response(body.model_dump_json(), headers=given, status_code=status)


def empty(status: int) -> Response:
    """An answer of the API without a body."""
    headers: Headers = {"Content-Type": JSON, "Cache-Control": "no-store"}
    return Response("", headers=headers, status_code=status)


def html(body: str, *, policy: str, status: int = HTTPStatus.OK) -> Response:
    """A page: never stored, never indexed."""
    headers: Headers = {
        **PRIVATE,
        "Content-Type": HTML,
        "Cache-Control": NO_STORE,
        "Content-Security-Policy": policy,
    }
    return Response(body, headers=headers, status_code=status)


def calendar(body: str, *, file_name: str) -> Response:
    """A calendar file of a link: never stored on its way."""
    headers: Headers = {
        **PRIVATE,
        "Content-Type": CALENDAR,
        "Cache-Control": NO_STORE,
        "Content-Disposition": f'attachment; filename="{file_name}"',
    }
    return Response(body, headers=headers)


def csv_file(body: str, *, file_name: str) -> Response:
    """A table of the API to keep."""
    headers: Headers = {
        "Content-Type": CSV,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="{file_name}"',
    }
    return Response(body, headers=headers)


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


def found(url: str) -> Response:
    """Send the browser on to the proper address of the same page."""
    headers: Headers = {**PRIVATE, "Location": url, "Cache-Control": NO_STORE, "Content-Type": HTML}
    return Response("", headers=headers, status_code=HTTPStatus.FOUND)


def refused_in_words(error: DomainError) -> Response:
    """The refusal as a plain sentence, for an app that shows the driver what it is answered."""
    headers: Headers = {"Content-Type": TEXT, "Cache-Control": "no-store", **headers_of(error)}
    return Response(str(error), headers=headers, status_code=status_of(error))


def refused_as_error(error: DomainError) -> Response:
    """The same in an object, for an app that looks there for the sentence to show."""
    headers: Headers = {"Content-Type": JSON, "Cache-Control": "no-store", **headers_of(error)}
    return Response(dumped({"error": str(error)}), headers=headers, status_code=status_of(error))


def refused_link(error: DomainError) -> Response:
    """The refusal of a link as a problem document, for what scripts fetch; never stored."""
    return problem(as_seen_by_a_link(error), {**PRIVATE, "Cache-Control": NO_STORE})
