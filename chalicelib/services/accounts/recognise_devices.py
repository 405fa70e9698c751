"""A phone is recognised by the key in the address that it reports to.

It costs a read per container and minute. That it was heard from is noted every five minutes.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.domain.accounts.devices import (
    REQUESTS_PER_MINUTE,
    Device,
    DeviceApp,
    device_id,
    parts_of_key,
)
from chalicelib.domain.accounts.limits import reset_s, window_of
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound, Unauthorized, Unavailable
from chalicelib.domain.ids import DeviceId
from chalicelib.services.accounts.secret_hashes import secret_hash
from chalicelib.services.ports.accounts import Devices, RequestCounts
from chalicelib.services.ports.system import Clock

GONE = "This phone's address is not valid any more. Ask your dispatcher for a new one."
"""Some apps show this sentence to the driver."""


@dataclass(frozen=True, slots=True)
class RecogniseDevice:
    """Turns the key of an address into an actor."""

    devices: Devices
    counts: RequestCounts
    clock: Clock

    def __call__(self, key: str) -> Actor:
        """The device with this key, as somebody who acts for its driver.

        Raises Unauthorized for a key that is unknown or revoked. Raises Unavailable, never
        TooManyRequests, for a phone that asks too often: its app takes each 4xx for the end of the
        fix that it sent, and waits only after a 5xx.
        """
        device = self.device(key)
        now = self.clock.now()
        limit, window = REQUESTS_PER_MINUTE, window_of(now)
        if self.counts.count(device.id, window=window, limit=limit) > limit:
            raise Unavailable(retry_after_s=reset_s(now))
        return Actor(role=Role.DEVICE, id=device.id, driver_id=device.driver_id, epoch=device.epoch)

    def device(self, key: str) -> Device:
        """The device itself. Raises Unauthorized."""
        parts = parts_of_key(key)
        if parts is None:
            raise Unauthorized(GONE)
        driver_id, secret = parts
        hashed = secret_hash(secret)
        device = self.devices.get(driver_id, device_id(hashed))
        if device is None or not hmac.compare_digest(device.secret_hash, hashed):
            raise Unauthorized(GONE)
        if not device.is_live:
            raise Unauthorized(GONE)
        return device

    def note(self, actor: Actor, app: DeviceApp) -> None:
        """Note that the device was heard from. No report fails for it."""
        if actor.driver_id is None:
            return
        with suppress(NotFound, Unavailable):
            self.devices.mark_seen(actor.driver_id, DeviceId(actor.id), app, self.clock.now())
