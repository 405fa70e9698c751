"""What the planning board makes of a plan, without a page."""

from typing import Any

import pytest

from tests.unit.pages.test_scripts import evaluate

MODULE = "console/plan.js"


def stop(*ids: str, saved: str | None = None) -> dict[str, Any]:
    return {"shipmentIds": list(ids), "stopId": saved}


def van(key: str, *stops: dict[str, Any], route: str | None = None) -> dict[str, Any]:
    return {"key": key, "routeId": route, "stops": list(stops), "start": "08:00", "end": "16:00"}


def after(expression: str, *vans: dict[str, Any]) -> list[list[str]]:
    """The shipments of each van's stops after a change of the plan."""
    name = expression.partition("(")[0]
    plan = {"waiting": {}, "vans": list(vans)}
    changed = evaluate(name, MODULE, expression.replace("plan", "given"), plan)
    return [
        [each for stop in van["stops"] for each in stop["shipmentIds"]] for van in changed["vans"]
    ]


def test_shipments_are_put_before_a_stop_or_at_the_end() -> None:
    one = van("one", stop("a"), stop("b"))

    assert after('put(plan, ["c"], "one")', one) == [["a", "b", "c"]]
    assert after('put(plan, ["c", "d"], "one", 1)', one) == [["a", "c", "d", "b"]]


def test_a_shipment_is_on_one_van_only() -> None:
    vans = van("one", stop("a"), stop("b", "c")), van("two", stop("d"))

    assert after('put(plan, ["b"], "two", 0)', *vans) == [["a", "c"], ["b", "d"]]
    assert after('put(plan, ["a"], null)', *vans) == [["b", "c"], ["d"]]


def test_moving_down_within_a_van_lands_before_the_stop_it_was_dropped_on() -> None:
    one = van("one", stop("a"), stop("b"), stop("c"))

    assert after('put(plan, ["a"], "one", 2)', one) == [["b", "a", "c"]]
    assert after('put(plan, ["c"], "one", 0)', one) == [["c", "a", "b"]]
    assert after('shift(plan, "one", 0, 1)', one) == [["b", "a", "c"]]
    assert after('shift(plan, "one", 0, -1)', one) == [["a", "b", "c"]]


def test_what_is_saved_stays_where_it_is() -> None:
    route = van("one", stop("a", saved="stp_1"), stop("b", saved="stp_2"), route="rte_1")

    assert after('put(plan, ["a"], null)', route) == [["a", "b"]]
    assert after('put(plan, ["c"], "one", 0)', route) == [["a", "b", "c"]]
    assert after('shift(plan, "one", 0, 1)', route) == [["a", "b"]]


def test_a_suggested_order_of_a_planned_route_becomes_an_edit() -> None:
    mixed = van(
        "one",
        *(stop("b", saved="stp_2"), stop("c"), stop("d"), stop("a", saved="stp_1"), stop("e")),
        route="rte_1",
    )

    assert evaluate("operations", MODULE, "operations(given)", mixed) == [
        {"op": "reorder", "stop_ids": ["stp_2", "stp_1"]},
        {"op": "add", "shipment_ids": ["c"], "before": "stp_1"},
        {"op": "add", "shipment_ids": ["d"], "before": "stp_1"},
        {"op": "add", "shipment_ids": ["e"]},
    ]


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        ("2026-11-28", "08:00", "Europe/Helsinki", "2026-11-28T06:00:00.000Z"),
        ("2026-07-28", "08:00", "Europe/Helsinki", "2026-07-28T05:00:00.000Z"),
        ("2026-03-29", "08:00", "Europe/Helsinki", "2026-03-29T05:00:00.000Z"),
        ("2026-10-25", "23:59", "Europe/Helsinki", "2026-10-25T21:59:00.000Z"),
        ("2026-11-28", "00:00", "Pacific/Auckland", "2026-11-27T11:00:00.000Z"),
        ("2026-11-28", "08:00", "UTC", "2026-11-28T08:00:00.000Z"),
    ],
)
def test_a_time_of_the_hub_is_an_instant(day: str, clock: str, zone: str, instant: str) -> None:
    given = [day, clock, zone]

    assert evaluate("instantOf", MODULE, "instantOf(...given)", given) == instant
