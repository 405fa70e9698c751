"""Accounts, each kind by itself: shippers, drivers, hubs, API keys and invitations.

The journal writes what is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.accounts.drivers import Driver, TakenInvitation
    from chalicelib.domain.accounts.hubs import Hub
    from chalicelib.domain.accounts.keys import ApiKey
    from chalicelib.domain.accounts.shippers import Shipper
    from chalicelib.domain.geography import Coordinates
    from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId
    from chalicelib.domain.listings import Listing


class Shippers(Protocol):
    """Those who own goods."""

    def get(self, shipper_id: ShipperId) -> Shipper:
        """May be up to 60 s old. Raises NotFound."""
        ...


class Drivers(Protocol):
    """Those who drive."""

    def get(self, driver_id: DriverId) -> Driver:
        """Raises NotFound."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Driver]:
        """All drivers, oldest first."""
        ...


class Hubs(Protocol):
    """Places where routes start and end."""

    def get(self, hub_id: HubId) -> Hub:
        """Raises NotFound."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Hub]:
        """All hubs, oldest first."""
        ...

    def places(self, *, is_fresh: bool = False) -> tuple[Coordinates, ...]:
        """Where all hubs are. May be up to 60 s old unless it is to be fresh."""
        ...


class ApiKeys(Protocol):
    """Keys of shippers and staff."""

    def put(self, key: ApiKey) -> None:
        """Write or replace a key."""
        ...

    def get(self, key_id: KeyId) -> ApiKey | None:
        """None when unknown. May be up to 60 s old."""
        ...


class Invitations(Protocol):
    """One-time codes for drivers."""

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenInvitation:
        """Use it up: only one client gets it, and that client again within RETAKEN_WITHIN.

        Raises NotFound when it is unknown, used or expired.
        """
        ...
