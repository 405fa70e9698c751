"""The dispatcher's views: live, attention, and one route with what can be done about it."""

from typing import Any, Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import RouteId
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.pages.console.frames import ConsoleFrames
from chalicelib.pages.tracking.basemaps import Basemap, basemap

dispatch: Final = Endpoints(__name__)
frames: Final = ConsoleFrames(dispatch)

MOST_COLLEAGUES: Final = 100


@dispatch.endpoint(
    "/console/live",
    method="GET",
    principals=STAFF,
    media_types=(replies.HTML,),
    refuse=frames.refused,
)
def live_page(actor: Actor) -> Response:
    """All vans on a map and on a time line, with what needs somebody."""
    return _page(actor, "console/live.html", view="live")


@dispatch.endpoint(
    "/console/attention",
    method="GET",
    principals=STAFF,
    media_types=(replies.HTML,),
    refuse=frames.refused,
)
def attention_page(actor: Actor) -> Response:
    """What needs somebody, most urgent first."""
    return _page(actor, "console/attention.html", view="attention")


@dispatch.endpoint(
    "/console/routes/{route_id}",
    method="GET",
    principals=STAFF,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def route_page(actor: Actor, route_id: str) -> Response:
    """One route: its stops, what their customers were told, and what can be done."""
    found = container().show_routes.one(RouteId(route_id))
    return _page(actor, "console/route.html", view="live", more={"routeId": found.route.id})


def _page(
    actor: Actor, template: str, *, view: str, more: dict[str, Any] | None = None
) -> Response:
    ground = _ground()
    colleagues = container().manage_members.page(limit=MOST_COLLEAGUES, position=None).data
    data = {
        "ground": {"kind": ground.kind, "url": ground.url},
        "colleagues": {each.id: each.name for each in colleagues if each.role in STAFF},
        "mayAct": actor.role in DISPATCH,
        **(more or {}),
    }
    sources = tuple(filter(None, (ground.image_source,)))
    return frames.page(
        actor,
        template,
        view=view,
        image_sources=sources,
        data=data,
        attribution=ground.attribution,
        may_act=actor.role in DISPATCH,
    )


def _ground() -> Basemap:
    settings = container().settings
    return basemap(settings.tile_url, settings.tile_attribution, base_path=frames.base)
