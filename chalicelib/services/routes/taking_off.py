"""A change of one shipment that its plan was not made for: it leaves the plan in the same stroke.

Shipment and plan are one transaction: who is left on the route is expected anew as after any edit
of the plan, and is told. A shipment on no plan is only changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import ConcurrentUpdate, Invalid, TooLateToChange
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import OPERATION_NAMES, Remove
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.custody import off_route
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.routes.claims import Claims
from chalicelib.services.routes.editing import ITEMS_OF_PLAN, Editing
from chalicelib.services.routes.hand_overs import handed_over
from chalicelib.services.routes.whereabouts import Whereabouts

Amend = Callable[[Shipment], tuple[Shipment, tuple[Event, ...]]]
"""Changes a shipment that is on no plan any more, and tells it."""


@dataclass(frozen=True, slots=True)
class TakingOff:
    """What is needed to take a shipment off its plan."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    road_network: RoadNetwork
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def commit(self, before: Shipment, amend: Amend, *, actor: Actor, now: datetime) -> None:
        """Write the changed shipment, and the plan without it where an open one has it.

        Raises TooLateToChange where the van has reached its stop, and ConcurrentUpdate.
        """
        place = Whereabouts.of(before, self.routes)
        is_tried = before.status is Status.ATTEMPT_FAILED  # and so out of the plan's hands
        if place.route is not None and place.is_on_open_route and not is_tried:
            self._leave(place.route, before, amend, actor, now)
            return
        free = before if place.never_written is None else off_route(before)
        after, events = amend(free)
        self.journal.commit(
            ShipmentChange(after, events, before.version),
            *place.told(after, self.routes, now, is_read_anew=False),
        )

    def _leave(
        self, route: Route, shipment: Shipment, amend: Amend, actor: Actor, now: datetime
    ) -> None:
        editing = Editing(
            self.fleet,
            self.routes,
            self.shipments,
            self.journal,
            self.road_network,
            self.ids,
            self.forecasts,
            self.policy,
        )
        remove = _removal(route, shipment)
        before = editing.read(route)
        try:
            draft = editing.draft(before, [remove], {}, now)
            concerned = editing.concerned(draft, {shipment.id: shipment})
            claims = Claims(self.routes, self.journal, self.ids)
            changes = handed_over(draft, concerned, claims, actor, now)
        except Invalid as exc:  # its stop was reached meanwhile
            text = "The driver is at the address. A message still reaches them."
            raise TooLateToChange(text, current=shipment.status.value) from exc
        amended = [_amended(change, amend) for change in changes]
        written = editing.writing(
            draft,
            amended,
            concerned,
            room=editing.room(amended, ITEMS_OF_PLAN),
            actor=actor,
            now=now,
            data={"changes": [OPERATION_NAMES[Remove]]},
        )
        self.journal.commit(*amended, *written.noted, *written.changes)
        editing.promises.tell_later(written.divided.route, written.divided.later, now)


def _removal(route: Route, shipment: Shipment) -> Remove:
    """Raises ConcurrentUpdate where the plan has lost the shipment meanwhile."""
    for stop in route.stops:
        if shipment.id in stop.shipment_ids:
            return Remove(stop.id, (shipment.id,))
    raise ConcurrentUpdate


def _amended(change: ShipmentChange, amend: Amend) -> ShipmentChange:
    """One change: off the plan, and what is different from now on."""
    after, events = amend(change.after)
    version = change.after.version
    told: Sequence[Event] = (*change.events, *events)
    whole = replace(after, version=version, details_version=version)
    return ShipmentChange(whole, tuple(told), change.expected_version)
