"""Is it there? No table is read: a check that costs something would be a way to cost us."""

from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.values import Schema
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.edge.blueprint import PUBLIC, ApiBlueprint, reply

health: Final = ApiBlueprint(__name__)


class HealthOut(Schema):
    """It is there, and which stage it is."""

    status: str
    stage: str


@health.endpoint("/health", method="GET", principals=PUBLIC)
def get_health(actor: Actor) -> Response:
    """The wiring can be made: every setting is there."""
    del actor
    return reply(HealthOut(status="ok", stage=container().settings.stage))
