"""Forecasts out of pages: read once a quarter of an hour, and never the reason of a fault."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chalicelib.domain.driving.forecasts import leg_to, stop_times
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.pages import CHECKSUM, HEAD, VERSION, pack_page, pages_of
from chalicelib.domain.eta.learned.places import AREA_KM, MODEL_PAGE
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.ids import DriverId
from chalicelib.domain.journal.changes import StoredPage
from chalicelib.domain.routes.routes import Route
from chalicelib.services.learning.forecasts import KEPT_QUARTERS, PAGES_A_READ, LearntForecasts
from tests.support.builders import HELSINKI, NOON, make_route, make_stop, minutes, north_of
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.travel import InMemoryTravelPages

ROUTE = make_route(4)


@dataclass
class Watched(InMemoryTravelPages):
    """Notes what is read, and is away at times."""

    asked: list[list[int]] = field(default_factory=list)
    is_away: bool = False

    def read(self, pages: Sequence[int]) -> dict[int, StoredPage]:
        self.asked.append(list(pages))
        if self.is_away:
            raise Unavailable
        return super().read(pages)

    def know(self, state: State, pages: Sequence[int]) -> None:
        """Store these pages as they are known."""
        for page in pages:
            version = self.pages[page].version if page in self.pages else 0
            self.pages[page] = StoredPage(pack_page(state, page, NOON.timestamp()), version + 1)


@pytest.fixture
def travel() -> Watched:
    return Watched()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def taught(route: Route = ROUTE, *, took: timedelta = timedelta(minutes=1)) -> State:
    """Every leg of the route took so long, twenty times."""
    state = State()
    model = LearnedModel(state)
    for _ in range(20):
        for before, stop in zip(route.stops, route.stops[1:], strict=False):
            leg = leg_to(stop, before.coordinates, route)
            model.learn_leg(leg, departed_at=NOON - took, arrived_at=NOON)
    return state


def all_pages(route: Route = ROUTE) -> tuple[int, ...]:
    places = [route.hub_coordinates, *(stop.coordinates for stop in route.stops)]
    return pages_of(places, [route.driver_id])


def second_leg_s(forecasts: LearntForecasts, clock: ManualClock, route: Route = ROUTE) -> float:
    return forecasts.stop_times(route, clock.now())[1].travel.mean_s


def test_without_any_page_the_factory_prior_answers(travel: Watched, clock: ManualClock) -> None:
    found = LearntForecasts(travel, clock).stop_times(ROUTE, NOON)

    for ours, prior in zip(found, stop_times(ROUTE, FactoryPrior(), NOON), strict=True):
        assert ours.travel.mean_s == pytest.approx(prior.travel.mean_s, rel=0.1)


def test_what_has_been_learnt_is_what_is_said(travel: Watched, clock: ManualClock) -> None:
    travel.know(taught(), all_pages())

    assert second_leg_s(LearntForecasts(travel, clock), clock) == pytest.approx(60.0, rel=0.25)


def test_pages_are_read_in_one_go_and_only_once_in_a_quarter(
    travel: Watched, clock: ManualClock
) -> None:
    forecasts = LearntForecasts(travel, clock)

    for _ in range(5):
        forecasts.stop_times(ROUTE, clock.go_on(minutes(2.9)))

    assert [sorted(asked) for asked in travel.asked] == [sorted(all_pages())]


def test_a_second_route_in_town_reads_only_what_is_missing(
    travel: Watched, clock: ManualClock
) -> None:
    forecasts = LearntForecasts(travel, clock)
    forecasts.stop_times(ROUTE, NOON)

    forecasts.stop_times(make_route(5, id="rte_2"), NOON)
    forecasts.stop_times(make_route(4, id="rte_3"), NOON)

    assert len(travel.asked) <= 2
    assert not set(travel.asked[0]) & {page for asked in travel.asked[1:] for page in asked}


def test_what_is_learnt_meanwhile_is_said_in_the_next_quarter(
    travel: Watched, clock: ManualClock
) -> None:
    forecasts = LearntForecasts(travel, clock)
    before_s = second_leg_s(forecasts, clock)
    travel.know(taught(), all_pages())

    assert second_leg_s(forecasts, clock) == before_s
    clock.go_on(minutes(15))
    assert second_leg_s(forecasts, clock) < 0.5 * before_s


def test_a_plan_for_tomorrow_does_not_age_what_is_known_now(
    travel: Watched, clock: ManualClock
) -> None:
    forecasts = LearntForecasts(travel, clock)
    forecasts.stop_times(ROUTE, NOON)

    forecasts.stop_times(ROUTE, NOON + timedelta(days=1))
    forecasts.stop_times(ROUTE, NOON)

    assert len(travel.asked) == 1


def test_a_read_that_fails_costs_nothing_but_what_is_new(
    travel: Watched, clock: ManualClock
) -> None:
    travel.know(taught(), all_pages())
    forecasts = LearntForecasts(travel, clock)
    known_s = second_leg_s(forecasts, clock)
    travel.know(taught(took=timedelta(minutes=9)), all_pages())

    clock.go_on(minutes(15))
    travel.is_away = True
    assert second_leg_s(forecasts, clock) == pytest.approx(known_s, rel=0.05)
    travel.is_away = False
    assert second_leg_s(forecasts, clock) > 3 * known_s


def test_a_wide_route_reads_a_hundred_pages_a_request_until_all_are_there(
    travel: Watched, clock: ManualClock
) -> None:
    apart_m = 1_000.0 * AREA_KM
    route = make_route(
        [make_stop(i, coordinates=north_of(HELSINKI, apart_m * i)) for i in range(40)]
    )
    travel.know(taught(route, took=timedelta(minutes=2)), all_pages(route))
    forecasts = LearntForecasts(travel, clock)

    last_s = [forecasts.stop_times(route, NOON)[-1].travel.mean_s for _ in range(6)]

    assert [len(asked) for asked in travel.asked[:2]] == [PAGES_A_READ, PAGES_A_READ]
    assert sum(map(len, travel.asked)) == len(all_pages(route))
    assert last_s[-1] < last_s[0]
    assert last_s[-1] == last_s[-2]


def test_a_broken_page_is_as_good_as_none(
    travel: Watched, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    travel.know(taught(), all_pages())
    page = MODEL_PAGE
    travel.pages[page] = replace(travel.pages[page], packed=travel.pages[page].packed[:-1])

    with caplog.at_level("ERROR"):
        seconds = second_leg_s(LearntForecasts(travel, clock), clock)

    assert seconds > 0
    assert "travel page refused" in caplog.text


def test_a_page_of_newer_code_is_as_good_as_none(
    travel: Watched, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    prior_s = second_leg_s(LearntForecasts(Watched(), clock), clock)
    travel.know(taught(), all_pages())
    for page in list(travel.pages):
        head, body = HEAD.pack(VERSION + 1, page, 0, 0), b"what nobody knows yet"
        packed = head + CHECKSUM.pack(zlib.crc32(body, zlib.crc32(head))) + body
        travel.pages[page] = StoredPage(packed, 7)

    with caplog.at_level("WARNING"):
        assert second_leg_s(LearntForecasts(travel, clock), clock) == prior_s

    assert "travel page of newer code" in caplog.messages
    assert "travel page refused" not in caplog.messages


def test_what_no_route_has_asked_for_is_forgotten(travel: Watched, clock: ManualClock) -> None:
    travel.know(taught(), all_pages())
    forecasts = LearntForecasts(travel, clock)
    forecasts.stop_times(ROUTE, NOON)
    assert forecasts.model.state.beliefs.known

    elsewhere = make_route([make_stop(coordinates=north_of(HELSINKI, 500_000.0))], id="rte_9")
    far = replace(
        elsewhere, hub_coordinates=elsewhere.stops[0].coordinates, driver_id=DriverId("drv_9")
    )
    clock.go_on(minutes(15 * KEPT_QUARTERS))
    forecasts.stop_times(far, clock.now())

    kept = {key >> 20 for key in forecasts.model.state.beliefs.known}
    assert kept <= set(all_pages(far))


def test_a_table_that_was_emptied_is_forgotten_with_the_next_quarter(
    travel: Watched, clock: ManualClock
) -> None:
    never_taught_s = second_leg_s(LearntForecasts(Watched(), clock), clock)
    travel.know(taught(), all_pages())
    forecasts = LearntForecasts(travel, clock)
    assert second_leg_s(forecasts, clock) < 0.5 * never_taught_s

    travel.pages.clear()
    clock.go_on(minutes(15))

    assert second_leg_s(forecasts, clock) == pytest.approx(never_taught_s, rel=0.1)
    assert not forecasts.model.state.beliefs.known
