"""Accounts are read by staff, and the audit by admins."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.accounts.audit import AuditEntry
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, TeamId, VehicleId
from chalicelib.domain.listings import Listing
from chalicelib.services.ports.accounts import (
    ApiKeys,
    Audit,
    Drivers,
    Hubs,
    Shippers,
    Teams,
    Vehicles,
)
from chalicelib.services.ports.system import Clock

Position = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class ShowAccounts:
    """Lists of accounts, oldest first, and single ones. Raises NotFound for what is not there."""

    shippers: Shippers
    drivers: Drivers
    hubs: Hubs
    teams: Teams
    vehicles: Vehicles
    keys: ApiKeys
    audit: Audit
    clock: Clock

    def hub(self, hub_id: HubId) -> Hub:
        """One hub."""
        return self.hubs.get(hub_id)

    def of_hubs(self, *, limit: int, position: Position) -> Listing[Hub]:
        """All hubs."""
        return self.hubs.page(limit=limit, position=position)

    def team(self, team_id: TeamId) -> Team:
        """One team."""
        return self.teams.get(team_id)

    def of_teams(self, *, limit: int, position: Position) -> Listing[Team]:
        """All teams."""
        return self.teams.page(limit=limit, position=position)

    def vehicle(self, vehicle_id: VehicleId) -> Vehicle:
        """One vehicle."""
        return self.vehicles.get(vehicle_id)

    def of_vehicles(self, *, limit: int, position: Position) -> Listing[Vehicle]:
        """All vehicles."""
        return self.vehicles.page(limit=limit, position=position)

    def driver(self, driver_id: DriverId) -> Driver:
        """One driver."""
        return self.drivers.get(driver_id)

    def of_drivers(self, *, limit: int, position: Position) -> Listing[Driver]:
        """All drivers."""
        return self.drivers.page(limit=limit, position=position)

    def shipper(self, shipper_id: ShipperId) -> Shipper:
        """One shipper, as it is now."""
        return self.shippers.latest(shipper_id)

    def of_shippers(self, *, limit: int, position: Position) -> Listing[Shipper]:
        """All shippers."""
        return self.shippers.page(limit=limit, position=position)

    def key(self, key_id: KeyId) -> ApiKey:
        """One key, as it is now."""
        return self.keys.latest(key_id)

    def of_keys(self, *, limit: int, position: Position) -> Listing[ApiKey]:
        """All keys."""
        return self.keys.page(limit=limit, position=position)

    def of_audit(
        self, *, account_id: str | None, limit: int, position: Position
    ) -> Listing[AuditEntry]:
        """What was changed, newest first: of one account, or of all."""
        return self.audit.page(
            account_id=account_id, limit=limit, position=position, now=self.clock.now()
        )
