"""The address of the console: it leads to the first view of one's role."""

from typing import Final

from chalice.app import Response

from chalicelib.domain.actors import Actor
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF
from chalicelib.pages.console.frames import ConsoleFrames
from chalicelib.pages.console.navigation import views_for

home: Final = Endpoints(__name__)
frames: Final = ConsoleFrames(home)


@home.endpoint(
    "/console",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    media_types=(replies.HTML,),
    status=302,
    refuse=frames.refused,
)
def console_page(actor: Actor) -> Response:
    """To the first view that one may see."""
    return replies.found(f"{frames.base}/console/{views_for(actor.role)[0].name}")
