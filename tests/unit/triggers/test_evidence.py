"""Behind the queue of what is to be sealed: a batch is sealed together, poison alone is parked."""

from collections.abc import Mapping

from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.payloads import to_message
from chalicelib.triggers.evidence import seal_evidence
from tests.support.builders import make_event
from tests.unit.triggers.batches import batch, failures

FIRST, SECOND = ShipmentId("shp_0001"), ShipmentId("shp_0002")


def message(name: str, shipment_id: ShipmentId, seq: int) -> dict[str, str]:
    event = make_event(seq, shipment_id=shipment_id)
    return {"messageId": name, "body": to_message(event)}


class Seals:
    """Notes what it is asked for; some shipments fail."""

    def __init__(self, *failing: ShipmentId) -> None:
        self.failing, self.asked = frozenset(failing), list[Mapping[ShipmentId, int]]()

    def __call__(self, sequences: Mapping[ShipmentId, int]) -> frozenset[ShipmentId]:
        self.asked.append(sequences)
        return self.failing & frozenset(sequences)


def test_a_batch_is_sealed_together_up_to_its_newest_events() -> None:
    seals = Seals()
    records = [message("a", FIRST, 5), message("b", SECOND, 7), message("c", FIRST, 6)]

    assert seal_evidence(batch(*records), seal=seals) == failures()
    assert seals.asked == [{FIRST: 6, SECOND: 7}]


def test_all_messages_of_a_shipment_that_failed_come_again_and_no_others() -> None:
    records = [message("a", FIRST, 5), message("b", SECOND, 7), message("c", FIRST, 6)]

    assert seal_evidence(batch(*records), seal=Seals(FIRST)) == failures("a", "c")


def test_poison_holds_up_nothing() -> None:
    seals = Seals()
    records = [{"messageId": "x", "body": "{}"}, message("a", FIRST, 5)]

    assert seal_evidence(batch(*records), seal=seals) == failures("x")
    assert seals.asked == [{FIRST: 5}]
    assert seal_evidence(batch({"messageId": "x", "body": "["}), seal=seals) == failures("x")
    assert len(seals.asked) == 1
