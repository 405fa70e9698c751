"""Calls to DynamoDB go where botocore would send them, and are signed by botocore."""

import itertools
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib.adapters.aws import new_client
from chalicelib.adapters.dynamodb.client import dynamodb_client


@pytest.fixture(autouse=True)
def _deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")


@pytest.mark.parametrize(
    ("region", "is_fips"),
    [
        *itertools.product(["eu-north-1", "cn-north-1", "us-gov-west-1"], ["false", "true"]),
        ("local", "false"),  # the one region whose endpoint says how to sign
    ],
)
def test_calls_go_where_botocore_would_send_them(
    region: str, is_fips: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", is_fips)
    client = dynamodb_client()

    urls = [_sent_by(client).url for _ in range(2)]

    assert urls == [_sent_by(new_client("dynamodb")).url] * 2


def test_an_endpoint_of_ones_own_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://emulator.example/a/path")

    sent = _sent_by(dynamodb_client())

    assert sent.url.startswith("https://emulator.example/a/path")


def test_every_call_is_signed_with_the_functions_credentials() -> None:
    client = dynamodb_client()

    for sent in (_sent_by(client), _sent_by(client)):
        told = _text(sent.headers["Authorization"])
        assert told.startswith("AWS4-HMAC-SHA256 Credential=AKID/")
        assert "/eu-north-1/dynamodb/aws4_request" in told
        assert _text(sent.headers["X-Amz-Security-Token"]) == "token"


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
