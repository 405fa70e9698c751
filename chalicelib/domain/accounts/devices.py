"""Devices: phones that report where they are with a location app of somebody else.

Such an app can send no token of ours, so its key is a part of the address that it posts to. The key
opens nothing but the reporting of positions of one driver.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.ids import DEVICE, DRIVER, DeviceId, DriverId, id_of_hash

SECRET_CHARS: Final = 24
"""So many characters of URL-safe Base64 are 144 bits."""
REQUESTS_PER_MINUTE: Final = 600
"""A phone that was offline for a day sends one fix a request, as fast as it gets answers."""
KEPT_AFTER_REVOCATION: Final = timedelta(days=30)
SETUP_WITHIN: Final = timedelta(hours=24)
"""How long the page that sets a phone up shows its key, unless the phone is heard from before."""
SEEN_EVERY: Final = timedelta(minutes=5)
"""How often it is noted that a device was heard from. At first, and with another app, at once."""
_KEY: Final = re.compile(rf"([0-9A-HJKMNP-TV-Z]{{26}})([A-Za-z0-9_-]{{{SECRET_CHARS}}})", re.ASCII)


class DeviceApp(StrEnum):
    """The location app of a device, as its reports tell."""

    TRACCAR_NATIVE = "traccar_client_native"
    """Traccar Client until 2025: all in the query of a POST."""
    TRACCAR_9 = "traccar_client_9"
    """Traccar Client of 2025: nested JSON."""
    TRACCAR_10 = "traccar_client_10"
    """Traccar Client since 2026: a form, or a list in JSON."""
    GPSLOGGER = "gpslogger"
    OSMAND = "osmand"
    """Any other that speaks as OsmAnd does."""
    OWNTRACKS = "owntracks"
    OVERLAND = "overland"


@dataclass(frozen=True, slots=True)
class Device:
    """A driver's phone, or any other thing that reports where the driver is.

    Only the SHA-256 of its secret is stored. ``epoch`` is the driver's when the device was added:
    signing the driver out revokes all devices. ``last_seen_at`` is at most five minutes older than
    its last report, and ``app`` is what that report came from; None: it was never heard from.
    """

    secret_hash: str
    driver_id: DriverId
    label: str
    created_at: datetime
    epoch: int = 1
    revoked_at: datetime | None = None
    last_seen_at: datetime | None = None
    app: DeviceApp | None = None
    version: int = 1

    @property
    def id(self) -> DeviceId:
        """Its name: the first 128 bits of the hash of its secret. It tells nothing of that."""
        return device_id(self.secret_hash)

    @property
    def is_live(self) -> bool:
        """Whether its key opens anything."""
        return self.revoked_at is None

    def shows_key(self, now: datetime) -> bool:
        """Whether the page that sets it up still shows the key to who has its address."""
        return self.last_seen_at is None and now - self.created_at < SETUP_WITHIN

    def revoked(self, now: datetime) -> "Device":
        """The device when its key opens nothing any more."""
        return replace(self, revoked_at=now, version=self.version + 1)


def device_id(secret_hash: str) -> DeviceId:
    """The id of the device with this SHA-256 (in hex) of its secret."""
    return DeviceId(id_of_hash(DEVICE, secret_hash))


def key_text(driver_id: DriverId, secret: str) -> str:
    """The key as it stands in an address: it names the driver, and proves it by the secret.

    >>> key_text(DriverId("drv_01JD8X4Q2M7V9K3N5P6R8T0W1Y"), "q3Jv0tYyS2m1Zb8kXw4R5A_-")
    '01JD8X4Q2M7V9K3N5P6R8T0W1Yq3Jv0tYyS2m1Zb8kXw4R5A_-'
    """
    return f"{driver_id.removeprefix(f'{DRIVER}_')}{secret}"


def parts_of_key(key: str) -> tuple[DriverId, str] | None:
    """The driver that a key names, and its secret; None for a text that is no key.

    >>> parts_of_key("01JD8X4Q2M7V9K3N5P6R8T0W1Yq3Jv0tYyS2m1Zb8kXw4R5A_-")
    ('drv_01JD8X4Q2M7V9K3N5P6R8T0W1Y', 'q3Jv0tYyS2m1Zb8kXw4R5A_-')
    """
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    ulid, secret = found.groups()
    return DriverId(f"{DRIVER}_{ulid}"), secret
