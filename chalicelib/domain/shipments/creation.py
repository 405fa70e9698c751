"""What comes of an order: the shipment, and what its shipper should look at."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.shipments import Shipment


class Outcome(StrEnum):
    """Whether an order made a shipment, changed the one with its reference, or found it so."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Created:
    """The shipment of an order, with the warnings about it."""

    shipment: Shipment
    warnings: tuple[InputWarning, ...] = ()
    outcome: Outcome = Outcome.CREATED
