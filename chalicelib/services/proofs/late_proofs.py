"""Late proofs: a file that was inspected after its delivery was reported joins it afterwards.

The inspection lets it join. Whoever looks at the shipment meanwhile does so, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import SYSTEM
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.ids import EVENT, EventId, ProofId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.proofs.proofs import AllowedProof, Proof, ProofState, judged
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.observability import logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried

TOLD: Final = {
    ProofState.ACCEPTED: EventType.PROOF_ADDED,
    ProofState.REJECTED: EventType.PROOF_REJECTED,
    ProofState.MISSING: EventType.PROOF_MISSING,
}
"""What is told of proofs that have got into this state."""


@dataclass(frozen=True, slots=True)
class LateProofs:
    """What use cases need to let late proofs join."""

    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    clock: Clock
    ids: Ids

    def joined(self, shipment: Shipment) -> Shipment:
        """The shipment with all that is known of its owed proofs by now. Safe to repeat.

        While the store does not answer it is the shipment as it is: nobody waits for a photo.
        """
        if not shipment.owed_proofs:
            return shipment
        try:
            allowed = self._allowed(shipment.owed_proofs)
            if not _news(shipment.owed_proofs, allowed):
                return shipment
            return retried(lambda: self._join(shipment.id, allowed))
        except Unavailable as exc:
            extra = {"shipment_id": shipment.id, "cause": type(exc.__cause__).__name__}
            logger.warning("late proofs could not join", extra=extra)
            return shipment

    def join(self, shipment_id: ShipmentId, allowed: Mapping[ProofId, AllowedProof]) -> None:
        """Let these proofs join a shipment, where one of its attempts has them. Safe to repeat.

        Nothing for a shipment that is gone. Raises Unavailable.
        """
        try:
            retried(lambda: self._join(shipment_id, allowed))
        except NotFound:
            return

    def _allowed(self, proofs: Iterable[Proof]) -> dict[ProofId, AllowedProof]:
        found: dict[ProofId, AllowedProof] = {}
        for owner in dict.fromkeys(proof.owner for proof in proofs):
            found |= self.allowed_proofs.of(owner)
        return found

    def _join(self, shipment_id: ShipmentId, allowed: Mapping[ProofId, AllowedProof]) -> Shipment:
        before = self.shipments.get(shipment_id)
        news = _news(before.proofs_without_file, allowed)
        if not news:
            return before
        after, events = before.with_proofs(news), list[Event]()
        for state, event_type in TOLD.items():
            told = [proof for proof in news.values() if proof.state is state]
            if told:
                after, event = self._told(after, event_type, told)
                events.append(event)
        self.journal.commit(ShipmentChange(after, tuple(events), before.version))
        return after

    def _told(
        self, shipment: Shipment, event_type: EventType, proofs: Iterable[Proof]
    ) -> tuple[Shipment, Event]:
        now = self.clock.now()
        came_at = now
        if event_type is EventType.PROOF_ADDED:
            came_at = min(now, *(proof.uploaded_at for proof in proofs))
        return append(
            shipment,
            event_type,
            actor=SYSTEM,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=came_at,
            now=now,
            data={"proofs": [proof.fact for proof in proofs]},
        )


def _news(proofs: Iterable[Proof], allowed: Mapping[ProofId, AllowedProof]) -> dict[ProofId, Proof]:
    """Those of the proofs of which there is more to tell than they say themselves."""
    known = [(p, judged(p, allowed[p.id])) for p in proofs if p.id in allowed]
    return {now.id: now for before, now in known if now != before and now.state in TOLD}
