"""Accounts are opened: shippers, hubs, teams, vehicles, drivers. Each is noted in the audit."""

from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import (
    AUDIT,
    DRIVER,
    HUB,
    SHIPPER,
    TEAM,
    VEHICLE,
    DriverId,
    HubId,
    ShipperId,
    TeamId,
    VehicleId,
)
from chalicelib.domain.journal.changes import (
    AccountAdded,
    AuditAdded,
    Change,
    DriverAdded,
    LiveChange,
)
from chalicelib.services.accounts.membership import require_hub, require_team
from chalicelib.services.ports.accounts import Hubs, Teams
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory

Opened = TypeVar("Opened", Shipper, Hub, Team, Vehicle, Driver)


@dataclass(frozen=True, slots=True)
class OpenAccounts:
    """Opens accounts of every kind, each with the memory of the request that asked for it."""

    hubs: Hubs
    teams: Teams
    journal: Journal
    clock: Clock
    ids: Ids

    def shipper(
        self,
        name: str,
        *,
        actor: Actor,
        sms_name: str | None = None,
        support_contact: str | None = None,
        memory: Memory = NO_MEMORY,
    ) -> Shipper:
        """A new shipper."""
        shipper = Shipper(
            id=ShipperId(self.ids.new(SHIPPER)),
            name=name,
            created_at=self.clock.now(),
            sms_name=sms_name,
            support_contact=support_contact,
        )
        return self._opened(shipper, AccountAdded(shipper), actor=actor, memory=memory)

    def hub(
        self,
        name: str,
        *,
        actor: Actor,
        coordinates: Coordinates,
        time_zone: str,
        memory: Memory = NO_MEMORY,
    ) -> Hub:
        """A new hub."""
        hub = Hub(
            id=HubId(self.ids.new(HUB)),
            name=name,
            coordinates=coordinates,
            time_zone=time_zone,
            created_at=self.clock.now(),
        )
        return self._opened(hub, AccountAdded(hub), actor=actor, memory=memory)

    def team(
        self,
        name: str,
        *,
        actor: Actor,
        hub_id: HubId | None = None,
        memory: Memory = NO_MEMORY,
    ) -> Team:
        """A new team. Raises Invalid for an unknown hub, Deactivated for one that is not in use."""
        require_hub(self.hubs, hub_id)
        team = Team(
            id=TeamId(self.ids.new(TEAM)), name=name, created_at=self.clock.now(), hub_id=hub_id
        )
        return self._opened(team, AccountAdded(team), actor=actor, memory=memory)

    def vehicle(
        self,
        name: str,
        *,
        actor: Actor,
        plate: str | None = None,
        team_id: TeamId | None = None,
        memory: Memory = NO_MEMORY,
    ) -> Vehicle:
        """A new vehicle. Raises Invalid and Deactivated as for a driver."""
        require_team(self.teams, team_id)
        vehicle = Vehicle(
            id=VehicleId(self.ids.new(VEHICLE)),
            name=name,
            created_at=self.clock.now(),
            plate=plate,
            team_id=team_id,
        )
        return self._opened(vehicle, AccountAdded(vehicle), actor=actor, memory=memory)

    def driver(
        self,
        name: str,
        *,
        actor: Actor,
        team_id: TeamId | None = None,
        memory: Memory = NO_MEMORY,
    ) -> Driver:
        """A new driver, off shift.

        Raises Invalid for a team that is not there, Deactivated for one that is not in use.
        """
        require_team(self.teams, team_id)
        driver = Driver(
            id=DriverId(self.ids.new(DRIVER)),
            name=name,
            created_at=self.clock.now(),
            team_id=team_id,
        )
        live = Live(driver.id, version=1, epoch=driver.epoch)
        return self._opened(
            driver, DriverAdded(driver), LiveChange(live, None), actor=actor, memory=memory
        )

    def _opened(self, account: Opened, *added: Change, actor: Actor, memory: Memory) -> Opened:
        at = account.created_at
        entry = audited(self.ids.new(AUDIT), actor=actor, at=at, after=account)
        self.journal.commit(*added, AuditAdded(entry), *memory.of(account))
        return account
