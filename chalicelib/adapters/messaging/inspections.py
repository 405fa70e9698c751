"""SQS: the queue that tells of uploaded files. EventBridge writes to it, and the sweeper does."""

from chalicelib.adapters.aws import client, translated
from chalicelib.domain.proofs.notices import notice_of


class SqsInspectionQueue:
    """The port ``InspectionQueue``."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def put(self, object_key: str) -> None:
        """One message in the form of S3's own."""
        with translated("sqs"):
            client("sqs").send_message(QueueUrl=self._queue_url, MessageBody=notice_of(object_key))
