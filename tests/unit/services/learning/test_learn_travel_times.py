"""Learning from departures: once, whoever comes twice, and never from a page that is broken."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.forecasts import leg_to
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.pages import CHECKSUM, HEAD, VERSION, read_page
from chalicelib.domain.eta.learned.places import MODEL_PAGE
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.journal.changes import Change, DepartureAdded, RouteChange, StoredPage
from chalicelib.domain.routes.routes import Route
from chalicelib.services.learning.learn_travel_times import (
    ITEMS_AT_ONCE,
    TIME_S,
    TRIES,
    LearnTravelTimes,
)
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_eta,
    make_route,
    make_stop,
    minutes,
    north_of,
)
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.pauses import NotedPauses
from tests.support.fakes.routes import InMemoryRoutes
from tests.support.fakes.travel import InMemoryTravelPages
from tests.support.virtual_time import VirtualTime

LEG_TOOK = timedelta(minutes=3)
STOP_TOOK = timedelta(minutes=2)


@dataclass
class School:
    """Routes that are driven, and who learns from them."""

    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)
    travel: InMemoryTravelPages = field(default_factory=InMemoryTravelPages)
    pauses: Any = field(default_factory=NotedPauses)
    journal_of: Callable[..., InMemoryJournal] = InMemoryJournal

    def __post_init__(self) -> None:
        self.journal = self.journal_of(routes=self.routes, travel=self.travel)

    @property
    def learn(self) -> LearnTravelTimes:
        """Another container each time."""
        clock = ManualClock(NOON + timedelta(days=1))
        return LearnTravelTimes(self.routes, self.travel, self.journal, clock, self.pauses)

    def drive(self, number: int = 1, stops: int = 6, *, apart_m: float = 900.0) -> RouteId:
        """A whole route: three minutes a leg, two a stop."""
        route = make_route(
            [make_stop(i, coordinates=north_of(HELSINKI, apart_m * (i + 1))) for i in range(stops)],
            id=RouteId(f"rte_{number}"),
            driver_id=DriverId(f"drv_{number}"),
        )
        self.journal.commit(RouteChange(route, None))
        at = NOON + minutes(number)
        self.depart(route, None, at)
        for i in range(stops):
            arrived_at = at + LEG_TOOK
            at = arrived_at + STOP_TOOK
            self.depart(route, i, at, arrived_at=arrived_at)
        return route.id

    def depart(self, route: Route, stop_index: int | None, at: datetime, **more: Any) -> None:
        done = -1 if stop_index is None else stop_index
        etas = tuple(
            make_eta(at + minutes(5 * (i - done))) if i > done else None
            for i in range(len(route.stops))
        )
        departure = Departure(
            route_id=route.id,
            driver_id=route.driver_id,
            stop_number=stop_index,
            left_at=at,
            told_at=at,
            expires_at=at + timedelta(days=60),
            etas=etas,
            **more,
        )
        self.journal.commit(DepartureAdded(departure))

    def known(self) -> LearnedModel:
        """What is stored, read anew."""
        state = State()
        for page, stored in self.travel.pages.items():
            read_page(state, page, stored.packed)
        return LearnedModel(state)

    def leg_s(self, route_id: RouteId) -> float:
        """What is expected of the first leg of a route now."""
        route = self.routes.get(route_id)
        first, second, *_ = route.stops
        return self.known().leg(leg_to(second, first.coordinates, route), NOON).mean_s


@pytest.fixture
def school() -> School:
    return School()


def test_what_was_driven_is_what_is_expected_next_time(school: School) -> None:
    first = school.drive(1)
    prior_s = school.leg_s(first)
    for number in range(2, 5):
        assert school.learn([first, school.drive(number)]) == frozenset()

    assert school.leg_s(first) == pytest.approx(LEG_TOOK.total_seconds(), rel=0.15)
    assert prior_s > 1.7 * LEG_TOOK.total_seconds()


def test_a_repeat_teaches_nothing(school: School) -> None:
    route_id = school.drive()
    school.learn([route_id, route_id])
    once = dict(school.travel.pages)

    for _ in range(3):
        assert school.learn([route_id]) == frozenset()

    assert school.travel.pages == once


def test_departures_are_learnt_as_they_come(school: School) -> None:
    whole, in_parts = School(), school
    whole.learn([whole.drive()])
    route_id = school.drive()
    departures = dict(in_parts.routes.departed.left[route_id])
    for count in range(1, len(departures) + 1):
        in_parts.routes.departed.left[route_id] = dict(list(departures.items())[:count])
        in_parts.learn([route_id])

    # The same but for rounding: a page that is stored more often is rounded more often.
    assert in_parts.leg_s(route_id) == pytest.approx(whole.leg_s(route_id), rel=0.05)
    assert in_parts.travel.marks == whole.travel.marks


@dataclass
class Contended(InMemoryTravelPages):
    """Somebody else learns between reading and writing."""

    rivals: int = 0
    rival: Callable[[], object] = lambda: None

    def open(self, pages: Any) -> Any:
        found = super().open(pages)
        if self.rivals:
            self.rivals -= 1
            self.rival()
        return found


def test_two_learners_at_once_lose_nothing_and_learn_nothing_twice() -> None:
    contended = School(travel=Contended())
    first, second = contended.drive(1), contended.drive(2)
    travel = contended.travel
    assert isinstance(travel, Contended)
    travel.rivals, travel.rival = 1, lambda: contended.learn([second, first])

    assert contended.learn([first, second]) == frozenset()

    alone = School()
    alone.learn([alone.drive(1), alone.drive(2)])
    assert travel.marks == alone.travel.marks
    assert {page: found.packed for page, found in travel.pages.items()} == {
        page: found.packed for page, found in alone.travel.pages.items()
    }


def test_who_is_always_overtaken_comes_again() -> None:
    contended = School(travel=Contended())
    travel = contended.travel
    assert isinstance(travel, Contended)

    def overtake() -> None:
        stored = travel.pages[MODEL_PAGE]
        travel.pages[MODEL_PAGE] = replace(stored, version=stored.version + 1)

    contended.learn([contended.drive(1)])
    second = contended.drive(2)
    travel.rivals, travel.rival = 99, overtake

    assert contended.learn([second]) == {second}
    assert contended.pauses.longest_s == [0.05, 0.1, 0.2, 0.4, 0.8, *[1.0] * (TRIES - 6)]
    travel.rivals = 0
    assert contended.learn([second]) == frozenset()


@dataclass
class Rival(InMemoryTravelPages):
    """One learner's way to the table, which takes its time."""

    time: VirtualTime = field(default_factory=VirtualTime)
    random: Random = field(default_factory=Random)

    def open(self, pages: Any) -> Any:
        found = super().open(pages)
        self.time.spend(self.random.uniform(0.05, 0.3))  # reading on, learning and packing
        return found

    def take(self, longest_s: float) -> None:
        self.time.spend(self.random.uniform(0.0, longest_s))

    def passed_s(self) -> float:
        return self.time.at_s


@dataclass
class SlowJournal(InMemoryJournal):
    """A commit takes its time, too."""

    time: VirtualTime = field(default_factory=VirtualTime)

    def commit(self, *changes: Change) -> None:
        self.time.spend(0.03)
        super().commit(*changes)


@pytest.mark.parametrize("seed", range(5))
def test_four_learners_at_once_all_get_through(school: School, seed: int) -> None:
    time = VirtualTime()
    stored = school.travel
    came_again: set[RouteId] = set()

    def learn_on(rival: int) -> None:
        pages = Rival(stored.pages, stored.marks, time=time, random=Random(10 * seed + rival))
        journal = SlowJournal(travel=pages, time=time)
        learn = LearnTravelTimes(school.routes, pages, journal, time, pages)
        for route_id in route_ids[rival::4]:  # a batch of the stream each, one after the other
            came_again.update(learn([route_id]))

    route_ids = [school.drive(number) for number in range(1, 21)]
    time.run([partial(learn_on, rival) for rival in range(4)])

    assert came_again == set()
    assert set(stored.marks) == set(route_ids)
    assert stored.pages[MODEL_PAGE].version == len(route_ids)
    assert time.at_s < 15.0


def test_no_try_is_begun_when_there_is_no_time_left(school: School) -> None:
    clock = ManualClock(NOON)
    travel = Contended(rivals=99)

    def overtake() -> None:
        school.pauses.at_s += TIME_S / 4
        travel.pages[MODEL_PAGE] = StoredPage(b"", travel.rivals)

    travel.rival = overtake
    journal = replace(school.journal, travel=travel)
    clock.go_on(timedelta(hours=9))  # a clock that runs fast takes no time away
    learn = LearnTravelTimes(school.routes, travel, journal, clock, school.pauses)
    route_ids = [school.drive(number) for number in (1, 2)]

    assert learn(route_ids) == set(route_ids)
    assert 99 - travel.rivals == 4


def test_a_page_that_is_broken_is_set_aside_and_learning_goes_on(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    school.learn([school.drive(1)])
    broken = replace(school.travel.pages[MODEL_PAGE], packed=b"\x01 not what it was")
    school.travel.pages[MODEL_PAGE] = broken

    with caplog.at_level("ERROR"):
        assert school.learn([school.drive(2)]) == frozenset()

    assert school.travel.aside == {MODEL_PAGE: broken}
    assert "travel page refused" in caplog.text
    assert school.known().state.travel.noise.counts != State().travel.noise.counts
    assert school.travel.pages[MODEL_PAGE].version == broken.version + 1


def test_a_route_that_is_gone_holds_up_no_other(school: School) -> None:
    route_id = school.drive()

    assert school.learn([RouteId("rte_gone"), route_id]) == frozenset()
    assert route_id in school.travel.marks


class OneBroken(InMemoryRoutes):
    """One route cannot be read."""

    def departures(self, route_id: RouteId, now: datetime) -> tuple[Departure, ...]:
        if route_id == "rte_2":
            raise Unavailable
        return super().departures(route_id, now)


def test_a_route_that_fails_comes_again_alone() -> None:
    school = School(routes=OneBroken())
    first, second, third = (school.drive(number) for number in (1, 2, 3))

    assert school.learn([first, second, third]) == {second}
    assert set(school.travel.marks) == {first, third}


@dataclass
class Counting(InMemoryJournal):
    """Notes how many items each transaction had."""

    items: list[int] = field(default_factory=list)

    def commit(self, *changes: Change) -> None:
        if not isinstance(changes[0], RouteChange | DepartureAdded):
            self.items.append(len(changes))
        super().commit(*changes)


def test_a_backlog_is_learnt_in_several_transactions() -> None:
    school = School(journal_of=Counting)
    route_ids = [school.drive(number, stops=40, apart_m=2_500.0) for number in (1, 2)]

    assert school.learn(route_ids) == frozenset()

    assert isinstance(school.journal, Counting)
    assert len(school.journal.items) > 1
    assert max(school.journal.items) <= ITEMS_AT_ONCE
    assert set(school.travel.marks) == set(route_ids)


@dataclass
class Watched(InMemoryRoutes):
    """Notes whose departures are read."""

    asked: list[RouteId] = field(default_factory=list)

    def departures(self, route_id: RouteId, now: datetime) -> tuple[Departure, ...]:
        self.asked.append(route_id)
        return super().departures(route_id, now)


def test_a_backlog_is_read_once_however_many_transactions_it_takes() -> None:
    watched = Watched()
    school = School(watched, journal_of=Counting)
    route_ids = [school.drive(number, stops=40, apart_m=2_500.0) for number in (1, 2)]

    school.learn(route_ids)

    assert isinstance(school.journal, Counting)
    assert len(school.journal.items) > 1
    assert watched.asked == route_ids


def of_newer_code(stored: StoredPage) -> StoredPage:
    """The same page, in a format to come."""
    _, page, saved_at_s, keys = HEAD.unpack_from(stored.packed)
    head, body = HEAD.pack(VERSION + 1, page, saved_at_s, keys), b"what nobody knows yet"
    return replace(stored, packed=head + CHECKSUM.pack(zlib.crc32(body, zlib.crc32(head))) + body)


@pytest.mark.parametrize("which", ["model", "keys"])
def test_a_page_of_newer_code_outlives_a_rollback(
    school: School, which: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = school.drive(1)
    school.learn([first])
    page = MODEL_PAGE if which == "model" else max(school.travel.pages)
    school.travel.pages[page] = of_newer_code(school.travel.pages[page])
    before, marks = dict(school.travel.pages), dict(school.travel.marks)
    second = school.drive(2)

    with caplog.at_level("WARNING"):
        assert school.learn([first, second]) == {second}

    assert (school.travel.pages, school.travel.marks) == (before, marks)
    assert school.travel.aside == {}
    assert {"travel page of newer code", "route not learnt"} <= set(caplog.messages)


def test_a_corrupt_page_is_not_set_aside_as_long_as_newer_code_owns_the_curves(
    school: School,
) -> None:
    school.learn([school.drive(1)])
    page = max(school.travel.pages)
    school.travel.pages[MODEL_PAGE] = of_newer_code(school.travel.pages[MODEL_PAGE])
    school.travel.pages[page] = replace(school.travel.pages[page], packed=b"\x01 not what it was")
    second = school.drive(2)

    assert school.learn([second]) == {second}

    assert school.travel.aside == {}
