"""A routing server of the operator's over HTTP: little JSON comes, and soon, or it is a fault.

No proxies and no redirects; names are looked up by every question, since a server may move.
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
"""A matrix of 24 legs has 576 figures: 8 KB as OSRM and Valhalla write them."""
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON that came with it."""

    status: int
    body: object


class RoutingServer:
    """The server at a base address, ``http`` or ``https``. ``tls`` says whom it trusts."""

    def __init__(self, base_url: str, *, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(base_url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._path = parts.path.rstrip("/")
        self._given_tls = tls

    def get(self, path: str, ends_at: float) -> Answer:
        """As ``post``, asked by the path alone."""
        return self._exchange("GET", path, None, ends_at)

    def post(self, path: str, question: object, ends_at: float) -> Answer:
        """What it answers to a question as JSON, whatever the status.

        Raises OSError, HTTPException or ValueError without a whole answer in JSON by the deadline.
        """
        return self._exchange("POST", path, json.dumps(question).encode(), ends_at)

    def _exchange(self, method: str, path: str, body: bytes | None, ends_at: float) -> Answer:
        with self._open(ends_at) as line:
            connection = HTTPConnection(self._host, self._port)  # it writes the Host header
            connection.sock = Wire(line, ends_at, most_bytes=MOST_BYTES)
            headers = {"Accept": "application/json", "Connection": "close"}
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
