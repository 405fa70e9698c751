"""Teams and vehicles."""

from typing import Final

from chalicelib.api.schemas.teams import (
    TeamChanges,
    TeamIn,
    TeamOut,
    TeamsOut,
    VehicleChanges,
    VehicleIn,
    VehicleOut,
    VehiclesOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.errors import Deactivated
from chalicelib.domain.ids import HubId, TeamId, VehicleId
from chalicelib.domain.listings import Listing
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory

teams: Final = Endpoints(__name__)


@teams.endpoint(
    "/v1/teams",
    method="POST",
    principals=DISPATCH,
    takes=TeamIn,
    gives=TeamOut,
    status=201,
    commits_answer=True,
    versioned=True,
    refusals=(Deactivated,),
)
def post_team(actor: Actor, body: TeamIn, memory: Memory) -> Team:
    """Open a team."""
    return container().open_accounts.team(
        body.name,
        actor=actor,
        hub_id=None if body.hub_id is None else HubId(body.hub_id),
        memory=memory,
    )


@teams.endpoint("/v1/teams", method="GET", principals=STAFF, query=ListingQuery, gives=TeamsOut)
def get_teams(_: Actor, query: ListingQuery, position: Position) -> Listing[Team]:
    """All teams, oldest first."""
    return container().show_accounts.of_teams(limit=query.limit, position=position)


@teams.endpoint(
    "/v1/teams/{team_id}", method="GET", principals=STAFF, gives=TeamOut, versioned=True
)
def get_team(_: Actor, team_id: str) -> Team:
    """One team."""
    return container().show_accounts.team(TeamId(team_id))


@teams.endpoint(
    "/v1/teams/{team_id}",
    method="PATCH",
    principals=DISPATCH,
    takes=TeamChanges,
    gives=TeamOut,
    versioned=True,
    refusals=(Deactivated,),
)
def patch_team(actor: Actor, body: TeamChanges, expected: Expected, team_id: str) -> Team:
    """Change a team; is_active false deactivates it."""
    return container().change_accounts.team(
        TeamId(team_id), body.applied, expected=expected, actor=actor
    )


@teams.endpoint(
    "/v1/vehicles",
    method="POST",
    principals=DISPATCH,
    takes=VehicleIn,
    gives=VehicleOut,
    status=201,
    commits_answer=True,
    versioned=True,
    refusals=(Deactivated,),
)
def post_vehicle(actor: Actor, body: VehicleIn, memory: Memory) -> Vehicle:
    """Open a vehicle."""
    return container().open_accounts.vehicle(
        body.name,
        actor=actor,
        plate=body.plate,
        team_id=None if body.team_id is None else TeamId(body.team_id),
        memory=memory,
    )


@teams.endpoint(
    "/v1/vehicles", method="GET", principals=STAFF, query=ListingQuery, gives=VehiclesOut
)
def get_vehicles(_: Actor, query: ListingQuery, position: Position) -> Listing[Vehicle]:
    """All vehicles, oldest first."""
    return container().show_accounts.of_vehicles(limit=query.limit, position=position)


@teams.endpoint(
    "/v1/vehicles/{vehicle_id}", method="GET", principals=STAFF, gives=VehicleOut, versioned=True
)
def get_vehicle(_: Actor, vehicle_id: str) -> Vehicle:
    """One vehicle."""
    return container().show_accounts.vehicle(VehicleId(vehicle_id))


@teams.endpoint(
    "/v1/vehicles/{vehicle_id}",
    method="PATCH",
    principals=DISPATCH,
    takes=VehicleChanges,
    gives=VehicleOut,
    versioned=True,
    refusals=(Deactivated,),
)
def patch_vehicle(
    actor: Actor, body: VehicleChanges, expected: Expected, vehicle_id: str
) -> Vehicle:
    """Change a vehicle; is_active false deactivates it."""
    return container().change_accounts.vehicle(
        VehicleId(vehicle_id), body.applied, expected=expected, actor=actor
    )
