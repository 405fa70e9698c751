from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.attention.handling import Handling
from chalicelib.domain.attention.shared_views import SharedView
from chalicelib.domain.errors import ConcurrentUpdate


@dataclass
class InMemoryHandlings:
    """What was done about concerns, by their names."""

    handlings: dict[str, Handling] = field(default_factory=dict)

    def get(self, concern_id: str, now: datetime) -> Handling | None:
        return self.of([concern_id], now).get(concern_id)

    def of(self, concern_ids: Sequence[str], now: datetime) -> dict[str, Handling]:
        found = (self.handlings[each] for each in concern_ids if each in self.handlings)
        return {each.concern_id: each for each in found if each.expires_at > now}

    def put(self, handling: Handling, expected_version: int) -> None:
        present = self.get(handling.concern_id, handling.at)
        if (present.version if present else 0) != expected_version:
            raise ConcurrentUpdate
        self.handlings[handling.concern_id] = handling


@dataclass
class Everybody:
    """What all processes share."""

    views: dict[str, SharedView] = field(default_factory=dict)
    leases: dict[str, datetime] = field(default_factory=dict)


@dataclass
class InMemorySharedViews:
    """One process; those with the same ``everybody`` share their views."""

    everybody: Everybody = field(default_factory=Everybody)
    own: dict[str, SharedView] = field(default_factory=dict)

    def here(self, name: str) -> SharedView | None:
        return self.own.get(name)

    def latest(self, name: str) -> SharedView | None:
        found = self.everybody.views.get(name)
        if found is not None:
            self.own[name] = found
        return found

    def claim(self, name: str, *, now: datetime, lease_s: int) -> bool:
        if name in self.everybody.leases and self.everybody.leases[name] > now:
            return False
        self.everybody.leases[name] = now + timedelta(seconds=lease_s)
        return True

    def share(self, name: str, view: SharedView) -> None:
        self.everybody.views[name] = self.own[name] = view
