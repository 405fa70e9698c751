"""Shipments note who drives their route by now, right after the van was handed over.

The plan says who drives, and was written before. The note only saves readers a look into it. So a
failure is logged, and no reason to say that the hand-over failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.journal.changes import SHIPMENTS_PER_TRANSACTION, ShipmentChange
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.shipments import Shipment, driven_by
from chalicelib.domain.shipments.statuses import FINISHED
from chalicelib.observability import logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class NewDriver:
    """What is needed to note another driver with the shipments of a route."""

    shipments: Shipments
    journal: Journal

    def note(self, route: Route) -> None:
        """With all that are not finished, some at a time."""
        ids = route.listed
        for start in range(0, len(ids), SHIPMENTS_PER_TRANSACTION):
            some = ids[start : start + SHIPMENTS_PER_TRANSACTION]
            try:
                retried(lambda some=some: self._note_some(route, some))  # type: ignore[misc]
            except Unavailable:
                facts = {"route_id": route.id, "driver_id": route.driver_id}
                logger.exception("new driver not noted", extra=facts)

    def _note_some(self, route: Route, some: Sequence[ShipmentId]) -> None:
        found = self.shipments.glances(some)  # a state that is older is a conflict, and read again
        self.journal.commit(
            *(
                ShipmentChange(_with_driver(shipment, route), (), shipment.version)
                for shipment in found
                if _is_open_on(shipment, route)
            )
        )


def _is_open_on(shipment: Shipment, route: Route) -> bool:
    assigned = shipment.assignment
    if assigned is None or assigned.route_id != route.id or shipment.status in FINISHED:
        return False
    return assigned.driver_id != route.driver_id


def _with_driver(shipment: Shipment, route: Route) -> Shipment:
    assigned = driven_by(route.driver_id, shipment.assignment)
    return replace(shipment, assignment=assigned, version=shipment.version + 1)
