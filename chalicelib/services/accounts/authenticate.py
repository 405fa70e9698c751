"""Authentication: an API key or a driver's token becomes an actor, or nobody.

A key costs a read per container and minute, and a shipper's key one more for its shipper; a
driver's token none at all, because it is signed and its epoch is compared where the live state is
read anyway. The use of a key is noted once an hour.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.accounts.keys import KEY_PREFIX, ApiKey
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound, Unauthorized, Unavailable
from chalicelib.domain.ids import KEY, DriverId, KeyId
from chalicelib.services.accounts.secret_hashes import secret_hash
from chalicelib.services.ports.accounts import ApiKeys, Drivers, Invitations, Shippers
from chalicelib.services.ports.system import Clock, Signer

DRIVER_PREFIX: Final = "dst_"
DRIVER_PURPOSE: Final = "driver"
SHIFT: Final = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class DriverSession:
    """A driver's token for one shift."""

    token: str
    driver_id: DriverId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Turns a bearer token into an actor. Raises Unauthorized, always with the same words."""

    keys: ApiKeys
    shippers: Shippers
    drivers: Drivers
    invitations: Invitations
    signer: Signer
    clock: Clock

    def __call__(self, bearer: str) -> Actor:
        """The actor that presents this."""
        if bearer.startswith(KEY_PREFIX):
            return self._key(bearer.removeprefix(KEY_PREFIX))
        if bearer.startswith(DRIVER_PREFIX):
            return self._driver(bearer.removeprefix(DRIVER_PREFIX))
        raise Unauthorized

    def begin_session(self, code: str, *, client: str) -> DriverSession:
        """A driver's token for a one-time code; for a minute the same one for the same client.

        ``client`` is what the caller is known by. Raises NotFound for any code that is not open,
        also when its driver has been deactivated, or signed out since.
        """
        taken = self.invitations.take(
            secret_hash(code), client_hash=secret_hash(client), now=self.clock.now()
        )
        driver = self.drivers.get(taken.invitation.driver_id)
        if not driver.may_begin_session(taken.taken_at):
            raise NotFound
        expires_at = taken.taken_at + SHIFT
        payload = {"d": driver.id, "e": driver.epoch, "x": int(expires_at.timestamp())}
        token = DRIVER_PREFIX + self.signer.seal(DRIVER_PURPOSE, payload)
        return DriverSession(token=token, driver_id=driver.id, expires_at=expires_at)

    def _key(self, rest: str) -> Actor:
        ulid, _, secret = rest.partition("_")
        key = self.keys.get(KeyId(f"{KEY}_{ulid}")) if ulid.isalnum() and secret else None
        found = secret_hash(secret)
        if key is None or not hmac.compare_digest(found, key.secret_hash):
            raise Unauthorized
        now = self.clock.now()
        if not key.is_live(now) or not self._has_active_owner(key):
            raise Unauthorized
        with suppress(NotFound, Unavailable):  # a mark for people: no request fails for it
            self.keys.mark_used(key.id, now)
        return Actor(role=key.role, id=key.id, shipper_id=key.shipper_id, scopes=key.scopes)

    def _has_active_owner(self, key: ApiKey) -> bool:
        """Whether a shipper's key has a shipper that is active; staff have none."""
        if key.shipper_id is None:
            return True
        try:
            return self.shippers.get(key.shipper_id).is_active
        except NotFound:
            return False

    def _driver(self, sealed: str) -> Actor:
        payload = self.signer.unseal(DRIVER_PURPOSE, sealed)
        if payload is None:
            raise Unauthorized
        expires_s = payload.get("x")
        if not isinstance(expires_s, int) or self.clock.now().timestamp() >= expires_s:
            raise Unauthorized
        driver_id = DriverId(str(payload["d"]))
        epoch = int(str(payload["e"]))
        return Actor(role=Role.DRIVER, id=driver_id, driver_id=driver_id, epoch=epoch)
