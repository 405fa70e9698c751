"""When a shipment comes: as planned, as promised, as it looks now, and all that was told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.events import INTERNAL, Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import view
from chalicelib.domain.visibility import Always, VisibilityPolicy

NOTHING_HIDDEN: Final = VisibilityPolicy(position=Always(), eta=Always(), stops_before=Always())
TIMES: Final = frozenset({"eta", "promise"})
"""The facts of an event that tell when a shipment comes."""


@dataclass(frozen=True, slots=True)
class LiveEta:
    """The ETA of now, how many stops come before, and the time of the news behind it."""

    eta: Eta
    stops_before: int | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class EtaStory:
    """``planned`` is that of the plan before the start; ``told`` are the events that told times.

    ``live`` is there while the shipment is on its way, but not while its van is silent and late:
    nobody knows one then. ``has_earlier``: there may be earlier events that told times.
    """

    shipment: Shipment
    planned: Eta | None
    live: LiveEta | None
    told: tuple[Event, ...]
    has_earlier: bool


def eta_story(
    shipment: Shipment,
    history: Sequence[Event],
    *,
    route: Route | None,
    live: Live | None,
    shipper: Shipper,
    now: datetime,
    policy: Policy,
) -> EtaStory:
    """What a recipient would see if nothing were hidden, with the plan and what was told before."""
    open_policy = replace(policy, visibility=NOTHING_HIDDEN)
    seen = view(shipment, history, live, shipper, now=now, policy=open_policy)
    news_at = None if live is None else live.news_at
    return EtaStory(
        shipment=shipment,
        planned=_planned(shipment, route),
        live=None if seen.eta is None else LiveEta(seen.eta, seen.stops_before, news_at),
        told=tuple(e for e in history if e.type not in INTERNAL and not TIMES.isdisjoint(e.data)),
        has_earlier=seen.earlier_before is not None,
    )


def _planned(shipment: Shipment, route: Route | None) -> Eta | None:
    if route is None or shipment.assignment is None:
        return None
    index = route.stop_index(shipment.assignment.stop_id)
    return None if index is None else route.stops[index].planned
