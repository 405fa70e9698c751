"""Faults while sealing: whatever happens, there is one manifest in the end, and it verifies."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.aws import client
from chalicelib.bootstrap.container import container
from chalicelib.domain.ids import ShipmentId
from tests.integration.evidence.test_evidence import delivered, manifests, signed_rows, verified
from tests.support.aws import SESSION, table_names
from tests.support.carrier import Carrier, Round
from tests.support.faults import (
    CONNECT_TIMEOUT,
    DYNAMODB_500,
    RESET,
    THROTTLE,
    Action,
    Crash,
    Faults,
    ack_lost,
    crash_after,
    crash_before,
    json_error,
)

KMS_THROTTLED = json_error("ThrottlingException")
KMS_DOWN = json_error("KMSInternalException", 500)
OF_KMS = {
    "throttled": KMS_THROTTLED,
    "a fault of KMS": KMS_DOWN,
    "broken off": RESET,
    "no connection": CONNECT_TIMEOUT,
}
OF_TABLES = {
    "throttled": THROTTLE,
    "a fault of DynamoDB": DYNAMODB_500,
    "broken off": RESET,
    "the answer is lost": ack_lost,
    "crash before": crash_before,
    "crash after": crash_after,
}


@dataclass
class Sealed:
    """One delivery and what sealing it comes to."""

    driven: Round
    shipment_id: ShipmentId

    def seal(self) -> frozenset[ShipmentId] | None:
        """The shipments that failed; None when the sandbox died."""
        with suppress(Crash):
            failed: frozenset[ShipmentId] = container().seal_evidence({self.shipment_id: 1})
            return failed
        return None

    def end(self) -> str:
        """The verdict once all is well again."""
        assert self.seal() == frozenset()
        assert len(manifests(self.driven.carrier, self.shipment_id)) == 1
        return str(verified(self.driven, self.shipment_id)["verdict"])


@pytest.fixture(scope="module")
def delivery(shared: Carrier) -> Sealed:
    driven, shipment_id = delivered(shared)
    return Sealed(driven, ShipmentId(shipment_id))


@pytest.fixture
def subject(delivery: Sealed) -> Sealed:
    """The delivery before its seal, in a cold container."""
    return unsealed(delivery)


def unsealed(delivery: Sealed) -> Sealed:
    carrier = delivery.driven.carrier
    name = table_names(carrier.provisioned.stack)["shipments"]
    for row in signed_rows(carrier, delivery.shipment_id):
        key = {each: row[each] for each in ("shipment_id", "item")}
        SESSION.client("dynamodb").delete_item(TableName=name, Key=key)
    carrier.rewire()
    return delivery


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("operation", ["GetPublicKey", "Sign"])
@pytest.mark.parametrize("action", OF_KMS.values(), ids=OF_KMS)
def test_while_kms_does_not_answer_it_comes_again(
    subject: Sealed, operation: str, action: Action
) -> None:
    tries = {("kms", operation, n): action for n in (1, 2, 3)}

    kms: Any = client("kms")
    with Faults(plan=tries).on(kms) as faults:
        failed = subject.seal()

    assert failed == frozenset({subject.shipment_id})
    assert len(faults.log) == 3
    assert subject.end() == "intact"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("action", OF_TABLES.values(), ids=OF_TABLES)
@pytest.mark.parametrize("operation", ["PutItem", "Query"])
def test_a_fault_of_the_tables_at_any_call_leads_to_the_same_end(
    subject: Sealed, operation: str, action: Action
) -> None:
    for number in range(1, 6):
        unsealed(subject)
        clients = subject.driven.carrier.clients()
        with Faults(plan={("dynamodb", operation, number): action}).on(*clients) as faults:
            failed = subject.seal()
        assert failed in {None, frozenset(), frozenset({subject.shipment_id})}
        assert subject.end() == "intact"
        if not faults.log:  # there is no such call any more
            break
    else:
        pytest.fail("there are more calls than this looks at")
