"""Hubs on DynamoDB."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import hub_from
from chalicelib.adapters.dynamodb.accounts.partitions import CACHE_S, Partitions, page_of
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import HubId
from chalicelib.domain.listings import Listing

HUB: Final = "HUB"
PAGE: Final = 100


class DynamoHubs:
    """The port ``Hubs``."""

    def __init__(
        self, partitions: Partitions, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        """The age of what is remembered is monotonic time, not the domain's clock."""
        self._partitions = partitions
        self._monotonic_s = monotonic_s
        self._places: tuple[float, tuple[Coordinates, ...]] = (-math.inf, ())

    def get(self, hub_id: HubId) -> Hub:
        """One read."""
        return hub_from(self._partitions.get(hub_id, HUB))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Hub]:
        """From the index, oldest first."""
        return page_of(HUB, lambda item: hub_from(item.document), limit=limit, position=position)

    def places(self, *, is_fresh: bool = False) -> tuple[Coordinates, ...]:
        """A query for every hundred hubs, once in 60 s."""
        read_at, places = self._places
        now_s = self._monotonic_s()
        if is_fresh or now_s - read_at >= CACHE_S:
            places = tuple(hub.coordinates for hub in self._all())
            self._places = (now_s, places)
        return places

    def _all(self) -> Iterator[Hub]:
        position: Mapping[str, str] | None = None
        while True:
            found = self.page(limit=PAGE, position=position)
            yield from found.data
            position = found.position
            if position is None:
                return
