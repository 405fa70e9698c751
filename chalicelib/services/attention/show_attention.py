"""What needs somebody of the office, most urgent first: vans on the road, then what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.attention.concerns import IN_THE_OFFICE, ON_THE_ROAD, Concern, Kind
from chalicelib.domain.attention.handling import Handled
from chalicelib.domain.listings import Listing
from chalicelib.domain.policy import Policy
from chalicelib.services.attention.looking import (
    in_the_office,
    on_the_road,
    until,
    with_handlings,
)
from chalicelib.services.driving.shifts import vans_on_the_road
from chalicelib.services.ports.attention import Handlings
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock
from chalicelib.services.ports.webhooks import WebhookEndpoints

TIER: Final = "tier"
ROAD: Final = "road"
SHOWN: Final = "shown"


@dataclass(frozen=True, slots=True)
class ShowAttention:
    """Vans are looked at anew with each page; what waits is read from its index."""

    shipments: Shipments
    fleet: Fleet
    routes: Routes
    endpoints: WebhookEndpoints
    handlings: Handlings
    clock: Clock
    policy: Policy

    def __call__(
        self,
        *,
        kind: Kind | None,
        due_by: datetime | None,
        limit: int,
        position: Mapping[str, str] | None,
        handled: Handled | None = None,
    ) -> Listing[Concern]:
        """All kinds or one. What waits for a route is a concern when wanted by ``due_by``.

        That is a day from now unless the caller says otherwise. What is snoozed or done is shown
        only to whom asks for it (``handled``); so a page may be shorter than ``limit``, even empty,
        and yet have a next one.
        """
        now = self.clock.now()
        found: list[Concern] = []
        at = dict(position or {})
        for tier in _tiers(kind)[_start(at, kind) :]:
            own = at if at.get(TIER) == tier else {}
            page = (
                self._on_the_road(kind, now, limit - len(found), own)
                if tier == ROAD
                else self._waiting(
                    Kind(tier), until(Kind(tier), now, due_by), limit - len(found), own
                )
            )
            found += page.data
            if page.position is not None:
                return Listing(self._shown(found, handled, now), {**page.position, TIER: tier})
            if len(found) == limit:
                return Listing(self._shown(found, handled, now), _after(tier, kind))
        return Listing(self._shown(found, handled, now))

    def _on_the_road(
        self, kind: Kind | None, now: datetime, limit: int, at: Mapping[str, str]
    ) -> Listing[Concern]:
        """By place in the list of now: it moves, so a page may show one again or miss one."""
        vans = vans_on_the_road(self.fleet, self.routes, now, self.policy)
        concerns = on_the_road(vans, self.shipments, now, kind=kind)
        begin = int(at.get(SHOWN, "0"))
        end = begin + limit
        is_more = end < len(concerns)
        return Listing(concerns[begin:end], {SHOWN: str(end)} if is_more else None)

    def _waiting(
        self, kind: Kind, until_at: datetime, limit: int, at: Mapping[str, str]
    ) -> Listing[Concern]:
        position = {name: value for name, value in at.items() if name != TIER} or None
        return in_the_office(
            kind, self.shipments, self.endpoints, until=until_at, limit=limit, position=position
        )

    def _shown(
        self, found: Sequence[Concern], handled: Handled | None, now: datetime
    ) -> tuple[Concern, ...]:
        """Those in that hand; without one, those that still need somebody."""
        concerns = with_handlings(found, self.handlings, now)
        return tuple(each for each in concerns if _is_asked_for(each.handled(now), handled))


def _is_asked_for(found: Handled, asked: Handled | None) -> bool:
    return not found.is_hidden if asked is None else found is asked


def _tiers(kind: Kind | None) -> tuple[str, ...]:
    """The parts of the list in their order: the road as a whole, then each kind that waits."""
    if kind is None:
        return (ROAD, *(each.value for each in IN_THE_OFFICE))
    return (ROAD,) if kind in ON_THE_ROAD else (kind.value,)


def _start(at: Mapping[str, str], kind: Kind | None) -> int:
    tiers = _tiers(kind)
    return tiers.index(at[TIER]) if at.get(TIER) in tiers else 0


def _after(tier: str, kind: Kind | None) -> Mapping[str, str] | None:
    """The beginning of the next part; None after the last."""
    tiers = _tiers(kind)
    following = tiers.index(tier) + 1
    return {TIER: tiers[following]} if following < len(tiers) else None
