"""Repeated requests: the answer to an Idempotency-Key is kept for a day, and told again.

A use case that commits once puts the record of its answer into the same transaction (`Memory`): the
effect and its answer are there together or not at all. Any other use case is safe to repeat by
itself. Such a request is claimed before, for as long as a function may run, and its answer is kept
after. If it is cut off in between, the repeat does what is left to do.

Refusals and failures are not kept: a repeat is judged anew. A refusal has had no effect, so the key
is free again, for a mended body too. After a failure something may be done already, so the key
stays with its body.
"""

import json
import secrets
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeVar

from chalicelib.domain.errors import (
    ConcurrentUpdate,
    IdempotencyKeyReused,
    RequestRunning,
    Unavailable,
)
from chalicelib.domain.journal.changes import Change, Remembered, RequestRemembered
from chalicelib.domain.journal.requests import RequestKey, ToldAnswer
from chalicelib.services.ports.journal import Journal, Requests
from chalicelib.services.ports.system import Clock, Signer

REMEMBERED_FOR: Final = timedelta(hours=24)
LEASE: Final = timedelta(seconds=30)
"""Longer than a function that serves HTTP may run: who holds a claim past it is gone."""
PURPOSE: Final = "answer"
ANY_BODY: Final = ""
"""The fingerprint of a key whose request was refused: the next body takes it, whatever it is."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier request with the same key has led to.

    ``answer`` is None where an older version of Doorstep answered: it kept only ``result_id``.
    """

    answer: ToldAnswer | None
    result_id: str


def _nothing(_: object) -> tuple[Change, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Memory:
    """The record of a request, which a use case commits together with the effect.

    ``of`` makes it from the result. ``result_id`` is what an older version of Doorstep has
    already made for this request.
    """

    of: Callable[[object], tuple[Change, ...]] = _nothing
    result_id: str = ""

    def of_shown(self, shown: Callable[[T], object]) -> "Memory":
        """The same, where the answer shows the result in another form."""

        def of(result: object) -> tuple[Change, ...]:
            return self.of(shown(result))  # type: ignore[arg-type] # a use case has one result

        return replace(self, of=of)


NO_MEMORY: Final = Memory()
"""Of a request without a key."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Finds and keeps the answers of requests that have an Idempotency-Key."""

    requests: Requests
    journal: Journal
    signer: Signer
    clock: Clock

    def earlier(self, key: RequestKey) -> Earlier | None:
        """What became of the request before; None when it is to be done now.

        Raises IdempotencyKeyReused for another request with the key, and RequestRunning while the
        first one has no answer.
        """
        now = self.clock.now()
        found = self.requests.recall(key.name, now)
        if found is None:
            return None
        if found.fingerprint not in {key.fingerprint, ANY_BODY}:
            raise IdempotencyKeyReused(
                IdempotencyKeyReused.text, pointer="", code=IdempotencyKeyReused.code
            )
        if found.answer:
            return Earlier(self._opened(found.answer), found.result_id)
        if found.lease_until is None:
            return Earlier(None, found.result_id)
        left = found.lease_until - now
        if left > timedelta(0):
            raise RequestRunning(retry_after_s=-(-left // timedelta(seconds=1)))
        return None

    def record(
        self, key: RequestKey, answer: ToldAnswer, *, result_id: str = ""
    ) -> RequestRemembered:
        """The change that keeps an answer, to be committed with the effect."""
        sealed = self._sealed(answer)
        return self._change(self._remembered(key, answer=sealed, result_id=result_id))

    def claim(self, key: RequestKey) -> Remembered:
        """The right to work on a request. Raises RequestRunning when another has it."""
        claim = self._remembered(
            key, owner=secrets.token_urlsafe(9), lease_until=self.clock.now() + LEASE
        )
        try:
            self.journal.commit(self._change(claim))
        except ConcurrentUpdate as exc:
            raise RequestRunning(retry_after_s=1) from exc
        return claim

    def finish(self, claim: Remembered, answer: ToldAnswer) -> None:
        """Keep the answer. Raises ConcurrentUpdate when somebody else has taken over."""
        done = replace(claim, answer=self._sealed(answer), lease_until=None)
        self.journal.commit(self._change(done))

    def release(self, claim: Remembered) -> None:
        """Let a repeat try at once. If even that fails, the lease ends by itself."""
        with suppress(ConcurrentUpdate, Unavailable):
            self.journal.commit(self._change(replace(claim, lease_until=self.clock.now())))

    def refuse(self, claim: Remembered) -> None:
        """Release a claim that led to nothing: whoever mends the body keeps the key."""
        self.release(replace(claim, fingerprint=ANY_BODY))

    def _remembered(self, key: RequestKey, **fields: object) -> Remembered:
        bare = Remembered(
            key=key.name,
            fingerprint=key.fingerprint,
            result_id="",
            expires_at=self.clock.now() + REMEMBERED_FOR,
        )
        return replace(bare, **fields)  # type: ignore[arg-type] # as in Remembered

    def _change(self, remembered: Remembered) -> RequestRemembered:
        return RequestRemembered(remembered, self.clock.now())

    def _sealed(self, answer: ToldAnswer) -> bytes:
        text = json.dumps([answer.status, dict(answer.headers), answer.body])
        return self.signer.conceal(PURPOSE, zlib.compress(text.encode()))

    def _opened(self, sealed: bytes) -> ToldAnswer:
        packed = self.signer.reveal(PURPOSE, sealed)
        if packed is None:  # its signing key is gone: better no answer than the effect again
            raise Unavailable
        status, headers, body = json.loads(zlib.decompress(packed))
        return ToldAnswer(status, headers, body)
