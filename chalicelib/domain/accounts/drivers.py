"""Drivers, and the one-time codes that let a driver's phone in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.ids import INVITATION, DriverId, InvitationId, TeamId, id_of_hash

RETAKEN_WITHIN: Final = timedelta(minutes=1)
"""How long a code works again for the client that took it: its first answer may have been lost."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver.

    ``epoch`` is part of every driver token; raising it revokes all earlier tokens. That was last
    done at ``signed_out_at``.
    """

    id: DriverId
    name: str
    created_at: datetime
    team_id: TeamId | None = None
    epoch: int = 1
    signed_out_at: datetime | None = None
    deactivated_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether the driver may sign in, and may be given routes."""
        return self.deactivated_at is None

    def signed_out(self, now: datetime) -> "Driver":
        """The driver after all tokens have been revoked."""
        return replace(self, epoch=self.epoch + 1, signed_out_at=now)

    def may_begin_session(self, taken_at: datetime) -> bool:
        """Whether a code that was taken then still opens a session."""
        is_earlier = self.signed_out_at is not None and taken_at <= self.signed_out_at
        return self.is_active and not is_earlier


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time code for the first sign-in. It is stored as a hash and expires soon."""

    code_hash: str
    driver_id: DriverId
    expires_at: datetime

    @property
    def id(self) -> InvitationId:
        """Its name: the first 128 bits of the hash of its code. It tells nothing of the code."""
        return invitation_id(self.code_hash)


@dataclass(frozen=True, slots=True)
class TakenInvitation:
    """An invitation with the time when its code was first used, which a repeat does not change."""

    invitation: Invitation
    taken_at: datetime


def invitation_id(code_hash: str) -> InvitationId:
    """The id of the invitation with this SHA-256 (in hex) of its code.

    >>> invitation_id("ff" * 32)
    'inv_7ZZZZZZZZZZZZZZZZZZZZZZZZZ'
    """
    return InvitationId(id_of_hash(INVITATION, code_hash))
