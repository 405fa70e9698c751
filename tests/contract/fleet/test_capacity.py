"""What a full day of 200 scattered stops costs: an item is one write unit as long as it is 1 kB."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from chalicelib.adapters.dynamodb.fleet.changes import live_item
from chalicelib.domain.driving.alerts import Alert, decide
from chalicelib.domain.driving.forecasts import etas_at_start, remaining_etas, stop_times
from chalicelib.domain.driving.live import Progress
from chalicelib.domain.driving.shown import with_shown
from chalicelib.domain.driving.silence import decide_in_silence
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.eta.learned.learned_model import LearnedModel
from chalicelib.domain.eta.learned.state import State
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import LiveChange, TrackEntry
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from local.cloud.capacity import CapacityMeter, item_bytes
from tests.contract.conftest import Stores
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, minutes
from tests.support.depth import times
from tests.support.scattered import PROMISE_STEP, drive, far_gone, scattered_route

SEEDS = range(8)
WRITE_UNIT_BYTES = 1_024


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("done", "told"), [(0, 0), (0, 100), (100, 100)])
def test_a_live_state_is_one_unit(dynamo: Stores, seed: int, done: int, told: int) -> None:
    chance = Random(seed)
    live = far_gone(chance, scattered_route(chance), done=done, told=told)
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(LiveChange(live, None))

    assert meter.write_units == 1
    assert dynamo.fleet.live(live.driver_id) == live


@pytest.mark.parametrize("seed", [0, 6])
def test_so_is_that_of_a_plan_that_was_put_into_any_other_order(dynamo: Stores, seed: int) -> None:
    chance = Random(seed)
    route = scattered_route(chance)
    live = replace(
        far_gone(chance, route, done=0, told=25),
        numbers=tuple(chance.sample(route.numbers, len(route.numbers))),
        shown=(),
    )
    live = with_shown(live, route, live.recent[-1].recorded_at)
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(LiveChange(live, None))

    assert meter.write_units == 1
    assert dynamo.fleet.live(live.driver_id) == live


@pytest.mark.parametrize("seed", range(times(quick=2, deep=8)))
def test_whatever_is_told_of_silence_minute_by_minute_is_one_unit(seed: int) -> None:
    """Silence, then fixes that are later and later, for five hours in which no stop is made."""
    chance, policy, model = Random(seed), Policy(), LearnedModel(State())
    route = promised(scattered_route(chance), model)
    live = far_gone(chance, route, done=0, told=0)
    now, late_s, sizes, told = live.recent[-1].recorded_at, 0.0, [0], 0
    plan_times = stop_times(route, model, NOON)
    for minute in range(300):
        now += timedelta(minutes=1, milliseconds=chance.randrange(900))
        alerts: Sequence[Alert]
        if minute % 75 < 60:
            live, alerts = decide_in_silence(live, route, now=now, limit=99, policy=policy)
        else:
            late_s += chance.gauss(60, 240)
            fix = replace(live.recent[-1], recorded_at=now - timedelta(seconds=chance.randrange(9)))
            etas = later(remaining_etas(live, fix, plan_times, route, model), minutes(late_s // 60))
            live = replace(live.with_fixes([fix]), etas=etas, estimated_at=fix.recorded_at)
            live, alerts = decide(
                live, route, as_of=fix.recorded_at, now=now, limit=99, policy=policy
            )
        if alerts:
            told += len(alerts)
            sizes.append(item_bytes(live_item(live, "0123456789abcdef").serialize()))

    assert told > len(route.stops)
    assert max(sizes) <= WRITE_UNIT_BYTES


def promised(route: Route, model: LearnedModel) -> Route:
    """The route with a promise for each stop, as its start makes them."""
    etas = etas_at_start(
        stop_times(route, model, NOON), range(len(route.stops)), model, NOON, route.breaks
    )
    stops = (
        replace(stop, promise=eta.range.widened_to(PROMISE_STEP)) if eta else stop
        for stop, eta in zip(route.stops, etas, strict=True)
    )
    return replace(route, stops=tuple(stops))


def later(etas: Sequence[Eta | None], by: timedelta) -> Etas:
    return Etas.of(
        [eta and Eta(eta.point + by, eta.earliest + by, eta.latest + by) for eta in etas]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_of_fifty_fixes_is_one_unit(dynamo: Stores, seed: int) -> None:
    chance = Random(seed)
    route = scattered_route(chance)
    live = far_gone(chance, route, done=0, told=60)
    until = NOON + timedelta(hours=3)
    fixes = drive(chance, 50, from_=route.hub_coordinates, until=until)
    entry = TrackEntry(
        live.driver_id, route.id, fixes, live, told_at=until, expires_at=NOON + timedelta(days=60)
    )
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.fleet.append_track(entry)

    assert meter.write_units == 1
    span = {"since": NOON, "until": NOON + timedelta(days=1), "now": NOON}
    assert dynamo.fleet.track(live.driver_id, **span) == fixes


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_visits_without_a_report_is_one_unit(dynamo: Stores, seed: int) -> None:
    """The times of the newest are kept; of the others, that they were before."""
    chance = Random(seed)
    live = far_gone(chance, scattered_route(chance), done=0, told=20)
    progress = list(live.progress)
    for i in range(150):
        came_at = NOON + timedelta(seconds=100 * i + chance.randrange(60))
        left_at = came_at + timedelta(seconds=60 + chance.randrange(300))
        progress[i] = Progress(unreported=Range(came_at, left_at))
    live = replace(live, progress=tuple(progress))

    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(LiveChange(live, None))

    kept = dynamo.fleet.live(live.driver_id).progress
    assert meter.write_units == 1
    assert [i for i, each in enumerate(kept) if each.unreported] == list(range(150))
    for before, after in zip(progress[130:150], kept[130:150], strict=True):
        assert before.unreported is not None
        assert after.unreported is not None
        assert abs(before.unreported.earliest - after.unreported.earliest) < timedelta(seconds=1)
        assert abs(before.unreported.latest - after.unreported.latest) < timedelta(seconds=1)
