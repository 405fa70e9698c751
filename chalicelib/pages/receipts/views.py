"""Receipts of deliveries: a page to print, and a bundle with all evidence to keep for a dispute."""

import base64
import hashlib
from functools import cache
from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, NothingSealed
from chalicelib.domain.evidence.bundles import evidence_members, zipped
from chalicelib.domain.ids import ShipmentId
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF
from chalicelib.edge.schemas import Out
from chalicelib.pages.receipts.readme import readme_of
from chalicelib.pages.receipts.receipt import Found, beside, embedded, receipt_of
from chalicelib.pages.rendering import STATIC, asset_names, render
from chalicelib.services.evidence.collect_evidence import Evidence
from chalicelib.services.evidence.keep_bundle import KeptBundle

receipts: Final = Endpoints(__name__)


class BundleOut(Out):
    """A zip with all evidence of a shipment. ``url`` gives it for five minutes.

    The same evidence is the same zip, to the byte: ``sha256`` tells.
    """

    url: str
    sha256: str
    size_bytes: int
    file_name: str

    @classmethod
    def of(cls, value: KeptBundle) -> "BundleOut":
        """From the service."""
        return cls(
            url=value.url,
            sha256=value.sha256,
            size_bytes=value.size_bytes,
            file_name=value.file_name,
        )


@receipts.endpoint(
    "/v1/shipments/{shipment_id}/proofs/receipt",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    media_types=(replies.HTML,),
    refusals=(NotFound, NothingSealed),
)
def get_receipt(actor: Actor, shipment_id: str) -> Response:
    """A receipt of all attempts as a page to print: who, when, where, pictures, hashes."""
    evidence = container().collect_evidence(ShipmentId(shipment_id), actor)
    body = _page(evidence, embedded(evidence.files))
    return replies.html(body, policy=_policy())


@receipts.endpoint(
    "/v1/shipments/{shipment_id}/proofs/bundle",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=BundleOut,
    refusals=(NotFound, NothingSealed),
)
def get_bundle(actor: Actor, shipment_id: str) -> KeptBundle:
    """All evidence of a shipment as one zip, to be verified by anybody without us."""
    evidence = container().collect_evidence(ShipmentId(shipment_id), actor)
    shipment = evidence.shipment
    facts = evidence.chain[-1].seal.facts
    members = evidence_members(evidence.chain, evidence.keys, evidence.events, evidence.files)
    members["receipt.html"] = _page(evidence, beside(evidence.files)).encode()
    members["README.txt"] = readme_of(
        shipment_id=shipment.id,
        reference=shipment.reference,
        sender=evidence.sender,
        base_url=container().settings.public_base_url,
        file_name=f"evidence-{shipment.id}.zip",
        key_id="<key id>" if facts is None else facts.key_id,
    )
    return container().keep_bundle(shipment.id, zipped(members))


def _page(evidence: Evidence, found: Found) -> str:
    receipt = receipt_of(evidence, found)
    keys_url = f"{container().settings.public_base_url}/evidence/keys"
    return render("receipt.html", receipt=receipt, style=_style(), keys_url=keys_url)


@cache
def _style() -> str:
    """The style sheet is a part of the page: it must print from a file, too."""
    return (STATIC / asset_names()["receipt.css"]).read_text("utf-8")


@cache
def _policy() -> str:
    """No script, no address of others: only this style sheet, and the page's own pictures."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
