"""Every answer gets an id and headers, and Chalice's own errors get the shape of ours."""

import json
import uuid
from collections.abc import Callable
from typing import Final

from chalice.app import Chalice, Request, Response

from chalicelib.edge.problems import PROBLEM, dumped, problem_response
from chalicelib.observability import counted, logger

CODES: Final = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    500: "internal_error",
}
SENTENCES: Final = {
    404: "There is nothing at this address.",
    405: "This address does not take this method. It takes {allowed}.",
    415: "This address does not take this content type.",
}
"""Ours, where Chalice refuses: its own words name what was sent and its classes."""


def install(app: Chalice) -> None:
    """Register the middleware on the application."""
    app.register_middleware(_answer, "http")


def _answer(request: Request, get_response: Callable[[Request], Response]) -> Response:
    request_id = request.context.get("requestId") or str(uuid.uuid4())
    logger.append_keys(request_id=request_id)
    with counted():
        response: Response = get_response(request)
    if isinstance(response.body, dict) and "Code" in response.body:
        response = _ours(response)
    if response.headers.get("Content-Type") == PROBLEM and isinstance(response.body, str):
        response.body = dumped({**json.loads(response.body), "instance": request_id})
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers["X-Request-Id"] = request_id
    logger.info(
        "request answered",
        extra={
            "method": request.method,
            "route": request.context.get("resourcePath"),
            "status": response.status_code,
        },
    )
    return response


def _ours(response: Response) -> Response:
    """Chalice's {"Code", "Message"} as a problem; its headers (Allow, CORS) stay."""
    status = response.status_code
    code = CODES.get(status, "error")
    ours = problem_response(status, code, _detail(status, response))
    return Response(
        body=ours.body, status_code=status, headers={**response.headers, **ours.headers}
    )


def _detail(status: int, response: Response) -> str:
    if status >= 500:  # noqa: PLR2004 - HTTP
        return "Something went wrong on our side."
    allowed = str(response.headers.get("Allow", "")).replace(", ", " and ")
    return SENTENCES.get(status, "The request cannot be read.").format(allowed=allowed)
