"""A journal that others use at the same time, or that is cut off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.errors import ConcurrentUpdate, Unavailable
from chalicelib.domain.journal.changes import Change
from chalicelib.services.ports.journal import Journal


@dataclass
class ContestedJournal:
    """Runs the next of `before` ahead of each commit: a rival's write, a lost race, a fault.

    `tried` has every attempt, in order; one that is refused writes nothing.
    """

    journal: Journal
    before: Sequence[Callable[[], object]] = ()
    tried: list[tuple[Change, ...]] = field(default_factory=list)

    def commit(self, *changes: Change) -> None:
        self.tried.append(changes)
        if self.before:
            happens, *self.before = self.before
            happens()
        self.journal.commit(*changes)


def goes_well() -> None:
    """Nothing comes in between."""


def lost_race() -> None:
    """Somebody else was faster."""
    raise ConcurrentUpdate


def cut_off() -> None:
    """The database does not answer any more."""
    raise Unavailable(dependency="dynamodb")
