"""Drivers, and the one-time codes that let a driver's phone in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.ids import DriverId

RETAKEN_WITHIN: Final = timedelta(minutes=1)
"""How long a code works again for the client that took it: its first answer may have been lost."""


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


@dataclass(frozen=True, slots=True)
class TakenInvitation:
    """An invitation with the time when its code was first used, which a repeat does not change."""

    invitation: Invitation
    taken_at: datetime
