"""The base of all items: bound to a table by the name of its folder, reached by one client."""

from collections.abc import Mapping
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
    """All models share this: the names of the tables, and one client.

    PynamoDB would make a client for each model, a tenth of a second apiece. Ours is made as those
    of other services are, with the same tries and time-outs.
    """

    names_by_folder: Mapping[str, str] = {}

    lock = Lock()  # functions deliver in threads, and botocore makes clients in one at a time
    client: Any = None


def shared_client() -> Any:  # noqa: ANN401 - PynamoDB calls what no stub knows
    """The client of all models, made when it is first asked for."""
    with Shared.lock:
        if Shared.client is None:
            Shared.client = dynamodb_client()
        return Shared.client


def forget_client() -> None:
    """Make a new client from now on, because the laptop stack changes the endpoint."""
    Shared.client = None


class Item(Model):
    """The base of all models: bound by ``bind``, with the client that they share."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        folder = cls.__module__.split(".")[-2]
        name = Shared.names_by_folder.get(folder, UNBOUND)
        if cls.Meta.table_name != name:
            cls.Meta.table_name = name
            cls._connection = None  # PynamoDB remembers the connection; a new name needs a new one
        found = super()._get_connection()
        found.connection._client = shared_client()  # noqa: SLF001 - else it makes its own
        return found
