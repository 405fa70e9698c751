"""One carrier for all cases; each brings shippers and drivers of its own, and finds noon."""

from collections.abc import Iterator

import pytest

from tests.support.carrier import Carrier, open_carrier


@pytest.fixture(scope="module")
def shared() -> Iterator[Carrier]:
    """The carrier of the module."""
    with open_carrier() as opened:
        yield opened


@pytest.fixture
def carrier(shared: Carrier) -> Iterator[Carrier]:
    """The carrier; afterwards its clock is what it was."""
    now = shared.clock.now()
    yield shared
    shared.clock.set_to(now)
