import itertools
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.geography import distance_m
from chalicelib.domain.ids import ShipmentId, StopId
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import (
    FASTEST_MPS,
    LONGEST_DETOUR_S,
    SLOWEST_MPS,
    Consignment,
    Route,
)
from tests.support.builders import HELSINKI, HUB_PLACE, make_route, make_stop, north_of
from tests.support.strategies import routes

TWO_SHIPMENTS = make_stop(
    1,
    consignments=(
        Consignment(ShipmentId("shp_a"), ("A1", "A2")),
        Consignment(ShipmentId("shp_b"), ("B1",)),
    ),
)


def test_a_stop_counts_its_parcels_and_names_its_shipments() -> None:
    assert TWO_SHIPMENTS.parcel_count == 3
    assert TWO_SHIPMENTS.shipment_ids == ("shp_a", "shp_b")


def test_a_stop_is_found_by_its_id() -> None:
    route = make_route(3)

    assert route.stop_index(StopId("stp_2")) == 2
    assert route.stop_index(StopId("stp_9")) is None


def test_a_route_lists_its_parcels_in_the_order_of_the_stops() -> None:
    route = make_route([make_stop(0), TWO_SHIPMENTS])

    assert [shipment_id for shipment_id, _ in route.parcels] == [
        "shp_0001",
        *(["shp_a"] * 2),
        "shp_b",
    ]
    assert ("shp_b", "B1") in list(route.parcels)


def test_a_route_leads_from_the_hub_to_its_stops() -> None:
    route = make_route(2)

    assert route.places == (HUB_PLACE, route.stops[0].coordinates, route.stops[1].coordinates)


def test_road_times_belong_to_the_stop_that_they_lead_to() -> None:
    route = make_route(3).with_road_times([900.04, None, 120.0])

    assert [stop.road_s for stop in route.stops] == [900.0, None, 120.0]


def test_times_for_another_number_of_legs_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        make_route(3).with_road_times([60.0])


@pytest.mark.parametrize("road_s", [0.0, 14.2])
def test_a_kilometre_in_no_time_is_not_believed(road_s: float) -> None:
    """Both addresses lie outside the network's map, and it measured along its edge."""
    route = make_route(2).with_road_times([900.0, road_s])

    assert route.stops[1].road_s is None


@pytest.mark.parametrize(
    ("way_m", "road_s", "is_believed"),
    [
        (300.0, 4 * 3_600.0, True),  # the other side of a fjord
        (300.0, 5 * 3_600.0, False),
        (300.0, 864_000.0, False),
        (20_000.0, 60_000 / (5 / 3.6), True),  # a ferry at 5 km/h, by a way of three times
        (20_000.0, 24 * 3_600.0, False),
    ],
)
def test_a_detour_is_believed_but_not_one_that_no_van_would_be_sent_on(
    way_m: float, road_s: float, *, is_believed: bool
) -> None:
    stop = make_stop(coordinates=north_of(HUB_PLACE, way_m))

    (found,) = make_route([stop]).with_road_times([road_s]).stops

    assert found.road_s == (pytest.approx(road_s, abs=0.05) if is_believed else None)


def test_a_way_to_the_same_place_takes_no_road() -> None:
    route = make_route([make_stop(0, coordinates=HELSINKI)], hub_coordinates=HELSINKI)

    assert route.with_road_times([0.0]).stops[0].road_s is None


@given(routes(), st.data())
def test_road_times_change_nothing_else_and_none_is_out_of_all_bounds(
    route: Route, data: st.DataObject
) -> None:
    times = st.none() | st.floats(0.0, 864_000.0)
    given_s = data.draw(st.lists(times, min_size=len(route.stops), max_size=len(route.stops)))

    timed = route.with_road_times(given_s)

    assert timed.with_road_times([None] * len(route.stops)) == route.with_road_times(
        [None] * len(route.stops)
    )
    for (a, b), stop, asked_s in zip(
        itertools.pairwise(route.places), timed.stops, given_s, strict=True
    ):
        if stop.road_s is not None:
            assert asked_s is not None
            assert stop.road_s == pytest.approx(asked_s, abs=0.05)
            assert distance_m(a, b) < FASTEST_MPS * (stop.road_s + 0.05)
            assert distance_m(a, b) > SLOWEST_MPS * (stop.road_s - 0.05 - LONGEST_DETOUR_S)


@pytest.mark.parametrize(
    ("starts", "now", "may_start"),
    [
        ("2026-11-24T07:00+02:00", "2026-11-24T00:10+02:00", True),
        ("2026-11-24T07:00+02:00", "2026-11-23T20:00+02:00", False),
        ("2026-11-24T00:30+02:00", "2026-11-23T23:30+02:00", True),
        ("2026-11-24T22:00+02:00", "2026-11-25T01:00+02:00", True),
        ("2026-11-24T08:00+02:00", "2026-11-25T08:00+02:00", False),
        ("2026-11-24T08:00+02:00", "2026-12-24T08:00+02:00", False),
    ],
    ids=["early", "the evening before", "a night's", "late", "yesterday's", "a month ago"],
)
def test_a_route_starts_on_its_day_or_near_its_time(
    starts: str, now: str, *, may_start: bool
) -> None:
    starts_at = datetime.fromisoformat(starts)
    route = make_route(1, starts_at=starts_at, service_day=starts_at.date())

    assert route.may_start(datetime.fromisoformat(now), Policy()) is may_start
