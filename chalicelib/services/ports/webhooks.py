"""Shippers' servers."""

from collections.abc import Mapping
from typing import Protocol


class WebhookSender(Protocol):
    """Posts to somebody else's server."""

    def check(self, url: str) -> None:
        """Raises Invalid for a target that we must not call. Looks it up, connects to nothing."""
        ...

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer.

        Redirects are not followed. Raises Unavailable when there was none, Invalid for a target
        that we must not call.
        """
        ...
