"""Drivers on DynamoDB. The journal writes a new one, together with its live state."""

from collections.abc import Iterator, Mapping
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import driver_from, driver_to
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, account_item, page_of
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.ids import DriverId
from chalicelib.domain.journal.changes import DriverAdded
from chalicelib.domain.listings import Listing

DRIVER: Final = "DRIVER"


class DynamoDrivers:
    """The port ``Drivers``."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, driver_id: DriverId) -> Driver:
        """One read."""
        return driver_from(self._partitions.get(driver_id, DRIVER))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Driver]:
        """From the index, oldest first."""
        return page_of(
            DRIVER, lambda item: driver_from(item.document), limit=limit, position=position
        )


def driver_puts(added: DriverAdded, token: str) -> Iterator[Put]:
    """Without a condition: its live state, written with it, must not be there yet."""
    del token
    driver = added.driver
    item = account_item(driver.id, DRIVER, driver.created_at, driver_to(driver))
    item.version = driver.version
    yield Put(item)
