"""The hub or team that an account names: it must be there, and in use."""

from chalicelib.domain.errors import Deactivated, Invalid, NotFound
from chalicelib.domain.ids import HubId, TeamId
from chalicelib.services.ports.accounts import Hubs, Teams


def require_hub(hubs: Hubs, hub_id: HubId | None) -> None:
    """Raises Invalid when there is no such hub, Deactivated when it is not in use."""
    if hub_id is None:
        return
    try:
        hub = hubs.get(hub_id)
    except NotFound as exc:
        text = "There is no hub with this id."
        raise Invalid(text, pointer="/hub_id", code="unknown_hub") from exc
    if not hub.is_active:
        raise Deactivated(account_id=hub.id)


def require_team(teams: Teams, team_id: TeamId | None) -> None:
    """Raises Invalid when there is no such team, Deactivated when it is not in use."""
    if team_id is None:
        return
    try:
        team = teams.get(team_id)
    except NotFound as exc:
        text = "There is no team with this id."
        raise Invalid(text, pointer="/team_id", code="unknown_team") from exc
    if not team.is_active:
        raise Deactivated(account_id=team.id)
