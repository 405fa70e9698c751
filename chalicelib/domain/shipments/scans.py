"""Scans: a driver's phone names each scan, and a repeat of a scan is recognised by that name.

A shipment keeps a short mark of every scan that loaded one of its parcels. A scan that loaded
nothing leaves no mark: it is judged anew, which is harmless.
"""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.ids import DriverId, ShipmentId
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.shipments import Shipment


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan; ``action_id`` is the device's own name for it.

    ``shipment_id`` says which shipment is meant, where several have the same barcode.
    """

    action_id: str
    barcode: str
    scanned_at: datetime | None
    shipment_id: ShipmentId | None = None

    def occurred_at(self, shipment: Shipment, now: datetime) -> datetime:
        """When it was made: as the device says, where that can be; else when it reached us."""
        at = self.scanned_at
        return at if at is not None and shipment.created_at <= at <= now else now


MARK_BYTES: Final = 6
"""A few marks a shipment: two equal ones by chance are out of the question."""
COMPLETED: Final = "+"
"""Ends the mark of the scan that completed its shipment."""
EARLIER: Final = "~"
"""Ends the mark of a scan that loaded a parcel for an earlier route."""


def scan_mark(driver_id: DriverId, action_id: str, scanned: str) -> str:
    """The mark of a scan, made of its own name and of the code."""
    text = "\0".join((driver_id, action_id, normal_form(scanned)))
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=MARK_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


def with_mark(shipment: Shipment, mark: str) -> Shipment:
    """The shipment remembers the scan that has just loaded one of its parcels."""
    kept = mark + COMPLETED if shipment.is_fully_scanned else mark
    return replace(shipment, scan_marks=shipment.scan_marks | {kept})


def earlier_marks(shipment: Shipment) -> frozenset[str]:
    """The marks that a shipment keeps when another route takes it over.

    A repeat of a scan can come after that: it has loaded nothing for the new route. The marks of
    one route are kept, the last for which anything was scanned.
    """
    present = frozenset(m + EARLIER for m in shipment.scan_marks if not m.endswith(EARLIER))
    return present or shipment.scan_marks


def is_of_earlier_route(shipment: Shipment, mark: str) -> bool:
    """Whether this scan loaded a parcel for an earlier route, and not for the present one."""
    earlier = {mark + EARLIER, mark + COMPLETED + EARLIER}
    return not earlier.isdisjoint(shipment.scan_marks)


def completed_by(shipment: Shipment, mark: str) -> bool | None:
    """Whether this scan completed the shipment; None when it loaded none of its parcels."""
    if not {mark + COMPLETED, mark + COMPLETED + EARLIER}.isdisjoint(shipment.scan_marks):
        return True
    return None if {mark, mark + EARLIER}.isdisjoint(shipment.scan_marks) else False
