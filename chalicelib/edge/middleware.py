"""Every answer gets an id and headers, and Chalice's own errors get the shape of ours.

HEAD is served as GET, and its body is dropped here. OPTIONS is answered here for all routes:
Chalice refuses it as any method that a path does not take, and that refusal names those which it
takes.
"""

import json
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from chalice.app import Chalice, Request, Response

from chalicelib.bootstrap.container import container
from chalicelib.edge.problems import CODES, PROBLEM, SENTENCES, dumped, problem_response
from chalicelib.observability import counted, logger


def install(app: Chalice) -> None:
    """Register the middleware on the application."""
    app.register_middleware(_answer, "http")


def _answer(request: Request, get_response: Callable[[Request], Response]) -> Response:
    request_id = request.context.get("requestId") or str(uuid.uuid4())
    logger.append_keys(request_id=request_id)
    with counted():
        response: Response = get_response(request)
    if isinstance(response.body, dict) and "Code" in response.body:
        response = _ours(response, request.method)
    if response.headers.get("Content-Type") == PROBLEM and isinstance(response.body, str):
        response.body = dumped(_placed(json.loads(response.body), request_id))
    if request.method == "HEAD":
        response.body = ""
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


def _placed(problem: dict[str, Any], request_id: str) -> dict[str, Any]:
    """A problem of this request and this deployment."""
    base_url = container().settings.public_base_url
    return {**problem, "type": f"{base_url}{problem['type']}", "instance": request_id}


def _ours(response: Response, method: str) -> Response:
    """Chalice's {"Code", "Message"} as a problem; its headers (Allow, CORS) stay."""
    status = response.status_code
    headers = {**response.headers}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = f"{headers['Allow']}, OPTIONS"
        if method == "OPTIONS":
            return Response("", headers=headers, status_code=HTTPStatus.NO_CONTENT)
    code = CODES.get(status, "bad_request")
    ours = problem_response(status, code, _detail(status, str(headers.get("Allow", ""))))
    return Response(body=ours.body, status_code=status, headers={**headers, **ours.headers})


def _detail(status: int, allowed: str) -> str:
    """The sentence of a status; ``allowed`` are the methods that the address takes."""
    *others, last = allowed.split(", ")
    named = " and ".join(filter(None, [", ".join(others), last]))
    return SENTENCES.get(status, SENTENCES[400]).format(allowed=named)
