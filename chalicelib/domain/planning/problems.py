"""A day to be planned: jobs at places, vans with their hours, and the travel times between places.

All times are seconds since the epoch. Place 0 is the hub, and job ``j`` is at place ``j + 1``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from chalicelib.domain.eta.chain import BreakAhead
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.routes.new_routes import MAX_STOPS

HUB: Final = 0


class Unsuited(Exception):
    """An optimizer does not solve problems of this kind or size. The text says why."""


class Job(NamedTuple):
    """One stop to be made. It should be reached from ``opens_s`` to ``closes_s``.

    ``van`` is the van that has to make it; None: any van, or none if all would be late.
    """

    service_s: float
    opens_s: float = -math.inf
    closes_s: float = math.inf
    van: int | None = None


@dataclass(frozen=True, slots=True)
class VanDay:
    """The hours of one van: it leaves the hub at ``starts_s`` and should be back at ``ends_s``.

    ``order`` are the jobs that it has already, as they are planned now.
    """

    starts_s: float
    ends_s: float = math.inf
    breaks: tuple[BreakAhead, ...] = ()
    most_stops: int = MAX_STOPS
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Jobs to be put on vans, in an order. ``travel_s[a][b]`` is the way from place to place.

    ``places`` are the hub and the place of each job, for an optimizer with a road network of its
    own.
    """

    places: tuple[Coordinates, ...]
    jobs: tuple[Job, ...]
    vans: tuple[VanDay, ...]
    travel_s: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Solution:
    """An order of jobs for each van, and the jobs that no van can make in time."""

    orders: tuple[tuple[int, ...], ...]
    left: tuple[int, ...] = ()


def require_complete(problem: Problem, solution: Solution) -> None:
    """Raises ValueError unless each job is in the answer once, and on its van where it has one."""
    on_vans = [job for order in solution.orders for job in order]
    if sorted([*on_vans, *solution.left]) != list(range(len(problem.jobs))):
        msg = "An answer has each job once."
        raise ValueError(msg)
    if len(solution.orders) != len(problem.vans):
        msg = "An answer has an order for each van."
        raise ValueError(msg)
    for van, order in enumerate(solution.orders):
        if any(problem.jobs[job].van not in {None, van} for job in order):
            msg = "A job stays on its van."
            raise ValueError(msg)
