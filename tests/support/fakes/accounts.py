from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from chalicelib.domain.accounts.drivers import RETAKEN_WITHIN, Driver, Invitation, TakenInvitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.errors import NotFound
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId
from chalicelib.domain.journal.changes import DriverAdded
from chalicelib.domain.listings import Listing
from tests.support.fakes.paging import page

T = TypeVar("T")


@dataclass
class InMemoryShippers:
    by_id: dict[ShipperId, Shipper] = field(default_factory=dict)

    def put(self, shipper: Shipper) -> None:
        self.by_id[shipper.id] = shipper

    def get(self, shipper_id: ShipperId) -> Shipper:
        return _found(self.by_id.get(shipper_id))


@dataclass
class InMemoryDrivers:
    """Drivers. The journal adds new ones."""

    by_id: dict[DriverId, Driver] = field(default_factory=dict)

    def get(self, driver_id: DriverId) -> Driver:
        return _found(self.by_id.get(driver_id))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Driver]:
        oldest_first = sorted(self.by_id.values(), key=lambda d: (d.created_at, d.id))
        return page(oldest_first, lambda driver: driver.id, limit=limit, position=position)

    def require(self, added: DriverAdded) -> None:
        """Check nothing: the new live state is written with it, and has the condition."""

    def write(self, added: DriverAdded) -> None:
        self.by_id[added.driver.id] = added.driver


@dataclass
class InMemoryHubs:
    by_id: dict[HubId, Hub] = field(default_factory=dict)

    def put(self, hub: Hub) -> None:
        self.by_id[hub.id] = hub

    def get(self, hub_id: HubId) -> Hub:
        return _found(self.by_id.get(hub_id))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Hub]:
        oldest_first = sorted(self.by_id.values(), key=lambda h: (h.created_at, h.id))
        return page(oldest_first, lambda hub: hub.id, limit=limit, position=position)

    def places(self, *, is_fresh: bool = False) -> tuple[Coordinates, ...]:
        del is_fresh  # nothing is remembered here
        return tuple(hub.coordinates for hub in self.by_id.values())


@dataclass
class InMemoryApiKeys:
    by_id: dict[KeyId, ApiKey] = field(default_factory=dict)

    def put(self, key: ApiKey) -> None:
        self.by_id[key.id] = key

    def get(self, key_id: KeyId) -> ApiKey | None:
        return self.by_id.get(key_id)


@dataclass
class InMemoryInvitations:
    by_hash: dict[str, Invitation] = field(default_factory=dict)
    taken: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def put(self, invitation: Invitation) -> None:
        self.by_hash[invitation.code_hash] = invitation

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenInvitation:
        invitation = _found(self.by_hash.get(code_hash))
        if code_hash not in self.taken and now < invitation.expires_at:
            self.taken[code_hash] = (client_hash, now)
        client, taken_at = _found(self.taken.get(code_hash))
        if client != client_hash or now - taken_at > RETAKEN_WITHIN:
            raise NotFound
        return TakenInvitation(invitation, taken_at)


def _found(value: T | None) -> T:
    if value is None:
        raise NotFound
    return value
