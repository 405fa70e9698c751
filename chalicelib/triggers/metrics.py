"""Behind the queue of news that metrics are counted from: messages in, the failed ones' ids out.

The queue holds each message back for some minutes, and what concerns the same route is counted
together. So a route is counted once, however much is said of it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.domain.errors import Invalid
from chalicelib.domain.metrics.news import News, news_of
from chalicelib.observability import counted
from chalicelib.triggers.failures import Failures, failures, park


def count_metrics(
    batch: Mapping[str, Any], *, count: Callable[[Iterable[News]], frozenset[News]]
) -> Failures:
    """Count what a batch concerns. Returns the ids of the messages that must come again."""
    failed: list[str] = []
    news: dict[str, News] = {}
    with counted():
        for record in batch["Records"]:
            message_id = record["messageId"]
            try:
                found = news_of(record["body"])
            except Invalid as exc:
                park("message", message_id, exc)
                failed.append(message_id)
                continue
            if found is not None:
                news[message_id] = found
        again = count(list(dict.fromkeys(news.values()))) if news else frozenset()
    failed += [key for key, each in news.items() if each in again]
    return failures(failed)
