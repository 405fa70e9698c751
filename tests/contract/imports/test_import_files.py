"""Files of imports, in memory and on S3."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.adapters.import_files import S3ImportFiles
from chalicelib.domain.imports.imports import FORM_TTL, MOST_BYTES
from chalicelib.services.ports.imports import ImportFiles
from tests.support.aws import SESSION, aws, bucket_name
from tests.support.builders import NOON
from tests.support.fakes.imports import InMemoryImportFiles

KEY = "imports/files/shr_1/imp_1"
ROWS = b"reference;name\r\n" + b"1;Aino\r\n" * 20_000


@dataclass(frozen=True)
class Case:
    """A store, how a shipper sends a file to it, and how a browser loads one."""

    files: ImportFiles
    send: Callable[[str, bytes], object]
    load: Callable[[str], bytes]


@contextmanager
def in_memory() -> Iterator[Case]:
    files = InMemoryImportFiles()

    def send(key: str, content: bytes) -> object:
        return files.receive(key, content, content_type="text/csv", at=NOON)

    yield Case(files, send, files.reports.__getitem__)


@contextmanager
def on_moto() -> Iterator[Case]:
    with aws() as provisioned:
        bucket = bucket_name(provisioned.stack)
        s3 = SESSION.client("s3")

        def send(key: str, content: bytes) -> object:
            return s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType="text/csv")

        def load(key: str) -> bytes:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

        yield Case(S3ImportFiles(bucket), send, load)


@pytest.fixture(params=[in_memory, on_moto])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    with request.param() as implementation:
        yield implementation


@pytest.fixture
def s3() -> Iterator[Case]:
    with on_moto() as implementation:
        yield implementation


def policy_of(form: Any) -> list[Any]:
    conditions: list[Any] = json.loads(b64decode(form.fields["policy"]))["conditions"]
    return conditions


def test_a_form_names_key_and_type_and_ends_soon(case: Case) -> None:
    form = case.files.allow_upload(KEY, now=NOON)

    assert form.fields["key"] == KEY
    assert form.fields["Content-Type"] == "text/csv"
    assert form.expires_at == NOON + FORM_TTL


def test_s3_takes_this_key_this_type_and_this_size_and_nothing_else(s3: Case) -> None:
    conditions = policy_of(s3.files.allow_upload(KEY, now=NOON))

    assert {"key": KEY} in conditions
    assert {"Content-Type": "text/csv"} in conditions
    assert ["content-length-range", 1, MOST_BYTES] in conditions


def test_each_upload_is_a_version_and_is_read_as_it_was(case: Case) -> None:
    case.files.allow_upload(KEY, now=NOON)
    case.send(KEY, ROWS)
    first = case.files.find(KEY, None)
    assert first is not None
    case.send(KEY, b"other")

    assert case.files.find(KEY, first.version) == first
    assert first.size_bytes == len(ROWS)
    assert b"".join(case.files.chunks(KEY, first.version)) == ROWS
    newest = case.files.find(KEY, None)
    assert newest is not None
    assert newest.version != first.version


def test_a_file_is_read_in_small_parts(case: Case) -> None:
    case.files.allow_upload(KEY, now=NOON)
    case.send(KEY, ROWS)
    found = case.files.find(KEY, None)
    assert found is not None

    assert max(map(len, case.files.chunks(KEY, found.version))) <= 64 * 1024


def test_what_is_not_there_is_not_found(case: Case) -> None:
    assert case.files.find(KEY, None) is None


def test_a_report_is_made_of_its_parts(case: Case) -> None:
    for number, part in enumerate((b"first\r\n", b"second\r\n")):
        for _ in range(2):
            case.files.keep(f"imports/parts/{number}", part)

    case.files.join("imports/reports/1", b"heading\r\n", ["imports/parts/0", "imports/parts/1"])

    assert case.load("imports/reports/1") == b"heading\r\nfirst\r\nsecond\r\n"


def test_a_link_names_the_file_and_ends_soon(s3: Case) -> None:
    link = s3.files.link("imports/reports/1", file_name="remarks.csv")

    assert "X-Amz-Expires=300" in link
    assert "attachment" in link
    assert "remarks.csv" in link
