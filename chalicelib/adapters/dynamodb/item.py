"""The base of all items: bound to a table by its name, reached by one shared client."""

from threading import Lock
from typing import Any, Final

from pynamodb.connection.table import TableConnection
from pynamodb.models import Model

from chalicelib.adapters.dynamodb.client import dynamodb_client

UNBOUND: Final = "unbound"


class Connection:
    """How every table is reached: by the client that all share."""

    table_name = UNBOUND


class Shared:
    """One client for all models: PynamoDB would make each its own, a tenth of a second apiece.

    It is made as those of other services are, with the same tries and time-outs.
    """

    lock = Lock()  # functions deliver in threads, and botocore makes clients in one at a time
    client: Any = None


class Item(Model):
    """The base of all models: bound by ``bind``, with the client that they share."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        found = super()._get_connection()
        with Shared.lock:
            if Shared.client is None:
                Shared.client = dynamodb_client()
            found.connection._client = Shared.client  # noqa: SLF001 - else it makes its own
        return found
