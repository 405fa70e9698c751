"""From a driver's reports to the next driver's ETAs: over HTTP, the stream of routes, the pages."""

from collections import Counter
from datetime import datetime, timedelta

from chalicelib.adapters.dynamodb.travel.changes import LEARNT
from chalicelib.adapters.dynamodb.travel.repository import ASIDE
from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.driving.forecasts import QUARTER_HOUR
from chalicelib.domain.ids import RouteId
from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Round, fix, note

STOPS = 5
FAR_M = -9_000.0
LEG = timedelta(seconds=40)
SERVICE = timedelta(seconds=35)


def drive(found: Round) -> None:
    """Through all stops, much faster than anybody would expect at first."""
    found.started()
    for stop in range(STOPS):
        found.carrier.clock.advance(LEG)
        assert found.work(stop, "arrive").status == 200
        found.carrier.clock.advance(SERVICE)
        assert found.work(stop, "deliver").status == 200
    found.carrier.bridge().settle()


def planned_span(found: Round) -> timedelta:
    """From the first to the last stop, as planned."""
    times = [datetime.fromisoformat(s["planned_arrival"]["point"]) for s in found.route()["stops"]]
    return times[-1] - times[0]


def test_the_next_plan_knows_what_the_last_route_taught(carrier: Carrier) -> None:
    first = carrier.round(STOPS)
    before = planned_span(first)
    drive(first)
    carrier.clock.advance(timedelta(minutes=15))  # the pages of this container are old then

    after = planned_span(carrier.round(STOPS))

    assert after < 0.75 * before
    assert after > timedelta(seconds=0)


def test_departures_tell_the_whole_route_in_order(carrier: Carrier) -> None:
    found = carrier.round(STOPS)
    drive(found)

    now = carrier.clock.now()
    departures = bootstrap.container().adapters.routes.departures(RouteId(found.route_id), now)

    assert [each.stop_number for each in departures] == [None, *range(STOPS)]
    assert all(
        each.arrived_at is not None and each.left_at - each.arrived_at == SERVICE
        for each in departures[1:]
    )
    told = [sum(eta is not None for eta in each.etas) for each in departures]
    assert told == [STOPS, *reversed(range(STOPS))]


def test_the_stream_may_repeat_itself(carrier: Carrier) -> None:
    drive(carrier.round(STOPS))
    once = sorted(repr(row) for row in carrier.rows("travel"))

    carrier.bridge().settle()  # another consumer, which begins at the beginning

    assert sorted(repr(row) for row in carrier.rows("travel")) == once
    names = [row["page"]["S"] for row in carrier.rows("travel")]
    assert sum(name.startswith(LEARNT) for name in names) == 1
    assert not any(name.startswith(ASIDE) for name in names)


def test_every_page_stays_below_four_kilobytes(carrier: Carrier) -> None:
    drive(carrier.round(STOPS))

    sizes = [len(row["packed"]["B"]) for row in carrier.rows("travel") if "packed" in row]
    assert sizes
    assert max(sizes) <= 4_096


def test_a_new_quarter_of_an_hour_and_a_cold_container_cost_one_read_more(
    carrier: Carrier,
) -> None:
    drive(carrier.round(STOPS))
    found = carrier.round(STOPS).started()
    found.drive(FAR_M)
    carrier.clock.advance(QUARTER_HOUR)

    quarter = metered(found, 1)
    steady = metered(found, 2)
    carrier.rewire()
    cold = metered(found, 3)

    note(
        f"pages of {STOPS} stops: {quarter.read_units - 1:g} RRU each quarter of an hour, one call"
    )
    assert steady.calls == {"GetItem": 1, "PutItem": 2, "Query": 1}  # it may have come before
    assert quarter.calls == steady.calls + Counter(BatchGetItem=1)
    # The plan and the keys that sign drivers' tokens are read again, too. And by now enough fixes
    # agree that the van is so far from the hub: behind this head, visits are sought in the track.
    assert cold.calls == quarter.calls + Counter(GetItem=1, Query=2)


def metered(found: Round, number: int) -> CapacityMeter:
    """What a late fix costs: it completes the track, and nobody is told anything."""
    late = found.carrier.clock.now() - QUARTER_HOUR + timedelta(seconds=number - 10)
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        reply = found.positions(fix(late, FAR_M))
    assert reply.status == 200, reply.body
    return meter
