"""Merge patches of accounts: what was said, laid over what is there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle

Account = TypeVar("Account", Shipper, Hub, Team, Vehicle, Driver)


def changed(account: Account, said: Mapping[str, Any], now: datetime) -> Account:
    """The account with these fields. ``is_active`` says whether it has a time of deactivation."""
    fields = dict(said)
    is_active = fields.pop("is_active", account.is_active)
    if is_active != account.is_active:
        fields["deactivated_at"] = None if is_active else now
    return replace(account, **fields)
