"""Our client of DynamoDB does what botocore's does: both get the same answers, side by side."""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from zlib import crc32

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import get_current_datetime
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    ClientError,
    NoCredentialsError,
    NoRegionError,
)

from chalicelib.adapters.aws import new_client
from chalicelib.adapters.dynamodb.client import dynamodb_client
from tests.support import faults
from tests.support.faults import Action, json_error, never_wait

KEY: Final = {"id": {"S": "a"}}
PUT: Final = {"TableName": "t", "Item": {**KEY, "held": {"B": b"\0\xff"}}}


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

    sent = [_asked(client, said()).sent[0] for client in _both()]

    ours, theirs = [(each.url, _scope(each)) for each in sent]
    assert ours == theirs


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"])
@pytest.mark.parametrize("token", ["token", ""])
def test_signatures_are_botocores(name: str, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://emulator.example:8000/a path/~b")
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)

    sent = _asked(dynamodb_client(), said()).sent[0]

    assert sent.url.startswith("http://emulator.example:8000/a path/~b")
    again = AWSRequest("POST", sent.url, data=sent.body)
    for header in ("Content-Type", "X-Amz-Target"):
        again.headers[header] = sent.headers[header]
    signer = SigV4Auth(
        ReadOnlyCredentials("AKID", "secret", token or None), "dynamodb", "eu-north-1"
    )
    signed_at = datetime.strptime(sent.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: signed_at)
    signer.add_auth(again)
    assert sent.headers["Authorization"] == again.headers["Authorization"]
    assert sent.headers.get("X-Amz-Security-Token", "") == token


def test_calls_say_what_botocores_say() -> None:
    ours, theirs = [
        _asked(client, said(), operation="PutItem", asks=PUT).sent[0] for client in _both()
    ]

    assert json.loads(_text(ours.body)) == json.loads(_text(theirs.body))
    for header in ("Content-Type", "X-Amz-Target"):
        assert ours.headers[header] == _text(theirs.headers[header])
    assert ours.headers["User-Agent"].startswith("Botocore/")


ITEM: Final = {
    "S": {"S": "ö"},
    "N": {"N": "1.5"},
    "B": {"B": "AP8="},
    "BS": {"BS": ["AP8=", ""]},
    "map": {"M": {"B": {"B": ""}, "L": {"L": [{"B": "AA=="}, {"NULL": True}]}}},
    "flag": {"BOOL": False},
    "names": {"SS": ["B", "BS"]},
}


def test_answers_are_read_as_botocore_reads_them() -> None:
    body = json.dumps({"Item": ITEM}).encode()

    ours, theirs = [_asked(client, said(body)).outcome for client in _both()]

    assert isinstance(theirs, dict)
    theirs.pop("ResponseMetadata")
    assert ours == theirs
    assert ours["Item"]["B"] == {"B": b"\0\xff"}


REASONS: Final = [
    {"Code": "None"},
    {"Code": "ConditionalCheckFailed", "Message": "no", "Item": KEY},
]
REFUSALS: Final[dict[str, Action]] = {
    "condition": json_error("ConditionalCheckFailedException"),
    "cancelled": json_error("TransactionCanceledException", CancellationReasons=REASONS),
    "conflict": faults.TRANSACTION_CONFLICT,
    "throttled": faults.THROTTLE,
    "in progress": json_error("TransactionInProgressException"),
    "unknown": json_error("Surprise"),
    "failed": faults.DYNAMODB_500,
    "a page of a proxy": lambda asked: _answer(asked, b"<html>Bad gateway</html>", 502),
    "nothing": lambda asked: _answer(asked, b"", 503),
    "no JSON": lambda asked: _answer(asked, b"too many", 429),
    "moved": lambda asked: _answer(asked, b"{}", 301),
    "reset": faults.RESET,
    "no connection": faults.CONNECT_TIMEOUT,
    "no answer": faults.READ_TIMEOUT,
    "damaged": lambda asked: _answer(asked, b"{}", 200, crc=1),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("times", [1, 9])
def test_what_goes_wrong_is_tried_again_and_told_as_botocore_does(
    refusal: Action, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    never_wait(monkeypatch)

    ours, theirs = [_asked(client, *[refusal] * times, said()) for client in _kept()]

    assert len(ours.sent) == len(theirs.sent)
    assert _told(ours.outcome) == _told(theirs.outcome)


def test_a_try_is_signed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    never_wait(monkeypatch)
    monkeypatch.setattr(
        "chalicelib.adapters.dynamodb.wire.client.get_current_datetime",
        iter([get_current_datetime().replace(second=second) for second in (1, 2)]).__next__,
    )

    first, second = _asked(dynamodb_client(), faults.RESET, said()).sent

    assert first.headers["X-Amz-Date"] != second.headers["X-Amz-Date"]
    assert first.headers["Authorization"] != second.headers["Authorization"]


def test_an_answer_that_is_no_json_is_a_failure_and_not_an_empty_answer() -> None:
    outcome = _asked(dynamodb_client(), said(b"welcome")).outcome

    assert isinstance(outcome, ValueError)


def test_without_region_or_credentials_there_is_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    asked = _asked(dynamodb_client(), said())
    assert (type(asked.outcome), asked.sent) == (NoCredentialsError, [])

    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(NoRegionError):
        dynamodb_client()


class _Asked:
    """One call, with its answers in turn, the last of them from then on."""

    def __init__(self, client: Any, answers: Sequence[Action], operation: str, asks: Any) -> None:
        self.sent: list[AWSPreparedRequest] = []
        self._answers = answers
        client.meta.events.register_first("before-send.dynamodb", self._answer)
        try:
            self.outcome: Any = client._make_api_call(operation, asks)
        except Exception as exc:  # noqa: BLE001 - it is the outcome
            self.outcome = exc
        finally:
            client.meta.events.unregister("before-send.dynamodb", self._answer)

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        self.sent.append(request)
        return self._answers[min(len(self.sent), len(self._answers)) - 1](request)


def _asked(client: Any, *answers: Action, operation: str = "GetItem", asks: Any = None) -> _Asked:
    return _Asked(client, answers, operation, asks or {"TableName": "t", "Key": KEY})


def _both() -> tuple[Any, Any]:
    return dynamodb_client(), new_client("dynamodb")


@cache
def _kept() -> tuple[Any, Any]:
    """The same two for many tests: botocore's takes longer to make than all that is asked of it."""
    return _both()


def said(body: bytes = b"{}") -> Action:
    return lambda request: _answer(request, body, 200)


def _answer(
    request: AWSPreparedRequest, body: bytes, status: int, crc: int | None = None
) -> AWSResponse:
    response = faults.answer(request, status, body, "application/x-amz-json-1.0")
    response.headers["x-amz-crc32"] = str(crc32(body) if crc is None else crc)
    return response


def _told(outcome: Any) -> Any:
    """What a caller can tell of an outcome."""
    if isinstance(outcome, ClientError):
        response: Any = outcome.response
        metadata = response["ResponseMetadata"]
        return (
            str(outcome),
            response["Error"],
            response.get("CancellationReasons"),
            metadata["HTTPStatusCode"],
            metadata["HTTPHeaders"],
            metadata.get("MaxAttemptsReached"),
        )
    if isinstance(outcome, Exception):
        return type(outcome), str(outcome)
    return {name: told for name, told in outcome.items() if name != "ResponseMetadata"}


def _scope(request: AWSPreparedRequest) -> str:
    return _text(request.headers["Authorization"]).partition(",")[0]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
