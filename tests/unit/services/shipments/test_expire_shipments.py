"""Finished shipments expire as a whole, others never."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import FINISHED, Status
from chalicelib.services.shipments.expire_shipments import ExpireShipments
from chalicelib.triggers import streams
from tests.contract.shipments.golden_values import OFFICE
from tests.support.builders import NOON, make_shipment
from tests.support.in_memory import InMemoryCarrier

KEPT = timedelta(days=30)


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier(policy=Policy(shipment_retention=KEPT))


def expire(carrier: InMemoryCarrier, *ids: str) -> frozenset[ShipmentId]:
    return carrier.use(ExpireShipments)([ShipmentId(each) for each in ids])


@pytest.mark.parametrize("status", Status)
def test_only_finished_shipments_expire(carrier: InMemoryCarrier, status: Status) -> None:
    shipment = make_shipment(1, status=status, completed_at=NOON, updated_at=NOON)
    carrier.has(shipment)

    assert expire(carrier, "shp_0001", "shp_0001", "shp_unknown") == frozenset()

    expected = {shipment.id: NOON + KEPT} if status in FINISHED else {}
    assert carrier.shipments.expiring == expected


def test_a_cancelled_one_expires_after_its_last_change(carrier: InMemoryCarrier) -> None:
    carrier.has(make_shipment(1, status=Status.CANCELLED, completed_at=None, updated_at=NOON))

    expire(carrier, "shp_0001")

    assert carrier.shipments.expiring == {ShipmentId("shp_0001"): NOON + KEPT}


def test_one_delivered_in_part_is_kept_and_loses_a_mark_that_it_had(
    carrier: InMemoryCarrier,
) -> None:
    parcels = (Parcel("A"), Parcel("B"))
    part = {"parcels": parcels, "handed_over": frozenset({"A"}), "completed_at": NOON}
    for number, status in enumerate((Status.DELIVERED, Status.ACCEPTED, Status.RETURNED)):
        carrier.has(make_shipment(number, status=status, **part))
    kept, planned, returned = carrier.shipments.shipments
    for shipment_id in (kept, planned):
        carrier.shipments.expire(shipment_id, NOON + KEPT)

    expire(carrier, kept, planned, returned)

    assert carrier.shipments.expiring == {returned: NOON + KEPT}


def test_a_corrected_one_that_is_to_be_delivered_loses_its_mark(carrier: InMemoryCarrier) -> None:
    corrections = OFFICE["shipment-corrected"].corrections
    carrier.has(make_shipment(1, status=Status.ATTEMPT_FAILED, corrections=corrections))
    carrier.shipments.expire(ShipmentId("shp_0001"), NOON + KEPT)

    expire(carrier, "shp_0001")

    assert carrier.shipments.expiring == {}


def test_those_that_fail_come_again_alone(carrier: InMemoryCarrier) -> None:
    done = {"status": Status.DELIVERED, "completed_at": NOON}
    carrier.has(*(replace(make_shipment(i), **done) for i in (1, 2)))  # type: ignore[arg-type]

    @dataclass
    class Failing:
        store: Any

        def get(self, shipment_id: ShipmentId) -> Any:
            return self.store.get(shipment_id)

        def expire(self, shipment_id: ShipmentId, at: datetime | None) -> None:
            if shipment_id == "shp_0001":
                raise Unavailable
            self.store.expire(shipment_id, at)

    carrier.shipments = Failing(carrier.shipments)  # type: ignore[assignment]
    records = [
        {
            "eventName": "INSERT",
            "dynamodb": {
                "SequenceNumber": str(i),
                "Keys": {"shipment_id": {"S": f"shp_000{i}"}, "item": {"S": "EVENT#00000009"}},
            },
        }
        for i in (1, 2)
    ]

    answer = streams.expire_shipments({"Records": records}, expire=carrier.use(ExpireShipments))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
