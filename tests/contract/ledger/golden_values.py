"""What the ledger holds in `tests/golden`, as values. They never change."""

from datetime import timedelta
from typing import Final

from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ReferenceClaimed, Remembered
from chalicelib.domain.shipments.placing import FoundPlace, Precision
from tests.support.builders import HELSINKI, NOON, seconds

LEASE_S: Final = 120
KEEP_S: Final = 2_592_000
REMEMBERED: Final = {
    "remembered": Remembered(
        key="request#abc", fingerprint="f1", result_id="shp_0001", expires_at=NOON + timedelta(1)
    ),
    "remembered-answered": Remembered(
        key="request#ghi",
        fingerprint="f1",
        result_id="shp_0001",
        expires_at=NOON + timedelta(1),
        answer=b"\x00concealed\xff",
    ),
    "remembered-running": Remembered(
        key="request#def",
        fingerprint="f2",
        result_id="",
        expires_at=NOON + timedelta(1),
        owner="o1",
        lease_until=NOON + seconds(30.25),
    ),
}
REFERENCE: Final = ReferenceClaimed(
    shipper_id=ShipperId("shr_1"),
    reference="ORDER-1",
    shipment_id=ShipmentId("shp_0001"),
    replaced=None,
    now=NOON,
    expires_at=NOON + timedelta(545),
)
FOUND: Final = FoundPlace(
    coordinates=HELSINKI,
    precision=Precision.DOOR,
    label="Mannerheimintie 12, Helsinki",
    source="© OpenStreetMap contributors",
    country="FI",
    postal_code="00100",
    house_number="12",
)
CLAIMED: Final = "claim-held"
TAKEN_OVER: Final = "claim-taken-over"
RELEASED: Final = "claim-released"
DONE: Final = "claim-done"
