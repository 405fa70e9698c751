"""All that is stored of a finished shipment expires at one time; what is under way never does."""

from datetime import timedelta

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.ids import ShipmentId
from tests.support.carrier import Carrier, note

DAYS = timedelta(days=180)  # the template's default


def expiries(carrier: Carrier, shipment_id: str) -> dict[str, int | None]:
    return {
        row["item"]["S"]: int(row["expires_at"]["N"]) if "expires_at" in row else None
        for row in carrier.rows("shipments")
        if row["shipment_id"]["S"] == shipment_id
    }


def test_a_finished_shipment_expires_as_a_whole(carrier: Carrier) -> None:
    bridge = carrier.bridge()
    found = carrier.round(2).started()
    (delivered,), (under_way,) = found.ids
    proof_id = found.photo(delivered)
    found.work(0, "deliver", found.action(proof_ids=[proof_id]))
    at = carrier.clock.now()

    bridge.settle()
    bridge.settle()

    found_at = expiries(carrier, delivered)
    kinds = {item.partition("#")[0] for item in found_at}
    assert kinds == {"SHIPMENT", "EVENT", "UPLOAD"}
    assert "SHIPMENT#DETAILS" in found_at
    assert set(found_at.values()) == {int((at + DAYS).timestamp())}
    assert set(expiries(carrier, under_way).values()) == {None}
    assert found.shop.get(delivered)["status"] == "delivered"
    note(f"a finished shipment: {len(found_at)} items expire together, 180 days later")


def test_what_was_deleted_meanwhile_is_not_made_anew(carrier: Carrier) -> None:
    shipments = bootstrap.container().adapters.shipments
    shipments.expire(ShipmentId("shp_gone"), carrier.clock.now())

    assert expiries(carrier, "shp_gone") == {}


def test_a_route_expires_with_all_that_was_planned(carrier: Carrier) -> None:
    found = carrier.round(1).started()
    rows = [row for row in carrier.rows("routes") if row["route_id"]["S"] == found.route_id]

    assert {row["item"]["S"].partition("#")[0] for row in rows} >= {"PLAN", "MANIFEST", "HANDLED"}
    assert all("expires_at" in row for row in rows)
