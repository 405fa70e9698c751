"""Chalice's local server, repaired for browsers and phones, with a few extra pages.

Chalice's server is slow with kept-alive connections, answers an unknown path with API Gateway's
403, and sends bodies to HEAD. We correct all of that here.
"""

import functools
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    CustomLocalChalice,
    LocalChalice,
    LocalGatewayException,
    ThreadedHTTPServer,
)
from chalice.local import LocalGateway as ChaliceGateway

from chalicelib.domain.errors import NotFound, TooLarge
from chalicelib.edge.problems import PROBLEM, SENTENCES, problem_response

LARGEST_BODY_BYTES: Final = 10 * 1024 * 1024  # API Gateway's
REFUSALS: Final = {
    HTTPStatus.BAD_REQUEST: ("bad_request", SENTENCES[HTTPStatus.BAD_REQUEST]),
    HTTPStatus.NOT_FOUND: (NotFound.code, NotFound.text),
    HTTPStatus.LENGTH_REQUIRED: ("length_required", "Say how long the body is (Content-Length)."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (TooLarge.code, TooLarge.text),
}
"""Code and sentence of what API Gateway would answer itself."""
POLL_S: Final = 0.05  # how soon a shutdown is noticed

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """The answer of one of the extra pages."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"


class LocalServer(ThreadedHTTPServer):
    """Serves the application and `pages` (by path); calls `after_write` after each POST."""

    request_queue_size = 128
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.pages: Mapping[str, Callable[[], Page]] = {}
        self.after_write: Callable[[], object] = lambda: None

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Ignore a browser that goes away in the middle of an answer."""
        logger.debug("connection from %s ended early", client_address)


class LocalGateway(ChaliceGateway):
    """Chalice's gateway with our corrections. It lets the application answer OPTIONS."""

    def _has_user_defined_options_method(self, _event: object) -> bool:
        return True


class LocalHandler(ChaliceRequestHandler):
    """Chalice's handler with our corrections."""

    disable_nagle_algorithm = True  # headers and body are two writes: Nagle + delayed ACK = 40 ms
    wbufsize = 65_536
    server: LocalServer

    def log_message(self, *args: object) -> None:
        """Stay quiet: the application logs its own requests."""

    def _generic_handle(self) -> None:
        refusal = self._refusal()
        if refusal is not None:
            self.close_connection = True  # the body is still on the wire
            self._send_problem(refusal)
            return
        page = self.server.pages.get(urlsplit(self.path).path)
        if page is not None and self.command in {"GET", "HEAD"}:
            answer = page()
            headers = {"Content-Type": answer.content_type, "Cache-Control": "no-store"}
            self._send_http_response(HTTPStatus.OK, headers, answer.body)
            return
        self.local_gateway.__class__ = LocalGateway  # the handler's __init__ makes Chalice's own
        super()._generic_handle()
        if self.command not in {"GET", "HEAD", "OPTIONS"}:
            self.server.after_write()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815

    def _refusal(self) -> HTTPStatus | None:
        """Why we refuse the request's framing, as API Gateway would; None when it is fine."""
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers:
            return HTTPStatus.LENGTH_REQUIRED
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.BAD_REQUEST
        if int(length) > LARGEST_BODY_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """Correct Chalice's 403 for an unknown path, as our template does for API Gateway."""
        is_unknown_path = error.headers.get("x-amzn-ErrorType") == "UnauthorizedException"
        if error.CODE == HTTPStatus.FORBIDDEN and is_unknown_path:
            self._send_problem(HTTPStatus.NOT_FOUND)
        else:
            super()._send_error_response(error)

    def _send_problem(self, status: HTTPStatus) -> None:
        code, detail = REFUSALS[status]
        headers = {"Content-Type": PROBLEM, "Access-Control-Allow-Origin": "*"}
        body = str(problem_response(status, code, detail).body)
        self._send_http_response(status, headers, body)

    def _send_http_response_with_body(
        self, code: int, headers: dict[str, Any], body: str | bytes
    ) -> None:
        if self.command != "HEAD" and code not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            super()._send_http_response_with_body(code, headers, body)
            return
        size = len(body if isinstance(body, bytes) else body.encode())
        self.send_response(code)
        self.send_header("Content-Type", headers.pop("Content-Type", "application/json"))
        if self.command == "HEAD" and size:  # the application has dropped the body, and its length
            self.send_header("Content-Length", str(size))
        self._send_headers(headers)  # and no body: it would be read as the next answer


class RunningServer:
    """An application on a port. It accepts connections at once and answers them after `start`."""

    def __init__(self, app: Chalice, host: str, port: int) -> None:
        if not isinstance(
            app, LocalChalice
        ):  # current_request becomes thread-local, as `chalice local` does it
            CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
            app.__class__ = CustomLocalChalice
        config = Config.create(chalice_app=app, lambda_timeout=29, lambda_memory_size=512)
        handler = functools.partial(LocalHandler, app_object=app, config=config)
        self.http = LocalServer((host, port), handler)
        self._thread = threading.Thread(
            target=self.http.serve_forever, args=(POLL_S,), name="http", daemon=True
        )

    @property
    def port(self) -> int:
        """The port, also when the system chose it."""
        return int(self.http.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self.http.shutdown()
            self._thread.join()
        self.http.server_close()
