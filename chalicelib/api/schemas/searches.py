"""Searches on the wire."""

from chalicelib.api.schemas.shipments import Barcode
from chalicelib.api.schemas.values import Instant, Line
from chalicelib.domain.ids import HubId, ShipperId
from chalicelib.domain.shipments.searches import Search
from chalicelib.domain.shipments.statuses import Status
from chalicelib.edge.queries import QueryDay, QueryId
from chalicelib.edge.schemas import ListingQuery


class ShipmentsQuery(ListingQuery):
    """By reference, by barcode, by news since a time, or by a hub's service day.

    ``status`` narrows the last two. Staff name the shipper of a reference and of news.
    """

    shipper_id: QueryId | None = None
    reference: Line | None = None
    barcode: Barcode | None = None
    status: Status | None = None
    updated_since: Instant | None = None
    service_day: QueryDay | None = None
    hub_id: QueryId | None = None

    def to_domain(self) -> Search:
        """The search."""
        return Search(
            shipper_id=None if self.shipper_id is None else ShipperId(self.shipper_id),
            reference=self.reference,
            barcode=self.barcode,
            status=self.status,
            updated_since=self.updated_since,
            service_day=self.service_day,
            hub_id=None if self.hub_id is None else HubId(self.hub_id),
        )
