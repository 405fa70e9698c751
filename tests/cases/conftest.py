"""One carrier for all cases; each brings shippers, drivers and hub of its own, and finds noon."""

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
    """The carrier; afterwards its clock and its hub are what they were."""
    now, hub_id = shared.clock.now(), shared.hub_id
    yield shared
    shared.clock.set_to(now)
    shared._hub_id = hub_id
