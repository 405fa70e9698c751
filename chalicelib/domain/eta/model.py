"""What an ETA model must answer, and the factory prior: the answer before anything is learnt.

Time grows like distance to the power 0.6, not like distance over speed: short legs are dominated by
starting, turning and parking. The prior is 6 minutes × km^0.6 (one scale fits San Francisco,
Nairobi, Chengdu and Singapore to within a few per cent of each city's own power law).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.geography import Coordinates

KM_M: Final = 1_000.0
CORRELATION: Final = 0.12
"""Between the parts of a route, as measured: see the chain."""
MIN_LEG_KM: Final = 0.05


class Leg(NamedTuple):
    """The way to the next place: great-circle metres, a routing engine's seconds if known.

    The rest is what a learned model knows legs by; ``time_zone`` is that of the destination.
    """

    distance_m: float
    base_s: float | None = None
    origin: Coordinates | None = None
    destination: Coordinates | None = None
    driver: str | None = None
    customer: str | None = None
    time_zone: str = "UTC"


class Visit(NamedTuple):
    """What is done at a stop: how many parcels, and the shipper's own service time where given.

    The rest is what a learned model knows visits by.
    """

    parcels: int
    service_time_s: float | None = None
    place: Coordinates | None = None
    driver: str | None = None
    time_zone: str = "UTC"


class RangeShape(NamedTuple):
    """The normalised residuals between which 80 % of arrivals fall, for one horizon.

    A tuple, for one is made for every stop with every fix.
    """

    low: float
    high: float


class TravelModel(Protocol):
    """Between the chain and whatever has been learnt. Pure: same state, same answer."""

    def leg(self, leg: Leg, at: datetime) -> Duration:
        """Travel time of a leg that begins about then."""
        ...

    def dwell(self, visit: Visit, at: datetime) -> Duration:
        """Service time of a visit about then."""
        ...

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """How wide the range must be this many stops ahead (1 = the next stop)."""
        ...

    def range_shapes(self, stops: int) -> Sequence[RangeShape]:
        """``range_shape`` for each of the next so many stops: a chain asks for all of them."""
        ...

    def parking_point(self, door: Coordinates) -> Coordinates | None:
        """Where vans stop for a door, once that is known."""
        ...


@dataclass(frozen=True, slots=True)
class FactoryPrior:
    """The model of an operator who has delivered nothing yet; its spread covers the unknown.

    Leg: 360 s × km^0.6, log variance 0.08 noise + 0.12 for what is not learnt. Dwell: median 120 s
    + 20 s for each further parcel (vans with doorstep truth: mean 82 s driving agents, 180 s is the
    field's default), log variance 0.25.
    """

    leg_scale_s: float = 360.0
    leg_exponent: float = 0.6
    leg_variance: float = 0.20
    dwell_s: float = 120.0
    dwell_per_parcel_s: float = 20.0
    dwell_variance: float = 0.25
    pace_deviation: float = 0.25
    """How far a pace may be from the prior's, relative; all legs of a route share it."""

    def leg(self, leg: Leg, at: datetime) -> Duration:
        """Power law of the distance, or twice the engine's seconds (measured over OSRM: 2.05)."""
        del at
        if leg.base_s is not None:
            return Duration(math.log(max(2.0 * leg.base_s, 1.0)), self.leg_variance)
        km = leg.distance_m / KM_M
        # Below 50 m a log has no meaning and the way is a walk: shrink towards zero in proportion.
        short = min(1.0, km / MIN_LEG_KM)
        seconds = self.leg_scale_s * max(km, MIN_LEG_KM) ** self.leg_exponent * max(short, 0.1)
        return Duration(math.log(seconds), self.leg_variance)

    def dwell(self, visit: Visit, at: datetime) -> Duration:
        """The shipper's own figure where there is one."""
        del at
        return Duration(self.dwell_mu(visit), self.dwell_variance)

    def dwell_mu(self, visit: Visit) -> float:
        """The log of the median seconds of a visit."""
        median_s = visit.service_time_s
        if median_s is None:
            median_s = self.dwell_s + self.dwell_per_parcel_s * max(0, visit.parcels - 1)
        return math.log(max(median_s, 1.0))

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """Wide enough for a pace that nobody has measured yet.

        The spread of the parts evens out over many stops, an unknown pace does not: all legs share
        it. With k equal parts of relative variance w and correlation c the deviation grows by
        sqrt(1 + u²/w · k / (1 - c² + c² k)). On recorded bus trips at the right pace this holds in
        75 to 93 % at every horizon, without it in 28 to 72 %. Tails of a sum of log-normals are
        lopsided near and even out with the horizon.
        """
        k = float(stops_ahead)
        together = CORRELATION * CORRELATION
        parts = math.expm1(self.leg_variance)
        shared = self.pace_deviation**2 / parts * k / (1.0 - together + together * k)
        width = 1.28 * math.sqrt(1.0 + shared)
        skew = 0.25 / math.sqrt(k)
        return RangeShape(low=skew - width, high=skew + width)

    def range_shapes(self, stops: int) -> list[RangeShape]:
        """One for each of the next stops."""
        return [self.range_shape(stops_ahead) for stops_ahead in range(1, stops + 1)]

    def parking_point(self, door: Coordinates) -> Coordinates | None:
        """None: nobody has parked there yet."""
        del door
        return None
