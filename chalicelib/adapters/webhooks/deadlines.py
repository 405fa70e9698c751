"""Deadlines for names, connections, answers and whole calls.

The time-out of a socket starts again with every byte, and some calls have none at all. So all waits
here end at one deadline, a reading of ``time.monotonic()``.
"""

import io
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int, float], socket.socket]
Result = TypeVar("Result")


class Wire:
    """The part of a socket that http.client uses, with a deadline and a limit of bytes to read."""

    def __init__(self, line: socket.socket, ends_at: float, *, most_bytes: int) -> None:
        self._line = line
        self._ends_at = ends_at
        self._most_bytes = most_bytes

    def sendall(self, data: bytes) -> None:
        """Send all bytes. Raises TimeoutError at the deadline."""
        self._line.settimeout(left_s(self._ends_at))
        self._line.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """The bytes that arrive. Raises OSError for too many of them, TimeoutError when late."""
        del mode  # http.client only reads
        return io.BufferedReader(_Reader(self._line, self._ends_at, self._most_bytes))

    def close(self) -> None:
        """Do nothing, because http.client closes its socket before it reads the body.

        The caller who opened the connection closes it.
        """


class _Reader(io.RawIOBase):
    def __init__(self, line: socket.socket, ends_at: float, most_bytes: int) -> None:
        super().__init__()
        self._line = line
        self._ends_at = ends_at
        self._left = most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer has no type in 3.11
        if self._left <= 0:
            msg = "The answer is too long."
            raise OSError(msg)
        self._line.settimeout(left_s(self._ends_at))
        read = self._line.recv_into(memoryview(buffer)[: self._left])
        self._left -= read
        return read


def left_s(ends_at: float) -> float:
    """Seconds until the deadline. Raises TimeoutError when it has passed."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def within(ends_at: float, work: Callable[[], Result]) -> Result:
    """The result of a call that has no time-out of its own. It runs in another thread.

    Raises the errors of the call, and TimeoutError at the deadline. The call then goes on, but its
    result is ignored.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as exc:  # noqa: BLE001 - raised again in the waiting thread
            future.set_exception(exc)

    threading.Thread(target=run, daemon=True).start()
    return future.result(timeout=left_s(ends_at))


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name. Raises OSError. It has no time-out, so call it by ``within``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as exc:
        raise OSError(str(exc)) from exc
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def connect(address: str, port: int, timeout_s: float) -> socket.socket:
    """A connection to an address. Raises OSError."""
    return socket.create_connection((address, port), timeout=timeout_s)
