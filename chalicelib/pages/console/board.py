"""The planning board: what waits for a route on a day, vans, and suggested orders."""

from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, Actor
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.pages.console.frames import ConsoleFrames
from chalicelib.pages.tracking.basemaps import basemap

board: Final = Endpoints(__name__)
frames: Final = ConsoleFrames(board)


@board.endpoint(
    "/console/planning",
    method="GET",
    principals=DISPATCH,
    media_types=(replies.HTML,),
    refuse=frames.refused,
)
def planning_page(actor: Actor) -> Response:
    """The board. Its script begins with tomorrow at the hub."""
    settings = container().settings
    ground = basemap(settings.tile_url, settings.tile_attribution, base_path=frames.base)
    hub = frames.hub(actor)
    place = None if hub is None else hub.coordinates
    return frames.page(
        actor,
        "console/planning.html",
        view="planning",
        image_sources=(ground.image_source,),
        data={
            "ground": {"kind": ground.kind, "url": ground.url},
            "hubPlace": None
            if place is None
            else {"lat_deg": place.lat_deg, "lon_deg": place.lon_deg},
        },
        attribution=ground.attribution,
    )
