"""Late proofs: a photo that was still uploading when its delivery was reported joins it afterwards.

A file that arrives tells nobody, so whoever looks at the shipment next takes it in.
"""

from dataclasses import dataclass

from chalicelib.domain.actors import SYSTEM
from chalicelib.domain.errors import Invalid, Unavailable
from chalicelib.domain.ids import EVENT, EventId, ProofId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.proofs.proofs import Proof, arrived
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.observability import logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import ProofStore
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class LateProofs:
    """What use cases need to let late proofs join."""

    shipments: Shipments
    journal: Journal
    proofs: ProofStore
    clock: Clock
    ids: Ids

    def joined(self, shipment: Shipment) -> Shipment:
        """The shipment with each owed proof whose file is there now. Safe to repeat.

        While the store does not answer it is the shipment as it is: nobody waits for a photo.
        """
        try:
            if not any(self._arrived(proof) for proof in shipment.owed_proofs):
                return shipment
            return retried(lambda: self._join(shipment))
        except Unavailable as exc:
            extra = {"shipment_id": shipment.id, "cause": type(exc.__cause__).__name__}
            logger.warning("late proofs could not join", extra=extra)
            return shipment

    def _join(self, shipment: Shipment) -> Shipment:
        now = self.clock.now()
        before = self.shipments.get(shipment.id)
        found: dict[ProofId, Proof] = {}
        for proof in before.owed_proofs:
            whole = self._arrived(proof)
            if whole is not None:
                found[proof.id] = whole
        if not found:
            return before
        after, event = append(
            before.with_proofs(found),
            EventType.PROOF_ADDED,
            actor=SYSTEM,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=min(now, *(proof.uploaded_at for proof in found.values())),
            now=now,
            data={"proofs": [proof.fact for proof in found.values()]},
        )
        self.journal.commit(ShipmentChange(after, (event,), before.version))
        return after

    def _arrived(self, proof: Proof) -> Proof | None:
        """The proof with its file; None while there is none, or one that is no image."""
        stored = self.proofs.find(proof.object_key)
        if stored is None:
            return None
        try:
            return arrived(proof, stored, pointer="")
        except Invalid:  # the driver may upload another one
            return None
