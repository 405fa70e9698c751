"""The environment variables to set before boto3 is imported: fake keys and a local endpoint.

Nothing here can reach a real account unless the user has set `AWS_ENDPOINT_URL`: we hide the keys
and profiles of the shell from the process.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from infra.template import LOCAL_REGION

_FAKE_ACCOUNT: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_SESSION_TOKEN": "local",
    "AWS_REGION": LOCAL_REGION,
    "AWS_DEFAULT_REGION": LOCAL_REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def foreign_endpoint() -> str | None:
    """The user's own `AWS_ENDPOINT_URL`: another emulator, or a real account."""
    return os.environ.get("AWS_ENDPOINT_URL") or None


def is_on_this_machine(url: str) -> bool:
    """Whether an address can only mean this machine.

    >>> is_on_this_machine("http://127.0.0.1:4566"), is_on_this_machine("https://sns.us-east-1.amazonaws.com")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def present() -> dict[str, str]:
    """A copy of the present environment."""
    return dict(os.environ)


@contextmanager
def changed(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set (None: unset) environment variables, and put everything back at the end."""
    before = present()
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


def for_endpoint(endpoint_url: str | None, *, is_ours: bool) -> dict[str, str | None]:
    """The variables that make boto3 use `endpoint_url` and, if it is ours, nothing else.

    With None, requests are caught before they leave the process.
    """
    shared: dict[str, str | None] = {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",  # else streams get an unknown host
    }
    if not is_ours:
        return {"AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", LOCAL_REGION), **shared}
    return {"AWS_PROFILE": None, "AWS_DEFAULT_PROFILE": None, **_FAKE_ACCOUNT, **shared}
