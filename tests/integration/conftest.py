"""The carrier of a test, and one that the tests of a module share."""

from collections.abc import Iterator

import pytest

from tests.support.carrier import Carrier, open_carrier
from tests.support.faults import never_wait


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    """A carrier of the test's own, on an AWS where nothing else is."""
    with open_carrier() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared() -> Iterator[Carrier]:
    """One carrier for a module; a test brings shippers and drivers of its own."""
    with open_carrier() as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK retries at once."""
    never_wait(monkeypatch)
