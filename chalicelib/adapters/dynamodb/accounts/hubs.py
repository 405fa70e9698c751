"""Hubs on DynamoDB."""

from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import hub_from
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.ids import HubId

HUB: Final = "HUB"


class DynamoHubs:
    """The port ``Hubs``."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, hub_id: HubId) -> Hub:
        """One read."""
        return hub_from(self._partitions.get(hub_id, HUB))
