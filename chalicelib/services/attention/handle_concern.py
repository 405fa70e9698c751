"""Somebody of the office takes a concern, snoozes it, is done with it, or gives it back."""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.attention.handling import Handled, Handling, Wanted, handled, is_concern_id
from chalicelib.domain.errors import NotFound, Outdated
from chalicelib.domain.versions import Expected
from chalicelib.services.ports.attention import Handlings
from chalicelib.services.ports.system import Clock
from chalicelib.services.retries import retried

NOBODY: Final = 0
"""The version of a concern that nobody has done anything about."""


@dataclass(frozen=True, slots=True)
class HandleConcern:
    """What was done is seen by all colleagues. Raises NotFound for what is no concern's name."""

    handlings: Handlings
    clock: Clock

    def now(self, concern_id: str) -> Handling | None:
        """What was done last; None when nobody has done anything."""
        _require_name(concern_id)
        return self.handlings.get(concern_id, self.clock.now())

    def __call__(
        self, concern_id: str, wanted: Wanted, expected: Expected, *, actor: Actor
    ) -> Handling:
        """What is remembered from now on.

        A repeat of one's own change is harmless. Raises Invalid, and Outdated, which says who has
        it, when a colleague was faster.
        """
        _require_name(concern_id)

        def attempt() -> Handling:
            now = self.clock.now()
            before = self.handlings.get(concern_id, now)
            wanted.require(now)
            after = handled(before, concern_id, wanted, actor, now)
            if after is before:
                return after
            _require(before, expected)
            self.handlings.put(after, NOBODY if before is None else before.version)
            return after

        return retried(attempt)


def _require_name(concern_id: str) -> None:
    if not is_concern_id(concern_id):
        raise NotFound


def _require(before: Handling | None, expected: Expected) -> None:
    try:
        expected.require(NOBODY if before is None else before.version)
    except Outdated as exc:
        if before is None or before.state is Handled.OPEN:
            raise
        words = {
            Handled.TAKEN: "A colleague has taken this since you read it.",
            Handled.SNOOZED: "A colleague has snoozed this since you read it.",
            Handled.DONE: "A colleague is done with this since you read it.",
        }[before.state]
        raise Outdated(words, state=before.state.value, by=before.by) from exc
