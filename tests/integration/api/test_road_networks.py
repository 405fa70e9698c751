"""A plan over HTTP, with a routing server of the operator's that answers over HTTP too."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.environment import changed
from tests.support.carrier import Carrier, Round
from tests.support.roads import Answer, RoadServer, Tell, road_server, tell_osrm, tell_valhalla

Start = Callable[[str, Tell], RoadServer]


@pytest.fixture
def roads(shared: Carrier) -> Iterator[Start]:
    """Starts a routing server and points the application at it."""
    with ExitStack() as closing:
        closing.callback(shared.rewire)

        def start(kind: str, tell: Tell) -> RoadServer:
            server = closing.enter_context(road_server(tell))
            closing.enter_context(changed({"ROAD_NETWORK": f"{kind}:{server.url}"}))
            shared.rewire()
            return server

        yield start


def planned_at(route: Any) -> list[datetime]:
    return [datetime.fromisoformat(stop["planned_arrival"]["point"]) for stop in route["stops"]]


def gaps_s(route: Any) -> list[float]:
    """From one planned stop to the next."""
    first, second, third = planned_at(route)
    return [(second - first).total_seconds(), (third - second).total_seconds()]


def test_roads_change_the_etas_of_plan_and_road(shared: Carrier, roads: Start) -> None:
    by_the_crow = shared.round(3)
    server = roads("osrm", tell_osrm(lambda *_: 1_200.0))

    by_road = shared.round(3)

    assert len(server.questions) == 1
    assert all(gap_s > 2_400 for gap_s in gaps_s(by_road.route()))
    assert all(gap_s < 1_200 for gap_s in gaps_s(by_the_crow.route()))
    assert left(by_road.started()) > left(by_the_crow.started()) + timedelta(hours=1)
    assert len(server.questions) == 1  # never again, whatever the van does


def test_a_valhalla_is_asked_as_well(shared: Carrier, roads: Start) -> None:
    server = roads("valhalla", tell_valhalla(lambda *_: 1_200.0))

    driven = shared.round(3)

    assert [question.path for question in server.questions] == ["/sources_to_targets"]
    assert all(gap_s > 2_400 for gap_s in gaps_s(driven.route()))


def test_a_server_that_fails_costs_no_plan(shared: Carrier, roads: Start) -> None:
    by_the_crow = gaps_s(shared.round(3).route())

    def fail(_: Any) -> Answer:
        return 500, {}

    server = roads("osrm", fail)

    assert gaps_s(shared.round(3).route()) == by_the_crow
    assert len(server.questions) == 1


def left(driven: Round) -> timedelta:
    """Until the last stop, as told to a driver who is on the way to the first."""
    driven.drive(-2_900.0)
    told = driven.seen()["stops"][-1]["eta"]
    return datetime.fromisoformat(told["point"]) - driven.carrier.clock.now()
