from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from chalicelib.domain.accounts.audit import KEPT_FOR, AuditEntry
from chalicelib.domain.accounts.devices import SEEN_EVERY, Device, DeviceApp
from chalicelib.domain.accounts.drivers import RETAKEN_WITHIN, Driver, Invitation, TakenInvitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey, KeyRing
from chalicelib.domain.accounts.members import Member, Sessions, SignInLink, TakenLink
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DeviceId, DriverId, InvitationId, KeyId, MemberId, ShipperId
from chalicelib.domain.journal.changes import (
    AccountChange,
    AuditAdded,
    DriverAdded,
    InvitationRevoked,
    KeyRingChange,
    MailboxFreed,
    MailboxTaken,
    SessionsChange,
)
from chalicelib.domain.listings import Listing
from tests.support.fakes.paging import page


class Kept(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def version(self) -> int: ...


T = TypeVar("T")
K = TypeVar("K", bound=Kept)


@dataclass
class Accounts(Generic[K]):
    """Accounts of one kind."""

    by_id: dict[str, K] = field(default_factory=dict)

    def put(self, account: K) -> None:
        self.by_id[account.id] = account

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[K]:
        oldest_first = sorted(self.by_id.values(), key=lambda kept: (kept.created_at, kept.id))
        return page(oldest_first, lambda kept: kept.id, limit=limit, position=position)

    def require(self, change: AccountChange) -> None:
        """Raise ConcurrentUpdate unless the version that was read still stands."""
        kept = self.by_id.get(change.after.id)
        if kept is None or kept.version != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: AccountChange) -> None:
        self.put(change.after)  # type: ignore[arg-type] # of this kind


class InMemoryShippers(Accounts[Shipper]):
    def get(self, shipper_id: ShipperId) -> Shipper:
        return _found(self.by_id.get(shipper_id))

    def latest(self, shipper_id: ShipperId) -> Shipper:
        return self.get(shipper_id)

    def forget(self, shipper_id: ShipperId) -> None:
        """Forget nothing: every read is new."""


class InMemoryHubs(Accounts[Hub]):
    def get(self, hub_id: str) -> Hub:
        return _found(self.by_id.get(hub_id))

    def places(self, *, is_fresh: bool = False) -> tuple[Coordinates, ...]:
        del is_fresh  # nothing is remembered here
        return tuple(hub.coordinates for hub in self.by_id.values())


class InMemoryTeams(Accounts[Team]):
    def get(self, team_id: str) -> Team:
        return _found(self.by_id.get(team_id))


class InMemoryVehicles(Accounts[Vehicle]):
    def get(self, vehicle_id: str) -> Vehicle:
        return _found(self.by_id.get(vehicle_id))


class InMemoryDrivers(Accounts[Driver]):
    """Drivers. The journal adds new ones."""

    def get(self, driver_id: DriverId) -> Driver:
        return _found(self.by_id.get(driver_id))


@dataclass
class AddedDrivers:
    """What the journal does with a new driver."""

    drivers: InMemoryDrivers

    def require(self, added: DriverAdded) -> None:
        """Check nothing: the new live state is written with it, and has the condition."""

    def write(self, added: DriverAdded) -> None:
        self.drivers.put(added.driver)


@dataclass
class InMemoryApiKeys(Accounts[ApiKey]):
    rings: dict[tuple[str, str], KeyRing] = field(default_factory=dict)

    def get(self, key_id: KeyId) -> ApiKey | None:
        return self.by_id.get(key_id)

    def latest(self, key_id: KeyId) -> ApiKey:
        return _found(self.by_id.get(key_id))

    def forget(self, key_id: KeyId) -> None:
        """Forget nothing: every read is new."""

    def ring(self, empty: KeyRing) -> KeyRing:
        return self.rings.get((empty.owner, empty.name), empty)

    def those(self, key_ids: Sequence[KeyId]) -> tuple[ApiKey, ...]:
        return tuple(self.latest(key_id) for key_id in key_ids)

    def mark_used(self, key_id: KeyId, now: datetime) -> None:
        key = self.latest(key_id)
        if key.last_used_at is None or now - key.last_used_at >= timedelta(hours=1):
            self.put(replace(key, last_used_at=now))


@dataclass
class KeyRings:
    """What the journal does with a ring of keys."""

    keys: InMemoryApiKeys

    def require(self, change: KeyRingChange) -> None:
        """Raise ConcurrentUpdate unless the version that was read still stands."""
        if self.keys.ring(replace(change.after, version=0)).version != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: KeyRingChange) -> None:
        self.keys.rings[change.after.owner, change.after.name] = change.after


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

    def get(self, invitation_id: InvitationId, now: datetime) -> Invitation:
        named = [each for each in self._open(now) if each.id == invitation_id]
        return _found(next(iter(named), None))

    def open_for(self, driver_id: DriverId, now: datetime) -> tuple[Invitation, ...]:
        return tuple(each for each in self._open(now) if each.driver_id == driver_id)

    def require(self, change: InvitationRevoked) -> None:
        """Raise ConcurrentUpdate when somebody has taken it."""
        if change.invitation.code_hash in self.taken:
            raise ConcurrentUpdate

    def write(self, change: InvitationRevoked) -> None:
        self.taken[change.invitation.code_hash] = ("revoked", change.now)

    def _open(self, now: datetime) -> list[Invitation]:
        unused = (each for each in self.by_hash.values() if each.code_hash not in self.taken)
        return sorted((i for i in unused if now < i.expires_at), key=lambda i: i.expires_at)


@dataclass
class InMemoryMembers(Accounts[Member]):
    mailboxes: dict[str, MemberId] = field(default_factory=dict)
    signed_in: dict[MemberId, Sessions] = field(default_factory=dict)
    links: dict[str, SignInLink] = field(default_factory=dict)
    taken: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def get(self, member_id: MemberId) -> Member:
        return _found(self.by_id.get(member_id))

    def by_mailbox(self, tag: str) -> MemberId | None:
        return self.mailboxes.get(tag)

    def sessions(self, member_id: MemberId) -> Sessions:
        return _found(self.signed_in.get(member_id))

    def take(self, code_hash: str, *, client_hash: str, now: datetime) -> TakenLink:
        link = _found(self.links.get(code_hash))
        if code_hash not in self.taken and now < link.expires_at:
            self.taken[code_hash] = (client_hash, now)
        client, taken_at = _found(self.taken.get(code_hash))
        if client != client_hash or now - taken_at > RETAKEN_WITHIN:
            raise NotFound
        return TakenLink(link, taken_at)


@dataclass
class SignInLinks:
    """What the journal does with a new link."""

    members: InMemoryMembers

    def put(self, link: SignInLink) -> None:
        self.members.links[link.code_hash] = link


@dataclass
class MemberSessions:
    """What the journal does with sessions."""

    members: InMemoryMembers

    def require(self, change: SessionsChange) -> None:
        """Raise ConcurrentUpdate unless the version that was read still stands."""
        kept = self.members.signed_in.get(change.after.member_id)
        if (0 if kept is None else kept.version) != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: SessionsChange) -> None:
        self.members.signed_in[change.after.member_id] = change.after


@dataclass
class Mailboxes:
    """What the journal does with mailboxes."""

    members: InMemoryMembers

    def require(self, change: MailboxTaken | MailboxFreed) -> None:
        """Raise ConcurrentUpdate when it is another member's."""
        if self.members.mailboxes.get(change.tag, change.member_id) != change.member_id:
            raise ConcurrentUpdate

    def write(self, change: MailboxTaken | MailboxFreed) -> None:
        if isinstance(change, MailboxTaken):
            self.members.mailboxes[change.tag] = change.member_id
        else:
            self.members.mailboxes.pop(change.tag, None)


@dataclass
class InMemoryDevices(Accounts[Device]):
    def get(self, driver_id: DriverId, device_id: DeviceId) -> Device | None:
        device = self.by_id.get(device_id)
        return device if device is not None and device.driver_id == driver_id else None

    def latest(self, driver_id: DriverId, device_id: DeviceId) -> Device:
        return _found(self.get(driver_id, device_id))

    def forget(self, driver_id: DriverId, device_id: DeviceId) -> None:
        """Forget nothing: every read is new."""

    def page(  # type: ignore[override] # of one driver
        self, driver_id: DriverId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Device]:
        of_driver = (each for each in self.by_id.values() if each.driver_id == driver_id)
        live = sorted((each for each in of_driver if each.is_live), key=lambda each: each.id)
        return page(live, lambda device: device.id, limit=limit, position=position)

    def mark_seen(
        self, driver_id: DriverId, device_id: DeviceId, app: DeviceApp, now: datetime
    ) -> None:
        device = self.latest(driver_id, device_id)
        is_fresh = device.last_seen_at is not None and now - device.last_seen_at < SEEN_EVERY
        if not is_fresh or device.app is not app:
            self.put(replace(device, last_seen_at=now, app=app))


@dataclass
class InMemoryAudit:
    entries: list[AuditEntry] = field(default_factory=list)

    def page(
        self,
        *,
        account_id: str | None,
        limit: int,
        position: Mapping[str, str] | None,
        now: datetime,
    ) -> Listing[AuditEntry]:
        newest_first = sorted(self.entries, key=lambda e: (e.at, e.id), reverse=True)
        shown = [
            entry
            for entry in newest_first
            if account_id in {None, entry.account_id} and entry.at > now - KEPT_FOR
        ]
        return page(shown, lambda entry: entry.id, limit=limit, position=position)

    def require(self, added: AuditAdded) -> None:
        """Check nothing: its id is new."""

    def write(self, added: AuditAdded) -> None:
        self.entries.append(added.entry)


@dataclass
class InMemoryRequestCounts:
    counted: dict[tuple[str, int], int] = field(default_factory=dict)

    def count(self, key_id: str, *, window: int, limit: int) -> int:
        before = self.counted.get((key_id, window), 0)
        if before >= limit:
            return limit + 1
        self.counted[key_id, window] = before + 1
        return before + 1


def _found(value: T | None) -> T:
    if value is None:
        raise NotFound
    return value
