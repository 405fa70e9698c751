"""SQS: the queue of events that a manifest is made for. The topic writes to it, and the sweeper."""

from chalicelib.adapters.aws import client, translated
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import to_message


class SqsSealQueue:
    """The port ``SealQueue``."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def put(self, event: Event) -> None:
        """One message in the form of the topic's own."""
        with translated("sqs"):
            client("sqs").send_message(QueueUrl=self._queue_url, MessageBody=to_message(event))
