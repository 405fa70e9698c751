"""Evidence that earlier releases have sealed is read and verified for ever.

If this fails because a hash differs, events are written otherwise than they were sealed: then all
evidence out there looks as if somebody had changed it.
"""

import json
from collections.abc import Iterator

import pytest

from chalicelib.adapters.dynamodb.accounts.seal_keys import DynamoSealKeys
from chalicelib.adapters.dynamodb.shipments.events import from_image
from chalicelib.adapters.dynamodb.shipments.evidence import DynamoEvidenceChain
from chalicelib.domain.evidence import p256
from chalicelib.domain.evidence.links import Head, event_document, sha256_of
from chalicelib.domain.evidence.seals import is_in
from chalicelib.domain.ids import ShipmentId
from tests.support.aws import SESSION, dynamodb, stack_of, table_names
from tests.support.golden import golden_items

ID = ShipmentId("shp_0001")
GOLDEN = golden_items("v3", "evidence")


@pytest.fixture
def written() -> Iterator[None]:
    """What lies in the tables, with an attribute more, as only a later release would write it."""
    with dynamodb():
        names = table_names(stack_of("test"))
        for name, item in GOLDEN.items():
            table = names["accounts" if name == "sealkey" else "shipments"]
            later = {"added_later": {"S": "unknown"}}
            SESSION.client("dynamodb").put_item(TableName=table, Item=item | later)
        yield


@pytest.mark.usefixtures("written")
def test_signatures_and_chain_of_old_manifests_are_right() -> None:
    chain, (key,) = DynamoEvidenceChain().of(ID), DynamoSealKeys().all()

    assert [each.number for each in chain] == [1, 2, 3]
    assert [each.content["kind"] for each in chain] == ["attempt", "attempt", "files"]
    for signed in chain:
        facts = signed.seal.facts
        assert facts is not None
        assert facts.key_id == key.id
        assert p256.is_signed(key.spki, signed.seal.signature, signed.seal.statement.encode())
        assert is_in(signed.document, signed.seal, facts)
    assert Head.of([each.text for each in chain]).last_sequence == 7
    assert chain[2].content["previous_sha256"] == chain[1].sha256


@pytest.mark.usefixtures("written")
def test_events_still_have_the_hashes_that_were_sealed() -> None:
    sealed = [
        sha256
        for each in DynamoEvidenceChain().of(ID)
        for sha256 in each.content["events"]["sha256"]
    ]
    events = [from_image(GOLDEN[f"event-{n}"]) for n in range(1, len(sealed) + 1)]

    assert [sha256_of(event_document(event)) for event in events] == sealed


def test_a_document_that_a_later_release_has_written_is_read() -> None:
    seal = json.loads(GOLDEN["signed-1"]["seal"]["S"])

    assert seal["v"] == 1
    assert set(seal) == {"v", "statement", "signature", "index", "path"}
