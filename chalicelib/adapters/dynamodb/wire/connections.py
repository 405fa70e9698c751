"""Kept connections to one address: urllib3's, whose failures become botocore's exceptions."""

import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore import exceptions as aws
from botocore.httpsession import create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies
from urllib3 import HTTPConnectionPool, PoolManager, Timeout, proxy_from_url
from urllib3 import exceptions as http

MOST_CONNECTIONS: Final = 10


class Answer:
    """An answer of HTTP, under the names that botocore's hooks know."""

    __slots__ = ("content", "headers", "status_code")

    def __init__(self, status_code: int, headers: Any, content: bytes) -> None:  # noqa: ANN401 - urllib3's and botocore's differ
        self.status_code = status_code
        self.headers = headers
        self.content = content


class Connections:
    """Safe to use from several threads. The first call connects."""

    def __init__(
        self, url: str, *, ca_bundle: str | None, connect_timeout_s: float, read_timeout_s: float
    ) -> None:
        """``ca_bundle`` is a file of authorities instead of botocore's own."""
        self._url = url
        self._pool = _pool(
            url,
            proxy_url=get_environ_proxies(url).get("https" if url.startswith("https") else ""),
            timeout=Timeout(connect=connect_timeout_s, read=read_timeout_s),
            maxsize=MOST_CONNECTIONS,
            ca_bundle=ca_bundle,
        )
        self._path = url[url.index("/", url.index("//") + 2) :]

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a call and read its answer, whatever its status.

        Raises botocore's HTTPClientError, and for a known cause one of its kinds.
        """
        try:
            got = self._pool.urlopen(
                "POST", self._path, body, headers, retries=False, decode_content=False
            )
        except (http.HTTPError, OSError) as exc:
            raise _translated(exc, self._url) from exc
        return Answer(got.status, got.headers, got.data)


def _pool(
    url: str, *, proxy_url: str | None, ca_bundle: str | None, **options: object
) -> HTTPConnectionPool:
    if url.startswith("https:"):
        options |= {
            "ssl_context": create_urllib3_context(),
            "cert_reqs": "CERT_REQUIRED",
            "ca_certs": ca_bundle or get_cert_path(verify=True),
        }
    manager = proxy_from_url(proxy_url, **options) if proxy_url else PoolManager(**options)  # type: ignore[arg-type]
    return manager.connection_from_url(url)


def _translated(error: Exception, url: str) -> aws.BotoCoreError:
    """The exception that botocore raises for the same failure."""
    for kind, made in _KINDS:
        if isinstance(error, kind):
            found: aws.BotoCoreError = made(
                endpoint_url=url, proxy_url="of the environment", error=error, request=None
            )
            return found
    return aws.HTTPClientError(error=error)


_KINDS: Final[tuple[tuple[type[Exception], Callable[..., Any]], ...]] = (
    (http.SSLError, aws.SSLError),
    (http.NewConnectionError, aws.EndpointConnectionError),
    (socket.gaierror, aws.EndpointConnectionError),
    (http.ProxyError, aws.ProxyConnectionError),
    (http.ConnectTimeoutError, aws.ConnectTimeoutError),
    (http.ReadTimeoutError, aws.ReadTimeoutError),
    (http.ProtocolError, aws.ConnectionClosedError),
)
"""In botocore's own order."""
