"""Finding things over HTTP: the feed."""

from datetime import timedelta
from typing import Any

from tests.support.carrier import Carrier, Round, Shop

ULID = "0" * 26


def feed(shop: Shop, query: str = "", *, token: str = "") -> tuple[list[dict[str, Any]], str]:
    """A page of the feed, and the cursor of the next one."""
    reply = shop.carrier.call("GET", f"/v1/events?limit=3{query}", token=token or shop.key)
    assert reply.status == 200, reply.body
    return reply.json["data"], reply.json["next_cursor"]


def delivered(carrier: Carrier) -> Round:
    van = carrier.round(2).started()
    assert van.work(0, "deliver").status == 200
    return van


def test_the_feed_has_the_whole_history_of_all_shipments(shared: Carrier) -> None:
    van = delivered(shared)
    shared.clock.advance(timedelta(minutes=1))

    seen, cursor = feed(van.shop)
    while True:
        page, cursor = feed(van.shop, f"&cursor={cursor}")
        if not page:
            break
        seen += page
    van.work(1, "deliver")
    shared.clock.advance(timedelta(minutes=1))
    later, _ = feed(van.shop, f"&cursor={cursor}")

    histories = [van.shop.events(shipment_id) for (shipment_id,) in van.ids]
    told = seen + later
    for history in histories:
        assert [
            each for each in told if each["shipment_id"] == history[0]["shipment_id"]
        ] == history
    assert len(told) == sum(map(len, histories))
    assert [each["type"] for each in later][-1] == "shipment.delivered"


def test_the_feed_of_another_shop_is_not_there(shared: Carrier) -> None:
    van = delivered(shared)
    shared.clock.advance(timedelta(minutes=1))
    staff, own = shared.dispatcher, f"&shipper_id={van.shop.shipper_id}"
    path = f"/v1/events?{own}"
    _, cursor = feed(van.shop, own)

    foreign = shared.call("GET", path, token=shared.shop().key)
    stolen = shared.call("GET", f"/v1/events?limit=3&cursor={cursor}", token=shared.shop().key)

    assert feed(van.shop, own, token=staff)[0] == feed(van.shop)[0]
    assert shared.call("GET", "/v1/events", token=staff).pointers == ["?shipper_id"]
    assert foreign.status == 404
    assert stolen.status == 422
    unknown = shared.call("GET", f"/v1/events?shipper_id=shr_{ULID}", token=staff)
    assert unknown.status == 404
