"""Shippers on DynamoDB."""

from collections.abc import Mapping
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import shipper_from
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, page_of
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.listings import Listing

SHIPPER: Final = "SHIPPER"


class DynamoShippers:
    """The port ``Shippers``.

    Reads are cached for 60 s: a shipper's name is on every tracking page, and each of its requests
    asks whether it is active.
    """

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, shipper_id: ShipperId) -> Shipper:
        """Cached: names change once a year."""
        return shipper_from(self._partitions.cached(shipper_id, SHIPPER).document)

    def latest(self, shipper_id: ShipperId) -> Shipper:
        """One read."""
        return shipper_from(self._partitions.get(shipper_id, SHIPPER))

    def forget(self, shipper_id: ShipperId) -> None:
        """Read it anew next time."""
        self._partitions.forget(shipper_id, SHIPPER)

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Shipper]:
        """From the index, oldest first."""
        return page_of(
            SHIPPER, lambda item: shipper_from(item.document), limit=limit, position=position
        )
