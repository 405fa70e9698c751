"""A dispatcher corrects a mistaken outcome: delivered, failed, or no attempt at all.

The history is only appended to. An undone attempt is before the driver again while the van still
drives, as if the parcel had been loaded a moment ago; afterwards the parcel is at the hub. A repeat
of a correction that was cut off in between does what is left to do.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.loading import is_open_for_loading
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.boarding import Boarding
from chalicelib.services.driving.putting_right import correction
from chalicelib.services.driving.shifts import driver_of
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class CorrectOutcome(Boarding):
    """Corrects the outcome of a shipment's last attempt. What is recorded so already stays so.

    Raises NotFound and IllegalTransition.
    """

    def __call__(
        self, shipment_id: ShipmentId, order: CorrectionOrder, *, actor: Actor
    ) -> Shipment:
        """The shipment as it is then."""
        corrected = retried(lambda: self._correct(shipment_id, order, actor))
        assigned = corrected.assignment
        if not _is_undone(corrected) or assigned is None:
            return corrected
        driver_id = driver_of(self.routes, assigned)
        self.board(driver_id, assigned.route_id, [shipment_id], actor=actor)
        return self.shipments.get(shipment_id)

    def _correct(self, shipment_id: ShipmentId, order: CorrectionOrder, actor: Actor) -> Shipment:
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        is_cut_off = order.outcome is TrueOutcome.NONE and _is_undone(shipment)
        if is_cut_off or order.is_known(shipment):
            return shipment
        order.require_last(shipment)
        now = self.clock.now()
        is_aboard = self._is_aboard(shipment, now)
        after, changes = correction(
            shipment,
            order,
            is_aboard=is_aboard,
            routes=self.routes,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
        )
        self.journal.commit(*changes)
        return after

    def _is_aboard(self, shipment: Shipment, now: datetime) -> bool:
        """Whether the van of its route still delivers."""
        assigned = shipment.assignment
        if assigned is None:
            return False
        live = self.fleet.live(driver_of(self.routes, assigned))
        return live.route_id == assigned.route_id and is_open_for_loading(live, now, self.policy)


def _is_undone(shipment: Shipment) -> bool:
    """Whether its last attempt was undone, and its van does not know yet."""
    is_last_undone = bool(shipment.corrections) and shipment.corrections[-1].became is None
    return shipment.status is Status.LOADED and is_last_undone
