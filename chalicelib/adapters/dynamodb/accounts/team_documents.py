"""Teams and vehicles ↔ the JSON text of their documents, as in `documents`."""

from datetime import datetime

from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.ids import HubId, TeamId, VehicleId


class TeamDocument(Stored, frozen=True, kw_only=True):
    """A team."""

    id: TeamId
    name: str
    created_at: datetime
    hub_id: HubId | None = None
    deactivated_at: datetime | None = None
    version: int = 1


class VehicleDocument(Stored, frozen=True, kw_only=True):
    """A vehicle."""

    id: VehicleId
    name: str
    created_at: datetime
    plate: str | None = None
    team_id: TeamId | None = None
    deactivated_at: datetime | None = None
    version: int = 1


def team_to(team: Team) -> str:
    """A team as text."""
    return to_json(
        TeamDocument(
            id=team.id,
            name=team.name,
            created_at=team.created_at,
            hub_id=team.hub_id,
            deactivated_at=team.deactivated_at,
            version=team.version,
        )
    )


def team_from(text: str) -> Team:
    """The team again."""
    stored = from_json(TeamDocument, text)
    return Team(
        id=stored.id,
        name=stored.name,
        created_at=stored.created_at,
        hub_id=stored.hub_id,
        deactivated_at=stored.deactivated_at,
        version=stored.version,
    )


def vehicle_to(vehicle: Vehicle) -> str:
    """A vehicle as text."""
    return to_json(
        VehicleDocument(
            id=vehicle.id,
            name=vehicle.name,
            created_at=vehicle.created_at,
            plate=vehicle.plate,
            team_id=vehicle.team_id,
            deactivated_at=vehicle.deactivated_at,
            version=vehicle.version,
        )
    )


def vehicle_from(text: str) -> Vehicle:
    """The vehicle again."""
    stored = from_json(VehicleDocument, text)
    return Vehicle(
        id=stored.id,
        name=stored.name,
        created_at=stored.created_at,
        plate=stored.plate,
        team_id=stored.team_id,
        deactivated_at=stored.deactivated_at,
        version=stored.version,
    )
