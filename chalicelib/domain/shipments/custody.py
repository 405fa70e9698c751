"""Custody: where each parcel of a shipment is, and what still has to be decided about it.

Each parcel is in exactly one place at any time. Where a shipment does not name single parcels, its
status speaks for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from chalicelib.domain.shipments.scans import earlier_marks
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_NO_VAN, ON_THE_WAY, Status


class ParcelState(StrEnum):
    """Where a parcel is. ``at_hub``: on no van; at the hub, or still expected there."""

    AT_HUB = "at_hub"
    ABOARD = "aboard"
    DELIVERED = "delivered"
    RETURNED = "returned"


_ALL_ON_A_VAN: Final = ON_THE_WAY | {Status.LOADED, Status.ATTEMPT_FAILED}


@dataclass(frozen=True, slots=True)
class Parts:
    """How many parcels of a shipment are where. ``later`` are those on no van, to come later."""

    total: int
    aboard: int
    delivered: int

    @property
    def later(self) -> int:
        """Neither delivered nor aboard."""
        return self.total - self.aboard - self.delivered


def delivered(shipment: Shipment) -> frozenset[str]:
    """The barcodes of the parcels that were handed over."""
    if shipment.status is Status.DELIVERED and not shipment.handed_over:
        return frozenset(shipment.barcodes)
    return shipment.handed_over


def outstanding(shipment: Shipment) -> frozenset[str]:
    """The barcodes of the parcels that have not been delivered."""
    return frozenset(shipment.barcodes) - delivered(shipment)


def aboard(shipment: Shipment) -> frozenset[str]:
    """The barcodes of the parcels on a van. After a failed attempt they are still there."""
    if shipment.status in ON_NO_VAN:
        return frozenset()
    left = outstanding(shipment)
    if shipment.status in _ALL_ON_A_VAN and not shipment.scanned_barcodes:
        return left
    return shipment.scanned_barcodes & left


def undecided(shipment: Shipment) -> frozenset[str]:
    """The barcodes of the parcels on a van whose visit has not ended."""
    if shipment.status is Status.ATTEMPT_FAILED and not shipment.failed_barcodes:
        return frozenset()
    return aboard(shipment) - shipment.failed_barcodes


def has_undecided(shipment: Shipment) -> bool:
    """Whether the visit of a parcel on the van has not ended."""
    return bool(undecided(shipment))


def has_aboard(shipment: Shipment) -> bool:
    """Whether a parcel is on a van."""
    return bool(aboard(shipment))


def has_outstanding(shipment: Shipment) -> bool:
    """Whether a parcel is still to be delivered."""
    return bool(outstanding(shipment))


def parcel_state(shipment: Shipment, barcode: str) -> ParcelState:
    """Where the parcel with this barcode is."""
    return state_of(
        shipment.status,
        is_delivered=barcode in delivered(shipment),
        is_aboard=barcode in aboard(shipment),
    )


def state_of(status: Status, *, is_delivered: bool, is_aboard: bool) -> ParcelState:
    """Where a parcel of a shipment of this status is."""
    if is_delivered:
        return ParcelState.DELIVERED
    if status is Status.RETURNED:
        return ParcelState.RETURNED
    return ParcelState.ABOARD if is_aboard else ParcelState.AT_HUB


def parts(shipment: Shipment) -> Parts:
    """How many parcels are where."""
    return Parts(len(shipment.parcels), len(aboard(shipment)), len(delivered(shipment)))


def parts_data(shipment: Shipment, concerned: Iterable[str]) -> dict[str, object]:
    """What an event tells of ``concerned`` parcels; nothing when it is about all of the shipment.

    Counts are those of the shipment as it is given: after the step.
    """
    barcodes = sorted(concerned)
    if len(barcodes) == len(shipment.parcels):
        return {}
    now = parts(shipment)
    counts = {
        "total": now.total,
        "aboard": now.aboard,
        "delivered": now.delivered,
        "later": now.later,
    }
    return {"parcels": counts, "barcodes": barcodes}


def with_scanned(shipment: Shipment, barcode: str) -> Shipment:
    """A further parcel is on the van; what was decided about the others is kept."""
    return replace(
        shipment,
        scanned_barcodes=aboard(shipment) | shipment.scanned_barcodes | {barcode},
        failed_barcodes=_failed(shipment),
    )


def with_delivered(shipment: Shipment, barcodes: frozenset[str]) -> Shipment:
    """The shipment after these parcels were handed over."""
    handed_over = delivered(shipment) | barcodes
    if handed_over.issuperset(shipment.barcodes):
        return replace(shipment, handed_over=frozenset(), failed_barcodes=frozenset())
    left = _failed(shipment) - barcodes
    return replace(shipment, handed_over=handed_over, failed_barcodes=left)


def with_failed(shipment: Shipment, barcodes: frozenset[str]) -> Shipment:
    """The attempt at these parcels has failed; they stay aboard. The status speaks for all."""
    failed = _failed(shipment) | barcodes
    is_all = failed.issuperset(aboard(shipment))
    return replace(shipment, failed_barcodes=frozenset() if is_all else failed)


def with_unloaded(shipment: Shipment, barcode: str) -> Shipment:
    """One parcel has left the van; what was decided about the others is kept."""
    return replace(
        shipment,
        scanned_barcodes=aboard(shipment) - {barcode},
        failed_barcodes=_failed(shipment) - {barcode},
    )


def off_route(shipment: Shipment) -> Shipment:
    """The shipment on no route and no van, with nothing promised. What was delivered stays so."""
    return replace(
        shipment,
        assignment=None,
        scanned_barcodes=frozenset(),
        failed_barcodes=frozenset(),
        scan_marks=earlier_marks(shipment),
        promise=None,
        first_promise=None,
        is_delayed=False,
    )


def _failed(shipment: Shipment) -> frozenset[str]:
    return aboard(shipment) - undecided(shipment)
