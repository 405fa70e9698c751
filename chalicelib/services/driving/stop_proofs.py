"""The proofs of a stop report: each shipment gets its own, and those of what comes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import (
    FLAW_WORDS,
    UPLOAD_PATIENCE,
    AllowedProof,
    Flaw,
    Proof,
    ProofKind,
    Requirement,
    reported_proof,
)
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.proofs import AllowedProofs

Allowed = Mapping[ProofId, tuple[ShipmentId, AllowedProof]]


@dataclass(frozen=True, slots=True)
class StopProofs:
    """Finds the proofs that a report names. No delivery waits for a file or its inspection."""

    allowed_proofs: AllowedProofs

    def of(
        self, report: StopReport, due: Sequence[Shipment], now: datetime
    ) -> dict[ShipmentId, tuple[Proof, ...]]:
        """The proofs by shipment. Raises Invalid for one that is unknown, rejected or missing."""
        proofs: dict[ShipmentId, tuple[Proof, ...]] = {shipment.id: () for shipment in due}
        if report.proof_ids:
            allowed = self._allowed(due)
            by_id = {shipment.id: shipment for shipment in due}
            for i, proof_id in enumerate(dict.fromkeys(report.proof_ids)):
                proof = self._proof(proof_id, allowed, now, pointer=f"/proof_ids/{i}")
                owner = by_id[proof.owner]
                together = [each.id for each in due if are_handed_over_together(each, owner)]
                for shipment_id in together:
                    proofs[shipment_id] += (proof,)
                if proof.is_owed and len(together) > 1:
                    others = frozenset(together) - {proof.owner}
                    self.allowed_proofs.share(proof.owner, proof_id, others)
        _require_files(due, proofs, report)
        return proofs

    def _allowed(self, due: Sequence[Shipment]) -> Allowed:
        """What this visit may bring: the proof of an earlier attempt does not prove a later one."""
        return {
            proof_id: (shipment.id, allowed)
            for shipment in due
            for proof_id, allowed in self.allowed_proofs.of(shipment.id).items()
            if not any(proof_id in each.proof_ids for each in shipment.made_attempts)
        }

    def _proof(self, proof_id: ProofId, allowed: Allowed, now: datetime, *, pointer: str) -> Proof:
        """The proof with its file, or owed while that is on its way."""
        if proof_id not in allowed:
            text = "No upload was allowed under this id for this visit."
            raise Invalid(text, pointer=pointer, code="unknown_proof")
        shipment_id, known = allowed[proof_id]
        if known.flaw is Flaw.NEVER_CAME:  # so late is the report, too: its file comes after it
            self.allowed_proofs.extend(shipment_id, proof_id, now + UPLOAD_PATIENCE)
            known = replace(known, flaw=None)
        elif known.flaw is not None:
            raise Invalid(FLAW_WORDS[known.flaw], pointer=pointer, code="proof_rejected")
        return reported_proof(shipment_id, proof_id, known, now)


def _require_files(
    due: Sequence[Shipment], proofs: Mapping[ShipmentId, tuple[Proof, ...]], report: StopReport
) -> None:
    for shipment in due:
        asked = shipment.proof_requirements
        needed = {
            Step.DELIVER: {ProofKind.PHOTO: asked.photo, ProofKind.SIGNATURE: asked.signature},
            Step.FAIL: {ProofKind.PHOTO: asked.photo_when_failed},
        }.get(report.step, {})
        brought = {proof.kind for proof in proofs[shipment.id]}
        for kind, requirement in needed.items():
            if requirement is Requirement.REQUIRED and kind not in brought:
                text = f"The shipper requires a {kind.value}."
                raise Invalid(text, pointer="/proof_ids", code="missing_required_proof")


def are_handed_over_together(a: Shipment, b: Shipment) -> bool:
    """One photo shows both: the same sender's goods for the same person."""
    return a.id == b.id or (a.shipper_id == b.shipper_id and a.recipient == b.recipient)
