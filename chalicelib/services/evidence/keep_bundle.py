"""Keep a bundle for a day: it is larger than an answer of the API may be."""

import hashlib
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.ids import ShipmentId
from chalicelib.services.ports.evidence import EvidenceFiles

BUNDLES: Final = "bundles/"


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """A bundle, and an address that gives it for five minutes."""

    sha256: str
    size_bytes: int
    file_name: str
    url: str


@dataclass(frozen=True, slots=True)
class KeepBundle:
    """The same bytes lie under the same key: asking twice changes nothing."""

    evidence_files: EvidenceFiles

    def __call__(self, shipment_id: ShipmentId, content: bytes) -> KeptBundle:
        """One write."""
        sha256 = hashlib.sha256(content).hexdigest()
        file_name = f"evidence-{shipment_id}.zip"
        key = f"{BUNDLES}{shipment_id}/{sha256}.zip"
        url = self.evidence_files.put_bundle(key, content, file_name=file_name)
        return KeptBundle(sha256, len(content), file_name, url)
