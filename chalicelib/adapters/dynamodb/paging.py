"""Positions in listings: PynamoDB's last evaluated key as plain text values, and back."""

from collections.abc import Mapping
from typing import Any


def position_of(
    last_evaluated_key: Mapping[str, Mapping[str, Any]] | None,
) -> dict[str, str] | None:
    """Where a page ended (all our keys are text); None when that was all."""
    if last_evaluated_key is None:
        return None
    return {name: str(value["S"]) for name, value in last_evaluated_key.items()}


def start_key(position: Mapping[str, str] | None) -> dict[str, dict[str, str]] | None:
    """The key to go on from."""
    if position is None:
        return None
    return {name: {"S": value} for name, value in position.items()}
