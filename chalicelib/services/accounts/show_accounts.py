"""Accounts are read by staff."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.listings import Listing
from chalicelib.services.ports.accounts import Drivers


@dataclass(frozen=True, slots=True)
class ShowAccounts:
    """Lists of accounts."""

    drivers: Drivers

    def of_drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Driver]:
        """All drivers, oldest first."""
        return self.drivers.page(limit=limit, position=position)
