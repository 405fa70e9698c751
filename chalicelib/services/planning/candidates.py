"""Which shipments a suggestion is about: those that are named, or all of the day on no route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.actors import Actor
from chalicelib.domain.attention.waiting import Waiting
from chalicelib.domain.errors import AlreadyAssigned, Invalid, NotFound, NotPlannable
from chalicelib.domain.geography import distance_m
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.planning.suggestions import (
    MAX_SUGGESTED_SHIPMENTS,
    Question,
    Unplaceable,
    Unplaced,
)
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.routes.claims import may_be_planned, require_placed

PAGE: Final = 100
MOST_PAGES: Final = 20
"""So many pages of what waits for a route are read: older ones of other days come before."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The shipments that may go on any van, those that belong on one, and what can be on none."""

    free: tuple[Shipment, ...]
    pinned: Mapping[ShipmentId, Shipment]
    unplaced: tuple[Unplaced, ...]


@dataclass(frozen=True, slots=True)
class FindCandidates:
    """Reads the shipments of a question.

    Raises Invalid for a shipment that is unknown or named twice, and where too many wait; for one
    that is named for a van also AlreadyAssigned and NotPlannable, as the plan itself would.
    """

    shipments: Shipments
    routes: Routes
    hubs: Hubs

    def __call__(self, question: Question, hub: Hub, actor: Actor) -> Candidates:
        """All of them, each once."""
        pointers = _pinned_pointers(question)
        pinned = self.shipments.get_many(list(pointers))
        for shipment_id, pointer in pointers.items():
            require_placed(pinned.get(shipment_id), pointer=pointer)
        is_open: dict[RouteId, bool] = {}
        for shipment in pinned.values():
            if self._is_taken(shipment, is_open):
                raise AlreadyAssigned(shipment_id=shipment.id)
            if not may_be_planned(shipment, actor):
                raise NotPlannable(shipment_id=shipment.id, current=shipment.status.value)
        named = (
            self._of_day(question, hub) if question.shipment_ids is None else self._named(question)
        )
        free: list[Shipment] = []
        unplaced: list[Unplaced] = []
        for shipment in named:
            reason = self._reason(shipment, question, actor, is_open)
            if shipment.id in pinned:
                continue
            if reason is None:
                free.append(shipment)
            else:
                unplaced.append(Unplaced(shipment.id, reason))
        return Candidates(tuple(free), pinned, tuple(unplaced))

    def _named(self, question: Question) -> list[Shipment]:
        ids = question.shipment_ids or ()
        found = self.shipments.get_many(list(ids))
        known = set(_pinned_pointers(question))
        for i, shipment_id in enumerate(ids):
            pointer = f"/shipment_ids/{i}"
            if shipment_id not in found:
                text = "There is no such shipment."
                raise Invalid(text, pointer=pointer, code="unknown_shipment")
            if shipment_id in known:
                text = "This shipment is named twice."
                raise Invalid(text, pointer=pointer, code="repeated_shipment")
            known.add(shipment_id)
        return [found[shipment_id] for shipment_id in ids]

    def _of_day(self, question: Question, hub: Hub) -> list[Shipment]:
        """Those without a route that are wanted that day, or on no day, nearest to this hub."""
        midnight = datetime.combine(
            question.service_day + timedelta(days=1), time(), ZoneInfo(hub.time_zone)
        )
        found: list[Shipment] = []
        position: Mapping[str, str] | None = None
        for _ in range(MOST_PAGES):
            page = self.shipments.waiting(
                Waiting.UNASSIGNED, until=midnight, limit=PAGE, position=position
            )
            found += [each for each in page.data if self._is_of(each, question, hub)]
            position = page.position
            if position is None or len(found) > MAX_SUGGESTED_SHIPMENTS:
                break
        if len(found) > MAX_SUGGESTED_SHIPMENTS or position is not None:
            text = (
                f"More than {MAX_SUGGESTED_SHIPMENTS} shipments wait for a route. "
                "Name those of one area."
            )
            raise Invalid(text, pointer="/shipment_ids", code="too_many")
        return found

    def _is_of(self, shipment: Shipment, question: Question, hub: Hub) -> bool:
        if shipment.wanted_day not in {None, question.service_day}:
            return False
        place = shipment.address.coordinates
        others = [each for each in self.hubs.places() if each != hub.coordinates]
        own_m = distance_m(place, hub.coordinates)
        return all(own_m <= distance_m(place, other) for other in others)

    def _reason(
        self, shipment: Shipment, question: Question, actor: Actor, is_open: dict[RouteId, bool]
    ) -> Unplaceable | None:
        """Why it can be on no route of that day; None where it can."""
        if shipment.needs_placing:
            return Unplaceable.NEEDS_PLACING
        if self._is_taken(shipment, is_open):
            return Unplaceable.ALREADY_ASSIGNED
        if not may_be_planned(shipment, actor):
            return Unplaceable.NOT_PLANNABLE
        if shipment.wanted_day not in {None, question.service_day}:
            return Unplaceable.ANOTHER_DAY
        return None

    def _is_taken(self, shipment: Shipment, is_open: dict[RouteId, bool]) -> bool:
        """Whether it is on an open route. A route that was never written holds nothing."""
        if shipment.assignment is None:
            return False
        route_id = shipment.assignment.route_id
        if route_id not in is_open:
            try:
                is_open[route_id] = self.routes.get(route_id).status.is_open
            except NotFound:
                is_open[route_id] = False
        return is_open[route_id]


def _pinned_pointers(question: Question) -> dict[ShipmentId, str]:
    """Where in the request each shipment of a van is named. Raises Invalid for one named twice."""
    found: dict[ShipmentId, str] = {}
    for pointer, shipment_id in _pinned(question):
        if shipment_id in found:
            text = "This shipment is named twice."
            raise Invalid(text, pointer=pointer, code="repeated_shipment")
        found[shipment_id] = pointer
    return found


def _pinned(question: Question) -> Sequence[tuple[str, ShipmentId]]:
    return [
        (f"/vans/{v}/stops/{s}/shipment_ids/{i}", shipment_id)
        for v, van in enumerate(question.vans)
        for s, visit in enumerate(van.visits)
        for i, shipment_id in enumerate(visit.shipment_ids)
    ]
