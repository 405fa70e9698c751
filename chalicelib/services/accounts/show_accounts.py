"""Accounts are read by staff."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.listings import Page
from chalicelib.services.ports.accounts import Accounts


@dataclass(frozen=True, slots=True)
class ShowAccounts:
    """Lists of accounts."""

    accounts: Accounts

    def drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Page[Driver]:
        """All drivers, oldest first."""
        return self.accounts.drivers(limit=limit, position=position)
