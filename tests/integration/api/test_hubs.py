"""Hubs are found by whoever plans from them."""

from tests.support.carrier import Carrier


def test_hubs_are_listed_oldest_first_a_page_at_a_time(shared: Carrier) -> None:
    place = {"lat_deg": 60.2, "lon_deg": 24.9, "time_zone": "Europe/Helsinki"}
    hubs = [
        shared.made("/v1/hubs", place | {"name": name}, shared.dispatcher)
        for name in ("Pasila", "Vuosaari", "Espoo")
    ]

    listed, path = [], "/v1/hubs?limit=2"
    while path:
        page = shared.call("GET", path, token=shared.dispatcher).json
        listed += page["data"]
        cursor = page["next_cursor"]
        path = f"/v1/hubs?limit=2&cursor={cursor}" if cursor else ""

    assert [hub for hub in listed if hub in hubs] == hubs
    assert listed == sorted(listed, key=lambda hub: hub["created_at"])


def test_a_shop_does_not_see_hubs(shared: Carrier) -> None:
    assert shared.call("GET", "/v1/hubs", token=shared.shop().key).status == 403
