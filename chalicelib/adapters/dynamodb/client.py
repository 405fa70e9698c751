"""The client of all tables, with the tries and time-outs of other services' clients."""

import botocore.session

from chalicelib.adapters.aws import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, TOTAL_ATTEMPTS
from chalicelib.adapters.dynamodb.wire.client import DynamoDb


def dynamodb_client() -> DynamoDb:
    """A client of one's own."""
    return DynamoDb(
        botocore.session.get_session(),
        total_attempts=TOTAL_ATTEMPTS,
        connect_timeout_s=CONNECT_TIMEOUT_S,
        read_timeout_s=READ_TIMEOUT_S,
    )
