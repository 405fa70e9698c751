"""Hubs on DynamoDB."""

from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import hub_from, hub_to
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.ids import HubId

HUB: Final = "HUB"


class DynamoHubs:
    """The port ``Hubs``."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def put(self, hub: Hub) -> None:
        """Write or replace a hub."""
        self._partitions.put(hub.id, HUB, hub.created_at, hub_to(hub))

    def get(self, hub_id: HubId) -> Hub:
        """One read."""
        return hub_from(self._partitions.get(hub_id, HUB))
