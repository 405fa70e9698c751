"""A claim in the ledger: who may make a call that must not be made twice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """``granted``: ours to send. ``done``: it was sent. Neither: somebody else holds it, try later.

    ``maybe_duplicate`` says that an earlier holder vanished without a word, so this may be a
    repeat.
    """

    granted: bool
    done: bool
    maybe_duplicate: bool = False
