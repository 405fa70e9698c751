"""Files of proofs, in memory and on S3."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.adapters.s3 import S3ProofStore
from chalicelib.domain.errors import Unavailable
from chalicelib.services.ports.proofs import ProofStore
from tests.support import faults
from tests.support.aws import SESSION, aws, bucket_name
from tests.support.builders import NOON, make_proof, minutes
from tests.support.fakes.proofs import InMemoryProofStore
from tests.support.faults import Faults

KEY = "quarantine/shp_1/prf_1"
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100
MAX_BYTES = 10_000


@dataclass(frozen=True)
class Case:
    """A store, and a phone that sends it a file."""

    store: ProofStore
    send: Callable[[str, bytes, str], object]


@contextmanager
def in_memory() -> Iterator[Case]:
    store = InMemoryProofStore()
    yield Case(store, lambda key, body, kind: store.receive(key, body, content_type=kind, at=NOON))


@contextmanager
def on_moto() -> Iterator[Case]:
    with aws() as provisioned:
        bucket = bucket_name(provisioned.stack)
        s3 = SESSION.client("s3")

        def send(key: str, body: bytes, content_type: str) -> object:
            return s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)

        yield Case(S3ProofStore(bucket), send)


@pytest.fixture(params=[in_memory, on_moto])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    with request.param() as implementation:
        yield implementation


@pytest.fixture
def s3() -> Iterator[Case]:
    with on_moto() as implementation:
        yield implementation


def allowed(store: ProofStore, now: datetime = NOON) -> Any:
    return store.allow_upload(KEY, content_type="image/jpeg", max_bytes=MAX_BYTES, now=now)


def test_a_form_names_key_and_type_and_ends_soon(case: Case) -> None:
    form = allowed(case.store)

    assert form.fields["key"] == KEY
    assert form.fields["Content-Type"] == "image/jpeg"
    assert form.expires_at == NOON + minutes(10)
    assert form.url.startswith("https://")


def test_what_was_sent_is_found(case: Case) -> None:
    allowed(case.store)
    case.send(KEY, JPEG, "image/jpeg")

    found = case.store.find(KEY)

    assert found is not None
    assert (found.content_type, found.size_bytes) == ("image/jpeg", len(JPEG))
    assert found.etag == hashlib.md5(JPEG, usedforsecurity=False).hexdigest()
    assert found.first_bytes == JPEG[:16]
    assert found.stored_at.tzinfo is not None


def test_a_tiny_file_is_found_too(case: Case) -> None:
    allowed(case.store)
    case.send(KEY, b"\xff\xd8", "image/jpeg")

    found = case.store.find(KEY)

    assert found is not None
    assert (found.size_bytes, found.first_bytes) == (2, b"\xff\xd8")


def test_other_bytes_have_another_etag(case: Case) -> None:
    allowed(case.store)
    case.send(KEY, JPEG, "image/jpeg")
    before = case.store.find(KEY)
    case.send(KEY, JPEG + b"!", "image/jpeg")
    after = case.store.find(KEY)

    assert before is not None
    assert after is not None
    assert before.etag != after.etag


def test_what_was_never_sent_is_not_found(case: Case) -> None:
    allowed(case.store)

    assert case.store.find(KEY) is None


def test_a_link_names_the_file_and_carries_a_signature(case: Case) -> None:
    link = urlsplit(case.store.link(make_proof(object_key=KEY)))

    assert link.scheme == "https"
    assert link.path.endswith(KEY)
    assert "ignature" in link.query
    assert case.store.origin == f"{link.scheme}://{link.netloc}"


class TestInMemory:
    """The fake is as strict as the policy that S3 gets; moto enforces none of it."""

    @pytest.mark.parametrize(
        ("content", "content_type", "at", "is_taken"),
        [
            (JPEG, "image/jpeg", NOON, True),
            (JPEG, "image/jpeg", NOON + minutes(11), False),
            (JPEG, "text/html", NOON, False),
            (b"", "image/jpeg", NOON, False),
            (bytes(MAX_BYTES), "image/jpeg", NOON, True),
            (bytes(MAX_BYTES + 1), "image/jpeg", NOON, False),
        ],
        ids=["good", "late", "type", "empty", "largest", "too large"],
    )
    def test_the_form_is_enforced(
        self, content: bytes, content_type: str, at: datetime, *, is_taken: bool
    ) -> None:
        store = InMemoryProofStore()
        allowed(store)

        assert store.receive(KEY, content, content_type=content_type, at=at) == is_taken
        assert not store.receive("another key", content, content_type=content_type, at=at)


class TestOnS3:
    def test_the_policy_fixes_key_type_and_size(self, s3: Case) -> None:
        policy = json.loads(b64decode(allowed(s3.store).fields["policy"]))

        assert {"key": KEY} in policy["conditions"]
        assert {"Content-Type": "image/jpeg"} in policy["conditions"]
        assert ["content-length-range", 1, MAX_BYTES] in policy["conditions"]

    def test_a_link_shows_an_image_for_five_minutes(self, s3: Case) -> None:
        query = parse_qs(urlsplit(s3.store.link(make_proof(object_key=KEY))).query)

        assert query["X-Amz-Expires"] == ["300"]
        assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert query["response-content-type"] == ["image/jpeg"]

    def test_an_outage_is_unavailable_and_not_an_absence(
        self, s3: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        from chalicelib.adapters.aws import client  # noqa: PLC0415 - one client a process

        with (
            Faults(outage={"s3": faults.S3_SLOW_DOWN}).on(client("s3")),
            pytest.raises(Unavailable),
        ):
            s3.store.find(KEY)
