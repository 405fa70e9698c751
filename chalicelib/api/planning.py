"""Suggested routes, for dispatchers who plan a day."""

from typing import Final

from chalicelib.api.schemas.suggestions import SuggestionIn, SuggestionOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, Actor
from chalicelib.domain.errors import (
    AlreadyAssigned,
    Deactivated,
    NotFound,
    NotPlannable,
    RouteOver,
    RouteUnderWay,
)
from chalicelib.domain.planning.suggestions import Suggestion
from chalicelib.edge.blueprint import Endpoints

planning: Final = Endpoints(__name__)


@planning.endpoint(
    "/v1/routes/suggestions",
    method="POST",
    principals=DISPATCH,
    takes=SuggestionIn,
    gives=SuggestionOut,
    refusals=(NotFound, AlreadyAssigned, NotPlannable, Deactivated, RouteUnderWay, RouteOver),
)
def post_suggestion(actor: Actor, body: SuggestionIn) -> Suggestion:
    """Suggest stops, orders and times for the vans of a day. Nothing is written."""
    return container().suggest_routes(body.to_domain(), actor=actor)
