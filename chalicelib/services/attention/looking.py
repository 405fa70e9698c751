"""Where concerns are found: on the road, and what waits for the office, as its index has it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.attention.concerns import (
    LOOK_AHEAD,
    Concern,
    Kind,
    of_endpoint,
    of_shipment,
    of_vans,
    still_left,
)
from chalicelib.domain.attention.waiting import Waiting
from chalicelib.domain.driving.vans import Van
from chalicelib.domain.listings import Listing
from chalicelib.services.ports.attention import Handlings
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.webhooks import WebhookEndpoints


def on_the_road(
    vans: Sequence[Van], shipments: Shipments, now: datetime, *, kind: Kind | None = None
) -> tuple[Concern, ...]:
    """The concerns about vans, of all kinds or of one, most urgent first.

    One batch of reads, where a van left without something.
    """
    concerns = [each for each in of_vans(vans, now) if kind in {None, each.kind}]
    behind = (each for each in concerns if each.kind is Kind.LEFT_BEHIND)
    ids = [shipment_id for each in behind for shipment_id in each.shipment_ids]
    found = shipments.glances(ids)
    return still_left(concerns, {shipment.id: shipment for shipment in found})


def in_the_office(
    kind: Kind,
    shipments: Shipments,
    endpoints: WebhookEndpoints,
    *,
    until: datetime,
    limit: int,
    position: Mapping[str, str] | None = None,
) -> Listing[Concern]:
    """A page of what waits, from its index, which may be a moment behind: the things decide."""
    if kind is Kind.WEBHOOK_OFF:
        off = endpoints.switched_off(limit=limit, position=position)
        switched = (of_endpoint(endpoint) for endpoint in off.data)
        return Listing(tuple(each for each in switched if each is not None), off.position)
    page = shipments.waiting(Waiting(kind.value), until=until, limit=limit, position=position)
    concerns = (of_shipment(shipment) for shipment in page.data)
    shown = tuple(each for each in concerns if each is not None and each.kind is kind)
    return Listing(shown, page.position)


def until(kind: Kind, now: datetime, due_by: datetime | None = None) -> datetime:
    """Up to when what waits is a concern now: a route is found before it is needed."""
    return (due_by or now + LOOK_AHEAD) if kind is Kind.UNASSIGNED else now


def with_handlings(
    concerns: Sequence[Concern], handlings: Handlings, now: datetime
) -> tuple[Concern, ...]:
    """The concerns with what colleagues have done about them. One batch of small reads."""
    if not concerns:
        return ()
    found = handlings.of([concern.id for concern in concerns], now)
    return tuple(replace(concern, handling=found.get(concern.id)) for concern in concerns)
