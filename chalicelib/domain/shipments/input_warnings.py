"""Warnings about what a sender wrote: it was taken, since it can be true, but it seldom is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputWarning:
    """A field by its JSON pointer, and a sentence that says what may be wrong with it."""

    pointer: str
    detail: str
