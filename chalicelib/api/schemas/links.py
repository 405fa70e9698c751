"""Tracking links on the wire."""

from chalicelib.domain.tracking.shared_links import LinkStatus
from chalicelib.edge.schemas import Out, Schema, Time


class LinkIn(Schema):
    """There is nothing to say yet."""


class LinkOut(Out):
    """A tracking link. Only the present one has an address; ``ends_at`` is known after delivery."""

    number: int
    status: LinkStatus
    tracking_url: str | None
    ends_at: Time | None


class LinksOut(Out):
    """All links that a shipment ever had, the present one first."""

    data: tuple[LinkOut, ...]
    next_cursor: None
