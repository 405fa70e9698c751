"""Posts webhooks to servers of other people, without ever becoming their way into our network.

The name is looked up once, every answer must be public, and the connection goes to a checked
address while TLS and the Host header keep the name: between check and connect nothing can change
(reliability.md T6). No proxies, no redirects, one deadline for everything, little is read, and
nothing of it is kept.
"""

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from queue import Empty, SimpleQueue
from typing import Any, Final

from chalicelib.adapters.webhook_targets import Target, parse, require_allowed
from chalicelib.domain.errors import Invalid, Unavailable

DEADLINE_S: Final = 15.0
LOOK_UP_S: Final = 5.0
MOST_BYTES: Final = 64 * 1024

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]


class HttpsWebhookSender:
    """Posts over HTTPS. ``refused_hosts`` are our own; ``allow_local`` is for a laptop alone."""

    def __init__(
        self,
        *,
        refused_hosts: frozenset[str] = frozenset(),
        allow_local: bool = False,
        deadline_s: float = DEADLINE_S,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._refused_hosts = refused_hosts
        self._allow_local = allow_local
        self._deadline_s = deadline_s
        self._resolve = resolve or _resolve
        self._connect = connect or _connect
        self._given_tls = tls

    def check(self, url: str) -> None:
        """Raises Invalid for a target that we must not call, Unavailable when no DNS answers."""
        target = self._parse(url)
        try:
            self._addresses(target, time.monotonic() + LOOK_UP_S)
        except socket.gaierror as exc:
            if exc.errno == socket.EAI_AGAIN:
                raise Unavailable(dependency="dns") from exc
            raise Invalid(pointer="/url", code="target_unknown") from exc
        except TimeoutError as exc:
            raise Unavailable(dependency="dns") from exc

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, once all of it (64 KB at most) is here within 15 s.

        Raises Unavailable when there was none, Invalid for a target that we must not call.
        """
        target = self._parse(url)
        ends_at = time.monotonic() + self._deadline_s
        try:
            with self._open(target, ends_at) as line:
                return _exchange(_Wire(line, ends_at), target, body, headers)
        except (OSError, HTTPException, ValueError) as exc:
            raise Unavailable(dependency="webhook") from exc

    def _parse(self, url: str) -> Target:
        return parse(url, refused_hosts=self._refused_hosts, allow_local=self._allow_local)

    def _addresses(self, target: Target, ends_at: float) -> list[str]:
        addresses = _within(ends_at, lambda: self._resolve(target.host, target.port))
        require_allowed(target, addresses)
        return sorted(addresses, key=lambda address: ":" in address)  # functions have IPv4 alone

    def _open(self, target: Target, ends_at: float) -> socket.socket:
        line = self._dial(target, self._addresses(target, ends_at), ends_at)
        if target.is_local:
            return line
        try:
            line.settimeout(_left_s(ends_at))  # one limit for the whole handshake
            return self._tls.wrap_socket(line, server_hostname=target.host)
        except BaseException:
            line.close()
            raise

    def _dial(self, target: Target, addresses: list[str], ends_at: float) -> socket.socket:
        *others, last = addresses
        for address in others:
            try:
                return self._connect(address, target.port, _left_s(ends_at) / 2)
            except OSError:
                continue
        return self._connect(last, target.port, _left_s(ends_at))

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()


def _exchange(wire: "_Wire", target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = wire  # as much of a socket as it uses
    host = target.host if not target.is_local else f"{target.host}:{target.port}"
    fixed = {"Host": host, "Connection": "close", "Accept-Encoding": "identity"}
    connection.request("POST", target.path, body=body, headers={**headers, **fixed})
    answer = connection.getresponse()
    answer.read()
    return answer.status


class _Wire:
    """A socket whose every wait ends at the same deadline, and that gives out few bytes."""

    def __init__(self, line: socket.socket, ends_at: float) -> None:
        self._line = line
        self._ends_at = ends_at

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(_left_s(self._ends_at))
        self._line.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode  # http.client only ever reads
        return io.BufferedReader(_Reader(self._line, self._ends_at))

    def close(self) -> None:
        self._line.close()


class _Reader(io.RawIOBase):
    def __init__(self, line: socket.socket, ends_at: float) -> None:
        super().__init__()
        self._line = line
        self._ends_at = ends_at
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer has no type in 3.11
        if self._left <= 0:
            msg = "the answer is too long"
            raise OSError(msg)
        self._line.settimeout(_left_s(self._ends_at))
        read = self._line.recv_into(memoryview(buffer)[: self._left])
        self._left -= read
        return read


def _left_s(ends_at: float) -> float:
    left_s = ends_at - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _within(ends_at: float, look_up: Callable[[], list[str]]) -> list[str]:
    """The C library's resolver cannot be told when to stop: wait for it in another thread."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def work() -> None:
        try:
            answers.put(look_up())
        except (OSError, UnicodeError) as exc:
            answers.put(exc if isinstance(exc, OSError) else OSError(str(exc)))

    threading.Thread(target=work, daemon=True).start()
    try:
        answer = answers.get(timeout=_left_s(ends_at))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _connect(address: str, port: int, timeout_s: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=timeout_s)
