"""Webhooks against real sockets of this machine: receivers that are slow, rude, endless or fake."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.webhooks.sender import MOST_BYTES, HttpsWebhookSender
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.webhooks.answers import WebhookAnswer
from tests.support.authorities import make_authority
from tests.support.receivers import RUDE, Receiver, Talk, status

BODY = b'{"type":"shipment.delivered"}'
PUBLIC = "93.184.216.34"
DEADLINE_S = 0.4


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    receivers: list[Receiver] = []

    def start(talk: Talk, **options: Any) -> Receiver:
        receivers.append(Receiver(talk, **options))
        return receivers[-1]

    yield start
    for receiver in receivers:
        receiver.close()


def make_sender(**options: Any) -> HttpsWebhookSender:
    return HttpsWebhookSender(**{"allow_local": True, "deadline_s": 5.0} | options)


@pytest.mark.parametrize("code", [200, 204, 299, 301, 400, 410, 429, 500, 503])
def test_the_status_is_the_answer(receive: Any, code: int) -> None:
    receiver = receive(status(code))

    assert make_sender().post(receiver.url, BODY, {}).status == code


def test_retry_after_comes_with_the_answer(receive: Any) -> None:
    busy = receive(status(429, "Retry-After: 120"))

    assert make_sender().post(busy.url, BODY, {}) == WebhookAnswer(429, "120")


def test_the_request_is_plain_and_complete(receive: Any) -> None:
    receiver = receive(status(200))

    make_sender().post(receiver.url, BODY, {"webhook-id": "evt_1", "Content-Type": "text/x"})

    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /hooks?a=b HTTP/1.1"
    assert set(head.lower().split(b"\r\n")[1:]) == {
        b"webhook-id: evt_1",
        b"content-type: text/x",
        f"host: 127.0.0.1:{receiver.port}".encode(),
        b"connection: close",
        b"accept-encoding: identity",
        f"content-length: {len(BODY)}".encode(),
    }
    assert body == BODY


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a12_a_redirect_is_not_followed(receive: Any, code: int) -> None:
    elsewhere = receive(status(200))
    receiver = receive(status(code, f"Location: {elsewhere.url}"))

    assert make_sender().post(receiver.url, BODY, {}).status == code
    assert len(receiver.requests) == 1
    assert elsewhere.requests == []


class Counting(socket.socket):
    """Counts what is read."""

    taken = 0

    def recv_into(self, *args: Any, **options: Any) -> int:
        read = super().recv_into(*args, **options)
        self.taken += read
        return read


@pytest.mark.parametrize("talk", RUDE.values(), ids=RUDE)
def test_a9_a_rude_receiver_is_a_failure_soon_and_little_is_read(receive: Any, talk: Talk) -> None:
    receiver = receive(talk)
    lines: list[Counting] = []

    def connect(address: str, port: int, timeout_s: float) -> socket.socket:
        line = socket.create_connection((address, port), timeout=timeout_s)
        lines.append(Counting(fileno=line.detach()))
        return lines[-1]

    began_at = time.monotonic()
    with pytest.raises(Unavailable):
        make_sender(deadline_s=DEADLINE_S, connect=connect).post(receiver.url, BODY, {})

    assert time.monotonic() - began_at < DEADLINE_S + 2
    assert [line.taken <= MOST_BYTES for line in lines] == [True]
    assert lines[0].fileno() == -1  # closed


def test_a8_slow_but_within_the_deadline_is_success(receive: Any) -> None:
    def slow(line: socket.socket) -> None:
        threading.Event().wait(0.2)
        status(200)(line)

    assert make_sender().post(receive(slow).url, BODY, {}).status == 200


def test_an_answer_may_come_in_pieces(receive: Any) -> None:
    def in_pieces(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        threading.Event().wait(0.05)
        line.sendall(b"ok")

    assert make_sender().post(receive(in_pieces).url, BODY, {}).status == 200


def test_nobody_there_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(Unavailable):
        make_sender().post(f"http://127.0.0.1:{port}", BODY, {})


def test_a_name_that_is_never_answered_is_a_failure_in_time() -> None:
    is_over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        del host, port
        is_over.wait(10)
        return [PUBLIC]

    with pytest.raises(Unavailable):
        make_sender(resolve=resolve, deadline_s=0.1).post("https://shop.example", BODY, {})
    is_over.set()


def over_tls(receiver: Receiver, **options: Any) -> tuple[HttpsWebhookSender, list[Any]]:
    """A sender whose every public address leads to the receiver, and what it dialled."""
    dialled: list[Any] = []

    def connect(address: str, port: int, timeout_s: float) -> socket.socket:
        dialled.append((address, port))
        return socket.create_connection(("127.0.0.1", receiver.port), timeout=timeout_s)

    default = {"resolve": lambda *_: [PUBLIC], "connect": connect}
    return make_sender(**default | options), dialled


def test_tls_and_host_keep_the_name_while_the_address_is_pinned(
    receive: Any, tmp_path: Path
) -> None:
    authority = make_authority(tmp_path, "shop.example")
    names: list[str | None] = []
    authority.server.sni_callback = lambda _, name, __: names.append(name)
    receiver = receive(status(204), tls=authority.server)
    sender, dialled = over_tls(receiver, tls=authority.trusting)

    assert sender.post("https://Shop.Example./hooks", BODY, {}).status == 204
    assert dialled == [(PUBLIC, 443)]
    assert names == ["shop.example"]
    assert b"Host: shop.example\r\n" in receiver.requests[0]


def test_a_certificate_that_nobody_vouches_for_is_a_failure(receive: Any, tmp_path: Path) -> None:
    authority = make_authority(tmp_path, "shop.example")
    receiver = receive(status(200), tls=authority.server)
    sender, _ = over_tls(receiver)

    with pytest.raises(Unavailable):
        sender.post("https://shop.example", BODY, {})
    assert receiver.requests == []


def test_a_certificate_of_another_name_is_a_failure(receive: Any, tmp_path: Path) -> None:
    authority = make_authority(tmp_path, "other.example")
    receiver = receive(status(200), tls=authority.server)
    sender, _ = over_tls(receiver, tls=authority.trusting)

    with pytest.raises(Unavailable):
        sender.post("https://shop.example", BODY, {})
    assert receiver.requests == []


def test_a_server_that_speaks_no_tls_is_a_failure(receive: Any) -> None:
    sender, _ = over_tls(receive(status(200)), deadline_s=DEADLINE_S)

    with pytest.raises(Unavailable):
        sender.post("https://shop.example", BODY, {})
