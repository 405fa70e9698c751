"""What a proven delivery costs: the report pays nothing for its evidence, and the seal is cheap."""

from dataclasses import replace

from chalicelib.bootstrap.container import container
from chalicelib.domain.ids import ShipmentId
from local.cloud.capacity import CapacityMeter, item_bytes
from tests.integration.evidence.test_evidence import signed_rows
from tests.integration.shipments.test_units import DEPARTURE, FEED, LIVE, SHIPMENT, a_round, billed
from tests.support.carrier import Carrier, Round, note
from tests.support.fakes.evidence import KeyHere
from tests.support.pictures import png

NOTE = "Left with the neighbour in B 35, who promised to tell her now"


def signature(driven: Round, shipment_id: str) -> str:
    drawn = png()
    allowed = driven.proof(
        shipment_id, kind="signature", content_type="image/png", size_bytes=len(drawn)
    )
    driven.carrier.upload(allowed, drawn)
    driven.carrier.inspect(allowed)
    return str(allowed["proof_id"])


def test_a_delivery_with_photo_and_signature_is_one_transaction(shared: Carrier) -> None:
    driven = a_round(shared, 2).started()
    (shipment_id,) = driven.ids[0]
    for way_m in (-220.0, -150.0, -90.0, -30.0, 0.0):
        driven.drive(way_m, after_s=15.0)
    driven.work(0, "arrive")
    driven.drive(2.0, after_s=15.0)
    proofs = [driven.photo(shipment_id), signature(driven, shipment_id)]
    body = driven.action(proof_ids=proofs, note=NOTE, received_by="Aino Virtanen")

    with billed(shared, "deliver with photo, signature, note and receiver") as deliver:
        assert driven.work(0, "deliver", body).status == 200

    assert deliver.calls["TransactWriteItems"] == 1
    assert deliver.calls["PutItem"] == deliver.calls["UpdateItem"] == 0
    assert deliver.write_units == SHIPMENT + FEED + LIVE + DEPARTURE


def test_sealing_costs_a_few_units_and_one_signature_for_all(shared: Carrier) -> None:
    driven = a_round(shared, 3).started()
    ids = [ShipmentId(shipment_id) for (shipment_id,) in driven.ids]
    for stop, shipment_id in enumerate(ids):
        for way_m in (-150.0, -30.0, 0.0):
            driven.drive(1_000.0 * stop + way_m, after_s=15.0)
        photo = driven.photo(shipment_id)
        driven.work(stop, "deliver", driven.action(proof_ids=[photo], note=NOTE))
    key = KeyHere()
    seal = replace(container().seal_evidence, sealing_key=key)
    sequences = dict.fromkeys(ids, 1)
    assert seal({ids[0]: 1}) == frozenset()  # the key is kept from here on

    with billed(shared, "seal two deliveries with a photo each") as meter:
        assert seal(sequences) == frozenset()
    with billed(shared, "seal them again") as again:
        assert seal(sequences) == frozenset()

    rows = [row for shipment_id in ids for row in signed_rows(shared, shipment_id)]
    note(f"signed manifests: {sorted(map(item_bytes, rows))} bytes")
    assert key.signatures == 2  # one for the first delivery, and one for both of the others
    assert meter.calls["PutItem"] == 2
    assert meter.write_units <= 2 * 4
    assert meter.read_units <= 2 * 6
    assert again.calls["PutItem"] == 0
    assert again.write_units == 0


def test_verifying_reads_only(shared: Carrier) -> None:
    driven = a_round(shared, 1).started()
    (shipment_id,) = driven.ids[0]
    driven.drive(0.0)
    driven.work(0, "deliver", driven.action(proof_ids=[driven.photo(shipment_id)]))
    container().seal_evidence({ShipmentId(shipment_id): 1})
    path = f"/v1/shipments/{shipment_id}/proofs/verify"

    with CapacityMeter().watching(*shared.clients()) as meter:
        assert shared.call("GET", path, token=driven.shop.key).json["verdict"] == "intact"

    assert meter.calls["PutItem"] == meter.calls["TransactWriteItems"] == 0
