"""Warnings about barcodes: what a shipper should look at, though the shipment is taken.

Any text is a barcode, and a sender may use one again. But a code that cannot be right, or that an
open shipment has already, will cost somebody time at the hub.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.shipments.barcodes import normal_form, right_check_digit
from chalicelib.domain.shipments.custody import has_outstanding
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status

_CLOSED: Final = frozenset({Status.RETURNED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning; ``pointer`` is its place in the body (RFC 6901)."""

    pointer: str
    code: str
    detail: str


def check_digit_warnings(parcels: Iterable[Parcel]) -> tuple[Warned, ...]:
    """One for each SSCC whose last digit does not fit the others."""
    found = []
    for i, parcel in enumerate(parcels):
        digit = right_check_digit(parcel.barcode)
        if digit is not None:
            text = (
                f"If this is an SSCC, its last digit should be {digit}, not "
                f"{normal_form(parcel.barcode)[-1]}."
            )
            found.append(Warned(f"/parcels/{i}/barcode", "wrong_check_digit", text))
    return tuple(found)


def in_use_warnings(
    parcels: Iterable[Parcel], holders: Mapping[str, Shipment]
) -> tuple[Warned, ...]:
    """One for each barcode that another shipment has, which is still to be delivered.

    ``holders`` are the other shipments by the normal form of the code.
    """
    found = []
    for i, parcel in enumerate(parcels):
        other = holders.get(normal_form(parcel.barcode))
        if other is not None and is_open(other):
            text = f"The open shipment {other.id} has this barcode, too."
            found.append(Warned(f"/parcels/{i}/barcode", "barcode_in_use", text))
    return tuple(found)


def is_open(shipment: Shipment) -> bool:
    """Whether a parcel of the shipment may still be scanned."""
    return shipment.status not in _CLOSED and has_outstanding(shipment)
