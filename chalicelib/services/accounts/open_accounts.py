"""Accounts are opened: shippers, hubs, drivers, and the keys and invitations to use them with.

Secrets are shown once, by the call that makes them; what is stored is their SHA-256.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import KEY_PREFIX, ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DRIVER, HUB, KEY, SHIPPER, DriverId, HubId, KeyId, ShipperId
from chalicelib.domain.journal.changes import AccountAdded, DriverAdded, LiveChange
from chalicelib.services.ports.accounts import ApiKeys, Drivers, Shippers
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory

SECRET_BYTES: Final = 32
INVITATION_TTL: Final = timedelta(minutes=15)


def secret_hash(secret: str) -> str:
    """SHA-256 in hex. The secrets are random and long, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key and its only showing."""

    key: ApiKey
    text: str


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """A new invitation and its only showing."""

    invitation: Invitation
    code: str


@dataclass(frozen=True, slots=True)
class OpenAccounts:
    """Opens accounts of every kind, each with the memory of the request that asked for it."""

    shippers: Shippers
    drivers: Drivers
    keys: ApiKeys
    journal: Journal
    clock: Clock
    ids: Ids

    def shipper(
        self,
        name: str,
        *,
        sms_name: str | None = None,
        support_contact: str | None = None,
        memory: Memory = NO_MEMORY,
    ) -> Shipper:
        """A new shipper."""
        shipper = Shipper(
            id=ShipperId(self.ids.new(SHIPPER)),
            name=name,
            created_at=self.clock.now(),
            sms_name=sms_name,
            support_contact=support_contact,
        )
        self.journal.commit(AccountAdded(shipper), *memory.of(shipper))
        return shipper

    def hub(
        self,
        name: str,
        *,
        coordinates: Coordinates,
        time_zone: str,
        memory: Memory = NO_MEMORY,
    ) -> Hub:
        """A new hub."""
        hub = Hub(
            id=HubId(self.ids.new(HUB)),
            name=name,
            coordinates=coordinates,
            time_zone=time_zone,
            created_at=self.clock.now(),
        )
        self.journal.commit(AccountAdded(hub), *memory.of(hub))
        return hub

    def driver(self, name: str, *, team: str | None = None, memory: Memory = NO_MEMORY) -> Driver:
        """A new driver, off shift."""
        driver = Driver(
            id=DriverId(self.ids.new(DRIVER)), name=name, created_at=self.clock.now(), team=team
        )
        live = Live(driver.id, version=1, epoch=driver.epoch)
        self.journal.commit(DriverAdded(driver), LiveChange(live, None), *memory.of(driver))
        return driver

    def key(
        self,
        role: Role,
        *,
        label: str,
        shipper_id: ShipperId | None = None,
        expires_at: datetime | None = None,
        memory: Memory = NO_MEMORY,
    ) -> IssuedKey:
        """A new API key. A shipper's key needs its shipper; raises Invalid or NotFound."""
        if (role is Role.SHIPPER) != (shipper_id is not None):
            text = "A shipper's key needs a shipper_id, and no other key has one."
            raise Invalid(text, pointer="/shipper_id")
        if shipper_id is not None:
            self.shippers.get(shipper_id)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        key = ApiKey(
            id=KeyId(self.ids.new(KEY)),
            role=role,
            label=label,
            secret_hash=secret_hash(secret),
            created_at=self.clock.now(),
            shipper_id=shipper_id,
            expires_at=expires_at,
        )
        issued = IssuedKey(key, f"{KEY_PREFIX}{key.id.removeprefix(f'{KEY}_')}_{secret}")
        self.journal.commit(AccountAdded(key), *memory.of(issued))
        return issued

    def invitation(self, driver_id: DriverId, *, memory: Memory = NO_MEMORY) -> IssuedInvitation:
        """A one-time code for a driver, good for 15 minutes. Raises NotFound."""
        self.drivers.get(driver_id)
        code = secrets.token_urlsafe(SECRET_BYTES)
        invitation = Invitation(
            code_hash=secret_hash(code),
            driver_id=driver_id,
            expires_at=self.clock.now() + INVITATION_TTL,
        )
        issued = IssuedInvitation(invitation, code)
        self.journal.commit(AccountAdded(invitation), *memory.of(issued))
        return issued

    def revoke_key(self, key_id: KeyId) -> ApiKey:
        """End a key; seen everywhere within 60 s. Raises NotFound."""
        key = self.keys.get(key_id)
        if key is None:
            raise NotFound
        revoked = replace(key, revoked_at=key.revoked_at or self.clock.now())
        self.keys.put(revoked)
        return revoked
