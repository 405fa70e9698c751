"""Signature Version 4 of a call to DynamoDB.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

botocore's signer takes any request. These differ only in their body, operation and time, so the
rest is composed once, and the key is derived once a day.
"""

import hashlib
import hmac
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

from botocore.credentials import ReadOnlyCredentials

ALGORITHM: Final = "AWS4-HMAC-SHA256"
CONTENT_TYPE: Final = "application/x-amz-json-1.0"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Signer:
    """Makes the headers that prove who calls."""

    def __init__(self, url: str, region: str) -> None:
        """``url`` is where all calls go; ``region`` is the one that signatures name."""
        parts = urlsplit(url)
        is_usual = parts.port in (None, DEFAULT_PORTS.get(parts.scheme))
        self._region = region
        self._host = str(parts.hostname) if is_usual else f"{parts.hostname}:{parts.port}"
        self._path = quote(parts.path or "/", safe="/~")

    def headers(
        self, target: str, body: bytes, credentials: ReadOnlyCredentials, now: datetime
    ) -> dict[str, str]:
        """The signed headers of one call: ``target`` is its operation, ``now`` is in UTC."""
        at = now.strftime("%Y%m%dT%H%M%SZ")
        signed = {"content-type": CONTENT_TYPE, "host": self._host, "x-amz-date": at}
        if credentials.token:
            signed["x-amz-security-token"] = credentials.token
        signed["x-amz-target"] = target
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        names = ";".join(signed)
        digest = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n{self._path}\n\n{lines}\n{names}\n{digest}"
        scope = f"{at[:8]}/{self._region}/dynamodb/aws4_request"
        request = hashlib.sha256(canonical.encode()).hexdigest()
        key = _key(credentials.secret_key, at[:8], self._region)
        signature = _mac(key, f"{ALGORITHM}\n{at}\n{scope}\n{request}").hex()
        sent = {
            "Content-Type": CONTENT_TYPE,
            "Host": self._host,
            "X-Amz-Date": at,
            "X-Amz-Target": target,
            "Authorization": (
                f"{ALGORITHM} Credential={credentials.access_key}/{scope},"
                f" SignedHeaders={names}, Signature={signature}"
            ),
        }
        if credentials.token:
            sent["X-Amz-Security-Token"] = credentials.token
        return sent


@lru_cache(maxsize=2)
def _key(secret_key: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, "dynamodb", "aws4_request"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
