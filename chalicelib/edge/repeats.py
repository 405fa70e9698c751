"""The one place where an Idempotency-Key is honoured: every POST that needs a key or token has it.

The first answer is told again to the byte. What makes effect and answer belong together is said
with the use case (`chalicelib.services.repeats`).
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from chalice.app import Request, Response
from pydantic import BaseModel

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import (
    ConcurrentUpdate,
    Conflict,
    DomainError,
    Invalid,
    RequestRunning,
    Unavailable,
)
from chalicelib.domain.journal.changes import Change
from chalicelib.domain.journal.requests import RequestKey, ToldAnswer
from chalicelib.services.repeats import Earlier, Memory

MAX_KEY_CHARS: Final = 255
REPLAYED: Final = "Idempotency-Replayed"
_LOWEST_REFUSAL: Final = 400
_LOWEST_FAILURE: Final = 500
Work = Callable[[Memory], Response]
"""Answers the request; what it commits, it commits with the memory."""
Rendered = Callable[[object], Response]
"""The answer that a view's value becomes."""


def key_of(request: Request) -> str | None:
    """The Idempotency-Key, where one was sent. Raises Invalid for one that is none."""
    key: str | None = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
        text = f"An Idempotency-Key has 1 to {MAX_KEY_CHARS} printable ASCII characters."
        raise Invalid(text, code="invalid_idempotency_key")
    return key


def request_key(
    request: Request, *, actor: Actor, route: str, body: BaseModel | None
) -> RequestKey | None:
    """The key within the caller's own keys of this address, and the fingerprint of the body."""
    key = key_of(request)
    if key is None:
        return None
    address = route.removeprefix("/v1/").format_map(request.uri_params or {})
    scope = f"{actor.shipper_id or actor.id}#{address}#{key}"
    # without warnings: a field that reads its items itself holds values of the domain
    said = {} if body is None else body.model_dump(mode="json", warnings=False)
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return RequestKey(name=f"request#{_sha256(scope)}", fingerprint=_sha256(canonical))


def answered_once(
    key: RequestKey, *, commits_answer: bool, work: Work, rendered: Rendered
) -> Response:
    """The answer to a request with a key: the first one's, where there was a first.

    ``commits_answer``: the use case commits the memory together with its effect. Raises what the
    view raises, and IdempotencyKeyReused or RequestRunning.
    """
    earlier = container().repeats.earlier(key)
    if earlier is not None and earlier.answer is not None:
        return _replayed(earlier.answer)
    if commits_answer:
        return _committed(key, earlier, work, rendered)
    return _claimed(key, work)


def _committed(
    key: RequestKey, earlier: Earlier | None, work: Work, rendered: Rendered
) -> Response:
    def of(value: object) -> tuple[Change, ...]:
        result_id = str(getattr(value, "id", ""))
        return (container().repeats.record(key, _told(rendered(value)), result_id=result_id),)

    memory = Memory(of, "" if earlier is None else earlier.result_id)
    try:
        response = work(memory)
    except (Conflict, Unavailable) as exc:
        answer = _found_after_all(key)
        if answer is not None:
            return _replayed(answer)
        if isinstance(exc, ConcurrentUpdate):  # a rival has not finished, and may come to nothing
            raise RequestRunning(retry_after_s=1) from exc
        raise
    if memory.result_id:
        response.headers[REPLAYED] = "true"
    return response


def _found_after_all(key: RequestKey) -> ToldAnswer | None:
    """The answer of a rival with the same key, or our own whose commit we were not told of."""
    with suppress(RequestRunning, Unavailable):
        earlier = container().repeats.earlier(key)
        return None if earlier is None else earlier.answer
    return None


def _claimed(key: RequestKey, work: Work) -> Response:
    repeats = container().repeats
    claim = repeats.claim(key)
    try:
        response = work(Memory())
        if response.status_code < _LOWEST_REFUSAL:
            repeats.finish(claim, _told(response))
    except ConcurrentUpdate as exc:
        raise RequestRunning(retry_after_s=1) from exc
    except Exception as exc:
        is_refusal = isinstance(exc, DomainError) and not isinstance(exc, Unavailable)
        (repeats.refuse if is_refusal else repeats.release)(claim)
        raise
    if response.status_code >= _LOWEST_FAILURE:
        repeats.release(claim)
    elif response.status_code >= _LOWEST_REFUSAL:
        repeats.refuse(claim)
    return response


def _told(response: Response) -> ToldAnswer:
    headers = {name: str(value) for name, value in response.headers.items()}
    return ToldAnswer(response.status_code, headers, str(response.body))


def _replayed(answer: ToldAnswer) -> Response:
    headers: dict[str, str | list[str]] = {**answer.headers, REPLAYED: "true"}
    return Response(answer.body, headers=headers, status_code=answer.status)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
