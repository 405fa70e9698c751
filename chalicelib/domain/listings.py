"""One page of a listing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a listing.

    ``position`` resumes after it (None: that was all); it is not yet an opaque cursor.
    """

    data: tuple[T, ...]
    position: Mapping[str, str] | None = None
