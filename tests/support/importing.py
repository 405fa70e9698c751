"""Files of orders in tests: uploaded, imported at once, and their reports read."""

import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from app import app
from chalicelib.domain.proofs.notices import notice_of
from tests.support.aws import SESSION, bucket_name
from tests.support.carrier import Carrier, Shop


class _Context:
    """What Lambda tells a function."""

    aws_request_id = "1"

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


def handed_over(body: str) -> Any:
    """The answer of the function to a message of its queue."""
    record = {"messageId": "m1", "body": body, "eventSource": "aws:sqs"}
    return app.handler_map["import_shipments"]({"Records": [record]}, _Context())


def imported(shop: Shop, content: bytes, **wishes: Any) -> Any:
    """The import of a file, when the function has worked on it."""
    carrier = shop.carrier
    begun = carrier.made("/v1/imports", wishes, shop.key)
    assert begun["status"] == "waiting"
    carrier.upload(begun["upload"], content)
    answer = handed_over(notice_of(begun["upload"]["fields"]["key"]))
    assert answer == {"batchItemFailures": []}
    carrier.clock.advance(timedelta(seconds=1))
    return carrier.call("GET", f"/v1/imports/{begun['id']}", token=shop.key).json


def report(carrier: Carrier, found: Any) -> list[dict[str, str]]:
    """The rows of an import's report."""
    key = urlsplit(found["report_url"]).path.lstrip("/")
    bucket = bucket_name(carrier.provisioned.stack)
    body = SESSION.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
