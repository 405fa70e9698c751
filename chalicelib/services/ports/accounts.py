"""Accounts, each kind by itself: shippers, drivers, hubs, teams, vehicles, keys, invitations.

The journal writes what is new and what changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NewType, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.accounts.audit import AuditEntry
    from chalicelib.domain.accounts.devices import Device, DeviceApp
    from chalicelib.domain.accounts.drivers import Driver, Invitation, TakenInvitation
    from chalicelib.domain.accounts.hubs import Hub
    from chalicelib.domain.accounts.keys import ApiKey, KeyRing
    from chalicelib.domain.accounts.members import Member, Sessions, TakenLink
    from chalicelib.domain.accounts.shippers import Shipper
    from chalicelib.domain.accounts.teams import Team
    from chalicelib.domain.accounts.vehicles import Vehicle
    from chalicelib.domain.geography import Coordinates
    from chalicelib.domain.ids import (
        DeviceId,
        DriverId,
        HubId,
        InvitationId,
        KeyId,
        MemberId,
        ShipperId,
        TeamId,
        VehicleId,
    )
    from chalicelib.domain.listings import Listing

KeyRequestsPerMinute = NewType("KeyRequestsPerMinute", int)
"""How many requests a key may make in a minute."""


class Shippers(Protocol):
    """Those who own goods."""

    def get(self, shipper_id: ShipperId) -> Shipper:
        """May be up to 60 s old. Raises NotFound."""
        ...

    def latest(self, shipper_id: ShipperId) -> Shipper:
        """As it is now. Raises NotFound."""
        ...

    def forget(self, shipper_id: ShipperId) -> None:
        """Read it anew next time: this process has changed it."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Shipper]:
        """All shippers, oldest first."""
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


class Teams(Protocol):
    """Groups of drivers."""

    def get(self, team_id: TeamId) -> Team:
        """Raises NotFound."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Team]:
        """All teams, oldest first."""
        ...


class Vehicles(Protocol):
    """What is driven."""

    def get(self, vehicle_id: VehicleId) -> Vehicle:
        """Raises NotFound."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Vehicle]:
        """All vehicles, oldest first."""
        ...


class ApiKeys(Protocol):
    """Keys of shippers and staff."""

    def get(self, key_id: KeyId) -> ApiKey | None:
        """None when unknown. May be up to 60 s old."""
        ...

    def latest(self, key_id: KeyId) -> ApiKey:
        """As it is now. Raises NotFound."""
        ...

    def forget(self, key_id: KeyId) -> None:
        """Read it anew next time: this process has changed it."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[ApiKey]:
        """All keys, oldest first."""
        ...

    def ring(self, empty: KeyRing) -> KeyRing:
        """The ring with this owner and name, or the empty one when there is none yet."""
        ...

    def those(self, key_ids: Sequence[KeyId]) -> tuple[ApiKey, ...]:
        """The keys of a ring as they are now."""
        ...

    def mark_used(self, key_id: KeyId, now: datetime) -> None:
        """Note that the key was used, unless that was noted within the last hour.

        Raises NotFound and Unavailable.
        """
        ...


class Invitations(Protocol):
    """One-time codes for drivers."""

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenInvitation:
        """Use it up: only one client gets it, and that client again within RETAKEN_WITHIN.

        Raises NotFound when it is unknown, used, revoked or expired.
        """
        ...

    def get(self, invitation_id: InvitationId, now: datetime) -> Invitation:
        """One that can still be used. Raises NotFound for any other."""
        ...

    def open_for(self, driver_id: DriverId, now: datetime) -> tuple[Invitation, ...]:
        """A driver's invitations that can still be used, the first to expire first."""
        ...


class Members(Protocol):
    """People who sign in, their sessions, and the links that begin these."""

    def get(self, member_id: MemberId) -> Member:
        """As it is now. Raises NotFound."""
        ...

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Member]:
        """All members, oldest first, with those that were removed."""
        ...

    def by_mailbox(self, tag: str) -> MemberId | None:
        """Who signs in with this mailbox; None: nobody. One read in either case."""
        ...

    def sessions(self, member_id: MemberId) -> Sessions:
        """A member's sessions as they are now. Raises NotFound."""
        ...

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenLink:
        """Use a link up: only one client gets it, and that client again within RETAKEN_WITHIN.

        Raises NotFound when it is unknown, used or expired.
        """
        ...


class Devices(Protocol):
    """Phones with location apps, each beside its driver."""

    def get(self, driver_id: DriverId, device_id: DeviceId) -> Device | None:
        """None when unknown. May be up to 60 s old."""
        ...

    def latest(self, driver_id: DriverId, device_id: DeviceId) -> Device:
        """As it is now. Raises NotFound."""
        ...

    def forget(self, driver_id: DriverId, device_id: DeviceId) -> None:
        """Read it anew next time: this process has changed it."""
        ...

    def page(
        self, driver_id: DriverId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Device]:
        """A driver's devices that are not revoked."""
        ...

    def mark_seen(
        self, driver_id: DriverId, device_id: DeviceId, app: DeviceApp, now: datetime
    ) -> None:
        """Note that it has reported with this app, unless that was noted a moment ago.

        Raises NotFound and Unavailable.
        """
        ...


class Audit(Protocol):
    """Who changed which account."""

    def page(
        self,
        *,
        account_id: str | None,
        limit: int,
        position: Mapping[str, str] | None,
        now: datetime,
    ) -> Listing[AuditEntry]:
        """The entries of one account, or all, newest first. Nothing that has expired."""
        ...


class RequestCounts(Protocol):
    """The requests of each key in windows of a minute."""

    def count(self, key_id: str, *, window: int, limit: int) -> int:
        """How many there have been in the window with this one, as far as is known here.

        More than ``limit``: this one is too many, and was not counted. Never fails: what cannot be
        asked counts as what is known.
        """
        ...
