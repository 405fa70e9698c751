"""Parts of a batch that failed, as AWS wants to hear of them; and poison, which no repeat mends."""

from collections.abc import Iterable

from chalicelib.domain.errors import Invalid
from chalicelib.observability import Metric, count, logger

Failures = dict[str, list[dict[str, str]]]


def failures(identifiers: Iterable[str]) -> Failures:
    """A partial batch response: these come again, the others are done."""
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


def park(kind: str, identifier: str, exc: Invalid) -> None:
    """Log and count poison, which goes to a dead-letter queue, where somebody sees it.

    The caller puts it there, or hands it back like any failure: after its last try AWS puts it
    there.
    """
    count(Metric.MESSAGES_PARKED)
    logger.error(f"{kind} parked", extra={"identifier": identifier, "errors": exc.data["errors"]})
