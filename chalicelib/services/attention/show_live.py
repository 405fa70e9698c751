"""The fleet at one moment, made once for all who look: a process makes it, the others share it.

Within ten seconds everybody is shown the same view. It is kept in this process, and shared between
processes in one small item. Whoever finds it old tries to become the one who makes it anew; until
it is there, the others show the one before. So reads and writes depend on the time that somebody
looks and on the size of the fleet, never on how many look.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.attention.concerns import IN_THE_OFFICE, Concern
from chalicelib.domain.attention.shared_views import SharedView
from chalicelib.domain.driving.vans import Van
from chalicelib.domain.policy import Policy
from chalicelib.services.attention.looking import (
    in_the_office,
    on_the_road,
    until,
    with_handlings,
)
from chalicelib.services.driving.shifts import vans_on_the_road
from chalicelib.services.ports.attention import Handlings, SharedViews
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock
from chalicelib.services.ports.webhooks import WebhookEndpoints

NAME: Final = "live"
MAKING_S: Final = 5
"""So long nobody else begins to make the next view. Reading 500 vans takes about one second."""
MOST_CONCERNS: Final = 50
"""The most urgent ones. Whoever has so many looks at the whole list."""
MOST_OF_A_KIND: Final = 20
MOST_LOOKED_UP: Final = 300
"""So many concerns are looked up for what colleagues have done: three calls."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """The vans in the order of their routes' ids, and the most urgent concerns, handled or not.

    ``has_more``: there are more concerns than these.
    """

    at: datetime
    vans: tuple[Van, ...]
    concerns: tuple[Concern, ...]
    has_more: bool


Written = Callable[[LiveView], dict[str, str]]
"""Writes a view as the parts that are sent."""


@dataclass(frozen=True, slots=True)
class ShowLive:
    """The shared view, at most about ten seconds old while somebody asks for it."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    endpoints: WebhookEndpoints
    handlings: Handlings
    shared_views: SharedViews
    clock: Clock
    policy: Policy

    def __call__(self, written: Written) -> tuple[SharedView, datetime]:
        """The view, and the present: what is shown may be older.

        No call where this process has it; else one read; else the one who makes it reads all.
        """
        now = self.clock.now()
        return self._shared(written, now), now

    def _shared(self, written: Written, now: datetime) -> SharedView:
        here = self.shared_views.here(NAME)
        if here is not None and here.is_fresh(now):
            return here
        latest = self.shared_views.latest(NAME)
        if latest is not None and latest.is_fresh(now):
            return latest
        is_mine = self.shared_views.claim(NAME, now=now, lease_s=MAKING_S)
        if latest is not None and not is_mine:
            return latest
        view = SharedView(now, written(self._view(now)))
        if is_mine:
            self.shared_views.share(NAME, view)
        return view

    def _view(self, now: datetime) -> LiveView:
        vans = vans_on_the_road(self.fleet, self.routes, now, self.policy)
        found, has_more = list(on_the_road(vans, self.shipments, now)), False
        for kind in IN_THE_OFFICE:
            page = in_the_office(
                kind, self.shipments, self.endpoints, until=until(kind, now), limit=MOST_OF_A_KIND
            )
            found += page.data
            has_more |= page.position is not None
        concerns = with_handlings(found[:MOST_LOOKED_UP], self.handlings, now)
        open_first = sorted(concerns, key=lambda each: each.handled(now).is_hidden)
        return LiveView(
            at=now,
            vans=tuple(sorted(vans, key=lambda van: van.route_id)),
            concerns=tuple(open_first[:MOST_CONCERNS]),
            has_more=has_more or len(found) > MOST_CONCERNS,
        )
