"""What needs somebody of the office, most urgent first: vans on the road, then what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.attention.concerns import (
    IN_THE_OFFICE,
    LOOK_AHEAD,
    ON_THE_ROAD,
    Concern,
    Kind,
    of_shipment,
    of_vans,
)
from chalicelib.domain.attention.waiting import Waiting
from chalicelib.domain.listings import Listing
from chalicelib.domain.policy import Policy
from chalicelib.services.driving.shifts import vans_on_the_road
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock

TIER: Final = "tier"
ROAD: Final = "road"
SHOWN: Final = "shown"


@dataclass(frozen=True, slots=True)
class ShowAttention:
    """Vans are looked at anew with each page; what waits is read from its index."""

    shipments: Shipments
    fleet: Fleet
    routes: Routes
    clock: Clock
    policy: Policy

    def __call__(
        self,
        *,
        kind: Kind | None,
        due_by: datetime | None,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Concern]:
        """All kinds or one. What waits for a route is a concern when wanted by ``due_by``.

        That is a day from now unless the caller says otherwise.
        """
        now = self.clock.now()
        found: list[Concern] = []
        at = dict(position or {})
        for tier in _tiers(kind)[_start(at, kind) :]:
            own = at if at.get(TIER) == tier else {}
            page = (
                self._on_the_road(kind, now, limit - len(found), own)
                if tier == ROAD
                else self._waiting(Kind(tier), _until(tier, now, due_by), limit - len(found), own)
            )
            found += page.data
            if page.position is not None:
                return Listing(tuple(found), {**page.position, TIER: tier})
            if len(found) == limit:
                return Listing(tuple(found), _after(tier, kind))
        return Listing(tuple(found))

    def _on_the_road(
        self, kind: Kind | None, now: datetime, limit: int, at: Mapping[str, str]
    ) -> Listing[Concern]:
        """By place in the list of now: it moves, so a page may show one again or miss one."""
        vans = vans_on_the_road(self.fleet, self.routes, now, self.policy)
        concerns = [each for each in of_vans(vans, now) if kind in {None, each.kind}]
        begin = int(at.get(SHOWN, "0"))
        end = begin + limit
        is_more = end < len(concerns)
        return Listing(tuple(concerns[begin:end]), {SHOWN: str(end)} if is_more else None)

    def _waiting(
        self, kind: Kind, until: datetime, limit: int, at: Mapping[str, str]
    ) -> Listing[Concern]:
        """The index may be a moment behind its shipments, and they decide."""
        position = {name: value for name, value in at.items() if name != TIER} or None
        page = self.shipments.waiting(
            Waiting(kind.value), until=until, limit=limit, position=position
        )
        concerns = (of_shipment(shipment) for shipment in page.data)
        shown = tuple(each for each in concerns if each is not None and each.kind is kind)
        return Listing(shown, page.position)


def _until(tier: str, now: datetime, due_by: datetime | None) -> datetime:
    """Up to when what waits is a concern now: a route is found before it is needed."""
    return (due_by or now + LOOK_AHEAD) if tier == Kind.UNASSIGNED else now


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
