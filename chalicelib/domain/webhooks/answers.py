"""The answers of receivers, as far as we look at them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """The status of a receiver's answer, and its ``Retry-After`` as it stands there."""

    status: int
    retry_after: str | None = None
