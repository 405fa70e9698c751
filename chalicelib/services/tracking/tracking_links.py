"""The address of a shipment's page: made from its signature, never stored."""

from dataclasses import dataclass

from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.system import PublicBaseUrl, Signer


@dataclass(frozen=True, slots=True)
class TrackingLinks:
    """Makes tracking links below ``public_base_url``, which has no slash at its end."""

    signer: Signer
    public_base_url: PublicBaseUrl

    def __call__(self, shipment: Shipment) -> str:
        """The same address for the life of the shipment's link generation."""
        token = self.signer.tracking_token(shipment.id, shipment.link_generation)
        return f"{self.public_base_url}/t/{token}"
