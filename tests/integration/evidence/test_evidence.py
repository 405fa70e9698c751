"""A delivery through the API, sealed by the queue and verified through the API."""

import io
import json
import zipfile
from typing import Any

from local.cloud.bridge import Bridge
from tests.support.aws import SESSION, bucket_name
from tests.support.builders import minutes
from tests.support.carrier import Carrier, Round, note

BRIDGES: list[tuple[Carrier, Bridge]] = []


def delivered(carrier: Carrier, *, photos: int = 1, **report: Any) -> tuple[Round, str]:
    """One shipment that was handed over at its address; nothing is sealed yet."""
    driven = carrier.round(1).started()
    (shipment_id,) = driven.ids[0]
    driven.drive(-40.0)
    driven.work(0, "arrive")
    driven.drive(2.0)
    proofs = [driven.photo(shipment_id) for _ in range(photos)]
    reply = driven.work(0, "deliver", driven.action(proof_ids=proofs, **report))
    assert reply.status == 200, reply.body
    return driven, shipment_id


def settle_topic(carrier: Carrier) -> None:
    """Let the topic do its work; the queue waits."""
    bridge_of(carrier).settle()


def settle(carrier: Carrier) -> None:
    """Let the topic and the queue do their work."""
    settle_topic(carrier)
    carrier.clock.advance(minutes(10))
    settle_topic(carrier)


def bridge_of(carrier: Carrier) -> Bridge:
    """The bridge of this module: a new one would begin with the oldest event again."""
    if not BRIDGES or BRIDGES[-1][0] is not carrier:
        BRIDGES.append((carrier, carrier.bridge()))
    return BRIDGES[-1][1]


def verified(driven: Round, shipment_id: str) -> Any:
    path = f"/v1/shipments/{shipment_id}/proofs/verify"
    reply = driven.carrier.call("GET", path, token=driven.shop.key)
    assert reply.status == 200, reply.body
    return reply.json


def manifests(carrier: Carrier, shipment_id: str) -> list[Any]:
    rows = sorted(
        (row for row in signed_rows(carrier, shipment_id)), key=lambda row: str(row["item"])
    )
    return [json.loads(row["manifest"]["S"]) for row in rows]


def signed_rows(carrier: Carrier, shipment_id: str) -> list[Any]:
    return [
        row
        for row in carrier.rows("shipments")
        if row["shipment_id"]["S"] == shipment_id and row["item"]["S"].startswith("SIGNED#")
    ]


def test_a_delivery_is_sealed_and_verified(shared: Carrier) -> None:
    driven, shipment_id = delivered(shared, received_by="Aino Virtanen", note="At the door")
    before = verified(driven, shipment_id)
    settle(shared)

    (manifest,) = manifests(shared, shipment_id)
    assert before["verdict"] == "incomplete"
    assert [check["result"] for check in before["checks"]] == ["pending"]
    after = verified(driven, shipment_id)
    assert after["verdict"] == "intact", after
    assert {check["result"] for check in after["checks"]} == {"agrees"}
    assert manifest["attempt"] == {
        "outcome": "delivered",
        "reason": None,
        "driver_id": driven.driver_id,
        "action_id": manifest["attempt"]["action_id"],
        "parcels": [driven.orders[shipment_id]["parcels"][0]["barcode"]],
        "received_by": "Aino Virtanen",
        "has_note": True,
        "pin": None,
    }
    assert manifest["position"]["distance_to_address_m"] == 2
    assert [each["distance_to_address_m"] for each in manifest["track_near_address"]] == [40, 2]
    assert manifest["files"][0]["sha256"]
    assert manifest["previous_sha256"] is None
    note(f"a manifest of a delivery with a photo: {len(json.dumps(manifest))} bytes")


def fetched(carrier: Carrier, driven: Round, shipment_id: str) -> tuple[Any, bytes]:
    """The answer that names the bundle, and the bundle as it lies in the bucket."""
    path = f"/v1/shipments/{shipment_id}/proofs/bundle"
    reply = carrier.call("GET", path, token=driven.shop.key)
    assert reply.status == 200, reply.body
    key = f"bundles/{shipment_id}/{reply.json['sha256']}.zip"
    bucket = bucket_name(carrier.provisioned.stack)
    found = SESSION.client("s3").get_object(Bucket=bucket, Key=key)
    return reply.json, found["Body"].read()


def test_a_bundle_holds_all_evidence_and_is_the_same_to_the_byte(shared: Carrier) -> None:
    driven, shipment_id = delivered(shared, received_by="Aino <Virtanen>")
    settle(shared)

    answer, content = fetched(shared, driven, shipment_id)
    again, same = fetched(shared, driven, shipment_id)

    assert (answer["sha256"], content) == (again["sha256"], same)
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert [name.partition("/")[0] for name in names] == [
        "README.txt",
        *["events"] * 6,
        "files",
        "keys",
        "manifests",
        "receipt.html",
        "seals",
    ]


def test_before_the_first_seal_there_is_no_bundle_and_no_receipt(shared: Carrier) -> None:
    driven, shipment_id = delivered(shared)

    for what in ("bundle", "receipt"):
        path = f"/v1/shipments/{shipment_id}/proofs/{what}"
        assert shared.call("GET", path, token=driven.shop.key).code == "nothing_sealed"


def test_a_receipt_escapes_and_shows_the_pictures_itself(shared: Carrier) -> None:
    driven, shipment_id = delivered(shared, received_by="Aino <script>")
    settle(shared)

    path = f"/v1/shipments/{shipment_id}/proofs/receipt"
    page = shared.call("GET", path, token=driven.shop.key)

    assert page.status == 200
    text = page.body.decode()
    assert "Aino &lt;script&gt;" in text
    assert 'src="data:image/jpeg;base64,' in text
    assert "All evidence is as it was sealed." in text
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_a_delivery_that_the_driver_takes_back_is_a_correction_in_the_chain(
    shared: Carrier,
) -> None:
    driven, shipment_id = delivered(shared)
    settle_topic(shared)
    shared.clock.advance(minutes(4))
    taken_back = driven.work(0, "fail", driven.action(reason="not_home"))
    assert taken_back.status == 200, taken_back.body
    settle(shared)

    kinds = [(each["kind"], each["attempt_number"]) for each in manifests(shared, shipment_id)]
    assert kinds[0] == ("attempt", 1)
    assert ("correction", 1) in kinds
    answer = verified(driven, shipment_id)
    assert answer["verdict"] == "intact", answer


def test_others_see_no_evidence(shared: Carrier) -> None:
    _, shipment_id = delivered(shared)
    settle(shared)
    stranger = shared.shop("Other shop")

    for what in ("verify", "bundle", "receipt"):
        path = f"/v1/shipments/{shipment_id}/proofs/{what}"
        assert shared.call("GET", path, token=stranger.key).status == 404
        assert shared.call("GET", path).status == 401
        assert shared.call("GET", path, token=shared.dispatcher).status == 200


def test_the_keys_are_for_anybody(shared: Carrier) -> None:
    delivered_by, shipment_id = delivered(shared)
    settle(shared)

    keys = shared.call("GET", "/evidence/keys").json["data"]

    (manifest,) = verified(delivered_by, shipment_id)["manifests"]
    assert [key["id"] for key in keys] == [manifest["key_id"]]
    assert keys[0]["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
