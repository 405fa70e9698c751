"""Orders: what a shipper asks for, and the shipment that an order makes or changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.instants import Range
from chalicelib.domain.proofs.proofs import ProofRequirements
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.delivery_days import WantedWindow
from chalicelib.domain.shipments.placing import WantedAddress
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status


class IfExists(StrEnum):
    """What becomes of an order whose reference the shipper has used already."""

    REFUSE = "refuse"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Order:
    """A shipper's order of one delivery, as it was written: place, zone and times may be open."""

    reference: str
    recipient: Recipient
    address: WantedAddress
    parcels: tuple[Parcel, ...]
    window: WantedWindow | None = None
    service_time_s: float | None = None
    proof_requirements: ProofRequirements = ProofRequirements()  # noqa: RUF009 - frozen
    service_day: date | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def settled(self, address: Address, window: Range | None) -> "NewShipment":
        """The order with its place and its times; a window says the day by itself."""
        return NewShipment(
            reference=self.reference,
            recipient=self.recipient,
            address=address,
            parcels=self.parcels,
            window=window,
            service_time_s=self.service_time_s,
            proof_requirements=self.proof_requirements,
            service_day=self.service_day if window is None else None,
            metadata=self.metadata,
        )


@dataclass(frozen=True, slots=True)
class NewShipment:
    """A shipper's order of one delivery, with all that a shipment needs."""

    reference: str
    recipient: Recipient
    address: Address
    parcels: tuple[Parcel, ...]
    window: Range | None = None
    service_time_s: float | None = None
    proof_requirements: ProofRequirements = ProofRequirements()  # noqa: RUF009 - frozen
    service_day: date | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


PARTS: Final = (
    "recipient",
    "address",
    "parcels",
    "window",
    "service_time_s",
    "proof_requirements",
    "service_day",
    "metadata",
)
"""What an order may change of a shipment: all but its reference."""


def first_of(
    wanted: NewShipment, *, shipment_id: ShipmentId, shipper_id: ShipperId, now: datetime
) -> Shipment:
    """The shipment that an order makes, before its first event."""
    return Shipment(
        id=shipment_id,
        shipper_id=shipper_id,
        reference=wanted.reference,
        created_at=now,
        updated_at=now,
        details_version=1,
        **{name: getattr(wanted, name) for name in PARTS},
    )


def changed_parts(shipment: Shipment, wanted: NewShipment) -> tuple[str, ...]:
    """The names of the parts in which a shipment differs from an order."""
    return tuple(name for name in PARTS if getattr(shipment, name) != getattr(wanted, name))


def replaced_by(shipment: Shipment, wanted: NewShipment) -> Shipment:
    """The shipment with the parts of a newer order; its next event stores them."""
    parts = {name: getattr(wanted, name) for name in PARTS}
    return replace(shipment, details_version=shipment.version + 1, **parts)


def may_be_replaced(shipment: Shipment) -> bool:
    """Whether a newer order may still replace it: nobody has scanned or planned it."""
    return shipment.status is Status.CREATED and shipment.assignment is None


def holds_reference(shipment: Shipment | None) -> bool:
    """Whether its reference is taken: shops use that of a cancelled order again."""
    return shipment is not None and shipment.status is not Status.CANCELLED
