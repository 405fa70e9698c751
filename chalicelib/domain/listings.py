"""Listings: long lists are read page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a listing.

    The next page begins after ``position`` (None: this is the last page). ``position`` is not yet
    an opaque cursor.
    """

    data: tuple[T, ...]
    position: Mapping[str, str] | None = None
