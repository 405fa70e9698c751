"""Actors: the one who asks, and the role. Each route declares the roles that it allows."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.ids import DriverId, ShipperId

NAME_A_SHIPPER = "Name the shipper whose goods you look for: shipper_id."


class Role(StrEnum):
    """The principals of the system. PUBLIC is anybody, even without a key."""

    SHIPPER = "shipper"
    DISPATCHER = "dispatcher"
    MANAGER = "manager"
    ADMIN = "admin"
    DRIVER = "driver"
    RECIPIENT = "recipient"
    SYSTEM = "system"
    PUBLIC = "public"


STAFF = frozenset({Role.DISPATCHER, Role.MANAGER, Role.ADMIN})
"""Everybody of the carrier's office: they may read all of it."""

DISPATCH = STAFF - {Role.MANAGER}
"""Those of the office who may also change things; managers only read."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts. ``id`` is a key's id, a driver's id, or a word for one of our processes."""

    role: Role
    id: str
    shipper_id: ShipperId | None = None
    driver_id: DriverId | None = None
    epoch: int = 0

    def may_see(self, shipper_id: ShipperId) -> bool:
        """Staff see every shipper's goods, a shipper only its own."""
        return self.role in STAFF or (self.role is Role.SHIPPER and self.shipper_id == shipper_id)

    def shipper(self, named: ShipperId | None) -> ShipperId:
        """Whose goods a list is about: a shipper's own, and for staff those of whom they name.

        Raises NotFound for a foreign shipper, Invalid when staff name none.
        """
        if self.role in STAFF:
            if named is None:
                raise Invalid(NAME_A_SHIPPER, pointer="?shipper_id", code="missing")
            return named
        if self.shipper_id is None or (named or self.shipper_id) != self.shipper_id:
            raise NotFound
        return self.shipper_id


SYSTEM = Actor(Role.SYSTEM, "positions")
