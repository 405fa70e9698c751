"""One logger and one set of metrics for the whole application.

A log line is an event name and keys: ``logger.info("positions ingested", extra={"accepted": 3})``.
Lines at INFO have only ids, counts and codes: no coordinates, names, phones, addresses, notes,
tokens, signatures or presigned addresses. The domain neither logs nor counts. A use case with
several outcomes counts one metric per outcome.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger: Final = Logger(service="doorstep", use_rfc3339=True, utc=True)
_metrics: Final = Metrics(namespace="Doorstep", service="doorstep")
_one_at_a_time: Final = threading.Lock()


class Metric(StrEnum):
    """Everything we count."""

    EVENTS_PUBLISHED = "events_published"
    EVENTS_NOT_PUBLISHED = "events_not_published"
    NOTICES_SENT = "notices_sent"
    NOTICES_SUPPRESSED = "notices_suppressed"
    NOTICES_REJECTED = "notices_rejected"
    NOTICES_FAILED = "notices_failed"
    NOTICES_MAYBE_REPEATED = "notices_maybe_repeated"
    WEBHOOKS_DELIVERED = "webhooks_delivered"
    WEBHOOKS_REFUSED = "webhooks_refused"
    WEBHOOKS_FAILED = "webhooks_failed"
    """Tries that failed. Each is tried again, or given up after the last."""
    WEBHOOKS_GIVEN_UP = "webhooks_given_up"
    """Deliveries whose last try failed."""
    WEBHOOKS_SWITCHED_OFF = "webhooks_switched_off"
    """Endpoints whose servers answered 410."""
    ROAD_NETWORK_FAILOVERS = "road_network_failovers"
    """Plans made by the great circle because the road network failed."""
    OPTIMIZER_FAILOVERS = "optimizer_failovers"
    """Suggestions by the built-in optimizer because the one that is set failed."""
    DEPARTURES_LEARNT = "departures_learnt"
    TRAVEL_PAGES_REFUSED = "travel_pages_refused"
    """Corrupt travel pages."""
    TRAVEL_PAGES_NEWER = "travel_pages_newer"
    """Travel pages in a format of newer code."""
    PROOFS_ACCEPTED = "proofs_accepted"
    PROOFS_REJECTED = "proofs_rejected"
    PROOFS_MISSING = "proofs_missing"
    """Proofs whose files never came."""
    PROOFS_INSPECTED_AGAIN = "proofs_inspected_again"
    """Files that lay in quarantine for too long, and are asked for once more."""
    MANIFESTS_SEALED = "manifests_sealed"
    """Signed manifests of attempts, corrections and files."""
    MANIFESTS_SEALED_LATE = "manifests_sealed_late"
    """Events that a sweep found without a manifest. They are sealed after all."""
    ROUTES_COUNTED = "routes_counted"
    """Routes whose facts were made anew with another result."""
    DRIVERS_NOT_SWEPT = "drivers_not_swept"
    """Drivers on duty that a sweep could not look at. The next one tries again."""
    IMPORTS_COMPLETED = "imports_completed"
    IMPORTS_FAILED = "imports_failed"
    """Imports of files that cannot be read."""
    ROWS_IMPORTED = "rows_imported"
    """Rows of imports that have a verdict."""
    MESSAGES_PARKED = "messages_parked"
    """Messages that no repeat can repair. They end in a dead-letter queue."""


def name_stage(stage: str) -> None:
    """Say in every metric which deployment it is of, so that each has alarms of its own."""
    if _metrics.default_dimensions.get("stage") != stage:
        _metrics.provider.dimension_set.pop("stage", None)  # Powertools warns of another value
        _metrics.set_default_dimensions(stage=stage)


def count(metric: Metric, value: int = 1) -> None:
    """Add to a metric. ``counted`` writes it at the end of the invocation."""
    if value:
        with _one_at_a_time:  # webhooks are delivered in threads
            _metrics.add_metric(name=metric.value, unit=MetricUnit.Count, value=value)


@contextmanager
def counted() -> Iterator[None]:
    """Write the metrics counted inside as one line for CloudWatch, also after a failure."""
    try:
        yield
    finally:
        if _metrics.provider.metric_set:  # Powertools warns when there is nothing to write
            _metrics.flush_metrics()
