"""Hubs on DynamoDB."""

from collections.abc import Mapping
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import hub_from
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, page_of
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.ids import HubId
from chalicelib.domain.listings import Listing

HUB: Final = "HUB"


class DynamoHubs:
    """The port ``Hubs``."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, hub_id: HubId) -> Hub:
        """One read."""
        return hub_from(self._partitions.get(hub_id, HUB))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Hub]:
        """From the index, oldest first."""
        return page_of(HUB, lambda item: hub_from(item.document), limit=limit, position=position)
