"""Suggested routes over HTTP: read, planned as they are, and nothing written by asking."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from local.environment import changed
from tests.support.carrier import Carrier, Reply
from tests.support.optimizers import tell_vroom
from tests.support.roads import Answer, RoadServer, Tell, road_server

PATH = "/v1/routes/suggestions"
Start = Callable[[Tell], RoadServer]


@pytest.fixture
def vroom(shared: Carrier) -> Iterator[Start]:
    """Starts a VROOM and points the application at it."""
    with ExitStack() as closing:
        closing.callback(shared.rewire)

        def start(tell: Tell) -> RoadServer:
            server = closing.enter_context(road_server(tell))
            closing.enter_context(changed({"ROUTE_OPTIMIZER": f"vroom:{server.url}"}))
            shared.rewire()
            return server

        yield start


def question(carrier: Carrier, *vans: dict[str, Any], **more: Any) -> dict[str, Any]:
    now = carrier.clock.now()
    hours = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=8)).isoformat()}
    return {
        "hub_id": carrier.hub_id,
        "service_day": now.date().isoformat(),
        "vans": [hours | van for van in vans or ({},)],
        **more,
    }


def ask(carrier: Carrier, body: Any, token: str | None = None) -> Reply:
    return carrier.call("POST", PATH, body, token=token or carrier.dispatcher)


def orders(carrier: Carrier, *stops: int) -> list[str]:
    shop = carrier.shop()
    return [shop.shipment(stop=stop)["id"] for stop in stops]


def test_a_suggestion_is_planned_as_it_is_and_asking_writes_nothing(shared: Carrier) -> None:
    ids = orders(shared, 5, 1, 3)
    driver_id, _ = shared.driver()
    body = question(shared, {"driver_id": driver_id}, shipment_ids=ids)
    before = shared.everything()

    reply = ask(shared, body)

    assert reply.status == 200, reply.body
    assert shared.everything() == before
    (route,) = reply.json["routes"]
    assert reply.json["optimizer"] == "built_in"
    assert reply.json["unplaced"] == []
    assert [stop["shipment_ids"][0] for stop in route["stops"]] in (
        [ids[1], ids[2], ids[0]],
        [ids[0], ids[2], ids[1]],
    )
    planned = shared.made(
        "/v1/routes",
        {
            "driver_id": route["driver_id"],
            "hub_id": shared.hub_id,
            "starts_at": route["starts_at"],
            "stops": [{"shipment_ids": stop["shipment_ids"]} for stop in route["stops"]],
        },
        shared.dispatcher,
    )
    told = [stop["planned_arrival"] for stop in route["stops"]]
    assert [stop["planned_arrival"] for stop in planned["stops"]] == told


def test_the_order_of_a_planned_route_is_suggested_and_taken_over(shared: Carrier) -> None:
    van = shared.planned(shop := shared.shop(), [[shop.shipment(stop=i)] for i in (6, 1, 4, 2)])
    body = question(shared)
    body["vans"] = [{"route_id": van.route_id}]

    (route,) = ask(shared, body).json["routes"]

    stop_ids = [stop["stop_id"] for stop in route["stops"]]
    assert sorted(stop_ids) == sorted(van.stop_ids)
    assert route["after"]["duration_s"] < route["before"]["duration_s"]
    edit = {"operations": [{"op": "reorder", "stop_ids": stop_ids}]}
    done = shared.call(
        "PATCH",
        f"/v1/routes/{van.route_id}?dry_run=true",
        edit,
        token=shared.dispatcher,
        headers={"If-Match": "*"},
    )
    assert done.status == 200
    told = [stop["planned_arrival"]["point"] for stop in route["stops"]]
    assert [stop["eta_after"]["point"] for stop in done.json["stops"]] == told


def test_all_that_wait_for_a_route_may_be_asked_for_at_once(shared: Carrier) -> None:
    ids = orders(shared, 1, 2)

    found = ask(shared, question(shared, all_unassigned=True)).json

    (route,) = found["routes"]
    placed = {each for stop in route["stops"] for each in stop["shipment_ids"]}
    assert set(ids) <= placed | {each["shipment_id"] for each in found["unplaced"]}


def test_a_vroom_of_the_operator_is_asked(shared: Carrier, vroom: Start) -> None:
    ids = orders(shared, 2, 1)
    server = vroom(tell_vroom())

    found = ask(shared, question(shared, shipment_ids=ids)).json

    assert found["optimizer"] == "vroom"
    assert found["failover"] is None
    assert len(server.questions) == 1


def test_a_vroom_that_fails_is_said_and_costs_no_suggestion(shared: Carrier, vroom: Start) -> None:
    ids = orders(shared, 2, 1)

    def fail(_: Any) -> Answer:
        return 500, {"code": 1, "error": "internal"}

    vroom(fail)

    found = ask(shared, question(shared, shipment_ids=ids)).json

    assert (found["optimizer"], found["failover"]) == ("built_in", "unavailable")
    assert len(found["routes"][0]["stops"]) == 2


def test_only_those_who_plan_may_ask(shared: Carrier) -> None:
    body = question(shared)

    assert ask(shared, body, shared.key(Role.MANAGER)).status == 403
    assert ask(shared, body, shared.shop().key).status == 403
    assert ask(shared, body, "nobody").status == 401


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no van": ({"vans": []}, "/vans"),
    "too many vans": ({"vans": [{"starts_at": "2026-11-28T08:00:00Z"}] * 21}, "/vans"),
    "a van without hours": ({"vans": [{}]}, "/vans/0/starts_at"),
    "a route with another start": (
        {"vans": [{"route_id": f"rte_{'0' * 26}", "starts_at": "2026-11-28T08:00:00Z"}]},
        "/vans/0/starts_at",
    ),
    "both": ({"shipment_ids": [f"shp_{'0' * 26}"], "all_unassigned": True}, "/shipment_ids"),
    "nothing may move": ({"all_unassigned": True, "keep_order": True}, "/keep_order"),
    "no day": ({"service_day": "tomorrow"}, "/service_day"),
    "an unknown shipment": ({"shipment_ids": [f"shp_{'0' * 26}"]}, "/shipment_ids/0"),
    "no stops at all": ({"vans": [{"starts_at": "1999-01-01T00:00:00Z"}]}, "/vans/0/starts_at"),
}


@pytest.mark.parametrize(("changes", "pointer"), WRONG.values(), ids=WRONG)
def test_a_bad_question_is_refused_where_it_is_wrong(
    shared: Carrier, changes: dict[str, Any], pointer: str
) -> None:
    reply = ask(shared, question(shared) | changes)

    assert reply.status == 422, reply.body
    assert reply.pointers == [pointer]


def test_an_unknown_hub_driver_or_route_looks_like_any_other(shared: Carrier) -> None:
    nobody = "0" * 26
    bodies = [
        question(shared) | {"hub_id": f"hub_{nobody}"},
        question(shared, {"driver_id": f"drv_{nobody}"}),
        question(shared) | {"vans": [{"route_id": f"rte_{nobody}"}]},
    ]

    assert [ask(shared, body).status for body in bodies] == [404] * 3


def test_a_route_that_is_driven_is_a_conflict(shared: Carrier) -> None:
    van = shared.round(2).started()
    body = question(shared) | {"vans": [{"route_id": van.route_id}]}

    reply = ask(shared, body)

    assert (reply.status, reply.code) == (409, "route_under_way")
