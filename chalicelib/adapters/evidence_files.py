"""Evidence in S3: the files that manifests name, and the bundles that are made of them."""

from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.adapters.aws import client, translated

LINK_TTL_S: Final = 300
ZIP: Final = "application/zip"
NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class S3EvidenceFiles:
    """The port ``EvidenceFiles`` on one private bucket."""

    def __init__(self, bucket: str) -> None:
        """``bucket`` is the name of the bucket."""
        self._bucket = bucket

    def kept(self, object_key: str) -> bytes | None:
        """One request."""
        try:
            with translated("s3"):
                found = client("s3").get_object(Bucket=self._bucket, Key=object_key)
                return bytes(found["Body"].read())
        except ClientError as exc:
            if exc.response["Error"]["Code"] in NOT_THERE:
                return None
            raise

    def put_bundle(self, object_key: str, content: bytes, *, file_name: str) -> str:
        """One write, and a presigned GET that is good for five minutes."""
        disposition = f'attachment; filename="{file_name}"'
        with translated("s3"):
            client("s3").put_object(
                Bucket=self._bucket,
                Key=object_key,
                Body=content,
                ContentType=ZIP,
                ContentDisposition=disposition,
                CacheControl="private, no-store",
            )
        wanted: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": object_key,
            "ResponseContentType": ZIP,
            "ResponseContentDisposition": disposition,
        }
        return str(
            client("s3").generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_TTL_S)
        )
