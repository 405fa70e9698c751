"""A van's day adds up, and its arrivals are those of an ETA."""

from datetime import timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.eta.chain import BreakAhead, StopTimes, chain
from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.planning.suggestions import Totals, in_stops, total
from chalicelib.domain.planning.timings import Visited, timing
from chalicelib.domain.routes.new_stops import StopShare
from chalicelib.domain.routes.routes import Consignment
from tests.support.builders import HELSINKI, NOON, make_range, minutes, north_of

START_S = NOON.timestamp()
durations = st.builds(Duration, st.floats(3.0, 7.5), st.floats(0.0, 0.5))


@st.composite
def stops(draw: st.DrawFn) -> list[StopTimes]:
    found = []
    for _ in range(draw(st.integers(1, 6))):
        window = None
        if draw(st.booleans()):
            opens = NOON + minutes(draw(st.integers(-60, 300)))
            window = Range(opens, opens + minutes(draw(st.integers(5, 120))))
        found.append(StopTimes(draw(durations), draw(durations), window))
    return found


@given(route=stops(), rests=st.integers(0, 1))
def test_the_last_stop_is_reached_when_an_eta_says(route: list[StopTimes], rests: int) -> None:
    breaks = [BreakAhead(START_S + 1_200, START_S + 3_000, 900)] if rests else []
    etas = chain(route, departs_at=NOON, model=FactoryPrior(), breaks_ahead=breaks)

    visited = [
        Visited(
            each.travel.mean_s,
            each.dwell.mean_s,
            -inf if each.window is None else each.window.earliest.timestamp(),
            inf if each.window is None else each.window.latest.timestamp(),
        )
        for each in route
    ]
    day = timing(visited, starts_s=START_S, back_s=100.0, ends_s=inf, breaks=breaks)

    parts_s = day.driving_s + day.service_s + day.waiting_s + day.break_s
    assert day.finish_s - START_S == pytest.approx(parts_s)
    back_s = 100.0 + route[-1].dwell.mean_s
    rest_s = 900.0 if rests else 0.0
    reached_s = day.finish_s - back_s - etas[-1].point.timestamp()
    assert -90.0 <= reached_s <= rest_s + 1.0  # points are rounded up, a break may come last


def test_a_shift_that_ends_before_the_van_is_back_is_late() -> None:
    stop = Visited(600.0, 60.0, -inf, START_S + 500.0)

    day = timing([stop], starts_s=START_S, back_s=600.0, ends_s=START_S + 1_000.0)

    assert day.late == (0,)
    assert day.late_s == pytest.approx(100.0 + 260.0)


def test_a_van_without_stops_stays_at_the_hub() -> None:
    day = timing([], starts_s=START_S, back_s=600.0, ends_s=START_S + 1.0)

    assert (day.finish_s, day.late_s, day.driving_s) == (START_S, 0.0, 0.0)


def test_totals_add_up() -> None:
    one, other = Totals(stops=1, duration_s=60.0), Totals(stops=2, duration_s=30.0, late_s=5.0)

    assert total([one, other]) == Totals(stops=3, duration_s=90.0, late_s=5.0)


def share(number: int, window: Range | None = None, way_m: float = 0.0) -> StopShare:
    consignment = Consignment(ShipmentId(f"shp_{number}"), ("1",))
    return StopShare(consignment, north_of(HELSINKI, way_m), "Europe/Helsinki", window, None)


def test_shipments_of_one_door_with_a_time_in_common_are_one_stop() -> None:
    early, late = make_range(NOON), make_range(NOON + timedelta(hours=3))
    shares = [share(1), share(2, early), share(3, late), share(4, way_m=30.0), share(5, late)]

    found = [[each.consignment.shipment_id for each in group] for group in in_stops(shares)]

    assert found == [["shp_1", "shp_2"], ["shp_3", "shp_5"], ["shp_4"]]


def test_a_stop_has_no_more_shipments_than_a_plan_allows() -> None:
    groups = in_stops([share(number) for number in range(85)])

    assert [len(group) for group in groups] == [40, 40, 5]
