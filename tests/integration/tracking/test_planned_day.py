"""The day of the plan on the page, before the van leaves."""

from datetime import timedelta
from typing import Any

from tests.support.carrier import Carrier, Round


def headline(found: Round, stop: int = 0) -> Any:
    return found.state(found.ids[stop][0]).json["words"]["headline"]["main"]


def test_a_page_names_the_day_of_the_plan_until_the_van_leaves(shared: Carrier) -> None:
    shop = shared.shop()
    order = shop.shipment(recipient={"name": "Aino", "phone": "+358401234567", "locale": "en"})
    link = order["tracking_url"].removeprefix("https://track.example")
    before = shared.call("GET", f"{link}/state").json

    found = shared.planned(shop, [[order]])
    planned = shared.call("GET", f"{link}/state").json
    found.started()

    assert before["service_day"] is None
    assert before["words"]["headline"]["main"] == "We are expecting your delivery"
    assert planned["service_day"] == shared.clock.now().date().isoformat()
    assert planned["words"]["headline"]["main"] == "Planned for today"
    assert planned["words"]["has_time"] is True
    assert "Planned" not in headline(found)


def test_a_cancelled_route_leaves_no_day(shared: Carrier) -> None:
    shop = shared.shop()
    order = shop.shipment(recipient={"name": "Aino", "phone": "+358401234567", "locale": "en"})
    found = shared.planned(shop, [[order]])
    path = f"/v1/routes/{found.route_id}/cancel"
    assert shared.call("POST", path, {}, token=shared.dispatcher).status == 200

    assert headline(found) == "We are expecting your delivery"


def test_a_day_that_is_over_is_not_named(shared: Carrier) -> None:
    shop = shared.shop()
    order = shop.shipment(recipient={"name": "Aino", "phone": "+358401234567", "locale": "en"})
    found = shared.planned(shop, [[order]])
    shared.clock.advance(timedelta(days=1))

    assert "Planned" not in headline(found)
