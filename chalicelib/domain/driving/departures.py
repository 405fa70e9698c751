"""Departures: a van has left the hub or a stop. Each also says when the van had arrived there.

There is one record per departure, and it is never edited. A leg lies between two departures, a
visit within one. We learn all travel and service times from departures. We also judge ETAs by them:
those told with a departure are judged when the van leaves their stops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Departure:
    """A van left a place of its route at ``left_at``, device time.

    ``stop_number`` is the stop's own in its route; None is the hub. ``arrived_at`` is None when it
    is unknown. ``etas`` are the ETAs told with the departure, by the numbers of their stops; an
    entry is None when there was nothing left to reach. They could be read since ``told_at``, our
    time. ``news_at`` is the time of the news they rest on (None: ``left_at``). It is later than
    ``left_at`` when newer fixes came before the driver's report. ``stood_at`` is where the fixes
    show the van standing.
    """

    route_id: RouteId
    driver_id: DriverId
    stop_number: int | None
    left_at: datetime
    told_at: datetime
    expires_at: datetime
    arrived_at: datetime | None = None
    etas: Sequence[Eta | None] = ()
    stood_at: Coordinates | None = None
    news_at: datetime | None = None

    @property
    def key(self) -> tuple[datetime, int]:
        """Sorts the departures of a route by time, the hub before a stop left at the same time."""
        return self.left_at, 0 if self.stop_number is None else self.stop_number + 1


def from_hub(
    live: Live, started_at: datetime, policy: Policy, *, told_at: datetime | None = None
) -> Departure:
    """The departure from the hub, heard of at ``told_at`` (None: at once).

    Raises ValueError when the live state has no route.
    """
    return Departure(
        route_id=_route_id(live),
        driver_id=live.driver_id,
        stop_number=None,
        left_at=started_at,
        told_at=told_at or started_at,
        expires_at=_expiry(started_at, policy),
        etas=live.etas_by_number,
    )


def from_stop(
    before: Live,
    after: Live,
    stop_index: int,
    *,
    left_at: datetime,
    now: datetime,
    policy: Policy,
) -> Departure:
    """The departure that turned the live state ``before`` into ``after``, as we hear at ``now``.

    If nobody reported the arrival, we take the time when the van first was near. An arrival that
    was withdrawn counts only when the report falls into that visit: otherwise it was none.
    """
    progress = before.progress[stop_index]
    arrived_at = progress.arrived_at or progress.arrival_before(left_at, policy)
    if arrived_at is None and stop_index == before.nearest_stop:
        arrived_at = before.near_since
    if arrived_at is not None:
        arrived_at = min(arrived_at, left_at)
    return Departure(
        route_id=_route_id(before),
        driver_id=before.driver_id,
        stop_number=before.number_of(stop_index),
        left_at=left_at,
        told_at=now,
        expires_at=_expiry(before.started_at or left_at, policy),
        arrived_at=arrived_at,
        etas=after.etas_by_number,
        stood_at=_middle(
            [
                fix
                for fix in before.credible(policy)
                if arrived_at is not None and arrived_at <= fix.recorded_at <= left_at
            ]
        ),
        news_at=after.news_at,
    )


def _expiry(started_at: datetime, policy: Policy) -> datetime:
    """All departures of a route expire together: without its start the others say nothing."""
    return started_at.replace(microsecond=0) + policy.track_retention


def _route_id(live: Live) -> RouteId:
    if live.route_id is None:
        msg = "A driver on no route cannot depart."
        raise ValueError(msg)
    return live.route_id


def _middle(fixes: Sequence[Fix]) -> Coordinates | None:
    """The median of the fixes: a single jump moves it little.

    Across the antimeridian a median means nothing, so we take the last fix.
    """
    if not fixes:
        return None
    lons = [fix.coordinates.lon_deg for fix in fixes]
    if max(lons) - min(lons) > 180.0:  # noqa: PLR2004 - degrees
        return fixes[-1].coordinates
    return Coordinates(median(fix.coordinates.lat_deg for fix in fixes), median(lons))
