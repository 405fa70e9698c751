"""The seed of a run fixes the order of the tests and the examples of property tests.

In CI the seed never changes, so that a submission is judged by what it changed. On a desk, and in
every deep run, each run has a new seed and explores.
"""

import os
import random
from typing import Final

from tests.support.depth import DEEP

CI_SEED: Final = 20_261_123
IN_CI: Final = os.environ.get("CI", "").lower() not in {"", "0", "false"}
EXPLORES: Final = DEEP or not IN_CI


def seed_of_run() -> int:
    """A new seed where the run explores, else the one of CI; pytest prints it either way."""
    return random.Random().getrandbits(32) if EXPLORES else CI_SEED
