"""Pages of what is known, read into a state: for asking and for learning alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.eta.learned.pages import NewerFormat, read_page
from chalicelib.domain.eta.learned.places import page_name
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.journal.changes import StoredPage
from chalicelib.observability import Metric, count, logger


@dataclass(frozen=True, slots=True)
class Unread:
    """Pages that could not be read. Those of a newer format are good, and not to be touched."""

    corrupt: frozenset[int]
    newer: frozenset[int]

    @property
    def pages(self) -> frozenset[int]:
        """Both."""
        return self.corrupt | self.newer


def read_into(state: State, stored: Mapping[int, StoredPage]) -> Unread:
    """Read pages into a state. Returns those that are corrupt or of a newer format.

    They leave the state as it was: what cannot be read is as good as not known.
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
