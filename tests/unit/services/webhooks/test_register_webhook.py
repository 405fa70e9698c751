import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Forbidden, Invalid, NotFound, TooManyEndpoints
from chalicelib.domain.ids import ShipperId
from chalicelib.services.webhooks.register_webhook import MOST_ENDPOINTS, RegisterWebhook
from tests.support.builders import NOON
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.senders import InMemoryWebhooks

URL = "https://shop.example/hooks"
SHOP = Actor(Role.SHIPPER, "key_1", shipper_id=ShipperId("shr_1"))
OTHER = Actor(Role.SHIPPER, "key_2", shipper_id=ShipperId("shr_2"))


@dataclass
class World:
    made: int = 0

    def now(self) -> datetime:
        return NOON

    def new(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}_{self.made}"


@pytest.fixture
def register() -> RegisterWebhook:
    world: Any = World()
    stores = InMemoryJournal()
    return RegisterWebhook(
        endpoints=stores.endpoints,
        sender=InMemoryWebhooks(),
        journal=stores,
        clock=world,
        ids=world,
    )


def test_an_endpoint_gets_a_secret_of_its_own(register: RegisterWebhook) -> None:
    first, second = register(SHOP, URL), register(SHOP, URL)

    assert first.id != second.id
    assert first.secret != second.secret
    assert first.secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(first.secret.removeprefix("whsec_"))) <= 64
    assert first.wants("shipment.delivered")


def test_an_endpoint_may_want_some_types_only(register: RegisterWebhook) -> None:
    endpoint = register(SHOP, URL, ["shipment.delivered", "eta.delayed"])

    assert endpoint.event_types == {"shipment.delivered", "eta.delayed"}


@pytest.mark.parametrize("name", ["shipment.teleported", "shipment.superseded", "", "*"])
def test_a_type_that_is_never_told_is_refused(register: RegisterWebhook, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        register(SHOP, URL, ["shipment.delivered", name])

    problems: Any = refusal.value.data["errors"]
    assert problems[0]["pointer"] == "/event_types/1"


def test_a_target_that_we_must_not_call_is_refused(register: RegisterWebhook) -> None:
    with pytest.raises(Invalid):
        register(SHOP, "http://169.254.169.254/latest")

    assert register.listed(SHOP) == ()


def test_a_shipper_has_a_handful_at_most(register: RegisterWebhook) -> None:
    for _ in range(MOST_ENDPOINTS):
        register(SHOP, URL)

    with pytest.raises(TooManyEndpoints):
        register(SHOP, URL)
    register(OTHER, URL)


def test_shippers_see_and_delete_their_own_only(register: RegisterWebhook) -> None:
    endpoint = register(SHOP, URL)

    assert register.listed(OTHER) == ()
    with pytest.raises(NotFound):
        register.delete(OTHER, endpoint.id)
    assert register.listed(SHOP) == (endpoint,)
    register.delete(SHOP, endpoint.id)
    assert register.listed(SHOP) == ()


def test_only_a_shipper_has_endpoints(register: RegisterWebhook) -> None:
    with pytest.raises(Forbidden):
        register(Actor(Role.ADMIN, "key_3"), URL)
