import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import (
    Forecaster,
    etas_at_start,
    planned_etas,
    quarter,
    remaining_etas,
    stop_times,
)
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.visit_order import visit_order
from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.eta.model import FactoryPrior, Leg
from chalicelib.domain.geography import distance_m
from chalicelib.domain.routes.routes import Route
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    north_of,
    seconds,
)
from tests.support.depth import times
from tests.support.strategies import lives_of, routes, tracks

PRIOR = FactoryPrior()


def ahead(live: Live, head: Fix, route: Route) -> list[object]:
    return list(
        remaining_etas(live, head, stop_times(route, PRIOR, head.recorded_at), route, PRIOR)
    )


def test_a_plan_has_stop_times_for_each_stop_from_the_hub_on() -> None:
    route = make_route(3)

    plan = stop_times(route, PRIOR, NOON)

    assert plan[0].travel == PRIOR.leg(
        Leg(distance_m(route.hub_coordinates, route.stops[0].coordinates)), NOON
    )
    assert plan[2].travel.mean_s == pytest.approx(PRIOR.leg(Leg(1_000.0), NOON).mean_s, rel=1e-3)
    assert [link.window for link in plan] == [None] * 3


@settings(max_examples=times(quick=20, deep=2_000))
@given(routes(max_stops=20))
def test_every_stop_of_any_plan_has_an_eta(route: Route) -> None:
    etas = planned_etas(stop_times(route, PRIOR, route.starts_at), PRIOR, route.starts_at)

    assert len(etas) == len(route.stops)
    for before, after in itertools.pairwise(etas):
        assert before.point < after.point
    for stop, eta in zip(route.stops, etas, strict=True):
        assert eta.earliest <= eta.point <= eta.latest
        if stop.window is not None:
            assert eta.earliest >= stop.window.earliest


def test_identical_places_still_take_time() -> None:
    route = make_route([make_stop(i, coordinates=HELSINKI) for i in range(5)])

    etas = planned_etas(stop_times(route, PRIOR, NOON), PRIOR, NOON)

    gaps_s = [(b.point - a.point).total_seconds() for a, b in itertools.pairwise(etas)]
    assert all(120 < gap_s < 200 for gap_s in gaps_s)


def test_a_thousand_stops_have_a_thousand_etas() -> None:
    etas = planned_etas(stop_times(make_route(1_000), PRIOR, NOON), PRIOR, NOON)

    assert len(etas) == 1_000
    assert etas[-1].point < NOON + timedelta(days=10)


@given(st.sets(st.integers(0, 5)))
def test_a_stop_without_goods_has_no_eta_and_costs_no_service(loaded: set[int]) -> None:
    route = make_route(6)
    plan = stop_times(route, PRIOR, NOON)

    etas = etas_at_start(plan, sorted(loaded), PRIOR, NOON)

    assert {i for i, eta in enumerate(etas) if eta is not None} == loaded
    full = planned_etas(stop_times(route, PRIOR, NOON), PRIOR, NOON)
    for i in loaded:
        eta = etas[i]
        assert eta is not None
        skipped = len(set(range(i)) - loaded)
        saved_s = skipped * plan[0].dwell.mean_s
        assert eta.point == pytest.approx(full[i].point - seconds(saved_s), abs=seconds(2))


def test_a_skipped_stops_window_is_not_waited_for() -> None:
    late = make_range(NOON + timedelta(hours=9))
    route = make_route([make_stop(0, window=late), make_stop(1)])

    etas = etas_at_start(stop_times(route, PRIOR, NOON), [1], PRIOR, NOON)

    assert etas[1] is not None
    assert etas[1].point < NOON + timedelta(hours=1)


def test_on_the_road_the_present_leg_counts_from_where_the_van_is() -> None:
    route, live = make_route(3), make_live(3)
    near = make_fix(coordinates=north_of(HELSINKI, -500.0))
    far = make_fix(coordinates=north_of(HELSINKI, -5_000.0))

    near_etas, far_etas = (
        remaining_etas(live, at, stop_times(route, PRIOR, NOON), route, PRIOR) for at in (near, far)
    )

    shift = PRIOR.leg(Leg(5_000.0), NOON).mean_s - PRIOR.leg(Leg(500.0), NOON).mean_s
    for one, other in zip(near_etas, far_etas, strict=True):
        assert one is not None
        assert other is not None
        assert (other.point - one.point).total_seconds() == pytest.approx(shift, abs=3)


def test_done_stops_have_no_eta() -> None:
    live = make_live(3).with_progress(0, Progress(is_done=True))

    etas = ahead(live, make_fix(), make_route(3))

    assert [eta is None for eta in etas] == [True, False, False]


def test_when_all_is_done_there_is_nothing_to_expect() -> None:
    live = make_live(2, progress=(Progress(is_done=True),) * 2)

    assert ahead(live, make_fix(), make_route(2)) == [None, None]


def test_at_the_door_the_time_left_of_the_service_comes_first() -> None:
    route = make_route(2)
    live = make_live(2, last_stop=0).with_progress(0, Progress(arrived_at=NOON))

    def second_stop(elapsed_s: float) -> float:
        head = make_fix(NOON + seconds(elapsed_s))
        etas = remaining_etas(live, head, stop_times(route, PRIOR, NOON), route, PRIOR)
        assert etas[0] is None
        assert etas[1] is not None
        return (etas[1].point - NOON).total_seconds()

    assert second_stop(60) == pytest.approx(second_stop(0), abs=2)
    assert second_stop(600) > second_stop(60) + 400


def test_a_stop_reached_out_of_order_is_served_first_and_has_no_eta() -> None:
    route = make_route(3)
    plan = stop_times(route, PRIOR, NOON)
    at_the_last = make_fix(NOON, coordinates=route.stops[2].coordinates)
    live = make_live(3, last_stop=2).with_progress(2, Progress(arrived_at=NOON))

    etas = remaining_etas(live, at_the_last, plan, route, PRIOR)

    assert etas[2] is None
    assert etas[1] is not None
    back_s = PRIOR.leg(Leg(1_000.0), NOON).mean_s
    left_s = (etas[1].point - NOON).total_seconds()
    assert left_s == pytest.approx(plan[2].dwell.mean_s + back_s, abs=3)


def test_a_leg_that_skips_stops_is_predicted_by_its_own_length() -> None:
    route = make_route(6)
    live = make_live(6)
    for i in range(1, 5):
        live = live.with_progress(i, Progress(is_done=True))
    plan = stop_times(route, PRIOR, NOON)

    etas = remaining_etas(live, make_fix(), plan, route, PRIOR)

    assert etas[0] is not None
    assert etas[5] is not None
    gap_s = (etas[5].point - etas[0].point).total_seconds()
    five_km_s = PRIOR.leg(Leg(5_000.0), NOON).mean_s
    assert gap_s == pytest.approx(plan[0].dwell.mean_s + five_km_s, abs=3)


@settings(max_examples=times(quick=20, deep=2_000))
@given(routes(), st.data())
def test_in_any_state_the_etas_are_ordered_and_in_the_future(
    route: Route, data: st.DataObject
) -> None:
    live = data.draw(lives_of(len(route.stops)))
    head = data.draw(tracks(max_size=1))[-1]

    etas = remaining_etas(live, head, stop_times(route, PRIOR, head.recorded_at), route, PRIOR)

    assert len(etas) == len(route.stops)
    expected = visit_order(
        live, route, stop_times(route, PRIOR, head.recorded_at), head.recorded_at
    )
    points = [eta.point for i in expected if (eta := etas[i]) is not None]
    assert len(points) == sum(eta is not None for eta in etas)
    assert points == sorted(points)
    ahead_of_it = [i for i in replace(live, etas=etas).remaining() if etas[i] is not None]
    if live.last_stop is not None:
        assert ahead_of_it == expected
    for i, eta in enumerate(etas):
        if live.progress[i].is_done:
            assert eta is None
        if eta is not None:
            assert head.recorded_at - seconds(1) <= eta.earliest <= eta.point <= eta.latest


@given(st.floats(-10_000, 10_000))
def test_a_step_of_the_van_is_no_leap_of_the_eta(way_m: float) -> None:
    """Also around the kinks of the leg model: ten metres are never worth a minute."""
    route, live = make_route(2), make_live(2)

    one, other = (
        remaining_etas(
            live,
            make_fix(coordinates=north_of(HELSINKI, at_m)),
            stop_times(route, PRIOR, NOON),
            route,
            PRIOR,
        )[1]
        for at_m in (way_m, way_m + 10.0)
    )

    assert one is not None
    assert other is not None
    assert abs(one.point - other.point) < minutes(1)


def by_road(*road_s: float | None) -> Route:
    """Stops a kilometre apart, with these road seconds to each; the hub is one before the first."""
    stops = [make_stop(i, road_s=seconds) for i, seconds in enumerate(road_s)]
    return make_route(stops, hub_coordinates=north_of(HELSINKI, -1_000.0))


def leg_ahead_s(route: Route, way_m: float, live: Live | None = None, stop: int = 0) -> float:
    """How long the leg to a stop is said to take for a van so far north of the first stop."""
    head = make_fix(NOON, coordinates=north_of(HELSINKI, way_m))
    eta = remaining_etas(live or make_live(3), head, stop_times(route, PRIOR, NOON), route, PRIOR)[
        stop
    ]
    assert eta is not None
    return (eta.point - NOON).total_seconds()


def road_leg_s(base_s: float) -> float:
    return PRIOR.leg(Leg(1_000.0, base_s), NOON).mean_s


def test_a_plan_goes_by_road_where_the_road_is_known() -> None:
    plan = stop_times(by_road(300.0, None, 90.0), PRIOR, NOON)

    assert plan[0].travel == PRIOR.leg(Leg(1_000.0, 300.0), NOON)
    assert plan[1].travel.mean_s == pytest.approx(PRIOR.leg(Leg(1_000.0), NOON).mean_s, rel=1e-3)
    assert plan[2].travel == PRIOR.leg(Leg(1_000.0, 90.0), NOON)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 1.5])
def test_on_a_planned_leg_the_road_that_is_left_counts(share: float) -> None:
    left_s = leg_ahead_s(by_road(300.0, 60.0, 60.0), -1_000.0 * share)

    assert left_s == pytest.approx(road_leg_s(300.0 * share), abs=2)


def test_the_last_metres_keep_the_time_of_a_walk() -> None:
    route = by_road(300.0, 60.0, 60.0)

    assert leg_ahead_s(route, 0.0) == leg_ahead_s(route, -49.0)
    assert leg_ahead_s(route, 0.0) == pytest.approx(road_leg_s(300.0 * 0.05), abs=1)


def test_far_from_the_leg_its_road_is_not_stretched_without_end() -> None:
    route = by_road(300.0, 60.0, 60.0)

    assert leg_ahead_s(route, -2_000.0) == pytest.approx(road_leg_s(600.0), abs=2)
    assert leg_ahead_s(route, -64_000.0) == pytest.approx(road_leg_s(600.0 * 32**0.6), rel=0.01)


def test_a_leg_of_no_length_has_a_road_too() -> None:
    route = make_route([make_stop(0, road_s=40.0)], hub_coordinates=make_stop(0).coordinates)

    assert leg_ahead_s(route, 0.0, make_live(1)) == pytest.approx(road_leg_s(40.0), abs=1)


def test_behind_a_done_stop_the_next_road_counts() -> None:
    route = by_road(300.0, 200.0, 60.0)
    live = make_live(3).with_progress(0, Progress(is_done=True))

    assert leg_ahead_s(route, 0.0, live, stop=1) == pytest.approx(road_leg_s(200.0), abs=2)


@pytest.mark.parametrize("done", [[1], [2], [1, 2]])
def test_a_van_that_comes_from_elsewhere_than_planned_has_no_road(done: list[int]) -> None:
    route, live = by_road(300.0, 60.0, 60.0), make_live(3)
    for i in done:
        live = live.with_progress(i, Progress(is_done=True))

    as_the_crow_flies = PRIOR.leg(Leg(1_000.0), NOON).mean_s
    assert leg_ahead_s(route, 1_000.0, live) == pytest.approx(as_the_crow_flies, abs=2)


def test_a_leg_that_skips_a_stop_has_no_road() -> None:
    route = by_road(300.0, 60.0, 5.0)
    live = make_live(3).with_progress(1, Progress(is_done=True))

    plan = stop_times(route, PRIOR, NOON)
    etas = remaining_etas(live, make_fix(NOON), plan, route, PRIOR)

    assert etas[0] is not None
    assert etas[2] is not None
    gap_s = (etas[2].point - etas[0].point).total_seconds()
    two_km_s = PRIOR.leg(Leg(2_000.0), NOON).mean_s
    assert gap_s == pytest.approx(plan[0].dwell.mean_s + two_km_s, abs=3)


@given(st.floats(-70_000, 10_000), st.floats(20.0, 240.0))
def test_a_step_of_the_van_on_a_road_is_no_leap_of_the_eta(way_m: float, road_s: float) -> None:
    route = by_road(road_s, 60.0, 60.0)

    assert abs(leg_ahead_s(route, way_m) - leg_ahead_s(route, way_m + 10.0)) < 60.0


def test_across_the_antimeridian_the_eta_goes_on() -> None:
    from_fiji = replace(make_stop(0).coordinates, lat_deg=-17.0, lon_deg=179.9999)
    route = make_route([make_stop(0, coordinates=replace(from_fiji, lon_deg=-179.9))])
    east = make_fix(coordinates=from_fiji)
    west = make_fix(coordinates=replace(from_fiji, lon_deg=-179.9999))

    etas = [ahead(make_live(1), head, route)[0] for head in (east, west)]

    assert abs(etas[0].point - etas[1].point) < seconds(30)  # type: ignore[attr-defined]


def test_the_quarter_changes_every_fifteen_minutes() -> None:
    assert (
        quarter(NOON) == quarter(NOON + minutes(15) - seconds(1)) == quarter(NOON + minutes(15)) - 1
    )


class TestForecaster:
    def test_a_plan_is_estimated_once_a_quarter_of_an_hour(self) -> None:
        model = Counting()
        forecaster, route = Forecaster(model), make_route(4)

        first = forecaster.stop_times(route, NOON)
        again = forecaster.stop_times(route, NOON + minutes(14))

        assert first == again == stop_times(route, PRIOR, NOON)
        assert model.legs == 4

    def test_another_plan_version_or_quarter_is_estimated_anew(self) -> None:
        model = Counting()
        forecaster, route = Forecaster(model), make_route(4)

        forecaster.stop_times(route, NOON)
        forecaster.stop_times(replace(route, plan_version=2), NOON)
        forecaster.stop_times(route, NOON + minutes(15))

        assert model.legs == 12

    def test_the_cache_has_a_limit(self) -> None:
        model = Counting()
        forecaster = Forecaster(model, plans=2)
        one, two, three = (make_route(1, id=f"rte_{i}") for i in range(3))

        for route in (one, two, three, three, two, one):
            forecaster.stop_times(route, NOON)

        assert model.legs == 4


class Counting(FactoryPrior):
    """The prior, counting how often it is asked for a leg."""

    legs = 0

    def leg(self, leg: Leg, at: object) -> Duration:
        type(self).legs += 1
        return super().leg(leg, at)  # type: ignore[arg-type]

    def __init__(self) -> None:
        super().__init__()
        type(self).legs = 0
