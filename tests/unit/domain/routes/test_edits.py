"""Operations on a plan, whatever their order: nothing is lost, nothing is there twice."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ShipmentId, StopId
from chalicelib.domain.routes.edits import (
    MAX_OPERATIONS,
    Add,
    ChangeStop,
    Edited,
    Move,
    Operation,
    Remove,
    Reorder,
    edit_plan,
    without_outcome,
)
from chalicelib.domain.routes.new_routes import MAX_STOPS
from chalicelib.domain.routes.new_stops import StopShare
from chalicelib.domain.routes.routes import Consignment, Route
from tests.support.builders import HELSINKI, NOON, make_range, make_route, make_stop, minutes
from tests.support.depth import times


def share(number: int) -> StopShare:
    consignment = Consignment(ShipmentId(f"shp_{number:04d}"), (f"B{number}",))
    return StopShare(consignment, HELSINKI, "Europe/Helsinki", None, None)


SHARES = {each.consignment.shipment_id: each for each in map(share, range(900, 990))}


def edited(route: Route, *operations: Operation, reached: frozenset[int] = frozenset()) -> Edited:
    ids = iter(StopId(f"new_{route.plan_version}_{n}") for n in range(99))
    return edit_plan(
        route,
        operations,
        reached=reached,
        shares=SHARES,
        new_id=lambda: next(ids),
        now=NOON,
    )


def refusal(route: Route, *operations: Operation, reached: frozenset[int] = frozenset()) -> str:
    with pytest.raises(Invalid) as refused:
        edited(route, *operations, reached=reached)
    errors: list[dict[str, str]] = refused.value.data["errors"]  # type: ignore[assignment]
    return f"{errors[0]['code']} {errors[0]['pointer']}"


def some_operations(route: Route, chance: Random, ahead: list[StopId]) -> Iterator[Operation]:
    """Operations on stops that are there, and some that are not."""
    for _ in range(chance.randrange(1, 4)):
        stop_id = chance.choice([*ahead, StopId("stp_none")])
        before = chance.choice([None, *ahead])
        some = chance.sample(sorted(SHARES), k=chance.randrange(1, 3))
        stop = next((s for s in route.stops if s.id == stop_id), None)
        part = stop.shipment_ids[:1] if stop and chance.random() < 0.5 else ()
        operations: list[Operation] = [
            Remove(stop_id, part),
            Add(tuple(some), before=before),
            Add(tuple(some), stop_id=stop_id),
            Move(stop_id, before),
            Reorder(tuple(chance.sample(ahead, k=len(ahead)))),
            ChangeStop(stop_id, service_time_s=60.0),
        ]
        yield chance.choice(operations)


@settings(max_examples=times(quick=60, deep=2_000))
@given(st.randoms(use_true_random=False), st.integers(1, 5))
def test_every_shipment_is_at_one_stop_and_every_stop_at_one_place(
    chance: Random, stops: int
) -> None:
    route = make_route([make_stop(i, coordinates=HELSINKI) for i in range(stops)])
    reached = frozenset(range(chance.randrange(0, stops)))
    owner = dict(zip(route.numbers, [stop.id for stop in route.stops], strict=True))
    for version in range(1, 7):
        ahead = [stop.id for stop in route.stops if stop.number not in reached]
        if not ahead:
            break
        try:
            found = edited(route, *some_operations(route, chance, ahead), reached=reached)
        except Invalid:
            continue
        after = found.route
        planned = [key for stop in after.stops for key in stop.shipment_ids]
        assert len(planned) == len(set(planned)) > 0
        assert len(after.stops) == len(set(after.numbers)) == len({s.id for s in after.stops})
        assert (
            [n for n in after.numbers if n in reached]
            == [n for n in route.numbers if n in reached]
            == list(after.numbers[: len(reached)])
        )
        for stop in (*after.stops, *after.taken_off):
            assert owner.setdefault(stop.number, stop.id) == stop.id
        assert set(after.listed) == set(planned)
        assert after.roll[: len(route.roll)] == route.roll
        before = {key for stop in route.stops for key in stop.shipment_ids}
        assert set(found.added) == set(planned) - before
        assert set(found.removed) == before - set(planned)
        route = replace(after, plan_version=version + 1)


def test_a_plan_is_put_into_another_order() -> None:
    route = make_route(4)

    found = edited(route, Move(StopId("stp_3"), StopId("stp_1")), Move(StopId("stp_0"), None))

    assert found.route.numbers == (3, 1, 2, 0)
    assert (found.route.joined, found.route.taken_off) == (route.roll, ())


def test_a_window_is_narrowed_by_what_joins() -> None:
    window = make_range(NOON + minutes(60))
    route = make_route([make_stop(0, window=window)])

    found = edited(route, Add((ShipmentId("shp_0900"),), stop_id=StopId("stp_0")))

    assert found.route.stops[0].window == window
    assert found.route.stops[0].shipment_ids == ("shp_0001", "shp_0900")


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (Reorder((StopId("stp_1"),)), "missing_stops /operations/0/stop_ids"),
        (
            Reorder((StopId("stp_1"), StopId("stp_1"), StopId("stp_2"))),
            "repeated_stop /operations/0/stop_ids/1",
        ),
        (Reorder((StopId("stp_0"),)), "stop_reached /operations/0/stop_ids/0"),
        (Move(StopId("stp_1"), StopId("stp_1")), "same_stop /operations/0/before"),
        (Move(StopId("stp_1"), StopId("stp_0")), "stop_reached /operations/0/before"),
        (
            Remove(StopId("stp_1"), (ShipmentId("shp_0001"),)),
            "unknown_shipment /operations/0/shipment_ids/0",
        ),
        (
            Add((ShipmentId("shp_0901"),), stop_id=StopId("stp_2")),
            "another_place /operations/0/shipment_ids/0",
        ),
    ],
)
def test_an_operation_that_makes_no_sense_is_pointed_at(operation: Operation, code: str) -> None:
    assert refusal(make_route(3), operation, reached=frozenset({0})) == code


def test_there_is_an_end_to_stops_and_operations() -> None:
    full = make_route([make_stop(i, coordinates=HELSINKI) for i in range(MAX_STOPS)])
    add = Add((ShipmentId("shp_0901"),))

    assert refusal(full, add) == "too_many /operations/0/shipment_ids"
    assert refusal(full, *[Move(StopId("stp_0"), None)] * (MAX_OPERATIONS + 1)).startswith("inv")


def test_what_has_no_outcome_is_taken_off() -> None:
    route = make_route(3)

    left = without_outcome(route, frozenset({ShipmentId("shp_0002")}))

    assert left.numbers == (1,)
    assert [stop.number for stop in left.taken_off] == [0, 2]
    assert left.roll == route.roll
