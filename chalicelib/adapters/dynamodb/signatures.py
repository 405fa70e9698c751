"""Requests to DynamoDB, signed and ready to be sent: botocore's, with less work for the same.

botocore's own way takes requests of any shape: it copies all headers four times, prepares the
request twice, and derives a key that changes once a day. DynamoDB is always asked by one POST to
``/`` with a body of bytes. Anything else is left to botocore.
"""

import hmac
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.auth import SIGNED_HEADERS_BLACKLIST, SIGV4_TIMESTAMP
from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.compat import get_current_datetime
from botocore.credentials import Credentials, ReadOnlyCredentials

from chalicelib.adapters.aws import TOTAL_ATTEMPTS

ALGORITHM: Final = "AWS4-HMAC-SHA256"
SERVICE: Final = "dynamodb"
PORTS: Final = {"http": 80, "https": 443}
Create = Callable[..., AWSPreparedRequest]


class SignedRequests:
    """Stands in for an endpoint's ``create_request``; it is asked once for every try."""

    def __init__(self, create: Create, credentials: Credentials, region: str) -> None:
        """``create`` is botocore's own."""
        self._create = create
        self._credentials = credentials
        self._region = region

    def __call__(self, params: dict[str, Any], operation_model: Any = None) -> AWSPreparedRequest:  # noqa: ANN401 - botocore's, handed on
        """What botocore would send, but for the order of its headers."""
        url, body = params["url"], params["body"]
        host = host_of(url)
        if host is None or params["method"] != "POST" or not isinstance(body, bytes):
            return self._create(params, operation_model)
        headers = {**params["headers"], **_retry_headers(params["context"].get("retries"))}
        at = get_current_datetime().strftime(SIGV4_TIMESTAMP)
        credentials = self._credentials.get_frozen_credentials()
        headers |= signature_headers(
            headers, body, host=host, credentials=credentials, at=at, region=self._region
        )
        headers["Content-Length"] = str(len(body))
        made: Any = HeadersDict(headers)  # as botocore makes them, whatever its stubs say
        return AWSPreparedRequest(
            "POST", url, made, body, stream_output=False, context=params["context"]
        )


def signature_headers(
    headers: Mapping[str, str],
    body: bytes,
    *,
    host: str,
    credentials: ReadOnlyCredentials,
    at: str,
    region: str,
) -> dict[str, str]:
    """Signature Version 4 of a POST to ``/``; ``at`` is the time as ``YYYYMMDDTHHMMSSZ``."""
    added = {"X-Amz-Date": at}
    if credentials.token:
        added["X-Amz-Security-Token"] = credentials.token
    values = {"host": host}
    for name, value in (*headers.items(), *added.items()):
        lower = name.lower()
        if lower not in SIGNED_HEADERS_BLACKLIST:
            values[lower] = " ".join(value.split())
    names = sorted(values)
    lines = "".join(f"{name}:{values[name]}\n" for name in names)
    signed = ";".join(names)
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{region}/{SERVICE}/aws4_request"
    told = f"{ALGORITHM}\n{at}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = _key(credentials.secret_key, at[:8], region)
    signature = hmac.digest(key, told.encode(), "sha256").hex()
    added["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={signed}, Signature={signature}"
    )
    return added


@lru_cache(maxsize=8)
def host_of(url: str) -> str | None:
    """The host to sign, None for a URL with more than a host."""
    parts = urlsplit(url)
    if parts.path != "/" or parts.query or parts.username:
        return None
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, PORTS[parts.scheme]} else f"{host}:{parts.port}"


def _retry_headers(retries: Mapping[str, Any] | None) -> dict[str, str]:
    """Which try this is: AWS counts by it."""
    if not retries:
        return {}
    known = {"max": TOTAL_ATTEMPTS, **retries}
    told = "; ".join(f"{key}={known[key]}" for key in ("ttl", "attempt", "max") if key in known)
    return {"amz-sdk-invocation-id": retries["invocation-id"], "amz-sdk-request": told}


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
