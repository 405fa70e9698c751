"""Retries: when somebody else wrote first, a use case reads again and decides again."""

from collections.abc import Callable
from typing import Final, TypeVar

from chalicelib.domain.errors import ConcurrentUpdate, Unavailable

ATTEMPTS: Final = 4
T = TypeVar("T")


def at_once(failed: int) -> None:
    """Try again without waiting: a lost race is rare, and somebody waits for the answer."""


def retried(
    attempt: Callable[[], T],
    *,
    attempts: int = ATTEMPTS,
    before_next: Callable[[int], None] = at_once,
) -> T:
    """The result of ``attempt``, which reads, decides and writes anew each time.

    ``before_next`` is called between two attempts with how many have failed so far. Raises
    Unavailable when others were faster each time; the caller may repeat the request.
    """
    for failed in range(1, attempts):
        try:
            return attempt()
        except ConcurrentUpdate:
            before_next(failed)
    try:
        return attempt()
    except ConcurrentUpdate as exc:
        raise Unavailable(retry_after_s=1) from exc
