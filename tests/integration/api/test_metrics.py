"""How good the ETAs were, over HTTP: a driven round, a hub's day, and who asks wrongly."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.eta.accuracy import Horizon
from local.cloud.capacity import CapacityMeter
from tests.support.carrier import STREET_M, Carrier, Reply, Round, fix, note

PATH: Final = "/v1/metrics/eta"
STOPS: Final = 3
ULID: Final = "0" * 26
HORIZONS: Final = [horizon.value for horizon in Horizon]


def drive(found: Round) -> Round:
    """All stops, one after the other: three minutes to each, with fixes on the way, one at it."""
    for stop in range(len(found.stop_ids)):
        for step in range(6):
            found.drive(STREET_M * (stop - 1 + step / 6))
        found.carrier.clock.advance(timedelta(seconds=1))
        assert found.work(stop, "arrive").status == 200
        found.carrier.clock.advance(timedelta(minutes=1))
        assert found.work(stop, "deliver").status == 200
    return found


@pytest.fixture(scope="module")
def driven(shared: Carrier) -> Round:
    return drive(shared.round(STOPS).started())


def asked(carrier: Carrier, query: str, token: str | None = None) -> Reply:
    return carrier.call("GET", f"{PATH}?{query}", token=token or carrier.dispatcher)


def of_day(carrier: Carrier, **more: Any) -> Reply:
    wanted = {"service_day": carrier.clock.now().date().isoformat(), "hub_id": carrier.hub_id}
    return asked(carrier, "&".join(f"{name}={value}" for name, value in (wanted | more).items()))


def test_a_driven_round_is_judged_stop_by_stop(shared: Carrier, driven: Round) -> None:
    reply = asked(shared, f"route_id={driven.route_id}")

    assert reply.status == 200, reply.body
    route, stops = reply.json["route"], reply.json["stops"]
    assert (route["route_id"], route["status"]) == (driven.route_id, "completed")
    assert (route["stops_planned"], route["stops_judged"], route["stops_unknown"]) == (3, 3, 0)
    assert [stop["stop_id"] for stop in stops] == driven.stop_ids
    assert list(route["horizons"]) == HORIZONS
    assert route["horizons"]["at_start"]["count"] == STOPS
    assert route["horizons"]["next_stop"]["count"] == STOPS


def test_the_figures_are_those_of_what_pages_showed(shared: Carrier) -> None:
    van = shared.round(1).started()
    shown = van.state(van.ids[0][0]).json["eta"]["point"]
    shared.clock.advance(timedelta(minutes=7))
    arrived_at = shared.clock.now()
    assert van.work(0, "arrive").status == 200
    assert van.work(0, "deliver").status == 200

    (stop,) = asked(shared, f"route_id={van.route_id}").json["stops"]

    assert datetime.fromisoformat(stop["arrived_at"]) == arrived_at
    error = timedelta(seconds=stop["misses"]["at_start"]["error_s"])
    assert arrived_at + error == datetime.fromisoformat(shown)


def test_sums_and_means_belong_together(shared: Carrier, driven: Round) -> None:
    reply = asked(shared, f"route_id={driven.route_id}").json
    figures = reply["route"]["horizons"]["at_start"]
    misses = [stop["misses"]["at_start"] for stop in reply["stops"]]
    errors = [miss["error_s"] for miss in misses]

    assert figures["absolute_error_sum_s"] == pytest.approx(sum(map(abs, errors)))
    assert figures["mean_absolute_error_s"] == pytest.approx(sum(map(abs, errors)) / STOPS)
    assert figures["bias_s"] == pytest.approx(sum(errors) / STOPS, abs=0.001)
    assert figures["median_absolute_error_s"] == sorted(map(abs, errors))[1]
    assert figures["p90_absolute_error_s"] == max(map(abs, errors))
    assert figures["covered"] == sum(miss["is_covered"] for miss in misses)
    widths = [miss["range_width_s"] for miss in misses]
    assert figures["range_width_sum_s"] == pytest.approx(sum(widths))


def test_a_batch_that_was_held_back_was_told_when_it_came(shared: Carrier) -> None:
    van = shared.round(1).started()
    started_at = shared.clock.now()
    shared.clock.advance(timedelta(minutes=20))
    fixes = [fix(started_at + timedelta(minutes=m), 100.0 * m - 2_500) for m in range(3, 20)]
    assert van.positions(*fixes).json["accepted"] == 17
    shared.clock.advance(timedelta(minutes=1))
    van.work(0, "arrive")
    van.work(0, "deliver")

    (stop,) = asked(shared, f"route_id={van.route_id}").json["stops"]

    at_start, before = stop["misses"]["at_start"], stop["misses"]["10_min_before"]
    assert before["error_s"] == pytest.approx(max(at_start["error_s"], -600.0))


def test_a_day_is_paged_and_its_pages_add_up(shared: Carrier) -> None:
    carrier = replace(shared, _hub_id="")  # a hub of its own
    routes = [drive(carrier.round(2).started()).route_id for _ in range(3)]
    unstarted = carrier.round(1).route_id

    whole = of_day(carrier).json
    first = of_day(carrier, limit=2).json
    second = of_day(carrier, limit=2, cursor=first["next_cursor"]).json

    assert [each["route_id"] for each in whole["data"]] == [*routes, unstarted]
    assert [*first["data"], *second["data"]] == whole["data"]
    assert whole["pooled"]["routes"] == 4
    assert whole["pooled"]["stops_judged"] == 6
    for horizon in HORIZONS:
        parts = [page["pooled"]["horizons"][horizon] for page in (first, second)]
        of_all = whole["pooled"]["horizons"][horizon]
        for figure in ("count", "covered", "absolute_error_sum_s", "range_width_sum_s"):
            assert of_all[figure] == pytest.approx(sum(part[figure] for part in parts))
    assert whole["data"][-1]["horizons"]["at_start"]["count"] == 0


def test_a_route_costs_a_plan_its_departures_and_the_track(shared: Carrier, driven: Round) -> None:
    with CapacityMeter().watching(*shared.clients()) as meter:
        asked(shared, f"route_id={driven.route_id}")

    note(f"accuracy of a route: {meter.call_count} calls, {meter.read_units:g} RRU")
    assert meter.calls == {"GetItem": 1, "Query": 2}
    assert meter.write_units == 0


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MANAGER, Role.ADMIN])
def test_staff_may_know(shared: Carrier, driven: Round, role: Role) -> None:
    assert asked(shared, f"route_id={driven.route_id}", shared.key(role)).status == 200


def test_shippers_and_drivers_may_not(shared: Carrier, driven: Round) -> None:
    for token in (driven.shop.key, driven.token):
        assert asked(shared, f"route_id={driven.route_id}", token).status == 403


def test_an_unknown_route_is_not_found_and_an_unknown_hub_has_no_routes(shared: Carrier) -> None:
    assert asked(shared, f"route_id=rte_{ULID}").status == 404
    nobodys = of_day(shared, hub_id=f"hub_{ULID}").json
    assert (nobodys["data"], nobodys["pooled"]["routes"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "?service_day"),
        ("service_day=2026-11-23", "?hub_id"),
        (f"hub_id=hub_{ULID}", "?service_day"),
        (f"service_day=today&hub_id=hub_{ULID}", "?service_day"),
        ("service_day=2026-11-23&hub_id=", "?hub_id"),
        ("service_day=2026-11-23&hub_id=" + "x" * 3_000, "?hub_id"),
        (f"service_day=2026-11-23&hub_id=hub_{ULID}&limit=6", "?limit"),
        (f"service_day=2026-11-23&hub_id=hub_{ULID}&limit=0", "?limit"),
        (f"service_day=2026-11-23&hub_id=hub_{ULID}&cursor=x", "?cursor"),
        ("route_id=", "?route_id"),
        ("route_id=rte_%0A", "?route_id"),
        (f"route_id=rte_{ULID}&route_id=rte_{ULID}", "?route_id"),
        (f"route_id=rte_{ULID}&service_day=2026-11-23", "?service_day"),
        (f"route_id=rte_{ULID}&limit=5", "?limit"),
        (f"route_id=rte_{ULID}&horizon=at_start", "?horizon"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(shared: Carrier, query: str, pointer: str) -> None:
    reply = asked(shared, query)

    assert reply.status == 422
    assert reply.pointers == [pointer]
