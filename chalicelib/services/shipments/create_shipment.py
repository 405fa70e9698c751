"""A shipper creates a shipment: state, event and the memory of the request, all or nothing."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import ConcurrentUpdate, Forbidden, IdempotencyKeyReused
from chalicelib.domain.ids import EVENT, SHIPMENT, EventId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import Remembered, RequestRemembered, ShipmentChange
from chalicelib.domain.journal.requests import RequestKey
from chalicelib.domain.proofs.proofs import ProofRequirements
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.barcodes_in_use import in_use_warnings
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.services.ports.journal import Journal, Requests
from chalicelib.services.ports.shipments import Barcodes, Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried

REMEMBERED_FOR: Final = timedelta(hours=24)
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
class Created:
    """The shipment; ``is_replay`` when an earlier request with the same key had made it."""

    shipment: Shipment
    is_replay: bool
    warnings: tuple[InputWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateShipment:
    """Creates one shipment for the actor's own shipper.

    With a key it happens at most once: the memory of the key commits with the shipment. Raises
    IdempotencyKeyReused when the same key comes with another body, Unavailable when writes collide
    too often.
    """

    shipments: Shipments
    barcodes: Barcodes
    journal: Journal
    requests: Requests
    clock: Clock
    ids: Ids

    def __call__(self, wanted: NewShipment, *, actor: Actor, key: RequestKey | None) -> Created:
        """Create, or find what the same request created before."""
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
        remembered = None
        if key is not None:
            scope = f"{actor.shipper_id}#shipments#{key.key}"
            remembered = Remembered(
                key=f"request#{hashlib.sha256(scope.encode()).hexdigest()}",
                fingerprint=key.fingerprint,
                result_id=shipment.id,
                expires_at=now + REMEMBERED_FOR,
            )
        change = ShipmentChange(shipment, (event,), None)
        earlier = retried(lambda: self._create(change, remembered))
        if earlier is None:
            return Created(shipment, is_replay=False, warnings=self._warnings(shipment))
        if key is None or earlier.fingerprint != key.fingerprint:
            raise IdempotencyKeyReused(pointer="", code="idempotency_key_reused")
        return Created(self.shipments.get(ShipmentId(earlier.result_id)), is_replay=True)

    def _warnings(self, shipment: Shipment) -> tuple[InputWarning, ...]:
        """What the shipper should look at."""
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

    def _create(self, change: ShipmentChange, remembered: Remembered | None) -> Remembered | None:
        """Write it, or find what an earlier request under the same key has made."""
        now = change.after.created_at
        memory = [] if remembered is None else [RequestRemembered(remembered, now)]
        try:
            self.journal.commit(change, *memory)
        except ConcurrentUpdate:
            earlier = None if remembered is None else self.requests.recall(remembered.key, now)
            if earlier is None:
                raise
            return earlier
        return None
