"""API keys on DynamoDB."""

from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import key_from, key_to
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import KeyId

KEY: Final = "KEY"


class DynamoApiKeys:
    """The port ``ApiKeys``. Reads are cached for 60 s, within which a revocation is seen."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def put(self, key: ApiKey) -> None:
        """Write or replace a key; other containers see it within the cache's age."""
        self._partitions.put(key.id, KEY, key.created_at, key_to(key))

    def get(self, key_id: KeyId) -> ApiKey | None:
        """None when unknown."""
        try:
            return key_from(self._partitions.cached(key_id, KEY))
        except NotFound:
            return None
