"""The console's poll over HTTP: what it shows, to whom, and how little when nothing has changed."""

from typing import Any

import pytest

from chalicelib.domain.actors import Role
from tests.support.builders import minutes, seconds
from tests.support.carrier import Carrier, Reply, Round


@pytest.fixture
def van(carrier: Carrier) -> Round:
    """A van on its way to three stops."""
    van = carrier.round(3)
    return van.started()


def look(carrier: Carrier, query: str = "", **headers: str) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return carrier.call("GET", f"/v1/live{query}", token=carrier.dispatcher, headers=sent)


def test_the_view_shows_the_vans_in_the_order_of_the_routes(carrier: Carrier, van: Round) -> None:
    van.drive(0)
    view = look(carrier).json

    (route,) = view["routes"]
    assert (route["route_id"], route["driver_id"]) == (van.route_id, van.driver_id)
    assert (route["stops_total"], route["hub_id"]) == (3, carrier.hub_id)
    columns = view["vans"]
    assert {name: len(column) for name, column in columns.items()} == dict.fromkeys(columns, 1)
    assert columns["standing"] == ["on_time"]
    assert len(columns["stops"][0]) == 3
    assert view["next_poll_s"] == 10


def test_who_has_the_routes_is_sent_them_again_only_when_they_change(
    carrier: Carrier, van: Round
) -> None:
    first = look(carrier).json
    known = f"?roster={first['roster']}"

    assert look(carrier, known).json == first | {"routes": None}

    other = carrier.round(2)
    other.started()
    carrier.clock.advance(seconds(10))
    again = look(carrier, known).json
    assert {each["route_id"] for each in again["routes"]} == {van.route_id, other.route_id}
    assert again["roster"] != first["roster"]


def test_for_ten_seconds_all_are_shown_the_same_and_then_anew(carrier: Carrier, van: Round) -> None:
    first = look(carrier)
    carrier.clock.advance(seconds(9))
    same = look(carrier, If_None_Match=first.headers["ETag"])
    van.drive(0)
    carrier.clock.advance(seconds(1))
    later = look(carrier, If_None_Match=first.headers["ETag"])

    assert (same.status, same.body) == (304, b"")
    assert later.status == 200
    assert later.json["as_of"] > first.json["as_of"]


def test_nobody_on_the_road_is_an_empty_view(carrier: Carrier) -> None:
    view = look(carrier).json

    assert view["routes"] == view["concerns"] == []
    assert set(map(tuple, view["vans"].values())) == {()}


def test_plans_are_kept_by_whoever_asks_and_one_that_has_moved_on_is_missing(
    carrier: Carrier, van: Round
) -> None:
    def plans(version: int) -> Reply:
        path = f"/v1/live/plans?of={van.route_id}.{version}"
        return carrier.call("GET", path, token=carrier.dispatcher)

    (route,) = look(carrier).json["routes"]
    found, none = plans(route["plan_version"]), plans(route["plan_version"] + 1)

    (plan,) = found.json["data"]
    assert [stop["id"] for stop in plan["stops"]] == van.stop_ids
    assert all(stop["planned"] and stop["promise"] for stop in plan["stops"])
    assert found.headers["Cache-Control"] == "private, max-age=86400"
    assert none.json == {"data": [], "next_cursor": None}
    assert none.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("of", ["", "rte_1.1", "x", ",", "rte_" + "0" * 26 + ".x"])
def test_plans_are_asked_for_by_route_and_version(carrier: Carrier, of: str) -> None:
    reply = carrier.call("GET", f"/v1/live/plans?of={of}", token=carrier.dispatcher)

    assert reply.status == 422
    assert reply.pointers == ["?of"]


def concern(carrier: Carrier, kind: str) -> Any:
    listed = carrier.call("GET", f"/v1/attention?kind={kind}", token=carrier.dispatcher).json
    (found,) = listed["data"]
    return found


def do(carrier: Carrier, name: str, version: str, token: str, **body: Any) -> Reply:
    headers = {"If-Match": version}
    return carrier.call("PATCH", f"/v1/attention/{name}", body, token=token, headers=headers)


def test_two_dispatchers_at_once_the_second_sees_who_has_it(carrier: Carrier) -> None:
    carrier.shop().shipment()
    found = concern(carrier, "unassigned")
    assert found["handling"] is None
    other = carrier.key(Role.DISPATCHER)
    taken = {"state": "taken", "news_at": found["news_at"]}

    first = do(carrier, found["id"], '"0"', carrier.dispatcher, **taken)
    second = do(carrier, found["id"], '"0"', other, **taken)

    assert (first.status, first.headers["ETag"]) == (200, '"1"')
    assert second.status == 412
    assert (second.json["state"], second.json["by"]) == ("taken", first.json["by"])
    shown = carrier.call("GET", f"/v1/attention/{found['id']}", token=other)
    assert (shown.headers["ETag"], shown.json) == ('"1"', first.json)
    assert concern(carrier, "unassigned")["handling"] == first.json
    (live,) = look(carrier).json["concerns"]
    assert (live["handled"], live["handling"]) == ("taken", first.json)


def test_what_is_snoozed_comes_back_and_what_is_done_does_not(carrier: Carrier) -> None:
    carrier.shop().shipment()
    found = concern(carrier, "unassigned")
    until = (carrier.clock.now() + minutes(20)).isoformat()
    news = {"news_at": found["news_at"]}

    def listed() -> int:
        path = "/v1/attention?kind=unassigned"
        return len(carrier.call("GET", path, token=carrier.dispatcher).json["data"])

    def at(version: str, **body: Any) -> None:
        reply = do(carrier, found["id"], version, carrier.dispatcher, **news, **body)
        assert reply.status == 200, reply.body

    at('"0"', state="snoozed", until=until)
    assert listed() == 0
    carrier.clock.advance(minutes(20))
    assert listed() == 1
    at('"1"', state="done")
    carrier.clock.advance(minutes(60))
    assert listed() == 0
    hidden = carrier.call("GET", "/v1/attention?handled=done", token=carrier.dispatcher).json[
        "data"
    ]
    assert [each["id"] for each in hidden] == [found["id"]]


def test_a_name_that_is_none_is_not_found_and_managers_only_look(carrier: Carrier) -> None:
    manager = carrier.key(Role.MANAGER)
    name = "late~rte_" + "0" * 26
    taken = {"state": "taken", "news_at": carrier.clock.now().isoformat()}

    assert carrier.call("GET", "/v1/attention/x", token=manager).status == 404
    assert carrier.call("GET", f"/v1/attention/{name}", token=manager).json["version"] == 0
    assert do(carrier, name, '"0"', manager, **taken).status == 403
    assert do(carrier, "x", '"0"', carrier.dispatcher, **taken).status == 404
