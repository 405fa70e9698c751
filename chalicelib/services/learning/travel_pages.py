"""Reading stored travel pages into a state, both for predictions and for learning."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.eta.learned.pages import NewerFormat, read_page
from chalicelib.domain.eta.learned.places import page_name
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.journal.changes import StoredPage
from chalicelib.observability import Metric, count, logger


@dataclass(frozen=True, slots=True)
class Unread:
    """Pages that could not be read. Those of a newer format are intact; do not overwrite them."""

    corrupt: frozenset[int]
    newer: frozenset[int]

    @property
    def pages(self) -> frozenset[int]:
        """The corrupt pages and those of a newer format."""
        return self.corrupt | self.newer


def read_into(state: State, stored: Mapping[int, StoredPage]) -> Unread:
    """Read pages into a state. Returns those that are corrupt or of a newer format.

    These leave the state unchanged, as if nothing had been learnt there.
    """
    corrupt: set[int] = set()
    newer: set[int] = set()
    for page, found in stored.items():
        about = {"page": page_name(page), "version": found.version}
        try:
            read_page(state, page, found.packed)
        except NewerFormat as exc:
            newer.add(page)
            logger.warning("travel page of newer code", extra={**about, "reason": str(exc)})
        except ValueError as exc:
            corrupt.add(page)
            logger.error("travel page refused", extra={**about, "reason": str(exc)})
    count(Metric.TRAVEL_PAGES_REFUSED, len(corrupt))
    count(Metric.TRAVEL_PAGES_NEWER, len(newer))
    return Unread(frozenset(corrupt), frozenset(newer))
