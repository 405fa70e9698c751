"""From departures and what was told to arrivals that can be judged."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.eta.accuracy import Horizon, PublishedEta, judge
from chalicelib.domain.ids import DriverId, RouteId, StopId
from chalicelib.domain.learning.arrivals import Reached, reached
from chalicelib.domain.learning.published import PublishedEtas
from tests.support.builders import NOON, make_eta, make_range, make_route, make_stop, minutes
from tests.support.strategies import departures, etas, instants, routes_of

STOPS = 3
FRESH_FOR = minutes(3)
FIRST, SECOND, THIRD = (StopId(f"stp_{i}") for i in range(STOPS))


def departure(stop_index: int | None, left_min: float, **changes: Any) -> Departure:
    """A departure that many minutes after noon; the van had come two minutes before."""
    left_at = NOON + minutes(left_min)
    default: dict[str, Any] = {
        "route_id": RouteId("rte_1"),
        "driver_id": DriverId("drv_1"),
        "stop_number": stop_index,
        "left_at": left_at,
        "told_at": left_at,
        "expires_at": NOON + timedelta(days=60),
        "arrived_at": None if stop_index is None else left_at - minutes(2),
    }
    return Departure(**default | changes)


HUB = departure(None, 0)


def of(*found: Departure, told: tuple[PublishedEtas, ...] = ()) -> Reached:
    return reached(make_route(STOPS), found, told)


def test_a_stop_was_next_since_the_one_before_it_was_left() -> None:
    found = of(HUB, departure(1, 10), departure(0, 30))

    assert list(found.arrivals) == [SECOND, FIRST]
    assert [each.arrived_at for each in found.arrivals.values()] == [
        NOON + minutes(8),
        NOON + minutes(28),
    ]
    assert [each.next_since for each in found.arrivals.values()] == [NOON, NOON + minutes(10)]
    assert {each.started_at for each in found.arrivals.values()} == {NOON}


def test_a_stop_reached_before_the_last_one_was_left_was_never_next() -> None:
    both_at_once = departure(1, 30.5, arrived_at=NOON + minutes(28))

    found = of(HUB, departure(0, 30), both_at_once)

    assert found.arrivals[SECOND].next_since is None


def test_a_stop_with_unknown_arrival_is_counted_and_not_judged() -> None:
    found = of(HUB, departure(0, 10, arrived_at=None), departure(1, 20))

    assert list(found.arrivals) == [SECOND]
    assert found.unknown == (FIRST,)
    assert found.arrivals[SECOND].next_since == NOON + minutes(10)


def test_without_a_start_nothing_is_known() -> None:
    assert of(departure(0, 10), departure(1, 20)) == Reached({}, (FIRST, SECOND))
    assert of() == Reached({})


def test_a_stop_that_the_plan_no_longer_has_is_judged_nowhere() -> None:
    gone = departure(STOPS, 10, arrived_at=None)

    found = of(HUB, gone, departure(0, 20), departure(STOPS + 7, 30))

    assert list(found.arrivals) == [FIRST]
    assert found.unknown == ()
    assert found.arrivals[FIRST].next_since == NOON + minutes(10)
    assert of(gone) == Reached({})


def test_the_first_visit_counts_when_the_van_comes_back() -> None:
    found = of(HUB, departure(0, 10), departure(1, 20), departure(0, 30))

    assert found.arrivals[FIRST].arrived_at == NOON + minutes(8)
    assert len(found.arrivals) == 2


def judged_min(left_min: float) -> float:
    """The minute after noon by which a visit at a window from 12:30 is judged."""
    stop = make_stop(0, window=make_range(NOON + minutes(30)))
    found = reached(make_route([stop]), (HUB, departure(0, left_min)), ())
    return (found.arrivals[FIRST].arrived_at - NOON) / minutes(1)


def test_an_early_driver_is_judged_by_the_window() -> None:
    assert judged_min(40) == 38  # came in time
    assert judged_min(31) == 30  # came at 12:29 and waited
    assert judged_min(20) == 20  # came at 12:18 and did not wait


def test_etas_of_batches_and_departures_count_since_they_could_be_read() -> None:
    early, late, offline = (make_eta(NOON + minutes(point)) for point in (50, 60, 70))
    hub = departure(None, 0, etas=(None, early, None))
    left = departure(0, 10, etas=(None, offline, None), told_at=NOON + minutes(45))
    batch = PublishedEtas(NOON + minutes(30), {0: early, 1: late}, as_of=NOON + minutes(29))

    found = of(hub, left, departure(1, 62), told=(batch,))

    assert sorted(found.arrivals[SECOND].published, key=lambda each: each.at) == [
        PublishedEta(NOON, early, as_of=NOON),
        PublishedEta(NOON + minutes(30), late, as_of=NOON + minutes(29)),
        PublishedEta(NOON + minutes(45), offline, as_of=NOON + minutes(10)),
    ]
    judged = judge(found.arrivals[SECOND], fresh_for=FRESH_FOR)
    errors = {horizon: miss.error_s / 60 for horizon, miss in judged.items()}
    assert errors == {
        Horizon.AT_START: -10,
        Horizon.MINUTES_60: -10,
        Horizon.MINUTES_30: 0,
        Horizon.MINUTES_10: 10,
        Horizon.NEXT_STOP: -10,
    }


def test_etas_of_a_departure_are_as_old_as_the_fix_behind_them() -> None:
    eta = make_eta(NOON + minutes(70))
    late = departure(
        0, 10, etas=(None, eta, None), told_at=NOON + minutes(58), news_at=NOON + minutes(57)
    )

    judged = judge(of(HUB, late, departure(1, 72)).arrivals[SECOND], fresh_for=FRESH_FOR)

    assert judged[Horizon.MINUTES_10].width_s == (eta.latest - eta.earliest).total_seconds()


def told() -> st.SearchStrategy[PublishedEtas]:
    by_stop = st.dictionaries(st.integers(0, STOPS - 1), etas(), max_size=STOPS)
    return st.builds(PublishedEtas, instants(), by_stop, instants())


def drives() -> st.SearchStrategy[list[Departure]]:
    """Any departures in their order, those of a real drive or not."""
    index = st.none() | st.integers(0, STOPS - 1)
    some = departures(stop_number=index, etas=st.tuples(*[st.none() | etas()] * STOPS))
    return st.lists(some, max_size=6).map(lambda all_: sorted(all_, key=lambda each: each.key))


@given(routes_of(STOPS), drives(), st.lists(told(), max_size=5))
def test_every_stop_that_was_left_is_judged_or_unknown_once(
    route: Any, left: list[Departure], batches: list[PublishedEtas]
) -> None:
    found = reached(route, left, batches)

    stop_ids = {route.stops[each.stop_number].id for each in left if each.stop_number is not None}
    assert {*found.arrivals, *found.unknown} == stop_ids
    assert len(found.arrivals) + len(found.unknown) == len(stop_ids)
    for arrival in found.arrivals.values():
        assert arrival.next_since is None or arrival.next_since <= arrival.arrived_at


@given(routes_of(STOPS), drives(), st.lists(told(), max_size=5), instants())
def test_later_etas_do_not_change_earlier_judgements(
    route: Any, left: list[Departure], batches: list[PublishedEtas], at: datetime
) -> None:
    known = reached(route, left, [each for each in batches if each.at <= at])
    all_told = reached(route, left, batches)

    for stop_id, arrival in all_told.arrivals.items():
        moments = dict(arrival.moments())
        later = judge(arrival, fresh_for=FRESH_FOR)
        for horizon, miss in judge(known.arrivals[stop_id], fresh_for=FRESH_FOR).items():
            if moments[horizon] <= at:
                assert later[horizon] == miss
