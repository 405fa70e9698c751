"""Teams and vehicles on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from chalicelib.api.schemas.changes import changed
from chalicelib.api.schemas.values import Id, Line
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.edge.schemas import Changes, Maybe, Out, Schema, Time, unsaid

MAX_PLATE_CHARS = 20
Plate = Annotated[Line, StringConstraints(max_length=MAX_PLATE_CHARS)]
"""A registration, as it is written on the vehicle."""


class TeamIn(Schema):
    """A new team. ``hub_id`` is where its drivers usually start."""

    name: Line
    hub_id: Maybe[Id] = None


class TeamChanges(Changes):
    """What is to change of a team."""

    name: Line = unsaid()
    hub_id: Maybe[Id] = unsaid()
    is_active: bool = unsaid()

    def applied(self, team: Team, now: datetime) -> Team:
        """The team as it is wanted."""
        return changed(team, self.said(), now)


class TeamOut(Out):
    """A team."""

    id: str
    name: str
    hub_id: str | None
    is_active: bool
    created_at: Time
    deactivated_at: Time | None


class TeamsOut(Out):
    """A page of teams."""

    data: tuple[TeamOut, ...]
    next_cursor: str | None


class VehicleIn(Schema):
    """A new vehicle."""

    name: Line
    plate: Maybe[Plate] = None
    team_id: Maybe[Id] = None


class VehicleChanges(Changes):
    """What is to change of a vehicle."""

    name: Line = unsaid()
    plate: Maybe[Plate] = unsaid()
    team_id: Maybe[Id] = unsaid()
    is_active: bool = unsaid()

    def applied(self, vehicle: Vehicle, now: datetime) -> Vehicle:
        """The vehicle as it is wanted."""
        return changed(vehicle, self.said(), now)


class VehicleOut(Out):
    """A vehicle."""

    id: str
    name: str
    plate: str | None
    team_id: str | None
    is_active: bool
    created_at: Time
    deactivated_at: Time | None


class VehiclesOut(Out):
    """A page of vehicles."""

    data: tuple[VehicleOut, ...]
    next_cursor: str | None
