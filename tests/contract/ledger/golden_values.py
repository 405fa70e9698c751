"""What the ledger holds in `tests/golden`, as values. They never change."""

from datetime import timedelta
from typing import Final

from chalicelib.domain.journal.changes import Remembered
from tests.support.builders import NOON, seconds

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
CLAIMED: Final = "claim-held"
TAKEN_OVER: Final = "claim-taken-over"
RELEASED: Final = "claim-released"
DONE: Final = "claim-done"
