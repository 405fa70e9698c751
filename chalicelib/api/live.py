"""The live view of the fleet, made once for all who look, and the plans that it is laid over."""

import hashlib
from http import HTTPStatus
from typing import Final

from chalicelib.api.schemas.live import LiveOut, LiveQuery, PlanOut, PlansOut, PlansQuery, RosterOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.instants import written
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Answer, Endpoints
from chalicelib.services.attention.show_live import LiveView

live: Final = Endpoints(__name__)

VIEW, ROSTER, TAG = "view", "roster", "tag"
NO_ROUTES: Final = '"routes":null}'
KEPT: Final = "private, max-age=86400"


@live.endpoint(
    "/v1/live",
    method="GET",
    principals=STAFF,
    query=LiveQuery,
    media_types=(replies.JSON,),
    written=lambda: LiveOut,
    also={HTTPStatus.NOT_MODIFIED: "Nothing has changed since the ETag in If-None-Match."},
)
def get_live(_: Actor, query: LiveQuery) -> object:
    """All vans and the most urgent concerns, small enough to be asked for every ten seconds."""
    shared, now = container().show_live(shared_parts)
    view, roster, tag = (shared.parts[name] for name in (VIEW, ROSTER, TAG))
    is_known = query.roster == tag
    body = view if is_known else f"{view.removesuffix(NO_ROUTES)}{roster.removeprefix('{')}"
    etag = f'"{_digest(written(shared.made_at) + view)}{"" if is_known else "r"}"'
    seen = live.current_request.headers.get("if-none-match", "")
    return replies.json_state(
        body,
        tag=etag,
        server_now=written(now),
        is_unchanged=seen.removeprefix("W/") == etag,
    )


@live.endpoint("/v1/live/plans", method="GET", principals=STAFF, query=PlansQuery, gives=PlansOut)
def get_plans(_: Actor, query: PlansQuery) -> Answer:
    """The plans of some routes under way, each at one version, to be kept by whoever asks."""
    wanted = query.to_domain()
    plans = container().show_routes.plans(wanted)
    is_whole = len(plans) == len({route_id for route_id, _ in wanted})
    headers = {"Cache-Control": KEPT} if is_whole else {}
    return Answer(PlansOut(data=tuple(map(PlanOut.of, plans))), headers)


def shared_parts(view: LiveView) -> dict[str, str]:
    """A view as it is shared: the answer without its routes, the routes, and the tag of these."""
    roster = RosterOut.seen(view.vans).model_dump_json()
    tag = _digest(roster)
    return {VIEW: LiveOut.seen(view, tag).model_dump_json(), ROSTER: roster, TAG: tag}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
