"""Accounts of all kinds, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb.accounts.hubs import DynamoHubs
from chalicelib.adapters.dynamodb.accounts.partitions import CACHE_S, Partitions
from chalicelib.domain.accounts.drivers import Driver, TakenInvitation
from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, WebhookId
from chalicelib.domain.journal.changes import AccountAdded, DriverAdded, LiveChange
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import (
    HELSINKI,
    HUB_PLACE,
    NOON,
    make_driver,
    make_hub,
    make_invitation,
    make_key,
    make_shipper,
    make_webhook,
    minutes,
    seconds,
)
from tests.support.faults import Faults


def create_driver(stores: Stores, driver: Driver) -> None:
    """A driver and an empty live state, as the use case writes them."""
    live = Live(driver.id, version=1, epoch=driver.epoch)
    stores.journal.commit(DriverAdded(driver), LiveChange(live, None))


def take(stores: Stores, client: str, after_s: float = 0) -> TakenInvitation:
    """The builders' invitation, taken by a client."""
    return stores.invitations.take(
        make_invitation().code_hash, client_hash=client, now=NOON + seconds(after_s)
    )


def test_a_shipper_comes_back(stores: Stores) -> None:
    shipper = make_shipper(sms_name="KIRJAT", support_contact=None)

    stores.journal.commit(AccountAdded(shipper))

    assert stores.shippers.get(shipper.id) == shipper


def test_a_hub_comes_back(stores: Stores) -> None:
    stores.journal.commit(AccountAdded(make_hub()))

    assert stores.hubs.get(HubId("hub_1")) == make_hub()


def test_where_the_hubs_are_is_known_anew_when_it_must_be(stores: Stores) -> None:
    stores.journal.commit(AccountAdded(make_hub()))
    first = stores.hubs.places()
    stores.journal.commit(AccountAdded(make_hub(2, coordinates=HELSINKI)))

    assert first == (HUB_PLACE,)
    assert set(stores.hubs.places(is_fresh=True)) == {HUB_PLACE, HELSINKI}


def test_where_the_hubs_are_is_asked_once_a_minute(dynamo: Stores) -> None:
    now_s = [0.0]
    hubs = DynamoHubs(Partitions(), lambda: now_s[0])
    assert hubs.places() == ()
    dynamo.journal.commit(AccountAdded(make_hub()))

    now_s[0] = CACHE_S - 1
    remembered = hubs.places()
    now_s[0] = CACHE_S

    assert (remembered, hubs.places()) == ((), (HUB_PLACE,))


def test_all_hubs_are_listed_oldest_first(stores: Stores) -> None:
    ids = [HubId(f"hub_{i}") for i in (1, 2, 3)]
    for i in (2, 0, 1):
        created_at = NOON + minutes(i)
        stores.journal.commit(AccountAdded(replace(make_hub(), id=ids[i], created_at=created_at)))
    create_driver(stores, make_driver())

    first = stores.hubs.page(limit=2, position=None)
    second = stores.hubs.page(limit=2, position=first.position)

    assert [hub.id for hub in (*first.data, *second.data)] == ids
    assert (len(first.data), second.position) == (2, None)


def test_what_nobody_knows_is_not_found(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.shippers.get(ShipperId("shr_9"))
    with pytest.raises(NotFound):
        stores.drivers.get(DriverId("drv_9"))
    with pytest.raises(NotFound):
        stores.hubs.get(HubId("hub_9"))
    assert stores.keys.get(KeyId("key_9")) is None
    assert stores.endpoints.of_shipper(ShipperId("shr_9")) == ()


def test_a_shipper_is_not_found_as_a_driver(stores: Stores) -> None:
    stores.journal.commit(AccountAdded(make_shipper()))

    with pytest.raises(NotFound):
        stores.drivers.get(DriverId("shr_1"))


class TestDrivers:
    def test_a_driver_begins_with_an_empty_live_state(self, stores: Stores) -> None:
        driver = make_driver(team="North", epoch=3)

        create_driver(stores, driver)

        assert stores.drivers.get(driver.id) == driver
        assert stores.fleet.live(driver.id) == Live(driver.id, version=1, epoch=3)

    def test_nobody_is_created_over_a_driver(self, stores: Stores) -> None:
        create_driver(stores, make_driver())

        with pytest.raises(ConcurrentUpdate):
            create_driver(stores, make_driver(name="Somebody else"))
        assert stores.drivers.get(DriverId("drv_1")) == make_driver()

    def test_all_are_listed_oldest_first(self, stores: Stores) -> None:
        for i in (3, 1, 2):
            create_driver(stores, make_driver(i, created_at=NOON + minutes(i)))
        stores.journal.commit(AccountAdded(make_shipper()))

        first = stores.drivers.page(limit=2, position=None)
        second = stores.drivers.page(limit=2, position=first.position)

        assert [driver.id for driver in first.data] == ["drv_1", "drv_2"]
        assert [driver.id for driver in second.data] == ["drv_3"]
        assert second.position is None


class TestKeys:
    @pytest.mark.parametrize("role", [Role.SHIPPER, Role.ADMIN])
    def test_a_key_comes_back(self, stores: Stores, role: Role) -> None:
        key = make_key(
            role=role,
            shipper_id=ShipperId("shr_1") if role is Role.SHIPPER else None,
            expires_at=NOON + timedelta(days=90),
        )

        stores.keys.put(key)

        assert stores.keys.get(key.id) == key

    def test_a_revocation_is_seen_by_who_made_it(self, stores: Stores) -> None:
        stores.keys.put(make_key())
        assert stores.keys.get(KeyId("key_1")) == make_key()
        revoked = make_key(revoked_at=NOON)

        stores.keys.put(revoked)

        assert stores.keys.get(KeyId("key_1")) == revoked


class TestInvitations:
    def test_it_is_good_for_one_client(self, stores: Stores) -> None:
        invitation = make_invitation()
        stores.journal.commit(AccountAdded(invitation))

        assert take(stores, "phone") == TakenInvitation(invitation, NOON)
        with pytest.raises(NotFound):
            take(stores, "another phone")

    def test_the_same_client_gets_it_again_for_a_minute(self, stores: Stores) -> None:
        invitation = make_invitation(expires_at=NOON + seconds(30))
        stores.journal.commit(AccountAdded(invitation))
        take(stores, "phone")

        again = [take(stores, "phone", after_s) for after_s in (0, 29, 60)]

        assert again == [TakenInvitation(invitation, NOON)] * 3
        with pytest.raises(NotFound):
            take(stores, "phone", 60.001)
        with pytest.raises(NotFound):
            take(stores, "another phone", 1)

    def test_it_ends(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_invitation(expires_at=NOON)))

        with pytest.raises(NotFound):
            take(stores, "phone")

    def test_a_wrong_code_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFound):
            stores.invitations.take("no such hash", client_hash="phone", now=NOON)


class TestWebhooks:
    def test_a_shippers_endpoints_come_back(self, stores: Stores) -> None:
        one = make_webhook(1, event_types=frozenset({"shipment.delivered", "eta.delayed"}))
        other = make_webhook(2)
        foreign = make_webhook(3, shipper_id=ShipperId("shr_2"))
        for endpoint in (other, foreign, one):
            stores.journal.commit(AccountAdded(endpoint))

        assert stores.endpoints.of_shipper(ShipperId("shr_1")) == (one, other)

    def test_putting_again_replaces(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_webhook()))
        changed = replace(make_webhook(), url="https://shop.example/new")

        stores.journal.commit(AccountAdded(changed))

        assert stores.endpoints.of_shipper(ShipperId("shr_1")) == (changed,)

    def test_only_ones_own_can_be_deleted(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_webhook()))

        with pytest.raises(NotFound):
            stores.endpoints.delete(ShipperId("shr_2"), WebhookId("whk_1"))
        stores.endpoints.delete(ShipperId("shr_1"), WebhookId("whk_1"))
        with pytest.raises(NotFound):
            stores.endpoints.delete(ShipperId("shr_1"), WebhookId("whk_1"))

        assert stores.endpoints.of_shipper(ShipperId("shr_1")) == ()


class TestOnDynamo:
    def test_a_known_key_costs_no_second_read(self, dynamo: Stores) -> None:
        dynamo.keys.put(make_key())
        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            dynamo.keys.get(KeyId("key_1"))
            dynamo.keys.get(KeyId("key_1"))

        assert meter.call_count == 1

    def test_an_unknown_key_is_not_remembered(self, dynamo: Stores) -> None:
        assert dynamo.keys.get(KeyId("key_1")) is None
        dynamo.keys.put(make_key())

        assert dynamo.keys.get(KeyId("key_1")) == make_key()

    def test_a_lost_answer_costs_no_driver_the_invitation(
        self, dynamo: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        dynamo.journal.commit(AccountAdded(make_invitation()))
        lost = {("dynamodb", "PutItem", 1): faults.ack_lost}

        with Faults(plan=lost).on(*dynamodb_clients()) as injected:
            taken = take(dynamo, "phone")

        assert injected.log
        assert taken == TakenInvitation(make_invitation(), NOON)
        with pytest.raises(NotFound):
            take(dynamo, "another phone")

    def test_a_lost_answer_makes_no_second_driver(
        self, dynamo: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        lost = {("dynamodb", "TransactWriteItems", 1): faults.ack_lost}

        with Faults(plan=lost).on(*dynamodb_clients()):
            create_driver(dynamo, make_driver())

        assert dynamo.drivers.get(DriverId("drv_1")) == make_driver()
