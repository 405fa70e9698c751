"""The interface of an ETA model, and the factory prior: the model before anything is learnt.

Time grows like distance to the power 0.6, not like distance over speed: starting, turning and
parking dominate short legs. The prior is 6 minutes × km^0.6. This one scale fits San Francisco,
Nairobi, Chengdu and Singapore to within a few per cent of each city's own power law.
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
"""The measured correlation between the parts of a route (see ``chain``)."""
MIN_LEG_KM: Final = 0.05


class Leg(NamedTuple):
    """The way to the next place: great-circle metres, and a routing engine's seconds if known.

    The other fields are features for a learned model. ``time_zone`` is the destination's.
    """

    distance_m: float
    base_s: float | None = None
    origin: Coordinates | None = None
    destination: Coordinates | None = None
    driver: str | None = None
    customer: str | None = None
    time_zone: str = "UTC"


class Visit(NamedTuple):
    """The work at a stop: the number of parcels, and the shipper's own service time if given.

    The other fields are features for a learned model.
    """

    parcels: int
    service_time_s: float | None = None
    place: Coordinates | None = None
    driver: str | None = None
    time_zone: str = "UTC"


class RangeShape(NamedTuple):
    """The normalised residuals between which 80 % of arrivals fall, for one horizon.

    This is a tuple because we make one for every stop with every fix.
    """

    low: float
    high: float


class TravelModel(Protocol):
    """Predicts durations for the chain. Pure: the same state gives the same answer."""

    def leg(self, leg: Leg, at: datetime) -> Duration:
        """Travel time of a leg that begins at about ``at``."""
        ...

    def dwell(self, visit: Visit, at: datetime) -> Duration:
        """Service time of a visit at about ``at``."""
        ...

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """The shape of the range this many stops ahead (1 = the next stop)."""
        ...

    def range_shapes(self, stops: int) -> Sequence[RangeShape]:
        """``range_shape`` for each of the next so many stops: a chain asks for all of them."""
        ...

    def parking_point(self, door: Coordinates) -> Coordinates | None:
        """The place where vans stop for a door; None while it is unknown."""
        ...


@dataclass(frozen=True, slots=True)
class FactoryPrior:
    """The model of an operator without any deliveries yet. Its spread covers everything unknown.

    Leg: 360 s × km^0.6, log variance 0.08 for noise + 0.12 for everything not learnt yet. Dwell:
    median 120 s + 20 s for each further parcel, log variance 0.25. (Vans with known doorstep times:
    mean 82 s for driving agents. The usual default in the field is 180 s.)
    """

    leg_scale_s: float = 360.0
    leg_exponent: float = 0.6
    leg_variance: float = 0.20
    dwell_s: float = 120.0
    dwell_per_parcel_s: float = 20.0
    dwell_variance: float = 0.25
    pace_deviation: float = 0.25
    """Relative deviation of the real pace from the prior's. All legs of a route share the pace."""

    def leg(self, leg: Leg, at: datetime) -> Duration:
        """A power law of the distance, or twice the engine's seconds (2.05 measured with OSRM)."""
        del at
        if leg.base_s is not None:
            return Duration(math.log(max(2.0 * leg.base_s, 1.0)), self.leg_variance)
        km = leg.distance_m / KM_M
        # A way below 50 m is a walk, and a log means nothing there: shrink in proportion.
        short = min(1.0, km / MIN_LEG_KM)
        seconds = self.leg_scale_s * max(km, MIN_LEG_KM) ** self.leg_exponent * max(short, 0.1)
        return Duration(math.log(seconds), self.leg_variance)

    def dwell(self, visit: Visit, at: datetime) -> Duration:
        """The shipper's own service time if given, else the default for the number of parcels."""
        del at
        return Duration(self.dwell_mu(visit), self.dwell_variance)

    def dwell_mu(self, visit: Visit) -> float:
        """The log of the median seconds of a visit."""
        median_s = visit.service_time_s
        if median_s is None:
            median_s = self.dwell_s + self.dwell_per_parcel_s * max(0, visit.parcels - 1)
        return math.log(max(median_s, 1.0))

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """A range wide enough for a pace that nobody has measured yet.

        Over many stops the spread of the parts evens out. An unknown pace does not, because all
        legs share it. With k equal parts of relative variance w, correlation c and relative
        deviation u of the pace, the deviation grows by sqrt(1 + u²/w · k / (1 - c² + c² k)). On
        recorded bus trips at the right pace the range then holds in 75 to 93 % of cases at every
        horizon, without this factor in 28 to 72 %. The tails of a sum of log-normals are uneven
        for near stops and become even with the horizon.
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
        """Always None: nothing is learnt yet."""
        del door
        return None
