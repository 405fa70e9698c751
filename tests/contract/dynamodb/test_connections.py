"""Connections to DynamoDB, through real sockets: how they fail, whom they trust, how they last."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore import exceptions as aws

from chalicelib.adapters.dynamodb.wire.connections import Connections
from tests.support.authorities import make_authority
from tests.support.receivers import Receiver, Talk, reset, says, silent, stalling

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-amz-crc32: 7\r\n\r\n{}"
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{}"


@contextmanager
def receiving(talk: Talk, **options: object) -> Iterator[Receiver]:
    receiver = Receiver(talk, **options)  # type: ignore[arg-type]
    try:
        yield receiver
    finally:
        receiver.close()


def connections(
    port: int, *, scheme: str = "http", host: str = "localhost", ca_bundle: str | None = None
) -> Connections:
    return Connections(
        f"{scheme}://{host}:{port}/",
        ca_bundle=ca_bundle,
        connect_timeout_s=2.0,
        read_timeout_s=0.3,
    )


def test_an_answer_comes_with_status_headers_and_body() -> None:
    with receiving(says(OK)) as receiver:
        answer = connections(receiver.port).post(b'{"a":1}', {"X-Amz-Target": "GetItem"})

    assert (answer.status_code, answer.content) == (200, b"{}")
    assert answer.headers["X-Amz-Crc32"] == "7"
    (asked,) = receiver.requests
    assert asked.startswith(b"POST / HTTP/1.1\r\n")
    assert b"\r\nX-Amz-Target: GetItem\r\n" in asked
    assert asked.endswith(b'\r\n\r\n{"a":1}')


def test_an_answer_that_says_to_go_elsewhere_is_an_answer() -> None:
    with receiving(says(b"HTTP/1.1 307 Go\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")) as there:
        assert connections(there.port).post(b"{}", {}).status_code == 307


@pytest.mark.parametrize(
    ("talk", "failure"),
    [
        (reset, aws.ConnectionClosedError),
        (says(b""), aws.ConnectionClosedError),
        (says(b"no HTTP at all\r\n\r\n"), aws.ConnectionClosedError),
        (says(SHORT), aws.ConnectionClosedError),
        (silent, aws.ReadTimeoutError),
        (stalling, aws.ReadTimeoutError),
    ],
    ids=["reset", "closed", "no HTTP", "cut short", "silent", "stalling"],
)
def test_a_failed_call_is_a_failure_that_botocore_would_try_again(
    talk: Talk, failure: type[Exception]
) -> None:
    with receiving(talk) as receiver, pytest.raises(failure):
        connections(receiver.port).post(b"{}", {})


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(aws.EndpointConnectionError):
        connections(port).post(b"{}", {})


def test_a_connection_that_the_other_side_has_let_go_is_replaced() -> None:
    let_go = threading.Event()

    def hang_up(line: socket.socket) -> None:
        line.sendall(OK)  # and no word of that no more will follow
        line.close()
        let_go.set()

    with receiving(hang_up) as receiver:
        kept = connections(receiver.port)
        for _ in range(3):
            assert kept.post(b"{}", {}).content == b"{}"
            assert let_go.wait(5)
            let_go.clear()


def test_a_connection_is_kept() -> None:
    def answer_twice(line: socket.socket) -> None:
        line.sendall(OK)
        line.recv(65_536)
        line.sendall(OK)

    with receiving(answer_twice) as receiver:
        kept = connections(receiver.port)
        answers = [kept.post(b"{}", {}).content for _ in range(2)]

    assert answers == [b"{}"] * 2
    assert len(receiver.requests) == 1  # it counts connections


def test_only_a_known_authority_is_trusted(tmp_path: Path) -> None:
    authority = make_authority(tmp_path, "localhost")
    with receiving(says(OK), tls=authority.server) as receiver:
        with pytest.raises(aws.SSLError):
            connections(receiver.port, scheme="https").post(b"{}", {})
        known = str(tmp_path / "server.pem")
        answer = connections(receiver.port, scheme="https", ca_bundle=known).post(b"{}", {})

    assert answer.content == b"{}"


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    authority = make_authority(tmp_path, "elsewhere.example")
    known = str(tmp_path / "server.pem")
    with receiving(says(OK), tls=authority.server) as receiver, pytest.raises(aws.SSLError):
        connections(receiver.port, scheme="https", ca_bundle=known).post(b"{}", {})


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
    with receiving(says(refusal)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "")
        there = connections(443, scheme="https", host="dynamodb.example")
        with pytest.raises(aws.ProxyConnectionError):
            there.post(b"{}", {})

    assert proxy.requests[0].startswith(b"CONNECT dynamodb.example:443 ")
