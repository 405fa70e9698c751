"""Vehicles of the carrier."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import TeamId, VehicleId


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle. ``plate`` is its registration as it is written on it."""

    id: VehicleId
    name: str
    created_at: datetime
    plate: str | None = None
    team_id: TeamId | None = None
    deactivated_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether it is in use."""
        return self.deactivated_at is None
