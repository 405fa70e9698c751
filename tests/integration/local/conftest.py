"""One running stack with Doorstep for the tests that only look at it."""

from collections.abc import Iterator

import pytest

from local.clock import VirtualClock
from local.stack import RunningStack, running_stack
from tests.support.builders import NOON


@pytest.fixture(scope="module")
def stack() -> Iterator[RunningStack]:
    """Doorstep on a free port, at noon; events move in `settle` only."""
    with running_stack(clock=VirtualClock(NOON), in_background=False) as running:
        yield running
