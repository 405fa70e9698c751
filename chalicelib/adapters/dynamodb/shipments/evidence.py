"""Signed manifests: items beside their shipment, written once and never again."""

import base64
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.shipments.items import SignedItem
from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.domain.evidence.links import SignedManifest
from chalicelib.domain.evidence.seals import Seal
from chalicelib.domain.ids import ShipmentId

SIGNED: Final = "SIGNED#"
"""Behind what is read together with a shipment: history, state and details."""


class SealDocument(Stored, frozen=True, kw_only=True):
    """A seal; ``signature`` and ``path`` are in base 64."""

    statement: str
    signature: str
    index: int = 0
    path: tuple[str, ...] = ()


class DynamoEvidenceChain:
    """The port ``EvidenceChain`` on DynamoDB."""

    def of(self, shipment_id: ShipmentId) -> tuple[SignedManifest, ...]:
        """One query: 2 to 4 kB for each."""
        with translated():
            found = SignedItem.query(
                shipment_id, SignedItem.item.startswith(SIGNED), consistent_read=True
            )
            return tuple(signed_from(item) for item in found)

    def append(
        self, shipment_id: ShipmentId, signed: SignedManifest, *, expires_at: datetime | None
    ) -> None:
        """One conditional write.

        A repeat after a lost answer finds its own number taken, and the caller reads again.
        """
        item = signed_to(shipment_id, signed)
        item.expires_at = None if expires_at is None else int(expires_at.timestamp())
        with translated():
            item.save(condition=SignedItem.item.does_not_exist())


def signed_to(shipment_id: ShipmentId, signed: SignedManifest) -> SignedItem:
    """The item of a signed manifest."""
    seal = signed.seal
    document = SealDocument(
        statement=seal.statement,
        signature=_text(seal.signature),
        index=seal.index,
        path=tuple(map(_text, seal.path)),
    )
    return SignedItem(
        shipment_id=shipment_id,
        item=f"{SIGNED}{signed.number:04d}",
        manifest=signed.text,
        seal=to_json(document),
    )


def signed_from(item: SignedItem) -> SignedManifest:
    """The signed manifest again."""
    document = from_json(SealDocument, item.seal)
    seal = Seal(
        document.statement,
        base64.b64decode(document.signature),
        document.index,
        tuple(map(base64.b64decode, document.path)),
    )
    return SignedManifest(int(item.item.removeprefix(SIGNED)), item.manifest, seal)


def _text(found: bytes) -> str:
    return base64.b64encode(found).decode()
