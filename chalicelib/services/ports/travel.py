"""Learned travel and service times, and the forecasts made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.eta.chain import StopTimes
    from chalicelib.domain.eta.model import TravelModel
    from chalicelib.domain.ids import (
        RouteId,
    )
    from chalicelib.domain.journal.changes import (
        StoredPage,
    )
    from chalicelib.domain.learning.learning import DepartureKey
    from chalicelib.domain.routes.routes import Route


class TravelPages(Protocol):
    """Learned travel and service times, in pages by number."""

    def read(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        """Those that exist, for asking: perhaps a moment old, 100 a call."""
        ...

    def open(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        """Those that exist, for learning: read consistently."""
        ...

    def learning_marks(self, route_ids: Sequence[RouteId]) -> dict[RouteId, DepartureKey]:
        """How far each route has been learnt, read consistently; what is missing is new."""
        ...

    def set_aside(self, pages: Mapping[int, StoredPage], expires_at: datetime) -> None:
        """Keep pages that cannot be read for whoever looks into it."""
        ...


class Forecasts(Protocol):
    """Durations of a plan, and the model that they came from."""

    @property
    def model(self) -> TravelModel:
        """The model as it is known now."""
        ...

    def stop_times(self, route: Route, at: datetime) -> tuple[StopTimes, ...]:
        """Travel to and service at every stop, for a van that is on the plan about then."""
        ...
