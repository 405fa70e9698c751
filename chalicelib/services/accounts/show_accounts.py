"""Accounts are read by staff."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.listings import Listing
from chalicelib.services.ports.accounts import Drivers, Hubs


@dataclass(frozen=True, slots=True)
class ShowAccounts:
    """Lists of accounts."""

    drivers: Drivers
    hubs: Hubs

    def of_drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Driver]:
        """All drivers, oldest first."""
        return self.drivers.page(limit=limit, position=position)

    def of_hubs(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Hub]:
        """All hubs, oldest first."""
        return self.hubs.page(limit=limit, position=position)
