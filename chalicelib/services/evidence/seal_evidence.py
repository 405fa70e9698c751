"""Seal what was recorded at the door: a signed manifest for each attempt, file and correction.

It runs some minutes after the report, off the path of the request: by then the files of most visits
are there. One signature covers all that is sealed in one run. Safe to repeat: what is sealed stays
as it is, to the byte, and a run that ends half way is gone on with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unavailable
from chalicelib.domain.evidence.links import Due, Head, ManifestKind, SignedManifest, due_of
from chalicelib.domain.evidence.manifests import Scene, Upload, manifest_text, span_of
from chalicelib.domain.evidence.seals import SealKey, sealed, statement_of
from chalicelib.domain.ids import DriverId, ProofId, ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.expiry import expires_at
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.observability import Metric, count, logger
from chalicelib.services.evidence.histories import whole_history
from chalicelib.services.ports.evidence import EvidenceChain, SealingKey, SealKeys
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.proofs import AllowedProofs
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The manifests of one shipment that are to be sealed."""

    shipment: Shipment
    first_number: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealEvidence:
    """Seals the shipments of some events."""

    shipments: Shipments
    evidence_chain: EvidenceChain
    allowed_proofs: AllowedProofs
    fleet: Fleet
    sealing_key: SealingKey
    seal_keys: SealKeys
    clock: Clock
    policy: Policy

    def __call__(self, sequences: Mapping[ShipmentId, int]) -> frozenset[ShipmentId]:
        """Seal the events of these shipments, at least up to the sequence that is told of each.

        Returns the shipments that failed and must come again.
        """
        failed = set[ShipmentId]()
        prepared: list[_Prepared] = []
        for shipment_id, sequence in sequences.items():
            try:
                found = self._prepared(shipment_id, sequence)
            except Unavailable as exc:
                _warn(shipment_id, exc)
                failed.add(shipment_id)
            except NotFound:  # it has expired
                continue
            except Exception:  # noqa: BLE001 - one shipment must not hold up all others of a batch
                logger.exception("evidence not sealed", extra={"shipment_id": shipment_id})
                failed.add(shipment_id)
            else:
                prepared += [found] if found.texts else []
        if not prepared:
            return frozenset(failed)
        try:
            return frozenset(failed | self._sealed(prepared))
        except Unavailable as exc:
            for each in prepared:
                _warn(each.shipment.id, exc)
            return frozenset(failed | {each.shipment.id for each in prepared})

    def _prepared(self, shipment_id: ShipmentId, sequence: int) -> _Prepared:
        chain = self.evidence_chain.of(shipment_id)
        head = Head.of([each.text for each in chain])
        first_number = head.number + 1
        shipment, events = whole_history(self.shipments, shipment_id, after=head.last_sequence)
        if max(head.last_sequence, *(event.seq for event in events), 0) < sequence:
            raise Unavailable(dependency="dynamodb")  # the read is older than the event
        texts: list[str] = []
        for due in due_of(events, head.last_sequence):
            text = manifest_text(due, head, self._scene(shipment, due))
            texts.append(text)
            head = head.then(text)
        return _Prepared(shipment, first_number, tuple(texts))

    def _scene(self, shipment: Shipment, due: Due) -> Scene:
        uploads = self._uploads(shipment) if due.files else {}
        if due.kind is not ManifestKind.ATTEMPT:
            return Scene(shipment, uploads)
        since, until = span_of(due)
        driver_id = DriverId(due.event.actor_id)
        track = self.fleet.track(driver_id, since=since, until=until, now=self.clock.now())
        return Scene(shipment, uploads, track)

    def _uploads(self, shipment: Shipment) -> dict[ProofId, Upload]:
        """With those of other shipments that were handed over together with it."""
        owners = {proof.owner for each in shipment.made_attempts for proof in each.proofs}
        return {
            proof_id: Upload(owner, allowed)
            for owner in sorted(owners | {shipment.id})
            for proof_id, allowed in self.allowed_proofs.of(owner).items()
        }

    def _sealed(self, prepared: Sequence[_Prepared]) -> set[ShipmentId]:
        now = self.clock.now()
        key = SealKey(self.sealing_key.public(), now)
        documents = [text.encode() for each in prepared for text in each.texts]
        statement = statement_of(documents, key.id, now)
        signature = self.sealing_key.sign(statement.encode())
        self.seal_keys.remember(key)
        seals = iter(sealed(documents, statement, signature))
        failed = set[ShipmentId]()
        for each in prepared:
            signed = [
                SignedManifest(number, text, next(seals))
                for number, text in enumerate(each.texts, start=each.first_number)
            ]
            try:
                self._append(each.shipment, signed)
            except (ConcurrentUpdate, Unavailable) as exc:
                _warn(each.shipment.id, exc)
                failed.add(each.shipment.id)
        return failed

    def _append(self, shipment: Shipment, signed: Iterable[SignedManifest]) -> None:
        until = expires_at(shipment, self.policy)
        for each in signed:
            self.evidence_chain.append(shipment.id, each, expires_at=until)
            count(Metric.MANIFESTS_SEALED)
        logger.info("evidence sealed", extra={"shipment_id": shipment.id})


def _warn(shipment_id: ShipmentId, exc: ConcurrentUpdate | Unavailable) -> None:
    logger.warning("evidence not sealed", extra={"shipment_id": shipment_id, "code": exc.code})
