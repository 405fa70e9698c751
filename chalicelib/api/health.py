"""Is it there? No table is read: a check that costs something would be a way to cost us."""

from typing import Final, Literal

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import PUBLIC
from chalicelib.edge.schemas import Out

health: Final = Endpoints(__name__)


class HealthOut(Out):
    """It is there, and which stage it is."""

    status: Literal["ok"]
    stage: str


@health.endpoint("/health", method="GET", principals=PUBLIC, gives=HealthOut)
def get_health(_: Actor) -> HealthOut:
    """The wiring can be made: every setting is there."""
    return HealthOut(status="ok", stage=container().settings.stage)
