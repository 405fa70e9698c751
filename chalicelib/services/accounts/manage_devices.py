"""Devices of drivers are added, listed and revoked.

The key of a device is shown once, by the call that adds it, and on the page that sets the phone up
until the phone is heard from. What is stored is its SHA-256.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.accounts.devices import SECRET_CHARS, Device, key_text
from chalicelib.domain.accounts.setups import Setup
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.reporting import TOO_SELDOM, reporting_interval
from chalicelib.domain.errors import Deactivated
from chalicelib.domain.ids import AUDIT, DeviceId, DriverId
from chalicelib.domain.journal.changes import AccountAdded, AccountChange, AuditAdded
from chalicelib.domain.listings import Listing
from chalicelib.services.accounts.secret_hashes import secret_hash
from chalicelib.services.ports.accounts import Devices, Drivers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids, PublicBaseUrl
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

SECRET_BYTES: Final = SECRET_CHARS * 3 // 4


@dataclass(frozen=True, slots=True)
class IssuedDevice:
    """A new device, its key, and what its app needs to know."""

    device: Device
    key: str
    setup: Setup

    @property
    def id(self) -> DeviceId:
        """Of the device."""
        return self.device.id


@dataclass(frozen=True, slots=True)
class ManageDevices:
    """Adds, lists and revokes devices. Raises NotFound for an unknown driver."""

    drivers: Drivers
    devices: Devices
    fleet: Fleet
    journal: Journal
    public_base_url: PublicBaseUrl
    clock: Clock
    ids: Ids

    def __call__(
        self, driver_id: DriverId, *, label: str, actor: Actor, memory: Memory = NO_MEMORY
    ) -> IssuedDevice:
        """A new device of a driver. Raises Deactivated for one who does not drive any more."""
        driver = self.drivers.get(driver_id)
        if not driver.is_active:
            raise Deactivated(account_id=driver_id)
        now = self.clock.now()
        secret = secrets.token_urlsafe(SECRET_BYTES)
        device = Device(
            secret_hash=secret_hash(secret),
            driver_id=driver_id,
            label=label,
            created_at=now,
            epoch=driver.epoch,
        )
        key = key_text(driver_id, secret)
        issued = IssuedDevice(device, key, self.setup(device, key))
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, after=device)
        self.journal.commit(AccountAdded(device), AuditAdded(entry), *memory.of(issued))
        return issued

    def setup(self, device: Device, key: str) -> Setup:
        """What the app of a device needs to know."""
        return Setup(self.public_base_url, key, device.id)

    def reports_too_seldom(self, driver_id: DriverId) -> timedelta | None:
        """The time between a driver's fixes where it is too long for a van to be followed."""
        interval = reporting_interval(self.fleet.live(driver_id).recent)
        return interval if interval is not None and interval > TOO_SELDOM else None

    def of_driver(
        self, driver_id: DriverId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Device]:
        """A driver's devices that are not revoked, by themselves or with all of the driver's."""
        driver = self.drivers.get(driver_id)
        page = self.devices.page(driver_id, limit=limit, position=position)
        live = tuple(device for device in page.data if device.epoch == driver.epoch)
        return Listing(live, page.position)

    def revoke(self, driver_id: DriverId, device_id: DeviceId, *, actor: Actor) -> None:
        """End a device's key; seen everywhere within 60 s. A repeat changes nothing.

        Raises NotFound for a device that is unknown or another driver's.
        """
        retried(lambda: self._revoke(driver_id, device_id, actor))
        self.devices.forget(driver_id, device_id)

    def _revoke(self, driver_id: DriverId, device_id: DeviceId, actor: Actor) -> None:
        before = self.devices.latest(driver_id, device_id)
        if not before.is_live:
            return
        now = self.clock.now()
        after = before.revoked(now)
        entry = audited(self.ids.new(AUDIT), actor=actor, at=now, before=before, after=after)
        self.journal.commit(AccountChange(after, before.version), AuditAdded(entry))
