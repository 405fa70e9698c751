"""Run sheets, in memory and on DynamoDB: the manifest, what was handled, and a closed planning."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.driving.run_sheets import (
    Handled,
    Manifest,
    ManifestEntry,
    run_sheet_expires_at,
)
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import (
    HandledAdded,
    ManifestChange,
    PlanningClosed,
    RouteChange,
)
from chalicelib.domain.routes.routes import Route
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import SESSION, STAGE, dynamodb_clients, stack_of, table_names
from tests.support.builders import NOON, make_route, make_shipment
from tests.support.faults import Faults

ROUTE = make_route(3)
MANIFEST = Manifest(
    ROUTE.id,
    tuple(ManifestEntry.of(make_shipment(number)) for number in (1, 2, 3)),
    run_sheet_expires_at(ROUTE),
)
LATER = MANIFEST.expires_at + timedelta(days=1)


def planned(stores: Stores, route: Route = ROUTE) -> None:
    stores.journal.commit(RouteChange(route, None), ManifestChange(MANIFEST, None))


def handled(**numbers: set[int]) -> HandledAdded:
    some: dict[str, Any] = {name: frozenset(of) for name, of in numbers.items()}
    return HandledAdded(ROUTE.id, Handled(**some), MANIFEST.expires_at)


def test_a_route_is_read_with_its_manifest(stores: Stores) -> None:
    planned(stores)

    found = stores.routes.run_sheet(ROUTE.id, 1, NOON)

    assert (found.route, found.manifest, found.handled) == (ROUTE, MANIFEST, Handled())


def test_what_was_handled_adds_up_in_any_order_and_a_repeat_changes_nothing(
    stores: Stores,
) -> None:
    planned(stores)
    additions = [
        handled(parcels={0, 2}),
        handled(parcels={1, 2}, failed={7}),
        handled(delivered={3}),
        handled(parcels={0, 2}),
    ]

    for addition in additions:
        stores.journal.commit(addition)

    found = stores.routes.run_sheet(ROUTE.id, 1, NOON).handled
    assert found == Handled(frozenset({0, 1, 2}), frozenset({7}), frozenset({3}))


def test_what_is_handled_is_written_with_other_changes_or_not_at_all(stores: Stores) -> None:
    planned(stores)

    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(RouteChange(ROUTE, 7), handled(failed={1}))
    stores.journal.commit(RouteChange(replace(ROUTE, plan_version=2), 1), handled(failed={2}))

    assert stores.routes.run_sheet(ROUTE.id, 2, NOON).handled.failed == {2}


def test_a_manifest_is_changed_where_nobody_else_has_changed_it(stores: Stores) -> None:
    planned(stores)
    erased = replace(MANIFEST.entries[0], recipient_name="", instructions=None)
    after = replace(MANIFEST, entries=(erased, *MANIFEST.entries[1:]), version=2)

    stores.journal.commit(ManifestChange(after, 1))
    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(ManifestChange(replace(MANIFEST, version=2), 1))

    assert stores.routes.run_sheet(ROUTE.id, 1, NOON).manifest == after


def test_an_expired_manifest_is_not_read_though_it_may_be_there_for_days(stores: Stores) -> None:
    planned(stores)

    found = stores.routes.run_sheet(ROUTE.id, 1, MANIFEST.expires_at)

    assert (found.route, found.manifest) == (ROUTE, None)


def test_a_route_whose_planning_was_closed_is_never_written(stores: Stores) -> None:
    closed = PlanningClosed(ROUTE.id, LATER)
    stores.journal.commit(closed)
    stores.journal.commit(closed)

    with pytest.raises(ConcurrentUpdate):
        planned(stores)
    with pytest.raises(NotFound):
        stores.routes.run_sheet(ROUTE.id, 1, NOON)
    with pytest.raises(NotFound):
        stores.routes.get(ROUTE.id)


def test_a_route_that_was_written_cannot_be_closed(stores: Stores) -> None:
    planned(stores)

    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(PlanningClosed(ROUTE.id, LATER))

    assert stores.routes.run_sheet(ROUTE.id, 1, NOON).manifest == MANIFEST


def test_an_unknown_route_has_no_run_sheet(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.routes.run_sheet(RouteId("rte_9"), 1, NOON)


def test_a_note_is_one_write_unit_for_all_parcels_of_200_stops(dynamo: Stores) -> None:
    planned(dynamo)
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.journal.commit(handled(parcels=set(range(250)), failed=set(range(60))))
        dynamo.journal.commit(handled(parcels={249}))

    assert meter.calls == {"UpdateItem": 2}
    assert meter.write_units == 2


def test_a_manifest_of_another_plan_is_not_laid_over_this_one(dynamo: Stores) -> None:
    planned(dynamo)
    turned = replace(ROUTE, stops=ROUTE.stops[::-1], plan_version=2)
    dynamo.journal.commit(RouteChange(turned, 1))

    found = dynamo.routes.run_sheet(ROUTE.id, 2, NOON)

    assert (found.route, found.manifest) == (turned, None)


def test_a_replica_that_lags_behind_is_asked_again_consistently(dynamo: Stores) -> None:
    planned(dynamo)
    with CapacityMeter().watching(*dynamodb_clients()) as meter:
        dynamo.routes.run_sheet(ROUTE.id, 1, NOON)
        dynamo.routes.run_sheet(ROUTE.id, 2, NOON)

    assert [charge.read_units for charge in meter.charges] == [0.5, 0.5, 1.0]


def test_an_answer_that_was_lost_adds_nothing_twice(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    planned(dynamo)
    with Faults(plan={("dynamodb", "UpdateItem", 1): faults.ack_lost}).on(*dynamodb_clients()):
        dynamo.journal.commit(handled(parcels={1}))

    assert dynamo.routes.run_sheet(ROUTE.id, 1, NOON).handled == Handled(frozenset({1}))


def test_all_parts_of_a_run_sheet_expire(dynamo: Stores) -> None:
    planned(dynamo)
    dynamo.journal.commit(handled(parcels={1}))

    rows = SESSION.client("dynamodb").scan(TableName=table_names(stack_of(STAGE))["routes"])
    expiry = {row["item"]["S"]: row.get("expires_at", {}).get("N") for row in rows["Items"]}
    at = str(int(MANIFEST.expires_at.timestamp()))
    assert {expiry["MANIFEST"], expiry["HANDLED"]} == {at}
    assert int(expiry["PLAN"] or 0) > int(at)  # history and learning still ask for the plan
