"""Requests that carry a key, so that a repeat is recognised, and the answers that they got."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An Idempotency-Key as we store it, and the fingerprint of the body that came with it.

    Its name is a hash over caller, address and key.
    """

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """An answer that has been given, to the byte."""

    status: int
    headers: Mapping[str, str]
    body: str
