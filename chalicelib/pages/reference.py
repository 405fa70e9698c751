"""The reference of the API: the OpenAPI document and its pages, as they were built.

All are made from the declarations of the routes when the pages are built (`infra.reference`).
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import PUBLIC
from chalicelib.pages.rendering import STATIC, FrontEndNotBuilt

reference: Final = Endpoints(__name__)

OPENAPI: Final = "application/json; charset=utf-8"
UNCHANGED: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_MODIFIED: "You have it already: its ETag was in If-None-Match."
}
SOMEWHERE: Final = "https://doorstep.invalid"
"""Stands in the built files for the deployment's own address."""


@reference.endpoint(
    "/openapi.json", method="GET", principals=PUBLIC, media_types=(OPENAPI,), also=UNCHANGED
)
def get_openapi(_: Actor) -> Response:
    """The reference as an OpenAPI 3.1 document."""
    return _built("openapi.json", OPENAPI)


@reference.endpoint(
    "/docs", method="GET", principals=PUBLIC, media_types=(replies.HTML,), also=UNCHANGED
)
def get_docs(_: Actor) -> Response:
    """The reference as a page."""
    return _built("docs.html", replies.HTML)


@reference.endpoint(
    "/docs/errors", method="GET", principals=PUBLIC, media_types=(replies.HTML,), also=UNCHANGED
)
def get_docs_errors(_: Actor) -> Response:
    """All problems, each under its code."""
    return _built("errors.html", replies.HTML)


def _built(name: str, media: str) -> Response:
    """A built file with its ETag, or 304 for a caller that has it."""
    text, tag = _file(name, container().settings.public_base_url)
    headers: replies.Headers = {
        "Content-Type": media,
        "Cache-Control": replies.REVALIDATED,
        "ETag": tag,
        "Content-Security-Policy": replies.content_security_policy(),
        "Referrer-Policy": "strict-origin",
    }
    if reference.current_request.headers.get("if-none-match") in {tag, f"W/{tag}", "*"}:
        return Response("", headers=headers, status_code=HTTPStatus.NOT_MODIFIED)
    return Response(text, headers=headers, status_code=HTTPStatus.OK)


@cache
def _file(name: str, base_url: str) -> tuple[str, str]:
    """The text of a built file for this deployment, and its ETag. Raises FrontEndNotBuilt."""
    path = STATIC / name
    try:
        text = path.read_text(encoding="utf-8").replace(SOMEWHERE, base_url)
    except FileNotFoundError as exc:
        msg = f"{path} is missing, so build the pages first (make setup)."
        raise FrontEndNotBuilt(msg) from exc
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
