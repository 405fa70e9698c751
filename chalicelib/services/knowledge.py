"""Pages of what is known, read into a state: for asking and for learning alike."""

from collections.abc import Mapping

from chalicelib.domain.changes import StoredPage
from chalicelib.domain.eta.pages import read_page
from chalicelib.domain.eta.places import page_name
from chalicelib.domain.eta.state import State
from chalicelib.observability import Metric, count, logger


def read_into(state: State, stored: Mapping[int, StoredPage]) -> frozenset[int]:
    """Read pages into a state. Returns those that are corrupt or of another format.

    They leave the state as it was: what cannot be read is as good as not known.
    """
    refused: set[int] = set()
    for page, found in stored.items():
        try:
            read_page(state, page, found.packed)
        except ValueError as exc:
            refused.add(page)
            logger.error(
                "travel page refused",
                extra={"page": page_name(page), "version": found.version, "reason": str(exc)},
            )
    count(Metric.TRAVEL_PAGES_REFUSED, len(refused))
    return frozenset(refused)
