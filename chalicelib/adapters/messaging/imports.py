"""SQS: imports that have more rows than one run has time for wait in the queue of new files."""

from chalicelib.adapters.aws import client, translated
from chalicelib.domain.proofs.notices import notice_of


class SqsImportQueue:
    """The port ``ImportQueue``."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def go_on(self, file_key: str, file_version: str, *, delay_s: int) -> None:
        """One call. A repeat after a lost answer is one run too many, which does nothing."""
        with translated("sqs"):
            client("sqs").send_message(
                QueueUrl=self._queue_url,
                MessageBody=notice_of(file_key, file_version),
                DelaySeconds=delay_s,
            )
