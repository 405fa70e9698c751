"""Devices ↔ the JSON text of their documents, as in `documents`."""

from datetime import datetime

from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.domain.accounts.devices import Device
from chalicelib.domain.ids import DriverId


class DeviceDocument(Stored, frozen=True, kw_only=True):
    """A device; of its secret only the hash is known here. When it was seen is no part of it."""

    secret_hash: str
    driver_id: DriverId
    label: str
    created_at: datetime
    epoch: int = 1
    revoked_at: datetime | None = None
    version: int = 1


def device_to(device: Device) -> str:
    """A device as text."""
    return to_json(
        DeviceDocument(
            secret_hash=device.secret_hash,
            driver_id=device.driver_id,
            label=device.label,
            created_at=device.created_at,
            epoch=device.epoch,
            revoked_at=device.revoked_at,
            version=device.version,
        )
    )


def device_from(text: str) -> Device:
    """The device again."""
    stored = from_json(DeviceDocument, text)
    return Device(
        secret_hash=stored.secret_hash,
        driver_id=stored.driver_id,
        label=stored.label,
        created_at=stored.created_at,
        epoch=stored.epoch,
        revoked_at=stored.revoked_at,
        version=stored.version,
    )
