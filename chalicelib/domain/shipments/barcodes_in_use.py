"""Barcodes that are in use: what a shipper should look at, though the shipment is taken.

A sender may use a code again. While another shipment with it is open, a scan can mean both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.custody import has_outstanding
from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status

_CLOSED: Final = frozenset({Status.RETURNED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class HeldBarcode:
    """Who has a barcode: shipments of one shipper, newest first, and whether one more has room.

    A code without room begins anew with the next one.
    """

    own: tuple[ShipmentId, ...]
    has_room: bool


def in_use_warnings(
    parcels: Iterable[Parcel],
    holders: Mapping[str, Sequence[ShipmentId]],
    shipments: Mapping[ShipmentId, Shipment],
) -> tuple[InputWarning, ...]:
    """One for each barcode that another shipment has, which is still to be delivered.

    ``holders`` are the other shipments by the normal form of the code, as far as they are there.
    """
    found = []
    for i, parcel in enumerate(parcels):
        ids = holders.get(normal_form(parcel.barcode), ())
        others = (shipments[each] for each in ids if each in shipments)
        other = next(filter(is_open, others), None)
        if other is not None:
            text = f"The open shipment {other.id} has this barcode, too."
            found.append(InputWarning(f"/parcels/{i}/barcode", text))
    return tuple(found)


def is_open(shipment: Shipment) -> bool:
    """Whether a parcel of the shipment may still be scanned."""
    return shipment.status not in _CLOSED and has_outstanding(shipment)
