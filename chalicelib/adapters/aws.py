"""AWS clients, made on first use, and the one rule that says which of their failures are temporary.

There is one retry layer: the SDK's, three attempts in all. DynamoDB has a client of its own, with
the same rules (``dynamodb/wire``). Time-outs are short, because every
caller is a function with a deadline of its own.

We configure a client with everything that botocore would otherwise work out for every call.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, overload

import botocore.session
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004 - its own name

from chalicelib.domain.errors import AnswerLost, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_ses.client import SESClient
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sqs.client import SQSClient

TOTAL_ATTEMPTS: Final = 3
CONNECT_TIMEOUT_S: Final = 1.0
READ_TIMEOUT_S: Final = 4.0

PASSING: Final = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "KMSThrottling",
        "KMSThrottlingException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Error codes of DynamoDB, KMS, SNS, SQS, SES and S3 that mean: try again later."""


class GeoRoutesClient(Protocol):
    """The calls that we use of Amazon Location Routes."""

    def calculate_routes(self, **question: object) -> Mapping[str, object]:
        """Calculate a route. Raises BotoCoreError or ClientError."""
        ...

    def optimize_waypoints(self, **question: object) -> Mapping[str, object]:
        """Find an order of waypoints. Raises BotoCoreError or ClientError."""
        ...


class GeoPlacesClient(Protocol):
    """The calls that we use of Amazon Location Places."""

    def geocode(self, **question: object) -> Mapping[str, Any]:
        """Search for an address. Raises BotoCoreError or ClientError."""
        ...


class KmsClient(Protocol):
    """The calls that we use of KMS."""

    def get_public_key(self, **question: object) -> Mapping[str, Any]:
        """The public half of a key. Raises BotoCoreError or ClientError."""
        ...

    def sign(self, **question: object) -> Mapping[str, Any]:
        """A signature. Raises BotoCoreError or ClientError."""
        ...


@overload
def client(service: Literal["geo-places"], *, total_attempts: int = ...) -> "GeoPlacesClient": ...
@overload
def client(service: Literal["geo-routes"], *, total_attempts: int = ...) -> "GeoRoutesClient": ...
@overload
def client(service: Literal["kms"], *, total_attempts: int = ...) -> "KmsClient": ...
@overload
def client(service: Literal["s3"], *, total_attempts: int = ...) -> "S3Client": ...
@overload
def client(service: Literal["ses"], *, total_attempts: int = ...) -> "SESClient": ...
@overload
def client(service: Literal["sns"], *, total_attempts: int = ...) -> "SNSClient": ...
@overload
def client(service: Literal["sqs"], *, total_attempts: int = ...) -> "SQSClient": ...
def client(service: str, *, total_attempts: int = TOTAL_ATTEMPTS) -> Any:
    """The client of a service, one per process.

    Region, keys and ``AWS_ENDPOINT_URL`` come from the environment, as botocore reads it.
    ``total_attempts=1`` is for calls that must not be repeated blindly, such as sending an SMS.
    """
    return _client(service, total_attempts)


def forget_clients() -> None:
    """Make new clients from now on, because tests and the laptop stack change endpoints."""
    _client.cache_clear()


def has_passing_cause(error: BaseException | None) -> bool:
    """Whether a repeat may succeed: throttling, a fault of the service, a broken connection."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error.response.get("Error", {}).get("Code") in PASSING or status >= 500  # noqa: PLR2004 - HTTP
    return isinstance(error, ConnectionError | HTTPClientError)


@contextmanager
def translated(dependency: str) -> Iterator[None]:
    """Turn temporary failures into Unavailable. Any other failure is our mistake and stays."""
    try:
        yield
    except (BotoCoreError, ClientError) as exc:
        if has_passing_cause(exc):
            raise Unavailable(dependency=dependency) from exc
        raise


@contextmanager
def translated_once(dependency: str) -> Iterator[None]:
    """Like ``translated``, for calls that must not happen twice.

    Raises AnswerLost when the call may have happened.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as exc:
        if not has_passing_cause(exc):
            raise
        if _is_surely_undone(exc):
            raise Unavailable(dependency=dependency) from exc
        raise AnswerLost(dependency=dependency) from exc


def _is_surely_undone(error: BotoCoreError | ClientError) -> bool:
    """Whether AWS surely did nothing: no connection, or refused. A 500 may come after the work."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status < 500 or status == 503  # noqa: PLR2004 - HTTP
    return isinstance(error, ConnectionError)


@lru_cache
def _client(service: str, total_attempts: int) -> Any:  # noqa: ANN401 - typed by client's overloads
    return new_client(service, total_attempts=total_attempts)


def new_client(service: str, *, total_attempts: int = TOTAL_ATTEMPTS) -> Any:  # noqa: ANN401 - as above
    """A new client that is not shared."""
    # Not boto3: it only wraps the same client, and its import adds 100 ms to a cold start.
    session = botocore.session.get_session()
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"total_max_attempts": total_attempts, "mode": "standard"},
        signature_version="s3v4"
        if service == "s3"
        else None,  # the preflight of browsers fails with older addresses
        user_agent=session.user_agent(),  # else botocore composes it twice for each call
    )
    return session.create_client(service, config=config)
