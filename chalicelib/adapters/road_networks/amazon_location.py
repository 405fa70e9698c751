"""Amazon Location Routes: ``CalculateRoutes`` (geo-routes, version 2), with stops as waypoints.

We do not use ``CalculateRouteMatrix``. It is billed by the cell, but consecutive legs need only the
diagonal, and its quota is a quarter. A route is one request with up to 23 waypoints between origin
and destination, so 24 legs (API reference, ``Waypoints``).
"""

from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import client
from chalicelib.adapters.road_networks import legs
from chalicelib.adapters.webhooks.deadlines import within
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates

LEGS_AT_ONCE: Final = 24


class AmazonLocation:
    """The port ``RoadNetwork``. The region of the deployment must offer the service."""

    def __init__(self, *, deadline_s: float = legs.DEADLINE_S) -> None:
        self._client = client("geo-routes", total_attempts=1)
        self._deadline_s = deadline_s

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """One request for every 24 legs. Raises Unavailable, also when AWS denies the request."""
        try:
            return legs.travel_times(
                places, self._ask, legs_at_once=LEGS_AT_ONCE, deadline_s=self._deadline_s
            )
        except (BotoCoreError, ClientError) as exc:
            raise Unavailable(dependency="road network") from exc

    def _ask(self, places: Sequence[Coordinates], ends_at: float) -> Sequence[float | None]:
        question = _question(places)
        # A time-out of botocore limits only a single wait.
        answer = within(ends_at, lambda: self._client.calculate_routes(**question))
        match answer:
            case {"Routes": [{"Legs": list() as sections}, *_]}:
                return _per_leg([_section_s(each) for each in sections], len(places) - 1)
            case {"Routes": []}:
                raise legs.AskFewer
            case _:
                msg = "The answer has no routes."
                raise ValueError(msg)


def _question(places: Sequence[Coordinates]) -> dict[str, Any]:
    """The request. Longitude comes first.

    We ask without traffic, because the learned model knows more about the hours of a weekday.
    """
    origin, *between, destination = ([place.lon_deg, place.lat_deg] for place in places)
    return {
        "Origin": origin,
        "Destination": destination,
        "Waypoints": [{"Position": position} for position in between],
        "TravelMode": "Car",
        "Traffic": {"Usage": "IgnoreTrafficData"},
        "LegAdditionalFeatures": ["Summary"],
    }


def _per_leg(sections_s: Sequence[float], count: int) -> Sequence[float]:
    """The seconds of each leg.

    A leg with a ferry has several sections. We can assign them only when the leg is asked alone.
    """
    if count == 1:
        return [sum(sections_s)]
    if len(sections_s) != count:
        raise legs.AskFewer
    return sections_s


def _section_s(section: object) -> float:
    match section:
        case (
            {"VehicleLegDetails": {"Summary": {"Overview": {"Duration": duration}}}}
            | {"FerryLegDetails": {"Summary": {"Overview": {"Duration": duration}}}}
            | {"PedestrianLegDetails": {"Summary": {"Overview": {"Duration": duration}}}}
        ):
            return legs.seconds(duration)
        case _:
            msg = "A section of the answer has no duration."
            raise ValueError(msg)
