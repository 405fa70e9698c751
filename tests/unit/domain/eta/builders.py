"""Legs and states as the model's tests want them."""

import random
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.eta.learned.keys import Traits, Trip, traits
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.model import Leg, Visit
from chalicelib.domain.geography import Coordinates, distance_m
from tests.support.builders import HELSINKI, NOON, north_of

AFAR = north_of(HELSINKI, 3_000.0)


def make_trip(
    origin: Coordinates | str | None = HELSINKI,
    destination: Coordinates | str | None = AFAR,
    **changes: Any,
) -> Trip:
    km = 1.0
    if isinstance(origin, Coordinates) and isinstance(destination, Coordinates):
        km = distance_m(origin, destination) / 1e3
    given = {"driver": "drv_1", "local": NOON, "km": km, **changes}
    return Trip(origin=origin, destination=destination, **given)


def make_traits(**changes: Any) -> Traits:
    return traits(make_trip(**changes))


def make_leg(origin: Coordinates = HELSINKI, destination: Coordinates = AFAR) -> Leg:
    return Leg(
        distance_m(origin, destination),
        origin=origin,
        destination=destination,
        driver="drv_1",
        time_zone="Europe/Helsinki",
    )


def make_visit(place: Coordinates = HELSINKI, parcels: int = 1) -> Visit:
    return Visit(parcels, place=place, driver="drv_1", time_zone="Europe/Helsinki")


def random_place(rnd: random.Random) -> Coordinates:
    return Coordinates(60.15 + 0.1 * rnd.random(), 24.85 + 0.2 * rnd.random())


def a_busy_week(legs: int = 300, seed: int = 1) -> tuple[LearnedModel, datetime]:
    """A model that has learnt from legs, visits and ranges in a town, and when it stopped."""
    rnd = random.Random(seed)
    model, now = LearnedModel(State()), NOON
    for _ in range(legs):
        leg = make_leg(random_place(rnd), random_place(rnd))
        took = timedelta(seconds=200 + 60 * leg.distance_m / 1e3 + 100 * rnd.random())
        told = model.leg(leg, now)
        model.learn_leg(leg, departed_at=now, arrived_at=now + took)
        assert told.mean_s > 0
        now += took
        assert leg.destination is not None
        stay = timedelta(seconds=60 + 100 * rnd.random())
        model.learn_dwell(make_visit(leg.destination), arrived_at=now, left_at=now + stay)
        model.learn_parking(leg.destination, north_of(leg.destination, 20.0), now)
        now += stay
    return model, now
