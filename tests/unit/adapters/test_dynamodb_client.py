"""Calls to DynamoDB are signed as botocore signs them, and go where it would send them."""

from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws import new_client
from chalicelib.adapters.dynamodb.client import dynamodb_client
from chalicelib.adapters.dynamodb.signatures import host_of, signature_headers

AT = "20261123T081500Z"
TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
URLS = st.sampled_from(
    [
        "https://dynamodb.eu-north-1.amazonaws.com/",
        "https://dynamodb.eu-north-1.amazonaws.com:443/",
        "http://127.0.0.1:5000/",
        "http://LocalHost:80/",
        "http://[::1]:8000/",
    ]
)


@given(
    url=URLS,
    body=st.binary(min_size=1, max_size=50),
    headers=st.dictionaries(
        st.sampled_from(["X-Amz-Target", "Content-Type", "User-Agent", "amz-sdk-request"]),
        st.lists(TEXTS, min_size=1, max_size=3).map("  ".join),
    ),
    token=st.none() | TEXTS,
    secret=TEXTS,
)
def test_a_request_is_signed_as_botocore_signs_it(
    *, url: str, body: bytes, headers: dict[str, str], token: str | None, secret: str
) -> None:
    credentials = Credentials("AKID", secret, token)
    host = host_of(url)
    assert host is not None

    signed = signature_headers(
        headers,
        body,
        host=host,
        credentials=credentials.get_frozen_credentials(),
        at=AT,
        region="eu-north-1",
    )

    signer = SigV4Auth(credentials, "dynamodb", "eu-north-1")
    assert signed["Authorization"] == _signed(signer, AWSRequest("POST", url, headers, body))
    assert signed.get("X-Amz-Security-Token") == token


@pytest.mark.parametrize(
    "url",
    ["https://emulator.example/a/path/", "https://emulator.example/?a", "https://a@b.example/"],
)
def test_what_is_more_than_a_host_is_left_to_botocore(url: str) -> None:
    assert host_of(url) is None


def test_an_endpoint_with_a_path_is_signed_by_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    _as_deployed(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://emulator.example/a/path")

    sent = _sent_by(dynamodb_client())

    assert sent.url.startswith("https://emulator.example/a/path")
    assert "Signature=" in _text(sent.headers["Authorization"])


def test_what_is_sent_is_what_botocore_would_send(monkeypatch: pytest.MonkeyPatch) -> None:
    _as_deployed(monkeypatch)

    ours, theirs = (_sent_by(client) for client in (dynamodb_client(), new_client("dynamodb")))

    assert (ours.method, ours.url, ours.body) == (theirs.method, theirs.url, theirs.body)
    assert {name.lower() for name in ours.headers} == {name.lower() for name in theirs.headers}
    for name in ("amz-sdk-request", "Content-Length", "Content-Type", "X-Amz-Target"):
        assert _text(ours.headers[name]) == _text(theirs.headers[name])
    # Powertools adds its name where it finds botocore; that is left out
    assert _text(theirs.headers["User-Agent"]).startswith(_text(ours.headers["User-Agent"]))


def test_what_is_sent_bears_botocores_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    _as_deployed(monkeypatch)
    sent = _sent_by(dynamodb_client())

    headers = {name: _text(value) for name, value in sent.headers.items()}
    told = headers.pop("Authorization")
    covered = told.split("SignedHeaders=")[1].split(",")[0].split(";")
    again = AWSRequest("POST", sent.url, {n: headers[n] for n in headers if n.lower() in covered})
    again.data = sent.body
    signer = SigV4Auth(Credentials("AKID", "secret", "token"), "dynamodb", "eu-north-1")
    assert told == _signed(signer, again, headers["X-Amz-Date"])
    assert {"host", "x-amz-date", "x-amz-security-token", "x-amz-target"} <= set(covered)


@pytest.mark.parametrize("region", ["eu-north-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("is_fips", ["false", "true"])
def test_calls_go_where_botocore_would_send_them(
    region: str, is_fips: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", is_fips)
    client = dynamodb_client()

    urls = [_sent_by(client).url for _ in range(2)]

    assert urls == [_sent_by(new_client("dynamodb")).url] * 2


def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")


def _signed(signer: Any, request: AWSRequest, at: str = AT) -> str:
    request.context["timestamp"] = at
    signer._modify_request_before_signing(request)
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    signer._inject_signature_to_request(request, signature)
    return str(request.headers["Authorization"])


def _sent_by(client: Any) -> AWSPreparedRequest:
    """What would have gone over the wire for one call."""
    sent: list[AWSPreparedRequest] = []

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Empty())

    client.meta.events.register_first("before-send.dynamodb", answer)
    client.list_tables()
    client.meta.events.unregister("before-send.dynamodb", answer)
    return sent[0]


class _Empty:
    def stream(self) -> list[bytes]:
        return [b"{}"]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
