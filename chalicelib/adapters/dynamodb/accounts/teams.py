"""Teams on DynamoDB."""

from collections.abc import Mapping
from typing import Final

from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, page_of
from chalicelib.adapters.dynamodb.accounts.team_documents import team_from
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.ids import TeamId
from chalicelib.domain.listings import Listing

TEAM: Final = "TEAM"


class DynamoTeams:
    """The port ``Teams``."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, team_id: TeamId) -> Team:
        """One read."""
        return team_from(self._partitions.get(team_id, TEAM))

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[Team]:
        """From the index, oldest first."""
        return page_of(TEAM, lambda item: team_from(item.document), limit=limit, position=position)
