"""Cases of what shops, planners and hand scanners send."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from tests.cases.driving import hub_at
from tests.cases.reading import Case
from tests.support.carrier import Carrier, Reply, Shop

BODY: Final[dict[str, Any]] = {
    "reference": "1",
    "recipient": {"name": "Test Person"},
    "address": {
        "lines": ["Testikatu 1"],
        "city": "Helsinki",
        "country": "FI",
        "lat_deg": 60.18,
        "lon_deg": 24.95,
        "time_zone": "Europe/Helsinki",
    },
}


def merged(body: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The body with a patch: objects are merged, all else is replaced."""
    out = dict(body)
    for name, value in patch.items():
        old = out.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        out[name] = merged(old, value) if both else value  # type: ignore[arg-type]
    return out


def order(shop: Shop, patch: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the cases with a reference and a barcode of its own."""
    own = shop.order()
    now = shop.carrier.clock.now()
    patch = dict(patch)
    window = patch.pop("window_s", None)
    if window:
        start, end = (now + timedelta(seconds=s) for s in window)
        patch["window"] = {"start": start.isoformat(), "end": end.isoformat()}
    return merged(BODY | {name: own[name] for name in ("reference", "parcels")}, patch)


def serve(carrier: Carrier, address: Mapping[str, Any]) -> None:
    """Open a hub where the address is: wherever a case lies, a van could come."""
    place = {name: address[name] for name in ("lat_deg", "lon_deg")}
    hub = {"name": "Case", "time_zone": "Europe/Helsinki"} | place
    carrier.made("/v1/hubs", hub, carrier.dispatcher)


def at_path(document: Any, path: str) -> Any:
    """A value of a document by its dotted path."""
    for part in path.split("."):
        document = document[int(part)] if part.isdigit() else document.get(part)
    return document


def assert_problem(reply: Reply, expect: Mapping[str, Any]) -> None:
    """Status, pointer and wording of a refusal."""
    assert reply.status == expect["status"], reply.body
    if "error_pointer" in expect:
        assert expect["error_pointer"] in reply.pointers, reply.body
    details = " ".join([e["detail"] for e in reply.json.get("errors", ())])
    for text in expect.get("detail_lacks", ()):
        assert text not in details
    for text in expect.get("detail_contains", ()):
        assert text in details


def shipment(carrier: Carrier, case: Case) -> None:
    """Create, then read back."""
    shop = carrier.shop()
    body = order(shop, case.said["patch"])
    expect = case.said["expect"]
    if expect["status"] < 400:
        serve(carrier, body["address"])
    reply = shop.post(body)
    if expect["status"] >= 400:
        assert_problem(reply, expect)
        return
    assert reply.status == expect["status"], reply.body
    found = shop.get(reply.json["id"])
    for path, value in expect.get("stored", {}).items():
        assert at_path(found, path) == value, found


def scan(carrier: Carrier, case: Case) -> None:
    """One stored code, and what a scanner makes of it."""
    shop = carrier.shop()
    stored = shop.shipment(parcels=[{"barcode": case.said["stored"]}])
    van = carrier.planned(shop, [[stored]])
    reply = van.scan(*case.said["scans"])
    assert reply.status == 200, reply.body
    verdicts = [result["verdict"] for result in reply.json["results"]]
    assert verdicts == case.said["expect_verdicts"]


def plan(carrier: Carrier, case: Case) -> None:
    """A route of these shipments, taken or refused."""
    hub_at(carrier, (60.17, 24.94), case.said.get("hub_zone", "Europe/Helsinki"))
    shop = carrier.shop()
    made = [shop.post(order(shop, patch)) for patch in case.said["shipments"]]
    assert all(reply.status == 201 for reply in made), [reply.body for reply in made]
    ids = [reply.json["id"] for reply in made]
    driver_id, _ = carrier.driver()
    now = carrier.clock.now()
    body = {
        "driver_id": driver_id,
        "hub_id": carrier.hub_id,
        "service_day": now.date().isoformat(),
        "starts_at": now.isoformat(),
        "stops": [{"shipment_ids": [ids[i] for i in stop]} for stop in case.said["stops"]],
    } | case.said.get("route", {})
    reply = carrier.call("POST", "/v1/routes", body, token=carrier.dispatcher)
    expect = case.said["expect"]
    chosen = [e for e in expect.get("any_of", [expect]) if e["status"] == reply.status]
    assert chosen, reply.body
    if reply.status >= 400:
        assert_problem(reply, chosen[0])
        return
    planned = [stop["planned_arrival"]["point"] for stop in reply.json["stops"]]
    if "planned_not_before_s" in chosen[0]:
        first = now + timedelta(seconds=chosen[0]["planned_not_before_s"])
        assert planned[0] >= first.isoformat()[:19], planned
    if chosen[0].get("planned_in_order"):
        assert planned == sorted(planned)
