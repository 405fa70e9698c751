"""A client of one deployment: it pages through lists, waits when told to, says what is wrong."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

TRIES: Final = 6
LONGEST_WAIT_S: Final = 60.0
TIMEOUT_S: Final = 35.0
"""An answer takes 29 s at most: then API Gateway gives up."""
COMES_AGAIN: Final = frozenset({429, 502, 503, 504})
RUNNING: Final = "request_running"
"""The first one with this Idempotency-Key has no answer yet: its connection was lost."""


class Refused(Exception):
    """The deployment said no. The text is its own sentence, with the fields that it points at."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", status))
        lines = [str(problem.get("detail") or problem.get("title") or f"HTTP {status}")]
        lines += [f"{each['pointer']}: {each['detail']}" for each in problem.get("errors", ())]
        super().__init__("\n".join(lines))


class Unreachable(Exception):
    """Nobody answers at this address, or not in time."""


@dataclass
class Client:
    """Requests with a key. ``wait`` is called before another try, with the seconds to wait."""

    base_url: str
    key: str | None
    wait: Callable[[float], object] = time.sleep
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is asked yet."""
        self.base_url = self.base_url.rstrip("/")
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self._http = httpx.Client(base_url=self.base_url, headers=headers, timeout=TIMEOUT_S)

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def get(self, path: str, **query: object) -> Any:
        """The answer to a GET. Raises Refused and Unreachable, as all here."""
        return self._asked("GET", path, params=_said(query)).json()

    def all(self, path: str, **query: object) -> Iterator[Any]:
        """The entries of a list, page by page."""
        cursor = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(
        self, path: str, body: object = None, *, key: str | None = None, **query: object
    ) -> Any:
        """The answer to a POST. It has an Idempotency-Key, so that a repeat is harmless."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return _json(self._asked("POST", path, json=body, headers=headers, params=_said(query)))

    def patch(self, path: str, body: object, *, tag: str, **query: object) -> Any:
        """The answer to a PATCH of what was read with this ETag."""
        headers = {"If-Match": tag}
        return _json(self._asked("PATCH", path, json=body, headers=headers, params=_said(query)))

    def delete(self, path: str) -> Any:
        """The answer to a DELETE."""
        return _json(self._asked("DELETE", path))

    def tagged(self, path: str) -> tuple[Any, str]:
        """The answer to a GET, with its ETag."""
        answer = self._asked("GET", path)
        return answer.json(), answer.headers.get("ETag", "*")

    def _asked(self, method: str, path: str, **given: Any) -> httpx.Response:
        failure: Exception = Unreachable(self.base_url)
        for left in reversed(range(TRIES)):
            wait_s = 2.0 ** (TRIES - left - 1)
            try:
                answer = self._http.request(method, path, **given)
            except httpx.TransportError as exc:
                failure = Unreachable(f"{self.base_url} does not answer: {exc}")
            else:
                if answer.status_code < httpx.codes.BAD_REQUEST:
                    return answer
                refused = Refused(answer.status_code, _problem(answer))
                if answer.status_code not in COMES_AGAIN and refused.code != RUNNING:
                    raise refused
                failure = refused
                told = answer.headers.get("Retry-After", "")
                wait_s = float(told) if told.isdecimal() else wait_s  # or it is a date
            if left:
                self.wait(min(wait_s, LONGEST_WAIT_S))
        raise failure


def _said(query: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}


def _json(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {"detail": f"{answer.url} answered {answer.status_code}, and not as Doorstep does."}
    return found if isinstance(found, dict) else {}
