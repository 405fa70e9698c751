"""Accounts are changed and deactivated, by whoever says which version was read.

Nothing is ever deleted here: routes and histories go on naming what they named. A change that
changes nothing is not written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import DriverHasRoutes
from chalicelib.domain.ids import AUDIT, DriverId, HubId, ShipperId, TeamId, VehicleId
from chalicelib.domain.journal.changes import AccountChange, AuditAdded, Change, LiveChange
from chalicelib.domain.versions import Expected
from chalicelib.services.accounts.membership import require_hub, require_team
from chalicelib.services.ports.accounts import Drivers, Hubs, Shippers, Teams, Vehicles
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried

Changed = TypeVar("Changed", Shipper, Hub, Team, Vehicle, Driver)


@dataclass(frozen=True, slots=True)
class ChangeAccounts:
    """Changes accounts. ``change`` makes the wanted account out of the present one.

    Raises NotFound, and Outdated when the present version is not an expected one.
    """

    hubs: Hubs
    teams: Teams
    vehicles: Vehicles
    drivers: Drivers
    shippers: Shippers
    fleet: Fleet
    journal: Journal
    clock: Clock
    ids: Ids

    def hub(
        self,
        hub_id: HubId,
        change: Callable[[Hub, datetime], Hub],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Hub:
        """A hub. Routes that are planned from it already go on as they are."""
        return retried(lambda: self._change(self.hubs.get(hub_id), change, expected, actor))

    def team(
        self,
        team_id: TeamId,
        change: Callable[[Team, datetime], Team],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Team:
        """A team. Raises Invalid or Deactivated for a hub that it cannot have."""

        def checked(team: Team, now: datetime) -> Team:
            after = change(team, now)
            if after.hub_id != team.hub_id:
                require_hub(self.hubs, after.hub_id)
            return after

        return retried(lambda: self._change(self.teams.get(team_id), checked, expected, actor))

    def vehicle(
        self,
        vehicle_id: VehicleId,
        change: Callable[[Vehicle, datetime], Vehicle],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Vehicle:
        """A vehicle. Raises Invalid or Deactivated for a team that it cannot have."""

        def checked(vehicle: Vehicle, now: datetime) -> Vehicle:
            after = change(vehicle, now)
            if after.team_id != vehicle.team_id:
                require_team(self.teams, after.team_id)
            return after

        return retried(
            lambda: self._change(self.vehicles.get(vehicle_id), checked, expected, actor)
        )

    def shipper(
        self,
        shipper_id: ShipperId,
        change: Callable[[Shipper, datetime], Shipper],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Shipper:
        """A shipper. The keys of a deactivated one are refused within 60 s."""
        after = retried(
            lambda: self._change(self.shippers.latest(shipper_id), change, expected, actor)
        )
        self.shippers.forget(shipper_id)
        return after

    def driver(
        self,
        driver_id: DriverId,
        change: Callable[[Driver, datetime], Driver],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Driver:
        """A driver. Deactivating one revokes all tokens, and raises DriverHasRoutes before that."""
        return retried(lambda: self._change_driver(driver_id, change, expected, actor))

    def sign_out(self, driver_id: DriverId, *, actor: Actor) -> Driver:
        """Revoke all tokens of a driver, at once. Raises NotFound."""

        def attempt() -> Driver:
            live = self.fleet.live(driver_id)
            driver = self.drivers.get(driver_id)
            now = self.clock.now()
            return self._write(
                driver,
                driver.signed_out(now),
                actor,
                now,
                also=(_with_new_epoch(live),),
                verb="signed_out",
            )

        return retried(attempt)

    def _change_driver(
        self,
        driver_id: DriverId,
        change: Callable[[Driver, datetime], Driver],
        expected: Expected,
        actor: Actor,
    ) -> Driver:
        live = self.fleet.live(driver_id)
        before = self.drivers.get(driver_id)
        expected.require(before.version)
        now = self.clock.now()
        after = change(before, now)
        if after.team_id != before.team_id:
            require_team(self.teams, after.team_id)
        if after.is_active or not before.is_active:
            return self._write(before, after, actor, now)
        _require_no_routes(live)
        gone = after.signed_out(now)
        return self._write(before, gone, actor, now, also=(_with_new_epoch(live),))

    def _change(
        self,
        before: Changed,
        change: Callable[[Changed, datetime], Changed],
        expected: Expected,
        actor: Actor,
    ) -> Changed:
        expected.require(before.version)
        now = self.clock.now()
        return self._write(before, change(before, now), actor, now)

    def _write(
        self,
        before: Changed,
        after: Changed,
        actor: Actor,
        now: datetime,
        *,
        also: tuple[Change, ...] = (),
        verb: str = "",
    ) -> Changed:
        if after == before:
            return before
        after = replace(after, version=before.version + 1)
        entry = audited(
            self.ids.new(AUDIT), actor=actor, at=now, before=before, after=after, verb=verb
        )
        self.journal.commit(AccountChange(after, before.version), *also, AuditAdded(entry))
        return after


def _require_no_routes(live: Live) -> None:
    """Raises DriverHasRoutes, which names the routes that somebody else must drive."""
    under_way = (live.route_id,) if live.route_id is not None and live.ended_at is None else ()
    route_ids = [*under_way, *live.planned]
    if route_ids:
        raise DriverHasRoutes(route_ids=route_ids)


def _with_new_epoch(live: Live) -> LiveChange:
    after = replace(live, epoch=live.epoch + 1, version=live.version + 1)
    return LiveChange(after, live.version)
