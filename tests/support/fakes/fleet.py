from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.driving.fixes import Fix, in_order
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.journal.changes import LiveChange, TrackEntry
from chalicelib.domain.learning.published import PublishedEtas


@dataclass
class InMemoryFleet:
    """Live states with their versions, and every batch once."""

    lives: dict[DriverId, Live] = field(default_factory=dict)
    entries: dict[tuple[DriverId, tuple[Fix, ...]], TrackEntry] = field(default_factory=dict)

    def live(self, driver_id: DriverId) -> Live:
        if driver_id not in self.lives:
            raise NotFound
        return self.lives[driver_id]

    def glance(self, driver_id: DriverId, *, unless_version: int | None = None) -> Live | None:
        live = self.lives.get(driver_id)
        return None if live is None or live.version == unless_version else live

    def glances(self, driver_ids: Sequence[DriverId]) -> dict[DriverId, Live]:
        return {each: self.lives[each] for each in driver_ids if each in self.lives}

    def write(self, change: LiveChange) -> None:
        self.lives[change.after.driver_id] = change.after

    def require(self, change: LiveChange) -> None:
        """Raise ConcurrentUpdate when the change expects another version."""
        present = self.lives.get(change.after.driver_id)
        if (present.version if present else None) != change.expected_version:
            raise ConcurrentUpdate

    def append_track(self, entry: TrackEntry) -> bool:
        key = (entry.driver_id, entry.fixes)
        is_new = key not in self.entries
        self.entries.setdefault(key, entry)
        return is_new

    def held_already(self, entry: TrackEntry, among: Sequence[Fix]) -> frozenset[Fix]:
        others = (
            other.fixes
            for (driver_id, fixes), other in self.entries.items()
            if driver_id == entry.driver_id and fixes != entry.fixes
        )
        return frozenset(fix for fixes in others for fix in fixes).intersection(among)

    def track(
        self, driver_id: DriverId, *, since: datetime, until: datetime, now: datetime
    ) -> tuple[Fix, ...]:
        fixes = {fix for entry in self.batches(driver_id, since, until, now) for fix in entry.fixes}
        return in_order(fixes)

    def published_etas(
        self,
        driver_id: DriverId,
        route_id: RouteId,
        *,
        since: datetime,
        until: datetime,
        now: datetime,
    ) -> tuple[PublishedEtas, ...]:
        found = [
            PublishedEtas(
                at=entry.told_at,
                etas={i: eta for i, eta in enumerate(entry.live.etas_by_number) if eta is not None},
                as_of=entry.live.news_at or entry.told_at,
            )
            for entry in self.batches(driver_id, since, until, now)
            if entry.route_id == route_id
        ]
        return tuple(sorted(found, key=lambda told: told.at))

    def batches(
        self, driver_id: DriverId, since: datetime, until: datetime, now: datetime
    ) -> list[TrackEntry]:
        """The batches that begin in the span and have not expired."""
        return [
            entry
            for entry in self.entries.values()
            if entry.driver_id == driver_id
            and since <= entry.fixes[0].recorded_at <= until
            and entry.expires_at > now
        ]
