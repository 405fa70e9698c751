"""Shippers on DynamoDB."""

from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import shipper_from
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.ids import ShipperId

SHIPPER: Final = "SHIPPER"


class DynamoShippers:
    """The port ``Shippers``. Names of shippers are on every tracking page: reads are cached."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, shipper_id: ShipperId) -> Shipper:
        """Cached: names change once a year."""
        return shipper_from(self._partitions.cached(shipper_id, SHIPPER))
