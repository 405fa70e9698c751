"""OSRM over HTTP: its table service (API v1, osrm-backend docs/http.md).

A table of 24 legs has 25 places; osrm-routed allows 100 unless ``--max-table-size`` says otherwise.
"""

from collections.abc import Sequence
from typing import Final

from chalicelib.adapters.road_networks import legs
from chalicelib.adapters.road_networks.servers import Answer, RoutingServer
from chalicelib.domain.geography import Coordinates

LEGS_AT_ONCE: Final = 24
NEAREST_ROAD_M: Final = 2_000
"""Without a radius OSRM measures from its nearest road, even if that is on another continent."""


class Osrm:
    """The port ``RoadNetwork`` on a server whose address ends before ``/table/v1``."""

    def __init__(self, server: RoutingServer, *, deadline_s: float = legs.DEADLINE_S) -> None:
        self._server = server
        self._deadline_s = deadline_s

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """One request for every 24 legs. Raises Unavailable."""
        return legs.travel_times(
            places, self._ask, legs_at_once=LEGS_AT_ONCE, deadline_s=self._deadline_s
        )

    def _ask(self, places: Sequence[Coordinates], ends_at: float) -> Sequence[float | None]:
        count = len(places) - 1
        match self._server.get(_question(places), ends_at):
            case Answer(200, {"code": "Ok", "durations": list() as rows}):
                return tuple(legs.diagonal(rows, count))
            case Answer(400, {"code": "NoSegment" | "NoTable"}):
                raise legs.AskFewer
            case Answer(status, _):
                msg = f"OSRM answered {status} without a table."
                raise ValueError(msg)


def _question(places: Sequence[Coordinates]) -> str:
    """The path of the request. Longitude comes first; six decimals are 11 cm."""
    at = ";".join(f"{place.lon_deg:.6f},{place.lat_deg:.6f}" for place in places)
    starts = ";".join(str(i) for i in range(len(places) - 1))
    ends = ";".join(str(i) for i in range(1, len(places)))
    radiuses = ";".join([str(NEAREST_ROAD_M)] * len(places))
    # Only proxies read the profile in the path: osrm-routed always uses the profile of its data.
    return (
        f"/table/v1/driving/{at}?sources={starts}&destinations={ends}&annotations=duration"
        f"&radiuses={radiuses}&skip_waypoints=true&generate_hints=false"
    )
