"""A shop's server on this machine, which takes webhooks and answers as a test likes."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are the next statuses, some with headers, then all are `usual`."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int | tuple[int, dict[str, str]]] = field(default_factory=list)
    usual: int = 204

    def of(self, shipment_id: str) -> list[Any]:
        """The bodies about a shipment, in the order of its events."""
        bodies = [json.loads(each.body) for each in self.received]
        own = [body for body in bodies if body["data"]["shipment_id"] == shipment_id]
        return sorted(own, key=lambda body: int(body["data"]["sequence"]))


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A server until the end of the block."""
    shop = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shop.received.append(Received(self.path, dict(self.headers), body))
            answer = shop.answers.pop(0) if shop.answers else shop.usual
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
