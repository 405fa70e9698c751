"""Every use case can be made, from the annotations of its fields alone."""

from dataclasses import dataclass, fields

import pytest

from chalicelib.bootstrap.container import Container, NotWired, _UseCase, wired, wiring
from chalicelib.domain.policy import Policy
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.system import Clock, PublicBaseUrl
from chalicelib.settings import Settings
from infra.template import Stack
from tests.support.fakes.clock import ManualClock

USE_CASES = sorted(name for name, line in vars(Container).items() if isinstance(line, _UseCase))


@pytest.fixture(scope="module")
def container() -> Container:
    settings = Settings.from_env(Stack("dev").environment())
    return wiring(settings, clock=ManualClock())


@pytest.mark.parametrize("name", USE_CASES)
def test_a_use_case_has_all_that_it_asks_for(container: Container, name: str) -> None:
    made = getattr(container, name)

    assert type(made).__name__ == Container.__annotations__[name]
    assert all(getattr(made, field.name) is not None for field in fields(made))
    assert getattr(container, name) is made


def test_use_cases_share_their_adapters(container: Container) -> None:
    assert container.scan_parcels.fleet is container.ingest_positions.fleet
    assert container.scan_parcels.fleet is container.adapters.fleet


@dataclass(frozen=True)
class Watch:
    """A use case with a port, a value and a setting."""

    clock: Clock
    policy: Policy
    public_base_url: PublicBaseUrl


@dataclass(frozen=True)
class Odd:
    fleet: Fleet
    moon: "Moon"


class Moon:
    """Nothing that an adapter serves."""


def test_values_are_found_by_their_type_too(container: Container) -> None:
    found = wired(Watch, container.adapters)

    assert found.clock is container.adapters.clock
    assert found.policy == Policy()
    assert found.public_base_url == container.settings.public_base_url


def test_what_no_adapter_serves_is_named(container: Container) -> None:
    with pytest.raises(NotWired, match=r"Odd\.moon asks for Moon"):
        wired(Odd, container.adapters)
