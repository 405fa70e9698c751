"""The operator's own routing server over HTTP. Its answer must be small JSON and come soon.

We use no proxies and follow no redirects. We look up the name for every request, because a server
may move.
"""

import json
import socket
import ssl
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

from chalicelib.adapters.webhooks.deadlines import Wire, connect, left_s, resolve, within

MOST_BYTES: Final = 256 * 1024
"""A matrix of 24 legs has 576 figures, which OSRM and Valhalla write in 8 KB."""
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the JSON of an answer."""

    status: int
    body: object


class RoutingServer:
    """The server at a base address, ``http`` or ``https``. ``tls`` has the trusted certificates."""

    def __init__(
        self, base_url: str, *, user_agent: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(base_url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._path = parts.path.rstrip("/")
        self._given_tls = tls
        self._user_agent = {} if user_agent is None else {"User-Agent": user_agent}

    def get(self, path: str, ends_at: float) -> Answer:
        """The answer to a GET of the path. Raises the same errors as ``post``."""
        return self._exchange("GET", path, None, ends_at)

    def post(self, path: str, question: object, ends_at: float) -> Answer:
        """The answer to a question in JSON, with any status.

        Raises OSError, HTTPException or ValueError without a complete JSON answer by the deadline.
        """
        return self._exchange("POST", path, json.dumps(question).encode(), ends_at)

    def _exchange(self, method: str, path: str, body: bytes | None, ends_at: float) -> Answer:
        with self._open(ends_at) as line:
            connection = HTTPConnection(self._host, self._port)  # it writes the Host header
            connection.sock = Wire(line, ends_at, most_bytes=MOST_BYTES)
            headers = {"Accept": "application/json", "Connection": "close", **self._user_agent}
            if body is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, f"{self._path}{path}", body=body, headers=headers)
            reply = connection.getresponse()
            return Answer(reply.status, json.loads(reply.read()))

    def _open(self, ends_at: float) -> socket.socket:
        *others, last = within(ends_at, lambda: resolve(self._host, self._port))
        line = self._dial(others, last, ends_at)
        if not self._is_secure:
            return line
        try:
            line.settimeout(left_s(ends_at))
            return self._tls.wrap_socket(line, server_hostname=self._host)
        except BaseException:
            line.close()
            raise

    def _dial(self, others: list[str], last: str, ends_at: float) -> socket.socket:
        for address in others:
            try:
                return connect(address, self._port, left_s(ends_at) / 2)
            except OSError:
                continue
        return connect(last, self._port, left_s(ends_at))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()
