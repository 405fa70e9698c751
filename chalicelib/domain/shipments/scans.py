"""Scans: a driver's phone names each scan, and a repeat of a scan is recognised by that name.

A shipment keeps a short mark of every scan that loaded one of its parcels. A scan that loaded
nothing leaves no mark: it is judged anew, which is harmless.
"""

import base64
import hashlib
from dataclasses import replace
from typing import Final

from chalicelib.domain.ids import DriverId
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.shipments import Shipment

MARK_BYTES: Final = 6
"""A few marks a shipment: two equal ones by chance are out of the question."""
COMPLETED: Final = "+"
"""Ends the mark of the scan that completed its shipment."""


def scan_mark(driver_id: DriverId, action_id: str, scanned: str) -> str:
    """The mark of a scan, made of its own name and of the code."""
    text = "\0".join((driver_id, action_id, normal_form(scanned)))
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=MARK_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


def with_mark(shipment: Shipment, mark: str) -> Shipment:
    """The shipment remembers the scan that has just loaded one of its parcels."""
    kept = mark + COMPLETED if shipment.is_fully_scanned else mark
    return replace(shipment, scan_marks=shipment.scan_marks | {kept})


def completed_by(shipment: Shipment, mark: str) -> bool | None:
    """Whether this scan completed the shipment; None when it loaded none of its parcels."""
    if mark + COMPLETED in shipment.scan_marks:
        return True
    return False if mark in shipment.scan_marks else None
