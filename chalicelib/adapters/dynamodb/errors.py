"""PynamoDB's exceptions in our words; nothing else reads DynamoDB's error codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException, TransactGetError, TransactWriteError

from chalicelib.adapters.aws import PASSING, has_passing_cause
from chalicelib.domain.errors import ConcurrentUpdate, DomainError, Unavailable

UNMET: Final = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})
"""A condition did not hold: somebody else wrote first."""

COLLIDED: Final = frozenset({"TransactionConflict", "TransactionConflictException"})
"""Somebody else is writing now. botocore's standard mode does not repeat it: services do."""

CANCELLED_FOR_LOAD: Final = PASSING | {"ProvisionedThroughputExceeded", "ThrottlingError"}
"""Reasons of a cancelled transaction that pass."""


@contextmanager
def translated(*, missing: type[DomainError] = ConcurrentUpdate) -> Iterator[None]:
    """Raise ConcurrentUpdate when a condition failed or writes collided, Unavailable if it passes.

    ``missing`` replaces ConcurrentUpdate where the condition was that the item is there. The cause
    stays attached: ``exc.__cause__.cancellation_reasons`` says which item of a transaction it was.
    Anything else (no such table, no rights) is a mistake of ours and stays what it is.
    """
    try:
        yield
    except PynamoDBException as exc:
        codes = _codes(exc)
        if codes & UNMET:
            raise missing from exc
        if codes & COLLIDED:
            raise ConcurrentUpdate from exc
        if codes & CANCELLED_FOR_LOAD or has_passing_cause(exc.cause):
            raise Unavailable(dependency="dynamodb") from exc
        raise


def _codes(exc: PynamoDBException) -> set[str]:
    # not exc.cause_response_code: that fails on connection errors, whose response is None
    codes = {exc.cause.response["Error"]["Code"]} if isinstance(exc.cause, ClientError) else set()
    if isinstance(exc, TransactGetError | TransactWriteError):
        codes |= {reason.code for reason in exc.cancellation_reasons if reason}
    return codes
