"""Shippers: they own the goods and create the shipments."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import ShipperId


@dataclass(frozen=True, slots=True)
class Shipper:
    """An owner of goods.

    ``sms_name`` is its name in an SMS: short, letters and digits only, set by staff.
    """

    id: ShipperId
    name: str
    created_at: datetime
    sms_name: str | None = None
    support_contact: str | None = None
    deactivated_at: datetime | None = None
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether its keys are accepted."""
        return self.deactivated_at is None
