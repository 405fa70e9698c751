"""Creating shipments: at most once under a key, and always the same answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.bootstrap import container as bootstrap
from tests.support.carrier import BASE_URL, Carrier, Shop


@pytest.fixture
def shop(shared: Carrier) -> Shop:
    return shared.shop()


def listed(shop: Shop) -> list[dict[str, Any]]:
    path = "/v1/shipments?limit=100"
    return list(shop.carrier.call("GET", path, token=shop.key).json["data"])


def test_a_created_shipment_is_there_with_its_link_and_its_first_event(shop: Shop) -> None:
    order = shop.order()

    created = shop.post(order)

    assert created.status == 201
    assert set(created.json) == {
        "id",
        "reference",
        "outcome",
        "status",
        "created_at",
        "tracking_url",
        "warnings",
    }
    assert created.json["tracking_url"].startswith(f"{BASE_URL}/t/")
    got = shop.get(created.json["id"])
    assert (got["status"], got["reference"], got["parcels"][0]["barcode"]) == (
        "created",
        order["reference"],
        order["parcels"][0]["barcode"],
    )
    assert shop.event_types(created.json["id"]) == ["created"]


def test_s3_the_same_key_and_body_give_the_same_bytes_and_no_second_shipment(shop: Shop) -> None:
    order = shop.order()

    first = shop.post(order, idempotency_key="key-1")
    shop.carrier.clock.advance(timedelta(minutes=5))
    shop.carrier.rewire()
    again = [shop.post(order, idempotency_key="key-1") for _ in range(3)]

    assert "Idempotency-Replayed" not in first.headers
    assert {reply.headers["Idempotency-Replayed"] for reply in again} == {"true"}
    assert {reply.body for reply in again} == {first.body}
    assert {reply.status for reply in again} == {201}
    assert len(listed(shop)) == 1


def test_s3_a_replay_is_the_same_also_when_the_shipment_has_moved_on(shared: Carrier) -> None:
    shop = shared.shop()
    order = shop.order()
    first = shop.post(order, idempotency_key="key-1")
    shared.planned(shop, [[order | first.json]]).started()

    again = shop.post(order, idempotency_key="key-1")

    assert again.body == first.body


def test_the_order_of_fields_and_defaults_written_out_are_the_same_request(shop: Shop) -> None:
    order = shop.order()
    first = shop.post(order, idempotency_key="key-1")

    same = dict(reversed(order.items())) | {"window": None, "proof_requirements": {}}

    assert shop.post(same, idempotency_key="key-1").body == first.body


def test_s9_the_same_key_with_another_body_is_refused(shop: Shop) -> None:
    shop.post(shop.order(), idempotency_key="key-1")

    reply = shop.post(shop.order(), idempotency_key="key-1")

    assert reply.status == 422
    assert reply.code == "idempotency_key_reused"
    assert len(listed(shop)) == 1


def test_a_refused_request_leaves_its_key_free(shop: Shop) -> None:
    refused = shop.post(shop.order() | {"parcels": []}, idempotency_key="key-1")

    accepted = shop.post(shop.order(), idempotency_key="key-1")

    assert (refused.status, accepted.status) == (422, 201)
    assert "Idempotency-Replayed" not in accepted.headers


def test_s11_a_key_is_forgotten_after_a_day_also_before_its_item_is_deleted(shop: Shop) -> None:
    clock = shop.carrier.clock
    order = shop.order()
    first = shop.post(order, idempotency_key="key-1")

    clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    replayed = shop.post(order, idempotency_key="key-1")
    clock.advance(timedelta(seconds=2))
    fresh = shop.post(order | {"reference": "ANOTHER"}, idempotency_key="key-1")

    assert replayed.body == first.body
    assert fresh.json["id"] != first.json["id"]
    assert "Idempotency-Replayed" not in fresh.headers


def test_s12_keys_of_two_shippers_have_nothing_to_do_with_each_other(shared: Carrier) -> None:
    mine, theirs = shared.shop(), shared.shop()
    order = mine.order()

    first = mine.post(order, idempotency_key="key-1")
    other = theirs.post(order, idempotency_key="key-1")

    assert first.status == other.status == 201
    assert first.json["id"] != other.json["id"]


def test_a_reference_names_one_shipment_of_its_shipper(shared: Carrier) -> None:
    mine, theirs = shared.shop(), shared.shop()
    order = mine.order(reference="Väinö 1")
    first = mine.post(order)

    again = mine.post(mine.order(reference="Va\u0308ino\u0308 1"))

    assert (again.status, again.code) == (409, "reference_taken")
    assert again.json["shipment_id"] == first.json["id"]
    assert theirs.post(order).status == 201
    assert len(listed(mine)) == 1


def test_an_order_may_update_the_shipment_that_has_its_reference(shop: Shop) -> None:
    path, order = "/v1/shipments?if_exists=update", shop.order(metadata={"order_source": "Web"})
    mended = order | {"metadata": {"order_source": "Till 4"}, "service_day": "2026-12-08"}

    made, unchanged, updated, replayed = (
        shop.carrier.call(
            "POST", path, body, token=shop.key, headers={"Idempotency-Key": f"key-{key}"}
        )
        for key, body in enumerate([order, order, mended])
        for body in ([body] if key < 2 else [body, body])
    )

    assert [r.status for r in (made, unchanged, updated, replayed)] == [201, 200, 200, 200]
    assert [r.json["outcome"] for r in (made, unchanged, updated)] == [
        "created",
        "unchanged",
        "updated",
    ]
    assert replayed.body == updated.body
    got = shop.get(made.json["id"])
    assert (got["metadata"], got["service_day"]) == (mended["metadata"], "2026-12-08")
    assert shop.event_types(made.json["id"]) == ["created", "updated"]
    assert shop.events(made.json["id"])[1]["data"]["changed"] == ["service_day", "metadata"]


def test_shipments_are_listed_newest_first(shop: Shop) -> None:
    ids = []
    for _ in range(3):
        ids.append(shop.shipment()["id"])
        shop.carrier.clock.advance(timedelta(seconds=1))

    assert [shipment["id"] for shipment in listed(shop)] == ids[::-1]


def test_times_come_back_as_they_are_and_in_utc(shop: Shop) -> None:
    window = {"start": "2026-11-23T16:00:00+02:00", "end": "2026-11-23T18:00:00+02:00"}

    shipment = shop.shipment(window=window)

    got = shop.get(shipment["id"])["window"]
    for ours, theirs in (("earliest", "start"), ("latest", "end")):
        assert datetime.fromisoformat(got[ours]) == datetime.fromisoformat(window[theirs])
        assert got[ours].endswith("Z")


def test_the_tracking_link_shows_nothing_that_is_not_the_recipients_business(shop: Shop) -> None:
    order = shop.order(reference="ORDER-CANARY")
    shipment = shop.post(order).json
    token = shipment["tracking_url"].rpartition("/")[2]

    shown = shop.carrier.call("GET", f"/t/{token}/state").body.decode()

    recipient, address = order["recipient"], order["address"]
    for secret in (recipient["phone"], recipient["email"], address["lines"][0], shipment["id"]):
        assert secret not in shown


def test_a_tracking_link_with_one_character_changed_leads_nowhere(shop: Shop) -> None:
    url = shop.shipment()["tracking_url"]
    token = url.rpartition("/")[2]
    unknown = shop.carrier.call("GET", f"/t/{'g' * 40}/state")

    for i in range(len(token)):
        forged = token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :]
        reply = shop.carrier.call("GET", f"/t/{forged}/state")
        assert reply.status == 404
        assert reply.json | {"instance": ""} == unknown.json | {"instance": ""}
    assert bootstrap.container().adapters.signer.open_tracking_token(token)


def test_a_code_that_cannot_be_right_is_taken_with_a_warning_that_names_the_digit(
    shop: Shop,
) -> None:
    reply = shop.post(shop.order(parcels=[{"barcode": "A-1"}, {"barcode": "00106141411234567890"}]))

    assert reply.status == 201
    (warning,) = reply.json["warnings"]
    assert warning["pointer"] == "/parcels/1/barcode"
    assert "check digit 7" in warning["detail"]


def test_a_barcode_that_an_open_shipment_has_is_taken_with_a_warning(shared: Carrier) -> None:
    shop, other_shop = shared.shop(), shared.shop()
    first = shop.shipment(parcels=[{"barcode": "REUSED-1"}])
    assert first["warnings"] == []

    second = shop.shipment(parcels=[{"barcode": "NEW-1"}, {"barcode": "REUSED-1"}])
    elsewhere = other_shop.shipment(parcels=[{"barcode": "REUSED-1"}])

    (warning,) = second["warnings"]
    assert warning["pointer"] == "/parcels/1/barcode"
    assert first["id"] in warning["detail"]
    assert elsewhere["warnings"] == []


def test_a_barcode_whose_shipment_was_delivered_is_free(shared: Carrier) -> None:
    van = shared.round(1).started()
    parcels = van.orders[van.ids[0][0]]["parcels"]
    assert van.work(0, "deliver").status == 200

    assert van.shop.shipment(parcels=parcels)["warnings"] == []
