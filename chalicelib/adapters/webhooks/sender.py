"""Posts webhooks to other people's servers, and never gives them a way into our network.

We look up the name once, and every address must be public. We connect to a checked address, while
TLS and the Host header use the name. So nothing can change between check and connect
(reliability.md T6). There are no proxies, no redirects and one deadline for everything. We read
little of the answer and keep none of it.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from typing import Final

from chalicelib.adapters.webhooks.deadlines import (
    Connect,
    Resolve,
    Wire,
    connect,
    left_s,
    resolve,
    within,
)
from chalicelib.adapters.webhooks.targets import Target, parse, require_allowed
from chalicelib.domain.errors import Invalid, Unavailable
from chalicelib.domain.webhooks.answers import WebhookAnswer

DEADLINE_S: Final = 15.0
LOOK_UP_S: Final = 5.0
MOST_BYTES: Final = 64 * 1024


class HttpsWebhookSender:
    """Posts over HTTPS. ``refused_hosts`` are our own. ``allow_local`` is only for a laptop."""

    def __init__(
        self,
        *,
        refused_hosts: frozenset[str] = frozenset(),
        allow_local: bool = False,
        deadline_s: float = DEADLINE_S,
        resolve: Resolve = resolve,
        connect: Connect = connect,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._refused_hosts = refused_hosts
        self._allow_local = allow_local
        self._deadline_s = deadline_s
        self._resolve = resolve
        self._connect = connect
        self._given_tls = tls

    def check(self, url: str) -> None:
        """Raise Invalid for a target that we must not call, Unavailable when no DNS answers."""
        target = self._parse(url)
        try:
            self._addresses(target, time.monotonic() + LOOK_UP_S)
        except socket.gaierror as exc:
            if exc.errno == socket.EAI_AGAIN:
                raise Unavailable(dependency="dns") from exc
            text = "No address is known for this host. Check how it is written."
            raise Invalid(text, pointer="/url", code="target_unknown") from exc
        except TimeoutError as exc:
            raise Unavailable(dependency="dns") from exc

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
        """The answer. It must be complete within 15 s and have at most 64 KB.

        Raises Unavailable without such an answer, Invalid for a target that we must not call.
        """
        target = self._parse(url)
        ends_at = time.monotonic() + self._deadline_s
        try:
            with self._open(target, ends_at) as line:
                return _exchange(Wire(line, ends_at, most_bytes=MOST_BYTES), target, body, headers)
        except (OSError, HTTPException, ValueError) as exc:
            raise Unavailable(dependency="webhook") from exc

    def _parse(self, url: str) -> Target:
        return parse(url, refused_hosts=self._refused_hosts, allow_local=self._allow_local)

    def _addresses(self, target: Target, ends_at: float) -> list[str]:
        addresses = within(ends_at, lambda: self._resolve(target.host, target.port))
        require_allowed(target, addresses)
        return sorted(addresses, key=lambda address: ":" in address)  # functions have only IPv4

    def _open(self, target: Target, ends_at: float) -> socket.socket:
        line = self._dial(target, self._addresses(target, ends_at), ends_at)
        if target.is_local:
            return line
        try:
            line.settimeout(left_s(ends_at))  # one limit for the whole handshake
            return self._tls.wrap_socket(line, server_hostname=target.host)
        except BaseException:
            line.close()
            raise

    def _dial(self, target: Target, addresses: list[str], ends_at: float) -> socket.socket:
        *others, last = addresses
        for address in others:
            try:
                return self._connect(address, target.port, left_s(ends_at) / 2)
            except OSError:
                continue
        return self._connect(last, target.port, left_s(ends_at))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()


def _exchange(wire: Wire, target: Target, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = wire  # it has every method that http.client uses
    host = target.host if not target.is_local else f"{target.host}:{target.port}"
    fixed = {"Host": host, "Connection": "close", "Accept-Encoding": "identity"}
    connection.request("POST", target.path, body=body, headers={**headers, **fixed})
    answer = connection.getresponse()
    answer.read()
    return WebhookAnswer(answer.status, answer.getheader("Retry-After"))
