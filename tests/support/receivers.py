"""Servers on real sockets of this machine. A test decides how they answer: well, badly or never."""

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Talk = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass
class Receiver:
    """A server that reads one request per connection and then answers."""

    talk: Talk
    tls: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?a=b"

    def close(self) -> None:
        self.closing.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            if self.tls:
                line = self.tls.wrap_socket(line, server_side=True)
            with line:
                self.requests.append(_read(line))
                self.talk(line)
        except OSError:
            pass  # the sender hung up, as it should


def _read(line: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (chunk := line.recv(65_536)):
        head += chunk
    head, _, body = head.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]) and (chunk := line.recv(65_536)):
        body += chunk
    return head + b"\r\n\r\n" + body


def says(answer: bytes) -> Talk:
    return lambda line: line.sendall(answer)


def status(code: int, *headers: str) -> Talk:
    lines = [f"HTTP/1.1 {code} So", "Content-Length: 2", *headers, "", "ok"]
    return says("\r\n".join(lines).encode())


def reset(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def endless(chunk: bytes, start: bytes = b"") -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(start)
        while True:
            line.sendall(chunk)

    return talk


def dripping(answer: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        pause = threading.Event()
        for byte in answer:
            line.sendall(bytes([byte]))
            pause.wait(0.05)

    return talk


def silent(line: socket.socket) -> None:
    line.recv(1)  # until the sender hangs up


def stalling(line: socket.socket) -> None:
    line.sendall(OK)
    silent(line)


RUDE: dict[str, Talk] = {
    "reset": reset,
    "empty reply": says(b""),
    "garbage": says(b"\x16\x03\x01 what?\r\n\r\n"),
    "no number": says(b"HTTP/1.1 OK\r\n\r\n"),
    "cut off": says(OK + b"Content-Length: 99\r\n\r\nok"),
    "bad chunks": says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "10 MB": endless(b"x" * 65_536, OK + b"Content-Length: 10485760\r\n\r\n"),
    "endless body": endless(b"x" * 4_096, OK + b"\r\n"),
    "endless chunks": endless(b"1\r\nx\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"),
    "endless header": endless(b"x" * 4_096, OK + b"a: "),
    "endless headers": endless(b"a: b\r\n" * 100, OK),
    "endless 100s": endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silent": silent,
    "half a header": stalling,
    "dripping head": dripping(OK * 20),
    "dripping body": dripping(OK + b"Content-Length: 900\r\n\r\n" + b"x" * 900),
}
