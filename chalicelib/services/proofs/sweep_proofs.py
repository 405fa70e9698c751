"""Sweep what was left half done: files that nobody has inspected, and files that never came.

A file stays in quarantine until it has a verdict. So whatever lies there for a while is asked to be
inspected again. An upload that was allowed and never finished is given up in the end, and those who
wait for it are told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import Flaw, QuarantinedFile
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs, InspectionQueue, ProofStore
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.proofs.late_proofs import LateProofs

EVERY: Final = timedelta(minutes=15)
"""How often it runs; the template says so, too."""
INSPECTED_WITHIN: Final = timedelta(minutes=10)
"""Inspections take a second; a queue after an outage takes longer."""
EAGER: Final = timedelta(days=1)
"""For so long a file is asked for at every sweep, afterwards once a day."""
AT_ONCE: Final = 100
"""So many uploads are given up in one sweep. The next one goes on."""


@dataclass(frozen=True, slots=True)
class SweptProofs:
    """How many files wait to be inspected again, how many were given up, and how many failed."""

    again: int
    given_up: int
    failed: int


@dataclass(frozen=True, slots=True)
class SweepProofs:
    """One sweep. What fails is left to the next one, and holds up nothing else."""

    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    proofs: ProofStore
    inspections: InspectionQueue
    clock: Clock
    ids: Ids

    def __call__(self) -> SweptProofs:
        """Raises Unavailable when what is half done cannot be listed."""
        now, again, given_up, failed = self.clock.now(), 0, 0, 0
        for file in self.proofs.quarantined():
            if _is_due(file, now):
                self.inspections.put(file.object_key)
                again += 1
        for shipment_id, proof_id in self.allowed_proofs.overdue(now, limit=AT_ONCE):
            try:
                self._give_up(shipment_id, proof_id, now)
            except Unavailable as exc:
                failed += 1
                extra = {"shipment_id": shipment_id, "proof_id": proof_id, "code": exc.code}
                logger.warning("upload not given up", extra=extra)
            else:
                given_up += 1
        count(Metric.PROOFS_INSPECTED_AGAIN, again)
        count(Metric.PROOFS_MISSING, given_up)
        swept = SweptProofs(again, given_up, failed)
        facts = {"again": again, "given_up": given_up, "failed": failed}
        logger.info("proofs swept", extra=facts)
        return swept

    def _give_up(self, shipment_id: ShipmentId, proof_id: ProofId, now: datetime) -> None:
        """The upload is closed last, so a sweep that ends in between is repeated."""
        allowed = self.allowed_proofs.judge(shipment_id, proof_id, Flaw.NEVER_CAME)
        if allowed is None:
            return
        late = LateProofs(self.shipments, self.journal, self.allowed_proofs, self.clock, self.ids)
        for each in (shipment_id, *sorted(allowed.shared_with)):
            late.join(each, {proof_id: allowed})
        self.allowed_proofs.close(shipment_id, proof_id, now)


def _is_due(file: QuarantinedFile, now: datetime) -> bool:
    age = now - file.uploaded_at
    return age >= INSPECTED_WITHIN and (age < EAGER or age % EAGER < EVERY)
