"""Drivers' live states and tracks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.driving.fixes import Fix
    from chalicelib.domain.driving.live import Live
    from chalicelib.domain.ids import (
        DriverId,
        RouteId,
    )
    from chalicelib.domain.journal.changes import (
        TrackEntry,
    )
    from chalicelib.domain.learning.published import PublishedEtas


class Fleet(Protocol):
    """Drivers' live states and tracks."""

    def live(self, driver_id: DriverId) -> Live:
        """One read. Raises NotFound for an unknown driver."""
        ...

    def glance(self, driver_id: DriverId, *, unless_version: int | None = None) -> Live | None:
        """The same for showing: half the price, perhaps a moment old; None when unknown.

        None, too, when it still has the version that the caller knows.
        """
        ...

    def glances(self, driver_ids: Sequence[DriverId]) -> dict[DriverId, Live]:
        """The live states of several drivers for showing, at the same price each."""
        ...

    def append_track(self, entry: TrackEntry) -> bool:
        """Keep a batch under its own content; False when the very same batch was there already."""
        ...

    def held_already(self, entry: TrackEntry, among: Sequence[Fix]) -> frozenset[Fix]:
        """Those among a batch's fixes that other batches hold, as far as one short read shows."""
        ...

    def track(
        self, driver_id: DriverId, *, since: datetime, until: datetime, now: datetime
    ) -> tuple[Fix, ...]:
        """All fixes that have not expired, in device order, each once."""
        ...

    def published_etas(
        self,
        driver_id: DriverId,
        route_id: RouteId,
        *,
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> tuple[PublishedEtas, ...]:
        """The ETAs told with the batches of a route that begin in the span, in order of time.

        Nothing of the driver's other routes, and nothing that has expired.
        """
        ...
