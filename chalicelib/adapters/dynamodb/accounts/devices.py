"""Devices on DynamoDB, each an item in the partition of its driver."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.device_documents import device_from, device_to
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, account_item, found
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.stored import optional_instant, optional_ms
from chalicelib.adapters.dynamodb.values.instants import to_ms
from chalicelib.domain.accounts.devices import (
    KEPT_AFTER_REVOCATION,
    SEEN_EVERY,
    Device,
    DeviceApp,
)
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DeviceId, DriverId
from chalicelib.domain.listings import Listing

DEVICE: Final = "DEVICE#"


class DynamoDevices:
    """The port ``Devices``. Reads are cached for 60 s, within which a revocation is seen."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, driver_id: DriverId, device_id: DeviceId) -> Device | None:
        """None when unknown."""
        try:
            return _device(self._partitions.cached(driver_id, f"{DEVICE}{device_id}"))
        except NotFound:
            return None

    def latest(self, driver_id: DriverId, device_id: DeviceId) -> Device:
        """One read."""
        return _device(found(driver_id, f"{DEVICE}{device_id}"))

    def forget(self, driver_id: DriverId, device_id: DeviceId) -> None:
        """Read it anew next time."""
        self._partitions.forget(driver_id, f"{DEVICE}{device_id}")

    def page(
        self, driver_id: DriverId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Device]:
        """One query of the driver's partition; a page may have fewer than ``limit``."""
        with translated():
            items = AccountItem.query(
                driver_id,
                AccountItem.item.startswith(DEVICE),
                consistent_read=True,
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            devices = tuple(map(_device, items))
        live = tuple(device for device in devices if device.is_live)
        return Listing(live, position_of(items.last_evaluated_key))

    def mark_seen(
        self, driver_id: DriverId, device_id: DeviceId, app: DeviceApp, now: datetime
    ) -> None:
        """At most one write in ``SEEN_EVERY`` and for each change of the app.

        Another process that has read the device before tries in vain, once. Each of them remembers.
        """
        name = f"{DEVICE}{device_id}"
        item = self._partitions.cached(driver_id, name)
        now_ms, before_ms = to_ms(now), to_ms(now - SEEN_EVERY)
        is_same = item.attribute_values.get("app") == app.value
        if is_same and (item.attribute_values.get("last_used_ms") or 0) > before_ms:
            return
        is_due = AccountItem.last_used_ms.does_not_exist() | (AccountItem.last_used_ms <= before_ms)
        is_due |= AccountItem.app != app.value
        item.last_used_ms, item.app = now_ms, app.value
        try:
            with translated():
                AccountItem(driver_id, name).update(
                    actions=[
                        AccountItem.last_used_ms.set(now_ms),
                        AccountItem.app.set(app.value),
                    ],
                    condition=AccountItem.item.exists() & is_due,
                )
        except ConcurrentUpdate:  # somebody else has just marked it
            return


def device_item(device: Device) -> AccountItem:
    """The item of a device; a revoked one is forgotten after a while."""
    name = f"{DEVICE}{device.id}"
    item = account_item(device.driver_id, name, device.created_at, device_to(device))
    item.version = device.version
    item.last_used_ms = optional_ms(device.last_seen_at)
    item.app = None if device.app is None else device.app.value
    if device.revoked_at is not None:
        item.expires_at = int((device.revoked_at + KEPT_AFTER_REVOCATION).timestamp())
    return item


def _device(item: AccountItem) -> Device:
    seen_ms, app = (item.attribute_values.get(name) for name in ("last_used_ms", "app"))
    return replace(
        device_from(item.document),
        last_seen_at=optional_instant(None if seen_ms is None else int(seen_ms)),
        app=_known(app),
    )


def _known(app: str | None) -> DeviceApp | None:
    """The app; None where newer code knows one more."""
    return DeviceApp(app) if app in set(DeviceApp) else None
