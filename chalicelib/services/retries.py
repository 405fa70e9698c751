"""What every use case does when somebody else wrote first: read again and decide again."""

from collections.abc import Callable
from typing import Final, TypeVar

from chalicelib.domain.errors import ConcurrentUpdate, Unavailable

ATTEMPTS: Final = 4
T = TypeVar("T")


def retried(attempt: Callable[[], T]) -> T:
    """The result of ``attempt``, which reads, decides and writes anew each time.

    Raises Unavailable when three others in a row were faster; the caller may repeat the request.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except ConcurrentUpdate:
            continue
    try:
        return attempt()
    except ConcurrentUpdate as exc:
        raise Unavailable(retry_after_s=1) from exc
