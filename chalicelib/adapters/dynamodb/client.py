"""The client of DynamoDB: botocore's, without what it would work out anew for every call.

A batch of positions is three calls, and they are half of its CPU.
"""

from typing import Any

from chalicelib.adapters.aws import new_client


def dynamodb_client() -> Any:  # noqa: ANN401 - PynamoDB calls what no stub knows
    """A client of one's own."""
    client = new_client("dynamodb")
    client._ruleset_resolver = _Resolved(client._ruleset_resolver)  # noqa: SLF001 - there is no public way
    return client


class _Resolved:
    """An endpoint that is the same for all calls, asked for once.

    It would depend on the call only if it had the account's number in it, which ``new_client``
    forbids.
    """

    def __init__(self, resolver: Any) -> None:  # noqa: ANN401 - botocore's has no public name
        self._resolver = resolver
        self._found: Any = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return getattr(self._resolver, name)

    def construct_endpoint(self, **asked: object) -> Any:  # noqa: ANN401 - as above
        if self._found is None:
            self._found = self._resolver.construct_endpoint(**asked)
        return self._found
