"""Behind the queue of what is to be sealed: messages in, the ids of the failed ones out.

All messages of a batch are sealed together, under one signature.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.payloads import from_message
from chalicelib.observability import counted
from chalicelib.triggers.failures import Failures, failures, park


def seal_evidence(
    batch: Mapping[str, Any],
    *,
    seal: Callable[[Mapping[ShipmentId, int]], frozenset[ShipmentId]],
) -> Failures:
    """Seal the shipments of a batch. Returns the ids of the messages that must come again."""
    failed: list[str] = []
    shipments: dict[str, ShipmentId] = {}
    sequences: dict[ShipmentId, int] = {}
    with counted():
        for record in batch["Records"]:
            message_id = record["messageId"]
            try:
                event = from_message(record["body"])
            except Invalid as exc:
                park("message", message_id, exc)
                failed.append(message_id)
                continue
            shipments[message_id] = event.shipment_id
            sequences[event.shipment_id] = max(event.seq, sequences.get(event.shipment_id, 0))
        again = seal(sequences) if sequences else frozenset()
    failed += [key for key, shipment_id in shipments.items() if shipment_id in again]
    return failures(failed)
