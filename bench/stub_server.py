"""The stub behind a real socket, in a process of its own: only our own side of the call is counted.

``python -m bench.stub_server`` prints its port and answers until its standard input ends.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.stub import Stub


class _Handler(BaseHTTPRequestHandler):
    """DynamoDB's wire protocol: the operation is in a header, the rest is JSON."""

    protocol_version = "HTTP/1.1"  # connections stay open, as DynamoDB's do
    disable_nagle_algorithm = True
    wbufsize = 65_536
    stub = Stub()

    def do_POST(self) -> None:
        """Answer one call."""
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.stub.answer(operation, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[str]:
    """The address of a stub server that runs while the block does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.stub_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        inlet, outlet = process.stdin, process.stdout
        if inlet is None or outlet is None:
            raise RuntimeError
        yield f"http://127.0.0.1:{int(outlet.readline())}"
        inlet.close()


def main() -> None:
    """Serve until standard input ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
