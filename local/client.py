"""A small HTTP client for the public API: JSON in and out, refusals as exceptions."""

import http.client
import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 30


class Refused(Exception):
    """The API answered 4xx or 5xx; `problem` is its body."""

    def __init__(self, method: str, path: str, status: int, problem: Any) -> None:
        super().__init__(f"{method} {path}: {status} {problem}")
        self.status = status
        self.problem = problem


class Line:
    """One kept-alive connection, shared by all clients of the same Doorstep."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    def exchange(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Status and body of the answer. A connection closed by the server is opened again."""
        with self._lock:
            is_fresh = self._connection is None
            try:
                return self._exchange_once(method, path, content, headers)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._hang_up()
                if is_fresh:
                    raise
            except OSError:  # such as a time-out: this connection waits for an answer for ever
                self._hang_up()
                raise
            return self._exchange_once(method, path, content, headers)

    def close(self) -> None:
        with self._lock:
            self._hang_up()

    def _exchange_once(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = _connect(self._base_url)
        self._connection.request(method, path, content, dict(headers))
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Api:
    """A client of one Doorstep as one principal. `as_` gives another one on the same line."""

    base_url: str
    token: str | None = None
    line: Line | None = field(default=None, repr=False)
    requests: int = 0

    def as_(self, token: str | None) -> "Api":
        """A client of the same Doorstep with another key or token (None: without any)."""
        return Api(self.base_url, token, self._line)

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None) -> Any:
        """POST JSON and return the JSON of the answer. Raises Refused."""
        return self.send("POST", path, {} if body is None else body, headers=headers)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send any request. Raises Refused, and OSError when nobody answers."""
        content = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", "Accept": "application/json"}
        sent |= dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        self.requests += 1
        status, answer = self._line.exchange(method, path, content, sent)
        parsed = json.loads(answer) if answer else None
        if status >= 400:
            raise Refused(method, path, status, parsed)
        return parsed

    def close(self) -> None:
        """Close the line for all its clients. The next request opens it again."""
        self._line.close()

    @property
    def _line(self) -> Line:
        if self.line is None:
            self.line = Line(self.base_url)
        return self.line


def upload(url: str, fields: Mapping[str, str], content: bytes, content_type: str) -> int:
    """Send a file with a presigned form, as a browser does, and return the status."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
        f"Content-Type: {content_type}\r\n\r\n".encode()
    )
    body = b"".join([*parts, content, f"\r\n--{boundary}--\r\n".encode()])
    connection = _connect(url)
    try:
        target = urlsplit(url).path or "/"
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def submit(url: str, fields: Mapping[str, str]) -> int:
    """Send a form of a page, as a browser without scripts does, and return the status."""
    connection = _connect(url)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", urlsplit(url).path, urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
