"""Faults of AWS, injected below the SDK. So the real retries run, with the real exceptions.

An action gets the request before it is sent. It answers instead of moto, raises, or lets moto work
and loses the answer. `Faults` says which call meets which action: the nth call of one operation,
every call of a service, or random calls from a seed. Here each retry of the SDK counts as a call.
"""

import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from moto.core.models import botocore_stubber

Action = Callable[[AWSPreparedRequest], AWSResponse | None]
Call = tuple[str, str, int]  # service, operation, which call of it, from 1


class Crash(BaseException):
    """The sandbox was killed. It is not an Exception, so that no handler of ours catches it."""


class _Body(io.BytesIO):
    def stream(self, amt: int = 65_536, **_: Any) -> Iterator[bytes]:
        while chunk := self.read(amt):
            yield chunk


def answer(request: AWSPreparedRequest, status: int, body: bytes, content_type: str) -> AWSResponse:
    headers: Any = {"content-type": content_type, "x-amzn-requestid": "injected"}
    return AWSResponse(request.url, status, headers, _Body(body))


def json_error(code: str, status: int = 400, **more: Any) -> Action:
    """An error in the form of DynamoDB and SQS."""
    error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected"} | more
    body = json.dumps(error).encode()
    return lambda request: answer(request, status, body, "application/x-amz-json-1.0")


def xml_error(code: str, status: int, message: str = "injected") -> Action:
    """An error in the form of SNS, SES and S3."""
    detail = f"<Type>Receiver</Type><Code>{code}</Code><Message>{message}</Message>"
    body = f"<ErrorResponse><Error>{detail}</Error></ErrorResponse>".encode()
    return lambda request: answer(request, status, body, "text/xml")


def raises(error: Callable[..., Exception]) -> Action:
    """The connection fails, and nothing is done."""

    def fail(request: AWSPreparedRequest) -> NoReturn:
        raise error(endpoint_url=request.url, error="injected")

    return fail


def ack_lost(request: AWSPreparedRequest) -> NoReturn:
    """The call is done, but its answer is lost."""
    botocore_stubber("before-send", request)
    raise ReadTimeoutError(endpoint_url=request.url)


def crash_before(request: AWSPreparedRequest) -> NoReturn:
    raise Crash(request.url)


def crash_after(request: AWSPreparedRequest) -> NoReturn:
    botocore_stubber("before-send", request)
    raise Crash(request.url)


def partial_batch(kept: int) -> Action:
    """BatchWriteItem writes only the first `kept` items of each table and returns the others."""

    def act(request: AWSPreparedRequest) -> AWSResponse:
        sent: Any = request.body
        body = json.loads(sent)
        wanted = body["RequestItems"]
        left = {table: writes[kept:] for table, writes in wanted.items() if writes[kept:]}
        body["RequestItems"] = {t: writes[:kept] for t, writes in wanted.items() if writes[:kept]}
        if body["RequestItems"]:
            request.body = json.dumps(body).encode()
            botocore_stubber("before-send", request)
        told = json.dumps({"UnprocessedItems": left}).encode()
        return answer(request, 200, told, "application/x-amz-json-1.0")

    return act


THROTTLE: Final = json_error("ProvisionedThroughputExceededException")
DYNAMODB_500: Final = json_error("InternalServerError", 500)
TRANSACTION_CONFLICT: Final = json_error(
    "TransactionCanceledException",
    CancellationReasons=[{"Code": "TransactionConflict", "Message": "injected"}],
)
SNS_503: Final = xml_error("ServiceUnavailable", 503)
SNS_THROTTLE: Final = xml_error("Throttling", 400)
S3_SLOW_DOWN: Final = xml_error("SlowDown", 503)
RESET: Final = raises(ConnectionClosedError)
CONNECT_TIMEOUT: Final = raises(ConnectTimeoutError)
READ_TIMEOUT: Final = raises(ReadTimeoutError)
DYNAMODB_MENU: Final = (THROTTLE, DYNAMODB_500, RESET, ack_lost, crash_after, crash_before)


@dataclass
class Faults:
    """The faults by call. `log` lists the calls that met a fault, `calls` counts all calls."""

    plan: Mapping[Call, Action] = field(default_factory=dict)
    outage: dict[str, Action] = field(default_factory=dict)
    menu: Mapping[str, Sequence[Action]] = field(default_factory=dict)
    rate: float = 0.0
    seed: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    log: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    @contextmanager
    def on(self, *clients: BaseClient) -> Iterator["Faults"]:
        """Inject the faults into these clients while the block runs."""
        with ExitStack() as undo:
            for client in {id(client): client for client in clients}.values():
                self._install(client, undo)
            yield self

    def _install(self, client: BaseClient, undo: ExitStack) -> None:
        # botocore calls every handler and takes the first answer, so moto would still write.
        events: Any = client.meta.events
        event = f"before-send.{client.meta.service_model.service_name}"
        events.unregister("before-send", botocore_stubber)
        events.register_first(event, self._answer)
        undo.callback(events.register_first, "before-send", botocore_stubber)
        undo.callback(events.unregister, event, self._answer)

    def _answer(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        service, operation = event_name.split(".")[1:]
        self.calls[service, operation] += 1
        call: Call = (service, operation, self.calls[service, operation])
        action = self.outage.get(service) or self.plan.get(call)
        if action is None and self.menu.get(service) and self._random.random() < self.rate:
            action = self._random.choice(self.menu[service])
        if action is None:
            return botocore_stubber(event_name, request)
        self.log.append(call)
        return action(request)


def never_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the SDK's retries without waiting. Their number and order stay the same."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
