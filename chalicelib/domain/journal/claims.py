"""Claims in the ledger: only the holder of a claim may make a call that must not happen twice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim.

    ``granted``: we may send. ``done``: it was sent already. Neither: somebody else holds the claim,
    so try later. ``maybe_duplicate``: an earlier holder never reported, so this may be a repeat.
    """

    granted: bool
    done: bool
    maybe_duplicate: bool = False
