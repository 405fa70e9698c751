"""SQS: messages to ourselves that come later, in the queue that brings the first ones."""

from chalicelib.adapters.aws import client, translated


class SqsDelayedQueue:
    """The port ``DelayedQueue``: one queue."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def put(self, text: str, *, delay_s: int) -> None:
        """One call. A repeat after a lost answer makes a second message of the same."""
        with translated("sqs"):
            client("sqs").send_message(
                QueueUrl=self._queue_url, MessageBody=text, DelaySeconds=delay_s
            )
