"""Drivers, and the one-time codes that let a driver's phone in."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import DriverId


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver. ``epoch`` is part of every driver token; raising it revokes all earlier tokens."""

    id: DriverId
    name: str
    created_at: datetime
    team: str | None = None
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time code for the first sign-in. It is stored as a hash and expires soon."""

    code_hash: str
    driver_id: DriverId
    expires_at: datetime
