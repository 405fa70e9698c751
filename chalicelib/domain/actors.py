"""Actors: the one who asks, and the role. Each route declares the roles that it allows."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import Invalid, NotFound
from chalicelib.domain.ids import DriverId, ShipperId

NAME_A_SHIPPER = "Name the shipper whose goods you look for: shipper_id."


class Role(StrEnum):
    """The principals of the system. PUBLIC is anybody, even without a key.

    DEVICE is a phone with a location app: it may report where it is, and nothing else.
    """

    SHIPPER = "shipper"
    DISPATCHER = "dispatcher"
    MANAGER = "manager"
    ADMIN = "admin"
    DRIVER = "driver"
    RECIPIENT = "recipient"
    DEVICE = "device"
    SYSTEM = "system"
    PUBLIC = "public"


STAFF = frozenset({Role.DISPATCHER, Role.MANAGER, Role.ADMIN})
"""Everybody of the carrier's office: they may read all of it."""

DISPATCH = STAFF - {Role.MANAGER}
"""Those of the office who may also change things; managers only read."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts.

    ``id`` is the id of a key, a driver or a device, or a word for one of our processes.

    ``scopes`` narrow what a key may do, each a resource and ``read`` or ``write``; none: nothing
    is narrowed.
    """

    role: Role
    id: str
    shipper_id: ShipperId | None = None
    driver_id: DriverId | None = None
    epoch: int = 0
    scopes: frozenset[str] = frozenset()

    def has_scope(self, resource: str, *, writes: bool) -> bool:
        """Whether the scopes allow this; whoever may write a resource may read it.

        >>> key = Actor(Role.SHIPPER, "key_1", scopes=frozenset({"shipments:write"}))
        >>> key.has_scope("shipments", writes=False), key.has_scope("webhooks", writes=False)
        (True, False)
        """
        allowed = {f"{resource}:write"} if writes else {f"{resource}:read", f"{resource}:write"}
        return not self.scopes or not self.scopes.isdisjoint(allowed)

    def may_give(self, scopes: Collection[str]) -> bool:
        """Whether whoever has these scopes may do no more than this actor.

        >>> key = Actor(Role.ADMIN, "key_1", scopes=frozenset({"keys:write", "hubs:read"}))
        >>> key.may_give(["hubs:read"]), key.may_give(["hubs:write"]), key.may_give([])
        (True, False, False)
        """
        parts = [scope.partition(":") for scope in scopes]
        has_all = all(
            self.has_scope(resource, writes=access == "write") for resource, _, access in parts
        )
        return not self.scopes or (bool(parts) and has_all)

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
OPERATOR = Actor(Role.SYSTEM, "operator")
"""Whoever may write into the tables themselves, as the operator does for the first key."""
