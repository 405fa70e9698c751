"""What departures teach: only what is over, each thing once, and nothing that was the window's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.forecasts import leg_to, visit
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.lessons import (
    LegLesson,
    Lesson,
    ParkingLesson,
    RangeLesson,
    VisitLesson,
)
from chalicelib.domain.eta.learned.pages import pages_of
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.ids import DriverId
from chalicelib.domain.learning.learning import JUDGED_AHEAD, DepartureLessons, lessons_by_departure
from chalicelib.domain.routes.routes import Break, Route, Stint
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_eta,
    make_range,
    make_route,
    make_stop,
    minutes,
    north_of,
    seconds,
)
from tests.support.strategies import departures as any_departures
from tests.support.strategies import routes as any_routes

ROUTE = make_route(4)


WRITTEN = st.lists(any_departures(stop_number=st.none() | st.integers(0, 6)), max_size=5)
"""Of stops that a route of five has, and of some that it has not."""


def leaving(stop_index: int | None, minute: float, **changes: Any) -> Departure:
    """A departure so many minutes after noon; a stop was reached two minutes before."""
    default: dict[str, Any] = {
        "route_id": ROUTE.id,
        "driver_id": ROUTE.driver_id,
        "stop_number": stop_index,
        "left_at": NOON + minutes(minute),
        "told_at": NOON + minutes(minute),
        "expires_at": NOON,
        "arrived_at": None if stop_index is None else NOON + minutes(minute - 2),
        "etas": tuple(
            make_eta(NOON + minutes(10 * (i + 1))) if stop_index is None or i > stop_index else None
            for i in range(4)
        ),
    }
    return Departure(**default | changes)


HUB, FIRST, SECOND = leaving(None, 0), leaving(0, 10), leaving(1, 22)


def lessons(departures: Sequence[Departure], route: Route = ROUTE) -> list[list[Lesson]]:
    return [list(each.lessons) for each in lessons_by_departure(route, departures, after=None)]


def test_the_hub_alone_teaches_nothing() -> None:
    (each,) = lessons_by_departure(ROUTE, [HUB], after=None)

    assert each.lessons == ()
    assert each.mark.through == HUB.key


def test_a_stop_teaches_its_leg_its_visit_and_its_etas() -> None:
    stop = ROUTE.stops[0]

    _, found = lessons([HUB, FIRST])

    assert found == [
        LegLesson(leg_to(stop, ROUTE.hub_coordinates, ROUTE), HUB.left_at, FIRST.arrived_at),  # type: ignore[arg-type]
        RangeLesson(make_eta(NOON + minutes(10)), 1, HUB.left_at, FIRST.arrived_at),  # type: ignore[arg-type]
        VisitLesson(visit(stop, ROUTE), FIRST.arrived_at, FIRST.left_at),  # type: ignore[arg-type]
    ]


def test_the_second_stop_teaches_by_the_etas_from_the_hub_and_the_first_stop() -> None:
    *_, found = lessons([HUB, FIRST, SECOND])

    ranges = [lesson for lesson in found if isinstance(lesson, RangeLesson)]
    assert [(lesson.stops_ahead, lesson.told_at) for lesson in ranges] == [
        (2, HUB.left_at),
        (1, FIRST.left_at),
    ]


def test_a_leg_begins_where_the_van_really_came_from() -> None:
    *_, found = lessons([HUB, leaving(2, 10), leaving(0, 30)])

    (leg,) = [lesson for lesson in found if isinstance(lesson, LegLesson)]
    assert leg.leg.origin == ROUTE.stops[2].coordinates


@pytest.mark.parametrize("gone", [4, 1_000])
def test_from_a_stop_that_the_plan_no_longer_has_no_leg_is_taught(gone: int) -> None:
    *_, found = lessons([HUB, leaving(gone, 10), leaving(0, 30)])

    assert [type(lesson) for lesson in found] == [RangeLesson, VisitLesson]


ELSEWHERE = {
    "nobody knows that it came": {"arrived_at": None},
    "it stood elsewhere": {"stood_at": north_of(ROUTE.stops[0].coordinates, 1_100.0)},
}


@pytest.mark.parametrize("changes", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_stop_that_was_given_up_from_afar_teaches_no_leg(changes: dict[str, Any]) -> None:
    _, given_up, found = lessons([HUB, replace(FIRST, **changes), SECOND])

    assert given_up == []
    assert [type(lesson) for lesson in found] == [RangeLesson, RangeLesson, VisitLesson]


def test_an_address_with_a_geocoding_error_is_still_learnt() -> None:
    stood_at = north_of(ROUTE.stops[0].coordinates, 900.0)

    *_, found = lessons([HUB, replace(FIRST, stood_at=stood_at)])

    assert [type(lesson) for lesson in found] == [
        LegLesson,
        RangeLesson,
        VisitLesson,
        ParkingLesson,
    ]


def test_a_leg_that_no_van_can_have_driven_is_not_taught() -> None:
    far = make_route([make_stop(i, coordinates=north_of(HELSINKI, 9_000.0 * i)) for i in range(4)])

    def legs(took_s: float) -> int:
        arrived_at = FIRST.left_at + seconds(took_s)
        *_, found = lessons([HUB, FIRST, leaving(1, 22, arrived_at=arrived_at)], far)
        return sum(isinstance(lesson, LegLesson) for lesson in found)

    assert [legs(0.0), legs(120.0), legs(140.0)] == [0, 0, 1]


def test_a_planned_leg_is_taught_with_the_seconds_of_its_road_and_no_other() -> None:
    stops = [replace(stop, road_s=100.0 * (i + 1)) for i, stop in enumerate(ROUTE.stops)]
    driven = [HUB, FIRST, leaving(2, 22), leaving(3, 34)]

    found = [lesson for some in lessons(driven, make_route(stops)) for lesson in some]

    legs = [lesson.leg.base_s for lesson in found if isinstance(lesson, LegLesson)]
    assert legs == [100.0, None, 400.0]


def test_only_what_comes_after_the_mark_is_new() -> None:
    def new(after: Departure | None) -> list[DepartureLessons]:
        mark = None if after is None else after.key
        return list(lessons_by_departure(ROUTE, [HUB, FIRST, SECOND], after=mark))

    assert new(SECOND) == []
    assert new(FIRST) == new(None)[2:]
    assert new(HUB) == new(None)[1:]


def test_an_unknown_arrival_teaches_nothing() -> None:
    assert lessons([HUB, leaving(0, 10, arrived_at=None)]) == [[], []]


def test_reports_out_of_order_teach_no_negative_leg() -> None:
    *_, found = lessons([HUB, FIRST, leaving(1, 11)])  # reached before the first was left

    assert [type(lesson) for lesson in found] == [RangeLesson, VisitLesson]


def test_a_visit_without_duration_teaches_no_service_time() -> None:
    _, found = lessons([HUB, replace(FIRST, arrived_at=FIRST.left_at)])

    assert [type(lesson) for lesson in found] == [LegLesson, RangeLesson]


def test_an_eta_told_after_the_arrival_teaches_nothing() -> None:
    brought_late = replace(FIRST, told_at=NOON + minutes(45))  # with ETAs of 45 minutes past noon

    *_, found = lessons([HUB, brought_late, SECOND])

    assert [lesson.told_at for lesson in found if isinstance(lesson, RangeLesson)] == [HUB.told_at]


def test_an_early_driver_waits_and_that_is_neither_service_nor_a_wrong_eta() -> None:
    opens = make_range(NOON + minutes(15))
    route = make_route([make_stop(0, window=opens), *ROUTE.stops[1:]])
    told = (make_eta(opens.earliest), *HUB.etas[1:])
    waiting = leaving(0, 20, arrived_at=NOON + minutes(5))

    *_, found = lessons([replace(HUB, etas=told), waiting], route)

    leg, service = found
    assert isinstance(leg, LegLesson)
    assert leg.arrived_at == NOON + minutes(5)
    assert service == VisitLesson(visit(route.stops[0], route), opens.earliest, waiting.left_at)


def test_a_driver_who_left_before_the_window_opened_teaches_no_service_time() -> None:
    route = make_route([make_stop(0, window=make_range(NOON + minutes(15)))])

    *_, found = lessons([HUB, FIRST], route)

    assert not any(isinstance(lesson, VisitLesson) for lesson in found)


@pytest.mark.parametrize(
    ("duration_s", "each"),
    [
        (300, [RangeLesson, VisitLesson]),  # in the eight minutes of the leg
        (120, [RangeLesson]),  # as well in the two of the visit
        (600, [LegLesson, RangeLesson, VisitLesson]),  # in neither
    ],
)
def test_a_time_that_may_hold_a_break_teaches_nothing(duration_s: int, each: list[type]) -> None:
    rest = Break(NOON - minutes(60), NOON + minutes(60), duration_s)

    *_, found = lessons([HUB, FIRST], replace(ROUTE, breaks=(rest,)))

    assert [type(lesson) for lesson in found] == each


def test_a_break_at_another_time_does_not_prevent_learning() -> None:
    rest = Break(NOON + minutes(11), NOON + minutes(60), 300)

    *_, found = lessons([HUB, FIRST], replace(ROUTE, breaks=(rest,)))

    assert [type(lesson) for lesson in found] == [LegLesson, RangeLesson, VisitLesson]


def test_after_a_hand_over_each_driver_teaches_alone_and_the_leg_with_it_nothing() -> None:
    later = DriverId("drv_later")
    stint = Stint(ROUTE.driver_id, NOON + minutes(15))
    second = replace(SECOND, driver_id=later)
    third = replace(leaving(2, 34), driver_id=later)

    *_, by_first, over, by_later = lessons(
        [HUB, FIRST, second, third], replace(ROUTE, driver_id=later, stints=(stint,))
    )

    drivers = [each.leg.driver for each in (*by_first, *by_later) if isinstance(each, LegLesson)]
    assert drivers == [ROUTE.driver_id, later]
    assert not any(isinstance(lesson, LegLesson) for lesson in over)
    assert any(isinstance(lesson, VisitLesson) for lesson in over)


def test_the_place_where_the_van_stood_is_learnt_for_the_door() -> None:
    stood_at = north_of(ROUTE.stops[0].coordinates, 20.0)

    *_, found = lessons([HUB, replace(FIRST, stood_at=stood_at)])

    assert found[-1] == ParkingLesson(ROUTE.stops[0].coordinates, stood_at, FIRST.left_at)


@given(any_routes(max_stops=5), WRITTEN)
def test_nothing_is_learnt_before_it_happened(route: Route, written: list[Departure]) -> None:
    departures = sorted(written, key=lambda each: each.key)
    model = LearnedModel(State())

    for each, departure in zip(
        lessons_by_departure(route, departures, after=None), departures, strict=True
    ):
        assert each.mark.through == departure.key
        for lesson in each.lessons:
            arrived_at = departure.arrived_at
            assert arrived_at is not None
            assert lesson.over_at <= max(departure.left_at, arrived_at)
            if isinstance(lesson, RangeLesson):
                assert lesson.told_at <= lesson.arrived_at
                assert lesson.stops_ahead in JUDGED_AHEAD
            lesson.teach(model)


@given(any_routes(max_stops=5), WRITTEN)
def test_a_lesson_touches_only_its_pages_and_asking_finds_them(
    route: Route, written: list[Departure]
) -> None:
    departures = sorted(written, key=lambda each: each.key)
    places = [route.hub_coordinates, *(stop.coordinates for stop in route.stops)]
    drivers = {route.driver_id, *(each.driver_id for each in departures)}
    asked = set(pages_of(places, sorted(drivers)))

    for each in lessons_by_departure(route, departures, after=None):
        for lesson in each.lessons:
            state = State()
            lesson.teach(LearnedModel(state))
            assert state.beliefs.changed <= lesson.pages()
            assert lesson.pages() <= each.pages() <= asked
