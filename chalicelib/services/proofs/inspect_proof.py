"""Inspect an uploaded file: keep a copy that is made anew from its pixels, or say what is wrong.

Every step may be repeated, and two inspections of one file may run at the same time: the first
copy that is kept stays, the verdict about a kept file is final, and a proof joins its shipment
once. So it does not matter whether a notice comes twice, late, or before the delivery is reported.
"""

import hashlib
from dataclasses import dataclass

from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.inspections import flaw_of
from chalicelib.domain.proofs.proofs import (
    MAX_PROOF_BYTES,
    AllowedProof,
    Flaw,
    Kept,
    UploadedFile,
    kept_key,
    named_by,
)
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs, Pictures, ProofStore
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.proofs.late_proofs import LateProofs


@dataclass(frozen=True, slots=True)
class InspectProof:
    """Inspects one file in quarantine. Raises Unavailable when it has to be done again."""

    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    proofs: ProofStore
    pictures: Pictures
    clock: Clock
    ids: Ids

    def __call__(self, object_key: str, version_id: str | None = None) -> None:
        """Inspect this version of the file, or the newest one."""
        names = named_by(object_key)
        if names is None:
            logger.error("a file in quarantine has a key that we did not make")
            return
        shipment_id, proof_id = names
        allowed = self.allowed_proofs.of(shipment_id).get(proof_id)
        file = self.proofs.uploaded(object_key, version_id, most_bytes=MAX_PROOF_BYTES)
        if allowed is not None and allowed.kept is None and file is not None:
            verdict = self._verdict(shipment_id, proof_id, file, allowed)
            allowed = self.allowed_proofs.judge(shipment_id, proof_id, verdict)
            self._note(shipment_id, proof_id, verdict)
            if isinstance(verdict, Flaw):
                self.proofs.discard(object_key, file.version_id, is_for_good=False)
        if allowed is not None:
            self._join(shipment_id, proof_id, allowed)
        if file is not None and (allowed is None or allowed.kept is not None):
            self.proofs.discard(object_key, file.version_id, is_for_good=True)

    def _verdict(
        self,
        shipment_id: ShipmentId,
        proof_id: ProofId,
        file: UploadedFile,
        allowed: AllowedProof,
    ) -> Kept | Flaw:
        flaw = flaw_of(file, allowed)
        if flaw is not None:
            return flaw
        remade = self.pictures.remade(file.content, allowed.kind)
        if isinstance(remade, Flaw):
            return remade
        content, content_type = remade
        return self.proofs.keep(
            kept_key(shipment_id, proof_id),
            content,
            content_type=content_type,
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def _join(self, shipment_id: ShipmentId, proof_id: ProofId, allowed: AllowedProof) -> None:
        late = LateProofs(self.shipments, self.journal, self.allowed_proofs, self.clock, self.ids)
        for each in (shipment_id, *sorted(allowed.shared_with)):
            late.join(each, {proof_id: allowed})

    def _note(self, shipment_id: ShipmentId, proof_id: ProofId, verdict: Kept | Flaw) -> None:
        extra = {"shipment_id": shipment_id, "proof_id": proof_id}
        if isinstance(verdict, Flaw):
            count(Metric.PROOFS_REJECTED)
            logger.warning("proof rejected", extra=extra | {"flaw": verdict.value})
        else:
            count(Metric.PROOFS_ACCEPTED)
            logger.info("proof accepted", extra=extra | {"size_bytes": verdict.size_bytes})
