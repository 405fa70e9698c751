"""SQS: the dead-letter queue of the streams, where poison is put at once."""

import json
from collections.abc import Mapping

from chalicelib.adapters.aws import client, translated


class SqsParking:
    """The port ``Parking`` on a queue."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def park(self, pointer: Mapping[str, str]) -> None:
        """One message with the pointer as JSON."""
        with translated("sqs"):
            client("sqs").send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(pointer))
