"""Accounts of all kinds, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, WebhookId
from chalicelib.services.ports.accounts import Accounts
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import (
    NOON,
    make_driver,
    make_hub,
    make_invitation,
    make_key,
    make_shipper,
    make_webhook,
    minutes,
)
from tests.support.faults import Faults


def test_a_shipper_comes_back(accounts: Accounts) -> None:
    shipper = make_shipper(sms_name="KIRJAT", support_contact=None)

    accounts.put_shipper(shipper)

    assert accounts.shipper(shipper.id) == shipper


def test_a_hub_comes_back(accounts: Accounts) -> None:
    accounts.put_hub(make_hub())

    assert accounts.hub(HubId("hub_1")) == make_hub()


def test_what_nobody_knows_is_not_found(accounts: Accounts) -> None:
    with pytest.raises(NotFound):
        accounts.shipper(ShipperId("shr_9"))
    with pytest.raises(NotFound):
        accounts.driver(DriverId("drv_9"))
    with pytest.raises(NotFound):
        accounts.hub(HubId("hub_9"))
    assert accounts.key(KeyId("key_9")) is None
    assert accounts.webhooks(ShipperId("shr_9")) == ()


def test_a_shipper_is_not_found_as_a_driver(accounts: Accounts) -> None:
    accounts.put_shipper(make_shipper())

    with pytest.raises(NotFound):
        accounts.driver(DriverId("shr_1"))


class TestDrivers:
    def test_a_driver_begins_with_an_empty_live_state(self, stores: Stores) -> None:
        driver = make_driver(team="North", epoch=3)

        stores.accounts.create_driver(driver)

        assert stores.accounts.driver(driver.id) == driver
        assert stores.fleet.live(driver.id) == Live(driver.id, version=1, epoch=3)

    def test_nobody_is_created_over_a_driver(self, stores: Stores) -> None:
        stores.accounts.create_driver(make_driver())

        with pytest.raises(ConcurrentUpdate):
            stores.accounts.create_driver(make_driver(name="Somebody else"))
        assert stores.accounts.driver(DriverId("drv_1")) == make_driver()

    def test_all_are_listed_oldest_first(self, accounts: Accounts) -> None:
        for i in (3, 1, 2):
            accounts.create_driver(make_driver(i, created_at=NOON + minutes(i)))
        accounts.put_shipper(make_shipper())

        first = accounts.drivers(limit=2, position=None)
        second = accounts.drivers(limit=2, position=first.position)

        assert [driver.id for driver in first.data] == ["drv_1", "drv_2"]
        assert [driver.id for driver in second.data] == ["drv_3"]
        assert second.position is None


class TestKeys:
    @pytest.mark.parametrize("role", [Role.SHIPPER, Role.ADMIN])
    def test_a_key_comes_back(self, accounts: Accounts, role: Role) -> None:
        key = make_key(
            role=role,
            shipper_id=ShipperId("shr_1") if role is Role.SHIPPER else None,
            expires_at=NOON + timedelta(days=90),
        )

        accounts.put_key(key)

        assert accounts.key(key.id) == key

    def test_a_revocation_is_seen_by_who_made_it(self, accounts: Accounts) -> None:
        accounts.put_key(make_key())
        assert accounts.key(KeyId("key_1")) == make_key()
        revoked = make_key(revoked_at=NOON)

        accounts.put_key(revoked)

        assert accounts.key(KeyId("key_1")) == revoked


class TestInvitations:
    def test_it_is_good_for_one(self, accounts: Accounts) -> None:
        invitation = make_invitation()
        accounts.put_invitation(invitation)

        assert accounts.take_invitation(invitation.code_hash, NOON) == invitation
        with pytest.raises(NotFound):
            accounts.take_invitation(invitation.code_hash, NOON)

    def test_it_ends(self, accounts: Accounts) -> None:
        invitation = make_invitation(expires_at=NOON)
        accounts.put_invitation(invitation)

        with pytest.raises(NotFound):
            accounts.take_invitation(invitation.code_hash, NOON)

    def test_a_wrong_code_is_not_found(self, accounts: Accounts) -> None:
        with pytest.raises(NotFound):
            accounts.take_invitation("no such hash", NOON)


class TestWebhooks:
    def test_a_shippers_endpoints_come_back(self, accounts: Accounts) -> None:
        one = make_webhook(1, event_types=frozenset({"shipment.delivered", "eta.delayed"}))
        other = make_webhook(2)
        foreign = make_webhook(3, shipper_id=ShipperId("shr_2"))
        for endpoint in (other, foreign, one):
            accounts.put_webhook(endpoint)

        assert accounts.webhooks(ShipperId("shr_1")) == (one, other)

    def test_putting_again_replaces(self, accounts: Accounts) -> None:
        accounts.put_webhook(make_webhook())
        changed = replace(make_webhook(), url="https://shop.example/new")

        accounts.put_webhook(changed)

        assert accounts.webhooks(ShipperId("shr_1")) == (changed,)

    def test_only_ones_own_can_be_deleted(self, accounts: Accounts) -> None:
        accounts.put_webhook(make_webhook())

        with pytest.raises(NotFound):
            accounts.delete_webhook(ShipperId("shr_2"), WebhookId("whk_1"))
        accounts.delete_webhook(ShipperId("shr_1"), WebhookId("whk_1"))
        with pytest.raises(NotFound):
            accounts.delete_webhook(ShipperId("shr_1"), WebhookId("whk_1"))

        assert accounts.webhooks(ShipperId("shr_1")) == ()


class TestOnDynamo:
    def test_a_known_key_costs_no_second_read(self, dynamo: Stores) -> None:
        dynamo.accounts.put_key(make_key())
        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            dynamo.accounts.key(KeyId("key_1"))
            dynamo.accounts.key(KeyId("key_1"))

        assert meter.call_count == 1

    def test_an_unknown_key_is_not_remembered(self, dynamo: Stores) -> None:
        assert dynamo.accounts.key(KeyId("key_1")) is None
        dynamo.accounts.put_key(make_key())

        assert dynamo.accounts.key(KeyId("key_1")) == make_key()

    def test_a_lost_answer_costs_no_driver_the_invitation(
        self, dynamo: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        dynamo.accounts.put_invitation(make_invitation())
        lost = {("dynamodb", op, 1): faults.ack_lost for op in ("DeleteItem", "UpdateItem")}

        with Faults(plan=lost).on(*dynamodb_clients()):
            taken = dynamo.accounts.take_invitation(make_invitation().code_hash, NOON)

        assert taken == make_invitation()
        with pytest.raises(NotFound):
            dynamo.accounts.take_invitation(make_invitation().code_hash, NOON)

    def test_a_lost_answer_makes_no_second_driver(
        self, dynamo: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        lost = {("dynamodb", "TransactWriteItems", 1): faults.ack_lost}

        with Faults(plan=lost).on(*dynamodb_clients()):
            dynamo.accounts.create_driver(make_driver())

        assert dynamo.accounts.driver(DriverId("drv_1")) == make_driver()
