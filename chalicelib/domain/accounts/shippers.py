"""Shippers own goods."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import ShipperId


@dataclass(frozen=True, slots=True)
class Shipper:
    """Owns goods.

    ``sms_name`` is what an SMS may call it: short, letters and digits only, set by staff.
    """

    id: ShipperId
    name: str
    created_at: datetime
    sms_name: str | None = None
    support_contact: str | None = None
