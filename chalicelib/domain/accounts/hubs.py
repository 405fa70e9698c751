"""Hubs: the places where routes start and end."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import HubId


@dataclass(frozen=True, slots=True)
class Hub:
    """A place where routes start and end."""

    id: HubId
    name: str
    coordinates: Coordinates
    time_zone: str
    created_at: datetime
    deactivated_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether routes may be planned from here."""
        return self.deactivated_at is None
