"""A driver may upload one file: straight to the store, one key, one type, up to a size."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound, NothingAboard, TooManyUploads
from chalicelib.domain.ids import PROOF, ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import (
    MAX_PROOF_BYTES,
    UPLOAD_PATIENCE,
    AllowedProof,
    Capture,
    Flaw,
    ProofKind,
    Upload,
    object_key,
)
from chalicelib.domain.shipments.custody import has_aboard
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.driving.shifts import live_of, plan_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.proofs import AllowedProofs, ProofStore
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids

TAKES_PROOFS: Final = ON_THE_WAY | {Status.ATTEMPT_FAILED, Status.DELIVERED}
"""On the road; after a visit only while a parcel is still aboard."""
MAX_UPLOADS: Final = 20
"""Of one shipment: enough for clumsy fingers, too few to fill a bucket."""


@dataclass(frozen=True, slots=True)
class AllowedUpload:
    """The proof's name and the form to upload it with."""

    proof_id: ProofId
    upload: Upload


@dataclass(frozen=True, slots=True)
class AllowProofUpload:
    """Raises NotFound for a shipment that this driver does not carry and for a proof that this
    driver never reported or that was given up, Conflict when nothing is aboard or the shipment has
    had its uploads.
    """

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    allowed_proofs: AllowedProofs
    proofs: ProofStore
    clock: Clock
    ids: Ids

    def __call__(
        self,
        shipment_id: ShipmentId,
        *,
        content_type: str,
        size_bytes: int,
        actor: Actor,
        proof_id: ProofId | None = None,
        kind: ProofKind = ProofKind.PHOTO,
        capture: Capture = Capture(),  # noqa: B008 - frozen
    ) -> AllowedUpload:
        """A form for one file of this type, at most as large as announced.

        With ``proof_id`` a fresh form for a proof that this driver has reported, hours later too.
        """
        live = live_of(self.fleet, actor)
        shipment = self.shipments.get(shipment_id)
        if proof_id is not None:
            return self._again(shipment, proof_id, content_type, size_bytes, actor)
        if live.route_id is None:
            raise NotFound
        if not shipment.is_on(live.route_id):
            self._require_lost(live, shipment, actor)
        elif shipment.status not in TAKES_PROOFS or not has_aboard(shipment):
            raise NothingAboard(shipment_id=shipment_id)
        if len(self.allowed_proofs.of(shipment_id)) >= MAX_UPLOADS:
            raise TooManyUploads(limit=MAX_UPLOADS)
        new_id = ProofId(self.ids.new(PROOF))
        form = self._form(new_id, object_key(shipment_id, new_id), content_type, size_bytes)
        self.allowed_proofs.allow(
            shipment_id,
            new_id,
            AllowedProof(kind, content_type, capture),
            expected_by=self._expected_by(),
        )
        return form

    def _require_lost(self, live: Live, shipment: Shipment, actor: Actor) -> None:
        """Raises NotFound for what was never on the plan.

        What an edit took off it, or the office took back after an attempt, may be handed over all
        the same: the phone had no network.
        """
        route = plan_of(self.routes, live)
        is_back = shipment.was_tried_by(actor.driver_id)
        lost = (*route.taken_off, *(route.stops if is_back else ()))
        if not any(shipment.id in stop.shipment_ids for stop in lost):
            raise NotFound

    def _again(
        self,
        shipment: Shipment,
        proof_id: ProofId,
        content_type: str,
        size_bytes: int,
        actor: Actor,
    ) -> AllowedUpload:
        """Also for a file that is there: the phone may not have heard that it arrived.

        What it sends once more is thrown away.
        """
        for attempt in shipment.made_attempts:
            if attempt.driver_id != actor.driver_id:
                continue
            for proof in attempt.proofs:
                if proof.id == proof_id and proof.flaw is not Flaw.NEVER_CAME:
                    self.allowed_proofs.extend(proof.owner, proof_id, self._expected_by())
                    key = object_key(proof.owner, proof_id)
                    announced = content_type if proof.is_there else proof.content_type
                    return self._form(proof_id, key, announced, size_bytes)
        raise NotFound

    def _expected_by(self) -> datetime:
        return self.clock.now() + UPLOAD_PATIENCE

    def _form(
        self, proof_id: ProofId, key: str, content_type: str, size_bytes: int
    ) -> AllowedUpload:
        upload = self.proofs.allow_upload(
            key,
            content_type=content_type,
            max_bytes=min(size_bytes, MAX_PROOF_BYTES),
            now=self.clock.now(),
        )
        return AllowedUpload(proof_id, upload)
