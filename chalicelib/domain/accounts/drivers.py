"""Drivers, and the one-time codes that let a driver's phone in."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import DriverId


@dataclass(frozen=True, slots=True)
class Driver:
    """Drives.

    ``epoch`` is part of every driver token: raising it revokes all tokens given out before.
    """

    id: DriverId
    name: str
    created_at: datetime
    team: str | None = None
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time code for a driver to begin with; stored as a hash, good for a short while."""

    code_hash: str
    driver_id: DriverId
    expires_at: datetime
