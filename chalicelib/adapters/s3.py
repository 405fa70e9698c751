"""Proof files in S3. Phones upload them directly, and browsers load them directly."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client, translated
from chalicelib.domain.proofs.proofs import Proof, StoredObject, Upload

UPLOAD_TTL: Final = timedelta(minutes=10)
LINK_TTL_S: Final = 300
SNIFFED_BYTES: Final = 16
NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})
NO_BYTES: Final = "InvalidRange"


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

    def find(self, object_key: str) -> StoredObject | None:
        """The first bytes of an object and its metadata, in one request; None if it is missing."""
        try:
            with translated("s3"):
                found = client("s3").get_object(
                    Bucket=self._bucket, Key=object_key, Range=f"bytes=0-{SNIFFED_BYTES - 1}"
                )
        except ClientError as exc:
            if exc.response["Error"]["Code"] in NOT_THERE:
                return None
            if exc.response["Error"]["Code"] == NO_BYTES:
                return self._empty(object_key)
            raise
        total = found.get("ContentRange", "").rpartition("/")[2]
        return StoredObject(
            content_type=found["ContentType"],
            size_bytes=int(total) if total.isdigit() else found["ContentLength"],
            etag=found["ETag"].strip('"'),
            stored_at=found["LastModified"],
            first_bytes=found["Body"].read(),
            version_id=found.get("VersionId"),
        )

    def _empty(self, object_key: str) -> StoredObject:
        """An object of zero bytes. S3 refuses a request for its first bytes."""
        with translated("s3"):
            found = client("s3").head_object(Bucket=self._bucket, Key=object_key)
        return StoredObject(
            content_type=found["ContentType"],
            size_bytes=0,
            etag=found["ETag"].strip('"'),
            stored_at=found["LastModified"],
            first_bytes=b"",
        )

    def link(self, proof: Proof) -> str:
        """A presigned GET, valid for five minutes. It can only show an image."""
        wanted = {
            "Bucket": self._bucket,
            "Key": proof.object_key,
            "ResponseContentType": proof.content_type,
            "ResponseContentDisposition": "inline",
        }
        if proof.version_id is not None:  # a later upload must not replace it
            wanted["VersionId"] = proof.version_id
        return str(
            client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_TTL_S)
        )
