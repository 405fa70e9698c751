from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.journal.claims import Claim


@dataclass(frozen=True)
class Entry:
    owner: str
    lease_until: datetime
    expires_at: datetime
    state: str = "claimed"
    outcome: str | None = None


@dataclass
class InMemoryLedger:
    """The ledger as a dictionary."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def claim(self, key: str, *, owner: str, now: datetime, lease_s: int, keep_s: int) -> Claim:
        held = self.entries.get(key)
        is_open = held is None or held.expires_at <= now or held.state == "released"
        is_ours = held is not None and held.state == "claimed" and held.owner == owner
        vanished = held is not None and held.state == "claimed" and held.lease_until <= now
        if not (is_open or is_ours or vanished):
            return Claim(granted=False, done=held is not None and held.state == "done")
        self.entries[key] = Entry(
            owner, now + timedelta(seconds=lease_s), now + timedelta(seconds=keep_s)
        )
        return Claim(
            granted=True, done=False, maybe_duplicate=vanished and not (is_open or is_ours)
        )

    def finish(self, key: str, *, owner: str, outcome: str, now: datetime) -> None:
        assert now.tzinfo is not None
        entry = self._own(key, owner)
        self.entries[key] = replace(entry, state="done", outcome=outcome)

    def release(self, key: str, *, owner: str) -> None:
        entry = self._own(key, owner)
        if entry.state == "done":
            raise ConcurrentUpdate
        self.entries[key] = replace(entry, state="released")

    def outcome(self, key: str) -> str | None:
        entry = self.entries.get(key)
        return entry.outcome if entry else None

    def _own(self, key: str, owner: str) -> Entry:
        entry = self.entries.get(key)
        if entry is None or entry.owner != owner:
            raise ConcurrentUpdate
        return entry
