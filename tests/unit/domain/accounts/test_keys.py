from datetime import timedelta

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.ids import ShipperId
from tests.support.builders import NOON, make_actor, make_key, make_webhook


@pytest.mark.parametrize("role", Role)
def test_staff_see_all_goods_and_a_shipper_its_own(role: Role) -> None:
    actor = make_actor(role)

    assert actor.may_see(ShipperId("shr_1")) == (
        role in {Role.SHIPPER, Role.DISPATCHER, Role.MANAGER, Role.ADMIN}
    )
    assert actor.may_see(ShipperId("shr_2")) == (
        role in {Role.DISPATCHER, Role.MANAGER, Role.ADMIN}
    )


def test_a_shipper_key_without_a_shipper_sees_nothing() -> None:
    assert not Actor(Role.SHIPPER, "key_1").may_see(ShipperId("shr_1"))


def test_a_key_lives_until_it_expires_or_is_revoked() -> None:
    assert make_key().is_live(NOON)
    assert make_key(expires_at=NOON + timedelta(microseconds=1)).is_live(NOON)
    assert not make_key(expires_at=NOON).is_live(NOON)
    assert not make_key(revoked_at=NOON - timedelta(days=1)).is_live(NOON)


def test_an_endpoint_wants_what_it_asked_for_or_everything() -> None:
    everything = make_webhook()
    one_type = make_webhook(event_types=frozenset({"shipment.delivered"}))

    assert everything.wants("eta.delayed")
    assert one_type.wants("shipment.delivered")
    assert not one_type.wants("eta.delayed")
