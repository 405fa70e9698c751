"""The depth of tests: few cases in a normal run, the full counts under `make test-deep`."""

import os
from typing import Final

DEEP: Final = os.environ.get("DOORSTEP_TESTS") == "deep"


def times(quick: int, deep: int) -> int:
    """The number of seeds, cases or rounds: `quick` usually, `deep` under `make test-deep`."""
    return deep if DEEP else quick
