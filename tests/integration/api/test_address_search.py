"""Addresses without a place over HTTP, with an address search of the operator's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.shipments.placing import Precision
from local.environment import changed
from tests.contract.geocoders.test_geocoders import DOOR
from tests.support.carrier import Carrier, Shop
from tests.support.roads import RoadServer, Tell, road_server
from tests.support.searches import tell_nominatim, tell_photon

Start = Callable[[str, Tell], RoadServer]


@pytest.fixture
def search(shared: Carrier) -> Iterator[Start]:
    """Starts an address search and points the application at it."""
    with ExitStack() as closing:
        closing.callback(shared.rewire)

        def start(kind: str, tell: Tell) -> RoadServer:
            server = closing.enter_context(road_server(tell))
            settings = {"GEOCODER": f"{kind}:{server.url}", "ROUGH_PLACES": "dispatcher"}
            closing.enter_context(changed(settings))
            shared.rewire()
            return server

        yield start


def without_place(shop: Shop) -> dict[str, Any]:
    body = shop.order()
    kept = ("lines", "city", "country")
    body["address"] = {name: body["address"][name] for name in kept} | {"postal_code": "00100"}
    return body


def test_a_door_that_is_found_is_told_and_searched_for_once(shared: Carrier, search: Start) -> None:
    server = search("nominatim", tell_nominatim({"Mannerheimintie 12": DOOR}))
    shop = shared.shop()

    first, second = (shop.post(without_place(shop)) for _ in range(2))

    assert (first.status, second.status) == (201, 201)
    (warning,) = first.json["warnings"]
    assert "© OpenStreetMap contributors" in warning["detail"]
    got = shop.get(first.json["id"])
    assert (got["placement"], got["time_zone"]) == ("found", "Europe/Helsinki")
    assert len(server.questions) == 1


def test_a_rough_place_is_planned_only_after_a_dispatcher_has_placed_it(
    shared: Carrier, search: Start
) -> None:
    street = replace(DOOR, precision=Precision.STREET, house_number=None)
    search("photon", tell_photon({"Photon street 12": street}))
    shop = shared.shop()
    body = without_place(shop)
    body["address"]["lines"] = ["Photon street 12 B 34"]
    made = body | shop.post(body).json
    driver_id, _ = shared.driver()

    refused = shared.plan(driver_id, [[made["id"]]])
    placed = shared.call(
        "POST",
        f"/v1/shipments/{made['id']}/place",
        {"lat_deg": 60.17, "lon_deg": 24.94},
        token=shared.dispatcher,
    )

    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "needs_placing")
    assert (placed.status, placed.json["placement"]) == (200, "given")
    assert shared.plan(driver_id, [[made["id"]]]).status == 201


def test_without_a_search_coordinates_are_asked_for(shared: Carrier) -> None:
    shop = shared.shop()

    reply = shop.post(without_place(shop))

    assert (reply.status, reply.pointers) == (422, ["/address/lat_deg"])
