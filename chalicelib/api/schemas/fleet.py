"""The fleet on the wire: GeoJSON (RFC 7946), a point for each van."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.api.schemas.values import EtaOut, RangeOut
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.vans import Van
from chalicelib.edge.schemas import Out, Time
from chalicelib.services.driving.show_fleet import ShownFleet


class PointOut(Out):
    """A place: longitude, then latitude, as GeoJSON has them."""

    type: Literal["Point"]
    coordinates: Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]


class NextStopOut(Out):
    """The stop under way or next, with its ETA of now."""

    id: str
    eta: EtaOut | None
    promise: RangeOut | None
    window: RangeOut | None
    is_delayed: bool


class LastFixOut(Out):
    """The last fix that we believe. ``age_s`` counts to ``as_of`` of the collection."""

    recorded_at: Time
    age_s: int
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None
    battery_ratio: float | None


class VanOut(Out):
    """What is known of a van. ``is_silent``: nothing, neither fix nor report, for ten minutes."""

    driver_id: str
    route_id: str
    hub_id: str
    service_day: date
    started_at: Time | None
    stops_done: int
    stops_total: int
    delayed_stops: int
    next_stop: NextStopOut | None
    last_fix: LastFixOut | None
    heard_at: Time | None
    is_silent: bool


class VanFeatureOut(Out):
    """A van on the map; without a geometry before its first fix. ``id`` is the driver's."""

    type: Literal["Feature"]
    id: str
    geometry: PointOut | None
    properties: VanOut

    @classmethod
    def seen(cls, van: Van, at: datetime) -> Self:
        """The van at that moment."""
        route, head = van.route, van.head
        properties = VanOut.joined(
            van,
            hub_id=route.hub_id,
            service_day=route.service_day,
            stops_total=len(route.stops),
            last_fix=head and _last_fix(head, at),
        )
        place = head and head.coordinates
        return cls(
            type="Feature",
            id=van.driver_id,
            geometry=place and PointOut(type="Point", coordinates=(place.lon_deg, place.lat_deg)),
            properties=properties,
        )


class FleetOut(Out):
    """All vans on the road at ``as_of``."""

    type: Literal["FeatureCollection"]
    features: tuple[VanFeatureOut, ...]
    as_of: Time

    @classmethod
    def of(cls, value: ShownFleet) -> Self:
        """The fleet as it was shown."""
        return cls(
            type="FeatureCollection",
            features=tuple(VanFeatureOut.seen(van, value.at) for van in value.vans),
            as_of=value.at,
        )


def _last_fix(head: Fix, at: datetime) -> LastFixOut:
    age_s = max(0, int((at - head.recorded_at).total_seconds()))
    return LastFixOut.joined(head, age_s=age_s)
