"""Signed manifests, keys, files and the queue: in memory, and on AWS as moto plays it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.adapters.dynamodb.accounts.seal_keys import DynamoSealKeys
from chalicelib.adapters.dynamodb.shipments.evidence import DynamoEvidenceChain
from chalicelib.adapters.evidence_files import S3EvidenceFiles
from chalicelib.adapters.kms import KmsSealingKey
from chalicelib.adapters.messaging.evidence import SqsSealQueue
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.evidence import p256
from chalicelib.domain.evidence.links import SignedManifest
from chalicelib.domain.evidence.seals import Seal, SealKey
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.payloads import from_message
from chalicelib.services.ports.evidence import EvidenceChain, EvidenceFiles, SealingKey, SealKeys
from local.clock import VirtualClock
from local.cloud.queues import delays_on
from tests.support.aws import SESSION, aws, bucket_name, stack_of, table_names
from tests.support.builders import NOON, make_event, minutes
from tests.support.fakes.evidence import (
    InMemoryEvidenceChain,
    InMemoryEvidenceFiles,
    InMemorySealKeys,
    KeyHere,
)

ID, OTHER = ShipmentId("shp_0001"), ShipmentId("shp_0002")
FIRST = SignedManifest(1, '{"é":1}', Seal('{"count":2}', b"\x30\x00\xff", 1, (b"\x01" * 32, b"")))
SECOND = replace(FIRST, number=2, text='{"b":2}')
FILE_KEY = "proofs/shp_0001/prf_1"


@dataclass(frozen=True)
class Evidence:
    """The stores of evidence."""

    chain: EvidenceChain
    keys: SealKeys
    key: SealingKey
    files: EvidenceFiles


@contextmanager
def in_memory() -> Iterator[Evidence]:
    files = InMemoryEvidenceFiles({FILE_KEY: b"a file"})
    yield Evidence(InMemoryEvidenceChain(), InMemorySealKeys(), KeyHere(), files)


@contextmanager
def on_moto() -> Iterator[Evidence]:
    with aws() as provisioned:
        bucket = bucket_name(provisioned.stack)
        SESSION.client("s3").put_object(Bucket=bucket, Key=FILE_KEY, Body=b"a file")
        alias = provisioned.stack.environment()["EVIDENCE_KEY_ID"]
        yield Evidence(
            DynamoEvidenceChain(), DynamoSealKeys(), KmsSealingKey(alias), S3EvidenceFiles(bucket)
        )


@pytest.fixture(params=[in_memory, on_moto])
def evidence(request: pytest.FixtureRequest) -> Iterator[Evidence]:
    with request.param() as implementation:
        yield implementation


def test_manifests_come_back_to_the_byte_in_their_order(evidence: Evidence) -> None:
    assert evidence.chain.of(ID) == ()
    evidence.chain.append(ID, FIRST, expires_at=None)
    evidence.chain.append(ID, SECOND, expires_at=NOON)

    assert evidence.chain.of(ID) == (FIRST, SECOND)
    assert evidence.chain.of(OTHER) == ()


def test_a_number_is_given_once(evidence: Evidence) -> None:
    evidence.chain.append(ID, FIRST, expires_at=None)

    with pytest.raises(ConcurrentUpdate):
        evidence.chain.append(ID, replace(FIRST, text="other"), expires_at=None)
    assert evidence.chain.of(ID) == (FIRST,)


def test_the_key_signs_what_its_public_half_verifies(evidence: Evidence) -> None:
    spki, signature = evidence.key.public(), evidence.key.sign(b"message")

    loaded = serialization.load_der_public_key(spki)
    assert isinstance(loaded, ec.EllipticCurvePublicKey)
    loaded.verify(signature, b"message", ec.ECDSA(hashes.SHA256()))
    assert p256.is_signed(spki, signature, b"message")
    assert not p256.is_signed(spki, signature, b"other")
    assert evidence.key.public() == spki


def test_the_first_use_of_a_key_stays_and_old_keys_too(evidence: Evidence) -> None:
    old = SealKey(b"old", NOON)
    new = SealKey(b"new", NOON + minutes(1))
    for key in (new, old, replace(old, first_used_at=NOON + minutes(5))):
        evidence.keys.remember(key)

    assert evidence.keys.all() == (old, new)


def test_files_are_read_and_missing_ones_are_none(evidence: Evidence) -> None:
    assert evidence.files.kept(FILE_KEY) == b"a file"
    assert evidence.files.kept("proofs/shp_0001/prf_2") is None


def test_a_bundle_has_an_address_for_five_minutes(evidence: Evidence) -> None:
    url = evidence.files.put_bundle("bundles/shp_0001/ab.zip", b"PK", file_name="evidence.zip")

    assert "bundles/shp_0001/ab.zip" in url
    assert "Expires=300" in url


def test_manifests_expire_with_their_shipment() -> None:
    with on_moto() as evidence:
        evidence.chain.append(ID, FIRST, expires_at=NOON)
        name = table_names(stack_of("test"))["shipments"]
        (item,) = SESSION.client("dynamodb").scan(TableName=name)["Items"]

    assert item["expires_at"] == {"N": str(int(NOON.timestamp()))}
    assert item["item"]["S"] > "SHIPMENT#~"  # else it would be read with each shipment


def test_the_queue_holds_what_the_topic_would_have_sent() -> None:
    event, clock = make_event(7), VirtualClock(NOON)
    with delays_on(clock), aws() as provisioned:
        url = provisioned.stack.environment()["EVIDENCE_QUEUE_URL"]
        SqsSealQueue(url).put(event)
        clock.advance(minutes(3))
        (message,) = SESSION.client("sqs").receive_message(QueueUrl=url)["Messages"]

    assert from_message(message["Body"]) == event
