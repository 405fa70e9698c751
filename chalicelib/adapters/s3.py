"""Proof files in S3. Phones upload them directly, and browsers load them directly."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client, translated
from chalicelib.domain.proofs.proofs import (
    QUARANTINE,
    Kept,
    Proof,
    QuarantinedFile,
    Upload,
    UploadedFile,
)

UPLOAD_TTL: Final = timedelta(minutes=10)
LINK_TTL_S: Final = 300
REJECTED: Final = "rejected/"
DISPOSITION: Final = "attachment"
"""A browser saves the file when it is opened; pages show it all the same."""
NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
TAKEN: Final = frozenset({"412", "PreconditionFailed", "ConditionalRequestConflict"})
"""Somebody else has kept a file under this key, or is about to."""


class S3ProofStore:
    """The port ``ProofStore`` on one private bucket."""

    def __init__(self, bucket: str) -> None:
        """``bucket`` is the name of the bucket."""
        self._bucket = bucket

    @property
    def origin(self) -> str:
        """Scheme and host of the links, for the security policy of a page.

        It comes from a freshly signed link, so no request is made.
        """
        url = client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": "any"}
        )
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"

    def allow_upload(
        self, object_key: str, *, content_type: str, max_bytes: int, now: datetime
    ) -> Upload:
        """A presigned POST for exactly this key and type, from 1 to ``max_bytes`` bytes."""
        form = client("s3").generate_presigned_post(
            self._bucket,
            object_key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=int(UPLOAD_TTL.total_seconds()),
        )
        return Upload(url=form["url"], fields=form["fields"], expires_at=now + UPLOAD_TTL)

    def uploaded(
        self, object_key: str, version_id: str | None = None, *, most_bytes: int
    ) -> UploadedFile | None:
        """One request. A byte more than allowed is never read."""
        try:
            with translated("s3"):
                found = client("s3").get_object(
                    Bucket=self._bucket, Key=object_key, **_version(version_id)
                )
                content = found["Body"].read(most_bytes)
        except ClientError as exc:
            if exc.response["Error"]["Code"] in NOT_THERE:
                return None
            raise
        return UploadedFile(
            content_type=found["ContentType"],
            size_bytes=found["ContentLength"],
            content=content,
            uploaded_at=found["LastModified"],
            version_id=found.get("VersionId"),
        )

    def keep(self, object_key: str, content: bytes, *, content_type: str, sha256: str) -> Kept:
        """One conditional write, then a look at what is there: S3 tells the time of a file."""
        try:
            with translated("s3"):
                client("s3").put_object(
                    Bucket=self._bucket,
                    Key=object_key,
                    Body=content,
                    ContentType=content_type,
                    ContentDisposition=DISPOSITION,
                    CacheControl="private, no-store",
                    Metadata={"sha256": sha256},
                    IfNoneMatch="*",
                )
        except ClientError as exc:
            if exc.response["Error"]["Code"] not in TAKEN:
                raise
        with translated("s3"):
            found = client("s3").head_object(Bucket=self._bucket, Key=object_key)
        return Kept(
            sha256=found["Metadata"]["sha256"],
            content_type=found["ContentType"],
            size_bytes=found["ContentLength"],
            etag=found["ETag"].strip('"'),
            kept_at=found["LastModified"],
        )

    def discard(self, object_key: str, version_id: str | None, *, is_for_good: bool) -> None:
        """Delete this version. What an operator may look at is copied to ``rejected/`` before."""
        with translated("s3"):
            if not is_for_good:
                self._set_aside(object_key, version_id)
            client("s3").delete_object(Bucket=self._bucket, Key=object_key, **_version(version_id))

    def _set_aside(self, object_key: str, version_id: str | None) -> None:
        source: Any = {"Bucket": self._bucket, "Key": object_key, **_version(version_id)}
        try:
            client("s3").copy_object(
                Bucket=self._bucket,
                Key=REJECTED + object_key.removeprefix(QUARANTINE),
                CopySource=source,
                ContentType="application/octet-stream",
                MetadataDirective="REPLACE",
            )
        except ClientError as exc:
            if exc.response["Error"]["Code"] not in NOT_THERE:
                raise

    def quarantined(self) -> Iterator[QuarantinedFile]:
        """A request for each thousand. Files with a verdict do not lie there any more."""
        pages = client("s3").get_paginator("list_objects_v2")
        with translated("s3"):
            for page in pages.paginate(Bucket=self._bucket, Prefix=QUARANTINE):
                for found in page.get("Contents", ()):
                    yield QuarantinedFile(found["Key"], found["LastModified"])

    def link(self, proof: Proof) -> str:
        """A presigned GET, valid for five minutes: a picture to be saved, and nothing else."""
        wanted = {
            "Bucket": self._bucket,
            "Key": proof.object_key,
            "ResponseContentType": proof.content_type,
            "ResponseContentDisposition": DISPOSITION,
        }
        return str(
            client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_TTL_S)
        )


def _version(version_id: str | None) -> Any:  # noqa: ANN401 - stubs know no optional argument
    return {} if version_id is None else {"VersionId": version_id}
