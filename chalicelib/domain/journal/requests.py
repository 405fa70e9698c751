"""Requests that carry a key, so that a repeat is recognised."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key and the fingerprint of the body that came with it."""

    key: str
    fingerprint: str
