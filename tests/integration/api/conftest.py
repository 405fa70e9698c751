"""One carrier for each module; every test finds the time at which the module began."""

from collections.abc import Iterator

import pytest

from tests.support.carrier import Carrier


@pytest.fixture(autouse=True)
def same_time(shared: Carrier) -> Iterator[None]:
    """Time may pass in a test; afterwards it is what it was, so that nobody's token ends."""
    now = shared.clock.now()
    yield
    shared.clock.set_to(now)
