"""The travel times between all places of a day, as the travel model has learnt them."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.eta.model import Leg, TravelModel
from chalicelib.domain.geography import Coordinates, distance_m


def travel_times_s(
    places: Sequence[Coordinates],
    model: TravelModel,
    *,
    at: datetime,
    time_zone: str,
    driver_id: str | None = None,
) -> list[list[float]]:
    """The mean seconds from each place (rows) to each place (columns) at about ``at``.

    The hour changes all ways by much the same share, so one time of the day is enough for an order.
    ``driver_id`` is the driver of all vans; None where there are several.
    """
    return [
        [
            0.0
            if a == b
            else model.leg(
                Leg(
                    distance_m(a, b),
                    origin=a,
                    destination=b,
                    driver=driver_id,
                    time_zone=time_zone,
                ),
                at,
            ).mean_s
            for b in places
        ]
        for a in places
    ]
