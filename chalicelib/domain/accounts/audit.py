"""The audit: who changed which account, when, and what it was before.

Only the fields that are named here are ever shown: no secret and no hash of one is among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import (
    DEVICE,
    DRIVER,
    HUB,
    INVITATION,
    KEY,
    MEMBER,
    SHIPPER,
    TEAM,
    VEHICLE,
    WEBHOOK,
    AuditId,
)
from chalicelib.domain.instants import written

KEPT_FOR: Final = timedelta(days=400)
"""Longer than a year, so that this month can be compared with the same one of last year."""

Shown = str | float | bool | tuple[str, ...] | None
"""A value as the API shows it."""

_CARRIERS: Final = ("name", "is_active")
_RULES: Final = (
    "changes_until_stops",
    "safe_places",
    "allows_neighbour",
    "allows_contact_free",
    "offered_days",
    "offered_weekdays",
    "offered_windows",
    "proof_needs_address",
    "allows_redirect",
    "shares_visits",
)
NOUNS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    HUB: ("hub", (*_CARRIERS, "coordinates", "time_zone")),
    TEAM: ("team", (*_CARRIERS, "hub_id")),
    VEHICLE: ("vehicle", (*_CARRIERS, "plate", "team_id")),
    DRIVER: ("driver", (*_CARRIERS, "team_id", "signed_out_at")),
    SHIPPER: ("shipper", (*_CARRIERS, "sms_name", "support_contact", *_RULES)),
    KEY: ("key", ("label", "role", "shipper_id", "scopes", "expires_at", "revoked_at")),
    MEMBER: ("member", ("name", "role", "shipper_id", "removed_at")),
    INVITATION: ("invitation", ("driver_id", "expires_at")),
    DEVICE: ("device", ("driver_id", "label", "revoked_at")),
    WEBHOOK: ("webhook", ("shipper_id", "url", "event_types")),
}
"""By the prefix of its id: the word for a kind of account, and the fields that the audit shows."""


class Account(Protocol):
    """Anything with an id that the audit knows."""

    @property
    def id(self) -> str:
        """Its prefix tells the kind."""
        ...


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after; None: it was not there."""

    field: str
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of an account. ``actor_id`` is the key or the member, never a person's name."""

    id: AuditId
    at: datetime
    actor_id: str
    actor_role: Role
    action: str
    account_id: str
    changes: tuple[FieldChange, ...]


def audited(
    entry_id: str,
    *,
    actor: Actor,
    at: datetime,
    before: Account | None = None,
    after: Account | None = None,
    verb: str = "",
) -> AuditEntry:
    """The entry of one change. ``verb`` is what was done, where the fields do not tell."""
    account_id = after.id if after is not None else before.id if before is not None else ""
    old, new = shown(before), shown(after)
    noun, _ = NOUNS[account_id.partition("_")[0]]
    return AuditEntry(
        id=AuditId(entry_id),
        at=at,
        actor_id=actor.id,
        actor_role=actor.role,
        action=f"{noun}.{verb or _verb(old, new)}",
        account_id=account_id,
        changes=tuple(
            FieldChange(name, old.get(name), new.get(name))
            for name in {**old, **new}
            if old.get(name) != new.get(name)
        ),
    )


def shown(account: Account | None) -> dict[str, Shown]:
    """The fields of an account that are no secret, under the names of the API."""
    if account is None:
        return {}
    _, names = NOUNS[account.id.partition("_")[0]]
    found: dict[str, Shown] = {}
    for name in names:
        value = getattr(account, name)
        if isinstance(value, Coordinates):
            found |= {"lat_deg": value.lat_deg, "lon_deg": value.lon_deg}
        elif name == "url":  # its path and its query may be a password of the shop's
            address = urlsplit(value)
            found[name] = f"{address.scheme}://{address.hostname}"
        else:
            found[name] = _plain(value)
    return found


def _verb(old: Mapping[str, Shown], new: Mapping[str, Shown]) -> str:
    if not old:
        return "created"
    if not new or old.get("revoked_at") != new.get("revoked_at"):
        return "revoked"
    if old.get("is_active") != new.get("is_active"):
        return "activated" if new.get("is_active") else "deactivated"
    return "changed"


def _plain(value: object) -> Shown:
    match value:
        case None | bool() | float():
            return value
        case datetime():
            return written(value)
        case frozenset() | tuple():
            return tuple(sorted(str(each) for each in value))
        case _:
            return str(value)
