"""The cost of each request: milliseconds for the client, DynamoDB calls and units.

Requests run one at a time, and nothing runs in the background. So all DynamoDB calls during a
request belong to it.
"""

import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.client import BaseClient

from chalicelib.adapters.dynamodb.item import shared_client
from local.client import Api, Refused
from local.cloud.capacity import CapacityMeter

_ID: Final = re.compile(r"/[a-z]{3}_[0-9A-Za-z]+")
_TOKEN: Final = re.compile(r"^/t/[^/]+")


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its route without ids, and its cost."""

    route: str
    status: int
    spent_ms: float
    calls: int
    write_units: float
    read_units: float
    is_transaction: bool
    """Whether the request wrote more than the driver's live state."""


@dataclass
class Log:
    """All requests so far."""

    meter: CapacityMeter
    requests: list[Request] = field(default_factory=list)
    background_calls: int = 0
    background_write_units: float = 0.0
    background_read_units: float = 0.0

    def in_background(self, work: Callable[[], object]) -> None:
        """Do work that no request waits for, and count its units separately."""
        self.meter.reset()
        work()
        self.background_calls += self.meter.call_count
        self.background_write_units += self.meter.write_units
        self.background_read_units += self.meter.read_units


@dataclass
class MeteredApi(Api):
    """A client that notes the cost of its requests."""

    log: Log | None = None

    def as_(self, token: str | None) -> "MeteredApi":
        return MeteredApi(self.base_url, token, self._line, log=self.log)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send any request. Raises Refused, and ConnectionError when nobody answers."""
        if self.log is None:
            return super().send(method, path, body, headers=headers)
        meter, status = self.log.meter, 200
        meter.reset()
        started_s = time.perf_counter()
        try:
            return super().send(method, path, body, headers=headers)
        except Refused as exc:
            status = exc.status
            raise
        finally:
            self.log.requests.append(
                Request(
                    route=f"{method} {pattern(path)}",
                    status=status,
                    spent_ms=(time.perf_counter() - started_s) * 1000,
                    calls=meter.call_count,
                    write_units=meter.write_units,
                    read_units=meter.read_units,
                    is_transaction="TransactWriteItems" in meter.calls,
                )
            )


def pattern(path: str) -> str:
    """The path of a route, with ids and tokens replaced by names.

    >>> pattern("/v1/driver/stops/stp_01J9Z3/arrive?x=1"), pattern("/t/abc.def/state")
    ('/v1/driver/stops/{id}/arrive', '/t/{token}/state')
    """
    return _TOKEN.sub("/t/{token}", _ID.sub("/{id}", path.partition("?")[0]))


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest rank; 0 without values.

    >>> quantile([4, 1, 3, 2], 0.5)
    2
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def dynamodb_clients() -> list[BaseClient]:
    """The client that all of the application's models share. Call it once the tables are bound."""
    return [shared_client()]
