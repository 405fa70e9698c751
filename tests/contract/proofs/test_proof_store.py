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

from chalicelib.adapters.aws import client
from chalicelib.adapters.s3 import S3ProofStore
from chalicelib.domain.errors import Unavailable
from chalicelib.services.ports.proofs import ProofStore
from tests.support import faults
from tests.support.aws import SESSION, aws, bucket_name
from tests.support.builders import NOON, make_proof, minutes
from tests.support.fakes.proofs import InMemoryProofStore
from tests.support.faults import Faults

KEY = "quarantine/shp_1/prf_1"
KEPT_KEY = "proofs/shp_1/prf_1"
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100
MAX_BYTES = 10_000


@dataclass(frozen=True)
class Case:
    """A store, a phone that sends it a file, and what was set aside for the operator."""

    store: ProofStore
    send: Callable[[str, bytes, str], str]
    set_aside: Callable[[], list[bytes]]


@contextmanager
def in_memory() -> Iterator[Case]:
    store = InMemoryProofStore()

    def send(key: str, body: bytes, content_type: str) -> str:
        return store.put(key, body, content_type=content_type, at=NOON)

    yield Case(store, send, lambda: store.aside)


@contextmanager
def on_moto() -> Iterator[Case]:
    with aws() as provisioned:
        bucket = bucket_name(provisioned.stack)
        s3 = SESSION.client("s3")

        def send(key: str, body: bytes, content_type: str) -> str:
            sent = s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)
            return str(sent["VersionId"])

        def set_aside() -> list[bytes]:
            found = s3.list_objects_v2(Bucket=bucket, Prefix="rejected/").get("Contents", [])
            return [s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found]

        yield Case(S3ProofStore(bucket), send, set_aside)


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


def keep(store: ProofStore, content: bytes = JPEG) -> Any:
    sha256 = hashlib.sha256(content).hexdigest()
    return store.keep(KEPT_KEY, content, content_type="image/jpeg", sha256=sha256)


def test_a_form_names_key_and_type_and_ends_soon(case: Case) -> None:
    form = allowed(case.store)

    assert form.fields["key"] == KEY
    assert form.fields["Content-Type"] == "image/jpeg"
    assert form.expires_at == NOON + minutes(10)
    assert form.url.startswith("https://")


def test_what_was_sent_is_found(case: Case) -> None:
    version = case.send(KEY, JPEG, "image/jpeg")

    found = case.store.uploaded(KEY, version, most_bytes=MAX_BYTES)

    assert found is not None
    assert found == case.store.uploaded(KEY, most_bytes=MAX_BYTES)
    assert (found.content_type, found.size_bytes) == ("image/jpeg", len(JPEG))
    assert (found.content, found.version_id) == (JPEG, version)
    assert found.uploaded_at.tzinfo is not None


def test_no_more_is_read_than_allowed(case: Case) -> None:
    case.send(KEY, JPEG, "image/jpeg")

    found = case.store.uploaded(KEY, most_bytes=10)

    assert found is not None
    assert (found.size_bytes, found.content) == (len(JPEG), JPEG[:10])


def test_each_version_is_a_file_of_its_own(case: Case) -> None:
    first = case.send(KEY, JPEG, "image/jpeg")
    case.send(KEY, b"another", "text/html")

    older = case.store.uploaded(KEY, first, most_bytes=MAX_BYTES)
    newer = case.store.uploaded(KEY, most_bytes=MAX_BYTES)

    assert older is not None
    assert newer is not None
    assert (older.content, newer.content) == (JPEG, b"another")


def test_an_empty_file_is_found_too(case: Case) -> None:
    case.send(KEY, b"", "image/jpeg")

    found = case.store.uploaded(KEY, most_bytes=MAX_BYTES)

    assert found is not None
    assert (found.size_bytes, found.content) == (0, b"")


def test_what_was_never_sent_is_not_found(case: Case) -> None:
    allowed(case.store)

    assert case.store.uploaded(KEY, most_bytes=MAX_BYTES) is None
    assert list(case.store.quarantined()) == []


def test_p4_the_first_file_that_is_kept_stays(case: Case) -> None:
    first = keep(case.store)
    second = keep(case.store, JPEG + b"!")

    assert first == second
    assert first.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert first.etag == hashlib.md5(JPEG, usedforsecurity=False).hexdigest()
    assert (first.content_type, first.size_bytes) == ("image/jpeg", len(JPEG))


def test_what_is_discarded_leaves_quarantine(case: Case) -> None:
    version = case.send(KEY, JPEG, "image/jpeg")
    assert [file.object_key for file in case.store.quarantined()] == [KEY]

    for _ in range(2):
        case.store.discard(KEY, version, is_for_good=True)

    assert list(case.store.quarantined()) == []
    assert case.store.uploaded(KEY, version, most_bytes=9) is None
    assert case.set_aside() == []


def test_what_is_rejected_is_kept_for_the_operator_alone(case: Case) -> None:
    version = case.send(KEY, JPEG, "image/jpeg")

    for _ in range(2):
        case.store.discard(KEY, version, is_for_good=False)

    assert case.set_aside() == [JPEG]
    assert list(case.store.quarantined()) == []


def test_of_two_versions_only_the_one_is_discarded(case: Case) -> None:
    first = case.send(KEY, JPEG, "image/jpeg")
    case.send(KEY, b"newer", "image/jpeg")

    case.store.discard(KEY, first, is_for_good=True)

    found = case.store.uploaded(KEY, most_bytes=MAX_BYTES)
    assert found is not None
    assert found.content == b"newer"
    assert [file.object_key for file in case.store.quarantined()] == [KEY]


def test_a_link_names_the_file_and_carries_a_signature(case: Case) -> None:
    link = urlsplit(case.store.link(make_proof(object_key=KEPT_KEY)))

    assert link.scheme == "https"
    assert link.path.endswith(KEPT_KEY)
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
    def test_p5_the_form_is_enforced(
        self, content: bytes, content_type: str, at: datetime, *, is_taken: bool
    ) -> None:
        store = InMemoryProofStore()
        allowed(store)

        assert store.receive(KEY, content, content_type=content_type, at=at) == is_taken
        assert not store.receive("another key", content, content_type=content_type, at=at)


class TestOnS3:
    def test_p5_the_policy_fixes_key_type_and_size(self, s3: Case) -> None:
        policy = json.loads(b64decode(allowed(s3.store).fields["policy"]))

        assert {"key": KEY} in policy["conditions"]
        assert {"Content-Type": "image/jpeg"} in policy["conditions"]
        assert ["content-length-range", 1, MAX_BYTES] in policy["conditions"]

    def test_p9_a_link_gives_a_picture_to_save_for_five_minutes(self, s3: Case) -> None:
        query = parse_qs(urlsplit(s3.store.link(make_proof(object_key=KEPT_KEY))).query)

        assert query["X-Amz-Expires"] == ["300"]
        assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert query["response-content-type"] == ["image/jpeg"]
        assert query["response-content-disposition"] == ["attachment"]

    @pytest.mark.parametrize(
        "act",
        [
            lambda store: store.uploaded(KEY, most_bytes=9),
            keep,
            lambda store: store.discard(KEY, None, is_for_good=False),
            lambda store: list(store.quarantined()),
        ],
        ids=["uploaded", "keep", "discard", "quarantined"],
    )
    def test_an_outage_is_unavailable_and_not_an_absence(
        self, s3: Case, act: Callable[[ProofStore], object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)

        with (
            Faults(outage={"s3": faults.S3_SLOW_DOWN}).on(client("s3")),
            pytest.raises(Unavailable),
        ):
            act(s3.store)
