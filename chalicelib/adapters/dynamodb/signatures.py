"""Signatures of requests to DynamoDB: botocore's Signature Version 4, with less work for the same.

botocore's own signs requests of any shape: it copies all headers twice, prepares the request once
more to see its body, and derives a key that changes once a day. DynamoDB is always asked by one
POST to ``/`` with a body of bytes. Anything else is left to botocore.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from botocore.auth import AUTH_TYPE_MAPS, SIGNED_HEADERS_BLACKLIST, SigV4Auth
from botocore.awsrequest import AWSRequest

BRIEF: Final = "doorstep-brief-v4"
"""The name by which botocore finds it."""
ALGORITHM: Final = "AWS4-HMAC-SHA256"
PORTS: Final = {"http": 80, "https": 443}


class BriefSigV4(SigV4Auth):
    """What ``SigV4Auth`` signs, to the byte."""

    _region_name: str
    _service_name: str
    _signed_headers = ""

    def canonical_request(self, request: AWSRequest) -> str:
        """The text that is hashed: method, path, headers, and the hash of the body."""
        host = _host(request.url)
        if request.method != "POST" or host is None or not isinstance(request.data, bytes):
            self._signed_headers = self.signed_headers(self.headers_to_sign(request))
            canonical: str = super().canonical_request(request)
            return canonical
        values = {"host": host}
        for name, value in request.headers.items():
            lower = name.lower()
            if lower not in SIGNED_HEADERS_BLACKLIST:
                values[lower] = " ".join(value.split())
        names = sorted(values)
        self._signed_headers = ";".join(names)
        lines = "".join(f"{name}:{values[name]}\n" for name in names)
        body_hash = sha256(request.data).hexdigest()
        return f"POST\n/\n\n{lines}\n{self._signed_headers}\n{body_hash}"

    def signature(self, string_to_sign: str, request: AWSRequest) -> str:
        """By the key of the day."""
        day = request.context["timestamp"][:8]
        key = _key(self.credentials.secret_key, day, self._region_name, self._service_name)
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()

    def _inject_signature_to_request(self, request: AWSRequest, signature: str) -> AWSRequest:
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={self.scope(request)}, "
            f"SignedHeaders={self._signed_headers}, Signature={signature}"
        )
        return request


AUTH_TYPE_MAPS[BRIEF] = BriefSigV4


@lru_cache(maxsize=8)
def _host(url: str) -> str | None:
    """The host to sign, None for a URL with more than a host."""
    parts = urlsplit(url)
    if parts.path != "/" or parts.query or parts.username:
        return None
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, PORTS[parts.scheme]} else f"{host}:{parts.port}"


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
