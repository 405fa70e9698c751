from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs import object_key


def test_a_proof_lands_in_quarantine_under_names_that_we_made() -> None:
    assert object_key(ShipmentId("shp_1"), ProofId("prf_2")) == "quarantine/shp_1/prf_2"
