"""Drivers are invited: a one-time code, which a phone exchanges for a token.

The code is shown once, as text, as a link and as a QR code of the link. The link holds it behind a
``#``, which browsers never send: opening the link uses nothing up and tells no server anything.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.accounts.drivers import Invitation
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Deactivated, NotFound
from chalicelib.domain.ids import AUDIT, DriverId, InvitationId
from chalicelib.domain.journal.changes import AccountAdded, AuditAdded, InvitationRevoked
from chalicelib.services.accounts.secret_hashes import SECRET_BYTES, secret_hash
from chalicelib.services.ports.accounts import Drivers, Invitations
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids, PublicBaseUrl
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

INVITATION_TTL: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """A new invitation and its only showing."""

    invitation: Invitation
    code: str
    link: str


@dataclass(frozen=True, slots=True)
class InviteDrivers:
    """Makes, lists and revokes invitations."""

    drivers: Drivers
    invitations: Invitations
    journal: Journal
    public_base_url: PublicBaseUrl
    clock: Clock
    ids: Ids

    def __call__(
        self, driver_id: DriverId, *, actor: Actor, memory: Memory = NO_MEMORY
    ) -> IssuedInvitation:
        """A one-time code for a driver, good for 15 minutes. Raises NotFound and Deactivated."""
        if not self.drivers.get(driver_id).is_active:
            raise Deactivated(account_id=driver_id)
        now = self.clock.now()
        code = secrets.token_urlsafe(SECRET_BYTES)
        invitation = Invitation(
            code_hash=secret_hash(code), driver_id=driver_id, expires_at=now + INVITATION_TTL
        )
        issued = IssuedInvitation(invitation, code, f"{self.public_base_url}/driver#code={code}")
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, after=invitation)
        self.journal.commit(AccountAdded(invitation), AuditAdded(entry), *memory.of(issued))
        return issued

    def open_for(self, driver_id: DriverId) -> tuple[Invitation, ...]:
        """A driver's invitations that can still be used. Raises NotFound for an unknown driver."""
        self.drivers.get(driver_id)
        return self.invitations.open_for(driver_id, self.clock.now())

    def revoke(self, driver_id: DriverId, invitation_id: InvitationId, *, actor: Actor) -> None:
        """End an invitation. Raises NotFound for one that is used, over or another driver's."""
        retried(lambda: self._revoke(driver_id, invitation_id, actor))

    def _revoke(self, driver_id: DriverId, invitation_id: InvitationId, actor: Actor) -> None:
        now = self.clock.now()
        invitation = self.invitations.get(invitation_id, now)
        if invitation.driver_id != driver_id:
            raise NotFound
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, before=invitation)
        self.journal.commit(InvitationRevoked(invitation, now), AuditAdded(entry))
