"""Versions: what a tracking view was made of, so that an unchanged one need not be made again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

UNDER_WAY_S: Final = 60
"""A view of a van on the road changes with time alone: it grows silent, a range begins."""
AT_REST_S: Final = 900
"""Any other view changes with the day. Days of all time zones begin on a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of shipment and live state (None: no van), and the span of time of a view.

    Two views of the same versions say the same, but for ages.
    """

    shipment: int
    live: int | None
    span: int

    @classmethod
    def at(cls, now: datetime, *, shipment: int, live: int | None) -> "Versions":
        """The versions of a view that is made now."""
        span_s = AT_REST_S if live is None else UNDER_WAY_S
        return cls(shipment, live, int(now.timestamp()) // span_s)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A view is still what its reader knows; ``server_now`` is when that was found."""

    server_now: datetime
