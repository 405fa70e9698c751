"""The client of DynamoDB: botocore's, without its general way of making a call.

botocore builds a request from a description of the service, in a dozen steps that fit any service.
That takes two thirds of the CPU of a call, and reading the description a seventh of a cold start.
DynamoDB needs three steps: JSON, a signature, HTTP. What is policy stays botocore's: credentials,
endpoints, retries, the reading of errors, exceptions and events. So whoever listens to a client's
events (tracing, tests, meters) hears of these calls as of any other.
"""

import time
from collections.abc import Mapping
from itertools import count
from types import SimpleNamespace
from typing import Any, Final

import botocore.session
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import get_current_datetime
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.hooks import first_non_none_response
from botocore.model import ServiceId
from botocore.parsers import create_parser
from botocore.retries.standard import register_retry_handler

from chalicelib.adapters.dynamodb.wire.connections import Connections
from chalicelib.adapters.dynamodb.wire.endpoint import found_endpoint
from chalicelib.adapters.dynamodb.wire.json_values import decoded, encoded
from chalicelib.adapters.dynamodb.wire.signature import Signer

TARGET: Final = "DynamoDB_20120810"
FIRST_ERROR: Final = 300


class _Operation:
    """What botocore's hooks ask of an operation's description."""

    error_shapes: Final = ()
    is_endpoint_discovery_operation: Final = False
    service_model: Final = SimpleNamespace(
        service_name="dynamodb", service_id=ServiceId("DynamoDB"), api_version="2012-08-10"
    )

    def __init__(self, name: str) -> None:
        self.name = name


class DynamoDb:
    """Makes calls to DynamoDB, from any thread. PynamoDB takes it for botocore's client."""

    _request_signer: Final = None  # PynamoDB looks whether it lacks credentials

    def __init__(
        self,
        session: botocore.session.Session,
        *,
        total_attempts: int,
        connect_timeout_s: float,
        read_timeout_s: float,
    ) -> None:
        """Raises NoRegionError and EndpointResolutionError; connects with the first call."""
        endpoint = found_endpoint(session)
        self._session = session
        self._credentials = session.get_credentials()
        self._signer = Signer(endpoint.url, endpoint.signing_region)
        self._user_agent = session.user_agent()
        self._connections = Connections(
            endpoint.url,
            ca_bundle=session.get_config_variable("ca_bundle"),
            connect_timeout_s=connect_timeout_s,
            read_timeout_s=read_timeout_s,
        )
        self._url = endpoint.url
        self.meta: Final = SimpleNamespace(
            endpoint_url=endpoint.url,
            events=session.get_component("event_emitter"),
            service_model=_Operation.service_model,
        )
        register_retry_handler(self, max_attempts=total_attempts)  # type: ignore[arg-type] # it has all that is asked for

    def _make_api_call(self, operation_name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one call, under the name by which PynamoDB makes it.

        Raises ClientError for a refusal, and BotoCoreError where there was no answer, in both cases
        after the retries of botocore's standard mode.
        """
        operation = _Operation(operation_name)
        context: dict[str, object] = {}
        call = {
            "method": "POST",
            "url": self._url,
            "body": encoded(arguments),
            "headers": {"User-Agent": self._user_agent},
            "context": context,
        }
        self._tell("before-call", operation_name, model=operation, params=call, context=context)
        answer, refusal = self._answered(operation, call)
        parsed = refusal or decoded(answer.content)
        self._tell(
            "after-call",
            operation_name,
            http_response=answer,
            parsed=parsed,
            model=operation,
            context=context,
        )
        if refusal:
            raise ClientError(refusal, operation_name)  # type: ignore[arg-type] # as botocore read it
        return parsed

    def _answered(
        self, operation: _Operation, call: dict[str, Any]
    ) -> tuple[Any, dict[str, Any] | None]:
        """The last answer, and what it says if it is a refusal. Raises what the last try raised."""
        for attempts in count(1):
            answer = refusal = failure = None
            try:
                answer = self._sent(operation, call)
                refusal = _refusal(answer)
            except Exception as exc:  # noqa: BLE001 - which of them to repeat is botocore's to say
                failure = exc
            delay_s = first_non_none_response(
                self._tell(
                    "needs-retry",
                    operation.name,
                    response=None if failure else (answer, refusal or {}),
                    endpoint=None,
                    operation=operation,
                    attempts=attempts,
                    caught_exception=failure,
                    request_dict=call,
                )
            )
            if delay_s is None or delay_s is False:
                break
            time.sleep(delay_s)
        if failure is not None:
            raise failure
        if refusal is not None:
            refusal["ResponseMetadata"]["RetryAttempts"] = attempts - 1
        return answer, refusal

    def _sent(self, operation: _Operation, call: Mapping[str, Any]) -> Any:  # noqa: ANN401 - ours or a listener's
        """The answer to one try: that of a listener (an emulator in this process), else by HTTP."""
        headers = call["headers"] | self._signer.headers(
            f"{TARGET}.{operation.name}",
            call["body"],
            self._frozen_credentials(),
            get_current_datetime(),
        )
        request: Any = AWSPreparedRequest(
            "POST", self._url, headers, call["body"], stream_output=False
        )
        given = first_non_none_response(self._tell("before-send", operation.name, request=request))
        if given is not None:
            return given
        return self._connections.post(request.body, request.headers)

    def _frozen_credentials(self) -> Any:  # noqa: ANN401 - botocore's named tuple
        """Those of now: botocore renews credentials that expire."""
        if self._credentials is None:
            self._credentials = self._session.get_credentials()
            if self._credentials is None:
                raise NoCredentialsError
        return self._credentials.get_frozen_credentials()

    def _tell(self, event: str, name: str, /, **said: object) -> Any:  # noqa: ANN401 - botocore's
        return self.meta.events.emit(f"{event}.dynamodb.{name}", **said)


def _refusal(answer: Any) -> dict[str, Any] | None:  # noqa: ANN401 - as above
    """What an answer of an error says, as botocore reads it; None for any other answer."""
    if answer.status_code < FIRST_ERROR:
        return None
    told = {
        "status_code": answer.status_code,
        "headers": answer.headers,
        "body": answer.content,
        "context": {},
    }
    refusal: dict[str, Any] = create_parser("json").parse(told, None)  # type: ignore[arg-type] # no description
    if b'"CancellationReasons"' in answer.content:
        refusal["CancellationReasons"] = decoded(answer.content)["CancellationReasons"]
    return refusal
