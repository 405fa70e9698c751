"""Batches of orders: a verdict for each row, whatever becomes of the others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from chalicelib.domain.shipments.input_warnings import InputWarning
from chalicelib.domain.shipments.shipments import Shipment

T = TypeVar("T")


class RowOutcome(StrEnum):
    """What became of a row.

    ``later``: time ran out before it; whoever sends the batch again goes on from there.
    """

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is refused: the field, a code for machines, a sentence for people."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What became of a row. ``shipment`` is the one that has its reference, if there is one."""

    outcome: RowOutcome
    shipment: Shipment | None = None
    warnings: tuple[InputWarning, ...] = ()
    errors: tuple[RowError, ...] = ()


LATER: RowVerdict = RowVerdict(RowOutcome.LATER)


def packed(things: Iterable[tuple[T, int]], most: int) -> Iterator[list[T]]:
    """Things with their sizes, in their order, in as few lists as hold ``most`` each.

    >>> list(packed([("a", 4), ("b", 5), ("c", 2), ("d", 9)], 9))
    [['a', 'b'], ['c'], ['d']]
    """
    held: list[T] = []
    filled = 0
    for thing, size in things:
        if held and filled + size > most:
            yield held
            held, filled = [], 0
        held.append(thing)
        filled += size
    if held:
        yield held


def first_places(values: Sequence[str]) -> dict[str, int]:
    """Where each value comes first."""
    places: dict[str, int] = {}
    for place, value in enumerate(values):
        places.setdefault(value, place)
    return places
