from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class InMemoryAllowances:
    """The allowances as sets."""

    taken: dict[str, set[str]] = field(default_factory=dict)

    def take(self, key: str, member: str, *, most: int, now: datetime, keep_s: int) -> bool:
        assert now.tzinfo is not None
        assert keep_s > 0
        members = self.taken.setdefault(key, set())
        if member not in members and len(members) >= most:
            return False
        members.add(member)
        return True
