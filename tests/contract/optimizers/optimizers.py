"""The optimizers as a contract test makes them, at whatever address answers for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.adapters.aws import forget_clients
from chalicelib.adapters.optimizers.amazon_location import AmazonLocation
from chalicelib.adapters.optimizers.built_in import BuiltIn
from chalicelib.adapters.optimizers.vroom import Vroom
from chalicelib.adapters.road_networks.servers import RoutingServer
from chalicelib.domain.eta.chain import BreakAhead
from chalicelib.domain.geography import distance_m
from chalicelib.domain.planning.problems import Job, Problem, VanDay
from chalicelib.services.ports.planning import RouteOptimizer
from local.environment import changed
from tests.support.builders import HELSINKI, north_of
from tests.support.fakes.optimizers import InMemoryOptimizer
from tests.support.optimizers import tell_amazon, tell_vroom
from tests.support.roads import Tell

START_S: Final = 1_795_420_800.0
HOUR_S: Final = 3_600.0


def street(*numbers: float, vans: int = 1, **jobs: Any) -> Problem:
    """Jobs at these kilometres of a straight street north of the hub: a kilometre is 100 s.

    `jobs` are fields of all of them, `vans` are as many with nothing on them.
    """
    places = (HELSINKI, *(north_of(HELSINKI, 1_000.0 * number) for number in numbers))
    travel_s = [[distance_m(a, b) / 10.0 for b in places] for a in places]
    all_jobs = tuple(Job(60.0, **jobs) for _ in numbers)
    order = tuple(range(len(numbers))) if jobs.get("van") == 0 else ()
    days = [VanDay(START_S, order=order if van == 0 else ()) for van in range(vans)]
    return Problem(places, all_jobs, tuple(days), travel_s)


def with_windows(problem: Problem, *windows: tuple[float, float] | None) -> Problem:
    """The same jobs with these windows in seconds after the start."""
    jobs = tuple(
        job
        if window is None
        else job._replace(opens_s=START_S + window[0], closes_s=START_S + window[1])
        for job, window in zip(problem.jobs, windows, strict=True)
    )
    return Problem(problem.places, jobs, problem.vans, problem.travel_s)


def with_day(problem: Problem, **changes: Any) -> Problem:
    """The same jobs for one van with other hours."""
    day = VanDay(**{"starts_s": START_S, "order": problem.vans[0].order, **changes})
    return Problem(problem.places, problem.jobs, (day,), problem.travel_s)


REST: Final = BreakAhead(START_S + 200.0, START_S + 900.0, 300.0)

QUESTIONS: Final = {
    "one van": street(3, 1, 2, van=0),
    "two vans": street(1, 2, 3, 4, vans=2),
    "windows": with_windows(street(1, 2, 3), (2_000.0, 3_000.0), None, (0.0, 500.0)),
    "a window that nobody can keep": with_windows(street(1, 5, van=0), None, (0.0, 60.0)),
    "a break and the end of a shift": with_day(
        street(1, 2, 3), ends_s=START_S + 1_200.0, breaks=(REST,)
    ),
}
"""What was asked for the recorded answers, by name."""


@dataclass(frozen=True)
class Kind:
    """How to make an optimizer for an address, and how a server of a test speaks for it."""

    name: str
    at: Callable[[str, float], RouteOptimizer]
    tell: Callable[..., Tell] | None = None

    @contextmanager
    def open(self, url: str = "", deadline_s: float = 5.0) -> Iterator[RouteOptimizer]:
        with changed({"AWS_ENDPOINT_URL_GEO_ROUTES": url or "http://127.0.0.1:9"}):
            forget_clients()
            yield self.at(url, deadline_s)
        forget_clients()


BUILT_IN: Final = Kind("built_in", lambda *_: BuiltIn())
IN_MEMORY: Final = Kind("in_memory", lambda *_: InMemoryOptimizer())
VROOM: Final = Kind(
    "vroom",
    lambda url, deadline_s: Vroom(RoutingServer(url), deadline_s=deadline_s),
    tell_vroom,
)
AMAZON: Final = Kind(
    "amazon_location", lambda _, deadline_s: AmazonLocation(deadline_s=deadline_s), tell_amazon
)
KINDS: Final = (BUILT_IN, IN_MEMORY, VROOM, AMAZON)
