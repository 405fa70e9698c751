"""Sealed evidence: verifying it, and the public keys for whoever does so without us."""

from typing import Final

from chalicelib.api.schemas.evidence import SealKeyOut, SealKeysOut, VerificationOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import PUBLIC, SHIPPERS_AND_STAFF
from chalicelib.services.evidence.verify_evidence import Verification

evidence: Final = Endpoints(__name__)


@evidence.endpoint(
    "/v1/shipments/{shipment_id}/proofs/verify",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=VerificationOut,
    refusals=(NotFound,),
)
def verify_proofs(actor: Actor, shipment_id: str) -> Verification:
    """Work out anew whether manifests, events and files are as they were sealed."""
    return container().verify_evidence(ShipmentId(shipment_id), actor)


@evidence.endpoint("/evidence/keys", method="GET", principals=PUBLIC, gives=SealKeysOut)
def get_seal_keys(_: Actor) -> Listing[SealKeyOut]:
    """The public keys that seal evidence, or have done so: for anybody, without a key."""
    return Listing(tuple(map(SealKeyOut.of, container().show_seal_keys())))
