"""Valhalla over HTTP: its matrix service (``/sources_to_targets``, costing ``auto``).

A matrix of 24 legs has 576 pairs; Valhalla allows 2,500 of them, at most 400 km apart
(``service_limits.auto`` of its default configuration).
"""

from collections.abc import Sequence
from typing import Any, Final

from chalicelib.adapters.road_networks import legs
from chalicelib.adapters.road_networks.servers import Answer, RoutingServer
from chalicelib.domain.geography import Coordinates

LEGS_AT_ONCE: Final = 24
NEAREST_ROAD_M: Final = 2_000
"""Valhalla's default is 35 km, which would move an address outside its map onto the map's edge."""
TOO_FAR: Final = 154
UNCONNECTED: Final = 170
NO_ROAD: Final = 171
NO_PATH: Final = 442
"""These error codes mean that there is no way (valhalla/exceptions.h)."""


class Valhalla:
    """The port ``RoadNetwork`` on a server whose address ends before ``/sources_to_targets``."""

    def __init__(self, server: RoutingServer, *, deadline_s: float = legs.DEADLINE_S) -> None:
        self._server = server
        self._deadline_s = deadline_s

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """One request for every 24 legs. Raises Unavailable."""
        return legs.travel_times(
            places, self._ask, legs_at_once=LEGS_AT_ONCE, deadline_s=self._deadline_s
        )

    def _ask(self, places: Sequence[Coordinates], ends_at: float) -> Sequence[float | None]:
        question = {
            "sources": [_location(place) for place in places[:-1]],
            "targets": [_location(place) for place in places[1:]],
            "costing": "auto",
            "verbose": False,
        }
        match self._server.post("/sources_to_targets", question, ends_at):
            case Answer(200, {"sources_to_targets": {"durations": list() as rows}}):
                return tuple(legs.diagonal(rows, len(places) - 1))
            case Answer(400, {"error_code": code}) if code in {
                TOO_FAR,
                UNCONNECTED,
                NO_ROAD,
                NO_PATH,
            }:
                raise legs.AskFewer
            case Answer(status, _):
                msg = f"Valhalla answered {status} without a matrix."
                raise ValueError(msg)


def _location(place: Coordinates) -> dict[str, Any]:
    return {"lat": place.lat_deg, "lon": place.lon_deg, "search_cutoff": NEAREST_ROAD_M}
