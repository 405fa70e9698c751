"""A shipper creates a shipment: state, event and the memory of the request, all or nothing."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.ids import EVENT, SHIPMENT, EventId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.proofs.proofs import ProofRequirements
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class NewShipment:
    """A shipper's order of one delivery."""

    reference: str
    recipient: Recipient
    address: Address
    parcels: tuple[Parcel, ...]
    window: Range | None = None
    service_time_s: float | None = None
    proof_requirements: ProofRequirements = ProofRequirements()  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class CreateShipment:
    """Creates one shipment for the actor's own shipper.

    The memory of the request commits with the shipment. Raises Unavailable when writes collide too
    often.
    """

    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self, wanted: NewShipment, *, actor: Actor, memory: Memory = NO_MEMORY
    ) -> Shipment:
        """Create it."""
        if actor.shipper_id is None:
            raise Forbidden
        now = self.clock.now()
        new = Shipment(
            id=ShipmentId(self.ids.new(SHIPMENT)),
            shipper_id=actor.shipper_id,
            reference=wanted.reference,
            recipient=wanted.recipient,
            address=wanted.address,
            parcels=wanted.parcels,
            created_at=now,
            updated_at=now,
            details_version=1,
            window=wanted.window,
            service_time_s=wanted.service_time_s,
            proof_requirements=wanted.proof_requirements,
        )
        shipment, event = append(
            new,
            EventType.CREATED,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
        )
        change = ShipmentChange(shipment, (event,), None)
        remembered = memory.of(shipment)
        retried(lambda: self.journal.commit(change, *remembered))
        return shipment
