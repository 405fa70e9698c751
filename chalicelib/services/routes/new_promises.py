"""New promises after an edit of a plan: they become events of the shipments that they concern.

The next stops are told with the edit's own transaction, the others in further ones at once after
it: until then live state remembers the promise before. If that is cut off, the rule for delays
tells a later time with the next fix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.driving.alerts import Alert
from chalicelib.domain.driving.effects import PlanNow
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.replanning import untold, with_promises, with_told
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import LiveChange, ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import Edited
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY
from chalicelib.observability import logger
from chalicelib.services.driving.telling import noted
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Ids
from chalicelib.services.retries import retried

MOST_TOLD: Final = 39
"""So many shipments are told in one transaction, as with a fix."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit thought through: plan and live state before and after it, and the new promises.

    Where another driver takes the van over, the live state after it is that driver's, with the
    version that was read.
    """

    before: PlanNow
    after: PlanNow
    edited: Edited
    promises: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Divided:
    """What is written at once: plan and live state; who is ``told`` with it, and who ``later``."""

    route: Route
    live: Live | None
    told: tuple[Alert, ...]
    later: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class NewPromises:
    """What an edit needs to tell its new promises."""

    fleet: Fleet
    shipments: Shipments
    journal: Journal
    ids: Ids
    policy: Policy

    def divided(self, draft: Draft, found: Mapping[ShipmentId, Shipment], *, room: int) -> Divided:
        """The draft as it is written. At most ``room`` shipments are told with it."""
        route, live = draft.after.route, draft.after.live
        told: list[Alert] = []
        for alert in draft.promises:
            room -= len(waiting(route, alert, found))
            if room < 0:
                break
            told.append(alert)
        later = draft.promises[len(told) :]
        if live is not None:
            live = untold(with_told(live, told, self.policy), route, later)
        return Divided(with_promises(route, draft.promises), live, tuple(told), later)

    def noted(
        self,
        route: Route,
        told: Sequence[Alert],
        found: Mapping[ShipmentId, Shipment],
        now: datetime,
    ) -> list[ShipmentChange]:
        """The promises as events of the shipments that wait for the van."""
        changes = []
        for alert in told:
            for shipment in waiting(route, alert, found):
                event_id = EventId(self.ids.new(EVENT))
                after, event = noted(shipment, alert, event_id=event_id, now=now)
                changes.append(ShipmentChange(after, (event,), shipment.version))
        return changes

    def tell_later(self, route: Route, later: Sequence[Alert], now: datetime) -> None:
        """Tell what had no room, unless the van has come or the plan has changed since.

        The edit is written already. So a failure is logged, and no reason to say that it failed.
        """
        some: list[Alert] = []
        for i, alert in enumerate(later):
            some.append(alert)
            shipments = sum(len(route.stops[each.stop_index].consignments) for each in some)
            is_full = i + 1 == len(later) or shipments + _most_at_a_stop(route) > MOST_TOLD
            if is_full:
                self._tell_some(route, tuple(some), now)
                some = []

    def _tell_some(self, route: Route, some: Sequence[Alert], now: datetime) -> None:
        try:
            retried(lambda: self._tell(route, some, now))
        except Unavailable:
            facts = {"route_id": route.id, "stops": [alert.stop_index for alert in some]}
            logger.exception("new promises not told", extra=facts)

    def _tell(self, route: Route, some: Sequence[Alert], now: datetime) -> None:
        live = self.fleet.live(route.driver_id)
        if (live.route_id, live.plan_version) != (route.id, route.plan_version):
            return
        due = [alert for alert in some if _is_untold(live, alert)]
        if not due:
            return
        keys = [key for alert in due for key in route.stops[alert.stop_index].shipment_ids]
        changes = self.noted(route, due, self.shipments.get_many(keys), now)
        after = replace(with_told(live, due, self.policy), version=live.version + 1)
        self.journal.commit(*changes, LiveChange(after, live.version))


def waiting(route: Route, alert: Alert, found: Mapping[ShipmentId, Shipment]) -> list[Shipment]:
    """The shipments of a stop that are on their way to it."""
    at_stop = (found[key] for key in route.stops[alert.stop_index].shipment_ids if key in found)
    return [each for each in at_stop if each.status in ON_THE_WAY and each.is_on(route.id)]


def _is_untold(live: Live, alert: Alert) -> bool:
    """Whether the promise before is still the one that was told last (see ``untold``)."""
    progress = live.progress[alert.stop_index]
    return progress.promise is not None and not progress.is_done and progress.arrived_at is None


def _most_at_a_stop(route: Route) -> int:
    return max(len(stop.consignments) for stop in route.stops)
