"""Listings like DynamoDB's: a position names the last item seen, not a number."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from chalicelib.domain.listings import Listing

T = TypeVar("T")


def page(
    items: Sequence[T],
    name_of: Callable[[T], str],
    *,
    limit: int,
    position: Mapping[str, str] | None,
) -> Listing[T]:
    """The next items after `position`. A full page has a position even if it is the last one."""
    names = [name_of(item) for item in items]
    start = 0 if position is None else names.index(position["after"]) + 1
    found = tuple(items[start : start + limit])
    is_full = len(found) == limit
    return Listing(found, {"after": names[start + limit - 1]} if is_full else None)
