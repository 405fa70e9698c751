"""Finding things over HTTP: the feed, tracking links, ETAs, the fleet, attention."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib.domain.actors import Role
from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Round, Shop, note

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


def test_a_revoked_link_opens_nothing_at_once_and_the_next_one_does(shared: Carrier) -> None:
    shop = shared.shop()
    shipment = shop.shipment()
    path, first = f"/v1/shipments/{shipment['id']}/links", shipment["tracking_url"]

    renewed = shared.call("POST", path, {}, token=shop.key)
    revoked = shared.call("DELETE", f"{path}/2", token=shared.dispatcher)
    listed = shared.call("GET", path, token=shop.key).json["data"]

    assert renewed.status == 201
    assert (revoked.status, revoked.body) == (204, b"")
    assert [(link["number"], link["status"]) for link in listed] == [
        (3, "active"),
        (2, "revoked"),
        (1, "revoked"),
    ]
    urls = [first, renewed.json["tracking_url"], listed[0]["tracking_url"]]
    assert [link["tracking_url"] for link in listed[1:]] == [None, None]
    opened = [shared.call("GET", f"{urlsplit(url).path}/state").status for url in urls]
    assert opened == [404, 404, 200]
    assert shop.get(shipment["id"])["tracking_url"] == urls[-1]


def test_a_link_is_managed_by_its_shop_and_dispatchers_only(shared: Carrier) -> None:
    shop = shared.shop()
    path = f"/v1/shipments/{shop.shipment()['id']}/links"
    manager, stranger = shared.key(Role.MANAGER), shared.shop().key

    assert shared.call("GET", path, token=manager).status == 200
    assert shared.call("POST", path, {}, token=manager).status == 403
    for method, tail in (("GET", ""), ("POST", ""), ("DELETE", "/1")):
        body: Any = {} if method == "POST" else None
        assert shared.call(method, path + tail, body, token=stranger).status == 404
    for tail in ("/x", "/-1", "/٣", "/1e3", "/10000"):
        assert shared.call("DELETE", path + quote(tail), token=shop.key).status == 404


def test_an_eta_is_planned_promised_live_and_has_its_history(shared: Carrier) -> None:
    van = shared.round(2)
    path = f"/v1/shipments/{van.ids[1][0]}/eta"

    before = shared.call("GET", path, token=van.shop.key).json
    van.started().drive(-1_000.0)
    on_the_way = shared.call("GET", path, token=van.shop.key).json

    assert before["planned"]
    assert (before["promise"], before["live"], before["told"]) == (None, None, [])
    assert on_the_way["planned"] == before["planned"]
    assert on_the_way["live"]["stops_before"] == 1
    assert on_the_way["live"]["earliest"] <= on_the_way["live"]["point"]
    first, *_ = on_the_way["told"]
    assert first["type"] == "shipment.out_for_delivery"
    assert first["promise"]
    assert first["recorded_at"].endswith("Z")
    assert shared.call("GET", path, token=shared.shop().key).status == 404


def test_the_fleet_is_geojson_for_staff(shared: Carrier) -> None:
    waiting, van = shared.round(1), shared.round(2).started()
    van.drive(-1_000.0, after_s=900)
    van.work(0, "deliver")

    reply = shared.call("GET", "/v1/fleet", token=shared.key(Role.MANAGER))
    with CapacityMeter().watching(*shared.clients()) as meter:
        shared.call("GET", "/v1/fleet", token=shared.dispatcher)

    assert reply.json["type"] == "FeatureCollection"
    features = {feature["id"]: feature for feature in reply.json["features"]}
    assert waiting.driver_id not in features
    feature = features[van.driver_id]
    lon_deg, lat_deg = feature["geometry"]["coordinates"]
    assert (round(lon_deg), round(lat_deg)) == (25, 60)
    properties = feature["properties"]
    assert (properties["stops_done"], properties["stops_total"]) == (1, 2)
    assert properties["next_stop"]["id"] == van.stop_ids[1]
    assert properties["route_id"] == van.route_id
    assert (properties["last_fix"]["age_s"], properties["is_silent"]) == (0, False)
    assert meter.calls["BatchGetItem"] == 1
    assert meter.calls["Query"] == 1
    note(f"fleet of {len(features)}: {meter.read_units:g} RRU")


def test_the_fleet_is_nothing_for_shops_and_drivers(shared: Carrier) -> None:
    for token in (shared.shop().key, shared.driver()[1]):
        assert shared.call("GET", "/v1/fleet", token=token).status == 403


def concerns(carrier: Carrier, query: str) -> list[dict[str, Any]]:
    reply = carrier.call("GET", f"/v1/attention?limit=100{query}", token=carrier.dispatcher)
    assert reply.status == 200, reply.body
    return list(reply.json["data"])


def of_kind(carrier: Carrier, kind: str) -> list[str]:
    return [i for each in concerns(carrier, f"&kind={kind}") for i in each["shipment_ids"]]


def test_what_waits_is_there_until_it_is_planned_and_what_failed_until_it_is_decided(
    shared: Carrier,
) -> None:
    shop = shared.shop()
    orders = [shop.shipment(stop=i) for i in range(2)]
    ids = [order["id"] for order in orders]

    assert set(ids) <= set(of_kind(shared, "unassigned"))
    van = shared.planned(shop, [[order] for order in orders])
    assert set(ids).isdisjoint(of_kind(shared, "unassigned"))
    van.started().work(0, "fail", van.action(reason="not_home", note="Nobody there"))
    failed = [c for c in concerns(shared, "&kind=attempt_failed") if c["shipment_ids"] == ids[:1]]

    (concern,) = failed
    assert concern["route_id"] == van.route_id
    shown = concern["shipment"]
    assert (shown["reason"], shown["note"]) == ("not_home", "Nobody there")
    assert (shown["city"], shown["shipper_id"]) == ("Helsinki", shop.shipper_id)


def test_a_van_that_is_not_heard_is_the_first_concern(shared: Carrier) -> None:
    van = shared.round(2).started()
    shared.clock.advance(timedelta(hours=2))

    found = concerns(shared, "")

    assert found[0]["kind"] == "silent"
    own = [(c["kind"], c["stop_id"]) for c in found if c["driver_id"] == van.driver_id]
    assert own == [(kind, van.stop_ids[0]) for kind in ("silent", "late")]
    kinds = list(dict.fromkeys(concern["kind"] for concern in found))
    order = ["silent", "late", "at_risk", "left_behind", "attempt_failed", "unassigned"]
    assert kinds == [kind for kind in order if kind in kinds]


def test_what_a_van_left_without_is_seen(shared: Carrier) -> None:
    van = shared.round(2)
    left = van.ids[1][0]

    assert van.loaded(but=[left]).start().status == 200

    assert left in of_kind(shared, "left_behind")
    assert van.ids[0][0] not in of_kind(shared, "left_behind")


def test_attention_is_for_staff_and_asks_sensible_questions_only(shared: Carrier) -> None:
    assert shared.call("GET", "/v1/attention", token=shared.shop().key).status == 403
    for query, pointer in (("kind=sad", "?kind"), ("due_by=soon", "?due_by")):
        reply = shared.call("GET", f"/v1/attention?{query}", token=shared.dispatcher)
        assert (reply.status, reply.pointers) == (422, [pointer])


def listed(carrier: Carrier, query: str, token: str) -> list[str]:
    """All pages; one may be short, and its cursor leads on."""
    found, cursor = [], ""
    while True:
        reply = carrier.call("GET", f"/v1/shipments?limit=100{query}{cursor}", token=token)
        assert reply.status == 200, reply.body
        found += [shipment["id"] for shipment in reply.json["data"]]
        if reply.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={quote(reply.json['next_cursor'])}"


def test_shipments_are_found_by_barcode_by_news_and_by_the_day_of_a_hub(shared: Carrier) -> None:
    van = delivered(shared)
    shop, staff = van.shop, shared.dispatcher
    first, second = (ids[0] for ids in van.ids)
    since = quote(shared.clock.now().isoformat())
    code = van.orders[second]["parcels"][0]["barcode"]
    van.work(1, "deliver")
    shared.clock.advance(timedelta(minutes=1))
    mine = f"&shipper_id={shop.shipper_id}"
    day = f"&service_day={shared.clock.now().date()}&hub_id={shared.hub_id}"

    assert listed(shared, "", shop.key) == listed(shared, mine, staff)
    assert set(listed(shared, "", shop.key)) == {first, second}
    reference = quote(van.orders[first]["reference"])
    assert listed(shared, f"{mine}&reference={reference}", staff) == [first]
    assert listed(shared, f"&barcode={code}", shop.key) == [second]
    assert listed(shared, f"{mine}&barcode={code}", staff) == [second]
    assert listed(shared, f"&barcode={code}", staff) == [second]
    news = f"&updated_since={since}"
    assert second in listed(shared, news, shop.key)
    assert listed(shared, f"{news}&status=created", shop.key) == []
    assert {first, second} <= set(listed(shared, f"{day}&status=delivered", staff))
    assert shared.call("GET", f"/v1/shipments?{mine[1:]}", token=shared.shop().key).status == 404


def test_a_search_that_only_a_scan_would_answer_is_refused(shared: Carrier) -> None:
    for query, pointer in (
        ("status=delivered", "?status"),
        ("service_day=2026-11-23", "?service_day"),
    ):
        reply = shared.call("GET", f"/v1/shipments?{query}", token=shared.dispatcher)
        assert (reply.status, reply.pointers) == (422, [pointer])
    assert shared.call("GET", "/v1/shipments", token=shared.dispatcher).pointers == ["?shipper_id"]
