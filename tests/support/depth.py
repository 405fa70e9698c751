"""How much the tests try: little on each run, the full counts under `make test-deep`."""

import os
from typing import Final

DEEP: Final = os.environ.get("DOORSTEP_TESTS") == "deep"


def times(quick: int, deep: int) -> int:
    """How many seeds, cases or rounds to run: `quick` usually, `deep` under `make test-deep`."""
    return deep if DEEP else quick
