"""Departures: a van has left the hub or a stop, and when it had come there.

One line for each, never edited. A leg lies between two of them, a visit within one, and the ETAs
told with it are judged when their stops are left in turn: all that is learnt of travel and service
times is learnt from these, and so are the figures of how good the ETAs were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from chalicelib.domain.driving.fixes import Fix, credible
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Departure:
    """A van left a place of its route at ``left_at``, device time.

    ``stop_index`` counts the stops of the plan from 0, None being the hub. ``arrived_at`` is None
    where nobody knows. ``etas`` are what was told with the departure, one entry a stop of the plan,
    None where there was nothing left to reach; they could be read since ``told_at``, our time. They
    are as of ``news_at`` (None: as of ``left_at``), since who reports a departure after newer fixes
    is told by those. ``stood_at`` is where the van was seen to stand.
    """

    route_id: RouteId
    driver_id: DriverId
    stop_index: int | None
    left_at: datetime
    told_at: datetime
    expires_at: datetime
    arrived_at: datetime | None = None
    etas: Sequence[Eta | None] = ()
    stood_at: Coordinates | None = None
    news_at: datetime | None = None

    @property
    def key(self) -> tuple[datetime, int]:
        """Departures of a route in the order of time; the hub before a stop left with it."""
        return self.left_at, 0 if self.stop_index is None else self.stop_index + 1


def from_hub(live: Live, started_at: datetime, policy: Policy) -> Departure:
    """The start of a route. Raises ValueError for a live state without one."""
    return Departure(
        route_id=_route_id(live),
        driver_id=live.driver_id,
        stop_index=None,
        left_at=started_at,
        told_at=started_at,
        expires_at=_expiry(started_at, policy),
        etas=live.etas,
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
    """The departure that turned the live state ``before`` into ``after``, as we learnt just now.

    Where nobody reported the arrival, the van came when it was first near.
    """
    arrived_at = before.progress[stop_index].arrived_at
    if arrived_at is None and stop_index == before.near_stop:
        arrived_at = before.near_since
    if arrived_at is not None:
        arrived_at = min(arrived_at, left_at)
    return Departure(
        route_id=_route_id(before),
        driver_id=before.driver_id,
        stop_index=stop_index,
        left_at=left_at,
        told_at=now,
        expires_at=_expiry(before.started_at or left_at, policy),
        arrived_at=arrived_at,
        etas=after.etas,
        stood_at=_middle(
            [
                fix
                for fix in credible(before.recent, policy)
                if arrived_at is not None and arrived_at <= fix.recorded_at <= left_at
            ]
        ),
        news_at=after.news_at,
    )


def _expiry(started_at: datetime, policy: Policy) -> datetime:
    """The same for a whole route, of which nothing can be said without its start."""
    return started_at.replace(microsecond=0) + policy.track_retention


def _route_id(live: Live) -> RouteId:
    if live.route_id is None:
        msg = "nobody departs who is on no route"
        raise ValueError(msg)
    return live.route_id


def _middle(fixes: Sequence[Fix]) -> Coordinates | None:
    """The median: one fix that jumped moves it little. Across the antimeridian there is none."""
    if not fixes:
        return None
    lons = [fix.coordinates.lon_deg for fix in fixes]
    if max(lons) - min(lons) > 180.0:  # noqa: PLR2004 - degrees
        return fixes[-1].coordinates
    return Coordinates(median(fix.coordinates.lat_deg for fix in fixes), median(lons))
