"""The learned model as the rest of the product uses it: legs and visits in, durations out.

Until it has learnt, it answers like the factory prior. Its answers are always finite and positive.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.eta.estimates import Duration, Eta
from chalicelib.domain.eta.learned.dwell import DwellTraits, dwell_traits
from chalicelib.domain.eta.learned.keys import Traits, Trip, traits
from chalicelib.domain.eta.learned.parking import learn_parking, parking_point
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.learned.travel import HORIZON, StopPrediction
from chalicelib.domain.eta.model import KM_M, FactoryPrior, Leg, RangeShape, Visit
from chalicelib.domain.geography import Coordinates

SHORTEST: Final = 0.0
LONGEST: Final = math.log(10 * 86_400.0)
WIDEST: Final = 2.0
"""Bounds of an answer, in log seconds and their variance. A bad page cannot make an ETA absurd."""
LEAST_WIDTH_S: Final = 1.0
FACTORY_PRIOR: Final = FactoryPrior()


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """A `TravelModel` over a state. Only the ``learn_…`` methods change the state."""

    state: State
    prior: FactoryPrior = FACTORY_PRIOR

    def leg(self, leg: Leg, at: datetime) -> Duration:
        """Travel time of a leg that begins at about ``at``."""
        return _sane(self.state.travel.duration(leg_traits(leg, at), at.timestamp()))

    def dwell(self, visit: Visit, at: datetime) -> Duration:
        """Service time of a visit at about ``at``."""
        return _sane(self.state.dwell.duration(visit_traits(visit, at, self.prior), at.timestamp()))

    def range_shape(self, stops_ahead: int) -> RangeShape:
        """The shape observed for this horizon. It always includes the point."""
        return _around_the_point(self.state.travel.range_shape(stops_ahead))

    def range_shapes(self, stops: int) -> list[RangeShape]:
        """One for each of the next stops; stops of one horizon share theirs."""
        by_horizon = list(map(_around_the_point, self.state.travel.shapes_by_horizon()))
        near = [by_horizon[i] for i in HORIZON[1 : stops + 1]]
        return near + by_horizon[-1:] * (stops - len(near))

    def parking_point(self, door: Coordinates) -> Coordinates | None:
        """The place where vans stop for this door; None until two visits agree on it."""
        return parking_point(self.state.beliefs, door)

    def learn_leg(self, leg: Leg, *, departed_at: datetime, arrived_at: datetime) -> None:
        """Learn from a finished leg. Raises ValueError when it ends before it begins."""
        took = _elapsed_s(departed_at, arrived_at)
        self.state.travel.learn(leg_traits(leg, departed_at), took, arrived_at.timestamp())

    def learn_dwell(self, visit: Visit, *, arrived_at: datetime, left_at: datetime) -> None:
        """Learn from a finished visit. Raises ValueError when it ends before it begins."""
        took = _elapsed_s(arrived_at, left_at)
        self.state.dwell.learn(
            visit_traits(visit, arrived_at, self.prior), took, left_at.timestamp()
        )

    def learn_range(
        self, told: Eta, stops_ahead: int, *, told_at: datetime, arrived_at: datetime
    ) -> None:
        """Learn from a stop that was reached, and from the ETA ``told`` this many stops ahead.

        Raises ValueError when the stop was reached before the ETA was told.
        """
        took_s = _elapsed_s(told_at, arrived_at)
        shape = self.range_shape(stops_ahead)
        width_s = max((told.latest - told.earliest).total_seconds(), LEAST_WIDTH_S)
        # An ETA does not store its deviation, but its range is the shape times the deviation.
        sigma_s = width_s / max(shape.high - shape.low, 0.1)
        point_s = (told.point - told_at).total_seconds()
        low = (told.earliest - told.point).total_seconds() / sigma_s
        high = (told.latest - told.point).total_seconds() / sigma_s
        self.state.travel.learn_stop(
            StopPrediction(stops_ahead, point_s, sigma_s, low, high), took_s
        )

    def learn_parking(self, door: Coordinates, stopped: Coordinates, at: datetime) -> None:
        """Learn where the van stood when a visit to this door was confirmed."""
        learn_parking(self.state.beliefs, door, stopped, at.timestamp())


def visit_traits(visit: Visit, at: datetime, prior: FactoryPrior = FACTORY_PRIOR) -> DwellTraits:
    """The traits of a visit that begins at ``at``."""
    return dwell_traits(
        prior_mu=prior.dwell_mu(visit),
        parcels=visit.parcels,
        is_given=visit.service_time_s is not None,
        local=at.astimezone(ZoneInfo(visit.time_zone)),
        driver=visit.driver,
        place=visit.place,
    )


def leg_traits(leg: Leg, at: datetime) -> Traits:
    """The traits of a leg that begins at ``at``."""
    return traits(
        Trip(
            driver=leg.driver,
            local=at.astimezone(ZoneInfo(leg.time_zone)),
            km=leg.distance_m / KM_M,
            origin=leg.origin,
            destination=leg.destination,
            base_s=leg.base_s,
            customer=leg.customer,
        )
    )


def _sane(duration: Duration) -> Duration:
    if SHORTEST <= duration.mu <= LONGEST and duration.variance <= WIDEST:
        return duration
    return Duration(
        min(LONGEST, max(SHORTEST, duration.mu)), min(WIDEST, max(0.0, duration.variance))
    )


def _elapsed_s(began_at: datetime, ended_at: datetime) -> float:
    elapsed = ended_at - began_at
    if elapsed < timedelta(0):
        msg = "The end must not be before it begins."
        raise ValueError(msg)
    return elapsed.total_seconds()


def _around_the_point(shape: RangeShape) -> RangeShape:
    if shape.low <= 0.0 <= shape.high:
        return shape
    return RangeShape(min(shape.low, 0.0), max(shape.high, 0.0))
