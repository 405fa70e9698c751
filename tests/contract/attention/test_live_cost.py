"""What the live view costs: the same for one who looks and for fifty, in two processes."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from chalicelib.adapters.dynamodb.ledger.shared_views import DynamoSharedViews
from chalicelib.adapters.dynamodb.routes.repository import DynamoRoutes
from chalicelib.api.live import VIEW, shared_parts
from chalicelib.domain.ids import HubId
from chalicelib.domain.journal.changes import LiveChange, RouteChange
from chalicelib.domain.policy import Policy
from chalicelib.services.attention.show_live import ShowLive
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, minutes, seconds
from tests.support.carrier import note
from tests.support.depth import times
from tests.support.scattered import busy_van, ulid

VANS: Final = times(quick=40, deep=500)
STOPS: Final = 40
SECONDS: Final = 60
WATCHERS: Final = 50
LOOKED_AT: Final = NOON + minutes(181)


@pytest.fixture
def town(dynamo: Stores) -> Stores:
    """Vans in the afternoon, each with forty stops of which some are done and some are late."""
    chance = Random(20_261_128)
    hubs = [HubId(ulid("hub", chance)) for _ in range(4)]
    for _ in range(VANS):
        route, live = busy_van(chance, STOPS, hub_id=chance.choice(hubs))
        dynamo.journal.commit(RouteChange(route, None), LiveChange(live, None))
    dynamo.clock.at = LOOKED_AT
    return dynamo


def processes(town: Stores) -> list[ShowLive]:
    """Two that have just started: each with its own memory of plans and of the view."""
    return [
        ShowLive(
            fleet=town.fleet,
            routes=DynamoRoutes(),
            shipments=town.shipments,
            endpoints=town.endpoints,
            handlings=town.handlings,
            shared_views=DynamoSharedViews(),
            clock=town.clock,
            policy=Policy(),
        )
        for _ in range(2)
    ]


def watched(
    town: Stores, watchers: int, shows: Sequence[ShowLive], *, after_min: float = 0
) -> CapacityMeter:
    """A minute in which each of the watchers asks every ten seconds, each at a time of its own."""
    chance = Random(watchers)
    asked = sorted(
        (first + 10 * turn, watcher)
        for watcher in range(watchers)
        for first in [0 if watcher == 0 else chance.randrange(10)]
        for turn in range(SECONDS // 10)
    )
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        for at_s, watcher in asked:
            town.clock.at = LOOKED_AT + minutes(after_min) + seconds(at_s)
            shows[watcher % 2](shared_parts)
    return meter


def test_it_costs_the_same_for_one_and_for_fifty_who_look(town: Stores) -> None:
    shows = processes(town)
    first = watched(town, 1, shows)
    watched(town, WATCHERS, shows, after_min=2)
    one = watched(town, 1, shows, after_min=4)
    fifty = watched(town, WATCHERS, shows, after_min=6)

    for name, meter in (("one, cold", first), ("one", one), ("fifty", fifty)):
        note(
            f"{VANS} vans, a minute of {name}: {meter.call_count} calls,"
            f" {meter.read_units:g} RRU, {meter.write_units:g} WRU"
        )
    # The second process reads what the first one has made: one small read each ten seconds.
    made = SECONDS // 10
    assert fifty.calls["Query"] == one.calls["Query"]
    assert fifty.calls["BatchGetItem"] == one.calls["BatchGetItem"]
    assert fifty.calls["PutItem"] <= one.calls["PutItem"] == made
    assert fifty.call_count <= one.call_count + 2 * made
    assert fifty.read_units <= one.read_units * 1.1 + 5 * made
    assert fifty.write_units <= one.write_units + made


def test_it_is_small(town: Stores) -> None:
    view = processes(town)[0](shared_parts)[0].parts[VIEW]
    size = len(gzip.compress(view.encode()))
    note(f"{VANS} vans, {VANS * STOPS} stops: {size} bytes with gzip, {len(view)} without")

    assert size <= 5_000 + 50 * VANS  # 30,000 for 500 vans


def test_plans_are_read_once(town: Stores) -> None:
    routes = DynamoRoutes()
    wanted = [(each.route_id, 2) for each in town.routes.on_duty()]
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        found = routes.plans(wanted)
        again = routes.plans([*wanted, wanted[0]])

    assert meter.calls == {"BatchGetItem": -(-VANS // 100)}
    assert found == again == {route_id: town.routes.get(route_id) for route_id, _ in wanted}
    assert routes.plans([(wanted[0][0], 3)]) == {}
    assert routes.plan(*wanted[0]) == replace(found[wanted[0][0]])
