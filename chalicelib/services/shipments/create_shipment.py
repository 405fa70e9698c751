"""A shipper creates a shipment: state, event and the memory of the request, all or nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Forbidden
from chalicelib.domain.ids import EVENT, SHIPMENT, EventId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.proofs.proofs import ProofRequirements
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.barcodes_in_use import in_use_warnings
from chalicelib.domain.shipments.creation import Created
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Barcodes, Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

BARCODES_KEPT_FOR: Final = timedelta(days=60)
"""A shipment that is open for longer is not noticed when its barcode is used again."""


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

    shipments: Shipments
    barcodes: Barcodes
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(self, wanted: NewShipment, *, actor: Actor, memory: Memory = NO_MEMORY) -> Created:
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
        created = Created(shipment, self._warnings(shipment))
        remembered = memory.of(created)
        retried(lambda: self.journal.commit(change, *remembered))
        return created

    def _warnings(self, shipment: Shipment) -> tuple[InputWarning, ...]:
        """What the shipper should look at.

        It is found before the shipment is written, since it is part of the answer that is kept
        with it. A barcode of a shipment that was never written warns nobody.
        """
        codes = list(dict.fromkeys(normal_form(parcel.barcode) for parcel in shipment.parcels))
        earlier = self.barcodes.take(
            shipment.shipper_id,
            codes,
            shipment.id,
            now=shipment.created_at,
            expires_at=shipment.created_at + BARCODES_KEPT_FOR,
        )
        found = self.shipments.get_many(list(earlier.values())) if earlier else {}
        holders = {code: found[other] for code, other in earlier.items() if other in found}
        return in_use_warnings(shipment.parcels, holders)
