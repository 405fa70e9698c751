"""Teams: what a carrier sorts its drivers and vehicles by."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import HubId, TeamId


@dataclass(frozen=True, slots=True)
class Team:
    """A group of drivers. ``hub_id`` is where they usually start."""

    id: TeamId
    name: str
    created_at: datetime
    hub_id: HubId | None = None
    deactivated_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether drivers and vehicles may join it."""
        return self.deactivated_at is None
