"""Files of imports in S3. Shippers upload them directly, and load reports directly."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from chalicelib.adapters.aws import client, translated
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.imports.imports import FORM_TTL, MOST_BYTES, FoundFile
from chalicelib.domain.proofs.proofs import Upload

CSV: Final = "text/csv"
CHUNK_BYTES: Final = 64 * 1024
IN_MEMORY_BYTES: Final = 1_000_000
LINK_TTL_S: Final = 300
NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
BROKEN: Final = (HTTPClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError)


class S3ImportFiles:
    """The port ``ImportFiles`` on one private bucket."""

    def __init__(self, bucket: str) -> None:
        """``bucket`` is the name of the bucket."""
        self._bucket = bucket

    def allow_upload(self, key: str, *, now: datetime) -> Upload:
        """A presigned POST for exactly this key and type, from 1 byte to the most of an import."""
        form = client("s3").generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": CSV},
            Conditions=[{"Content-Type": CSV}, ["content-length-range", 1, MOST_BYTES]],
            ExpiresIn=int(FORM_TTL.total_seconds()),
        )
        return Upload(url=form["url"], fields=form["fields"], expires_at=now + FORM_TTL)

    def find(self, key: str, version: str | None) -> FoundFile | None:
        """One request."""
        try:
            with translated("s3"):
                found = client("s3").head_object(Bucket=self._bucket, Key=key, **_version(version))
        except ClientError as exc:
            if exc.response["Error"]["Code"] in NOT_THERE:
                return None
            raise
        return FoundFile(found["VersionId"], found["ContentLength"])

    def chunks(self, key: str, version: str) -> Iterator[bytes]:
        """One request. A large file lies on disk: its reader takes longer than S3 would wait."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as copy:
            with translated("s3"):
                found = client("s3").get_object(Bucket=self._bucket, Key=key, VersionId=version)
            try:
                shutil.copyfileobj(found["Body"], copy, CHUNK_BYTES)
            except BROKEN as exc:
                raise Unavailable(dependency="s3") from exc
            finally:
                found["Body"].close()
            copy.seek(0)
            while chunk := copy.read(CHUNK_BYTES):
                yield chunk

    def keep(self, key: str, content: bytes) -> None:
        """One request."""
        with translated("s3"):
            client("s3").put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=CSV)

    def join(self, key: str, heading: bytes, parts: Iterable[str]) -> None:
        """A request for each part, and one for the whole, which lies on disk if it is large."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as whole:
            whole.write(heading)
            for part in parts:
                with translated("s3"):
                    found = client("s3").get_object(Bucket=self._bucket, Key=part)
                    shutil.copyfileobj(found["Body"], whole, CHUNK_BYTES)
            whole.seek(0)
            with translated("s3"):
                client("s3").put_object(Bucket=self._bucket, Key=key, Body=whole, ContentType=CSV)

    def link(self, key: str, *, file_name: str) -> str:
        """A presigned GET, valid for five minutes: a file to be saved."""
        wanted = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentType": f"{CSV}; charset=utf-8",
            "ResponseContentDisposition": f'attachment; filename="{file_name}"',
        }
        return str(
            client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_TTL_S)
        )


def _version(version: str | None) -> Any:  # noqa: ANN401 - stubs know no optional argument
    return {} if version is None else {"VersionId": version}
