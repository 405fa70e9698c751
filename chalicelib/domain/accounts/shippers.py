"""Shippers: they own the goods and create the shipments."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import ShipperId
from chalicelib.domain.wishes.wishes import SafePlace


@dataclass(frozen=True, slots=True)
class Shipper:
    """An owner of goods.

    ``sms_name`` is its name in an SMS: short, letters and digits only, set by staff.

    What its recipients may change: until so many stops are before theirs (``changes_until_stops``),
    and what they are offered for the door. A safe place is none unless the shipper allows it, since
    the shipper answers for the goods. Of the next ``offered_days`` (0: none) they may choose those
    on ``offered_weekdays`` (ISO: 1 is Monday), whole or in a window like 08:00-12:00.

    ``allows_redirect``: they may send a delivery to another address that the address search finds.
    ``proof_needs_address``: a proof is shown to a recipient who knows the postal code or the number
    of the house. ``shares_visits``: where the same recipient gets parcels of several senders at one
    visit, the pages may name this one beside others that agreed too.
    """

    id: ShipperId
    name: str
    created_at: datetime
    sms_name: str | None = None
    support_contact: str | None = None
    deactivated_at: datetime | None = None
    version: int = 1
    changes_until_stops: int = 2
    safe_places: tuple[SafePlace, ...] = ()
    allows_neighbour: bool = True
    allows_contact_free: bool = True
    offered_days: int = 0
    offered_weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    offered_windows: tuple[str, ...] = ()
    proof_needs_address: bool = False
    allows_redirect: bool = False
    shares_visits: bool = False

    @property
    def is_active(self) -> bool:
        """Whether its keys are accepted."""
        return self.deactivated_at is None
