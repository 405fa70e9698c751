"""What comes of an order: the shipment, and what its shipper should look at."""

from dataclasses import dataclass

from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.shipments import Shipment


@dataclass(frozen=True, slots=True)
class Created:
    """A new shipment with the warnings about its order."""

    shipment: Shipment
    warnings: tuple[InputWarning, ...] = ()
