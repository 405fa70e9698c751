"""Accounts of all kinds, in memory and on DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb.accounts.hubs import DynamoHubs
from chalicelib.adapters.dynamodb.accounts.partitions import CACHE_S, Partitions
from chalicelib.domain.accounts.audit import KEPT_FOR, AuditEntry, FieldChange
from chalicelib.domain.accounts.devices import Device, DeviceApp
from chalicelib.domain.accounts.drivers import Driver, TakenInvitation
from chalicelib.domain.accounts.keys import key_ring_of
from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import AuditId, DriverId, HubId, KeyId, ShipperId
from chalicelib.domain.journal.changes import (
    AccountAdded,
    AccountChange,
    AuditAdded,
    DriverAdded,
    InvitationRevoked,
    KeyRingChange,
    LiveChange,
    WebhookRemoved,
)
from local.cloud.capacity import CapacityMeter
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import (
    HELSINKI,
    HUB_PLACE,
    NOON,
    make_device,
    make_driver,
    make_hub,
    make_invitation,
    make_key,
    make_shipper,
    make_team,
    make_vehicle,
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


def test_teams_and_vehicles_come_back_and_are_listed(stores: Stores) -> None:
    team = make_team(hub_id=HubId("hub_1"))
    vehicle = make_vehicle(team_id=team.id)

    stores.journal.commit(AccountAdded(team), AccountAdded(vehicle))

    assert stores.teams.get(team.id) == team
    assert stores.vehicles.get(vehicle.id) == vehicle
    assert stores.teams.page(limit=9, position=None).data == (team,)
    assert stores.vehicles.page(limit=9, position=None).data == (vehicle,)


def test_a_shipper_is_read_as_it_is_now_by_who_asks_for_that(stores: Stores) -> None:
    stores.journal.commit(AccountAdded(make_shipper()))
    assert stores.shippers.get(ShipperId("shr_1")) == make_shipper()
    closed = make_shipper(deactivated_at=NOON, version=2)

    stores.journal.commit(AccountChange(closed, 1))

    assert stores.shippers.latest(ShipperId("shr_1")) == closed
    stores.shippers.forget(ShipperId("shr_1"))
    assert stores.shippers.get(ShipperId("shr_1")) == closed
    assert stores.shippers.page(limit=9, position=None).data == (closed,)


class TestChanges:
    def test_one_is_written_where_its_version_still_stands(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_hub()))
        two, three = (make_hub(name="New", version=version) for version in (2, 3))

        stores.journal.commit(AccountChange(two, 1))
        stores.journal.commit(AccountChange(three, 2))

        assert stores.hubs.get(HubId("hub_1")) == three
        for earlier in (1, 2):
            with pytest.raises(ConcurrentUpdate):
                stores.journal.commit(AccountChange(make_hub(name="Late", version=9), earlier))

    def test_nothing_is_changed_that_is_not_there(self, stores: Stores) -> None:
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(AccountChange(make_team(), 1))

        with pytest.raises(NotFound):
            stores.teams.get(make_team().id)

    def test_a_driver_changes_together_with_the_live_state(self, stores: Stores) -> None:
        create_driver(stores, make_driver())
        after = make_driver(epoch=2, signed_out_at=NOON, deactivated_at=NOON, version=2)
        live = Live(after.id, version=2, epoch=2)

        stores.journal.commit(AccountChange(after, 1), LiveChange(live, 1))

        assert stores.drivers.get(after.id) == after
        assert stores.fleet.live(after.id) == live


class TestAudit:
    def noted(self, stores: Stores, number: int, account_id: str = "hub_1") -> AuditEntry:
        entry = AuditEntry(
            id=AuditId(f"aud_{number}"),
            at=NOON + minutes(number),
            actor_id="key_1",
            actor_role=Role.ADMIN,
            action="hub.changed",
            account_id=account_id,
            changes=(
                FieldChange("name", "Pasila", f"Pasila {number}"),
                FieldChange("lat_deg", 60.25, after=None),
                FieldChange("is_active", before=False, after=True),
                FieldChange("scopes", (), ("keys:read", "keys:write")),
            ),
        )
        stores.journal.commit(AuditAdded(entry))
        return entry

    def test_entries_come_back_newest_first_a_page_at_a_time(self, stores: Stores) -> None:
        entries = [self.noted(stores, number, f"hub_{number % 2}") for number in (2, 1, 3)]

        def pages(account_id: str | None) -> list[AuditEntry]:
            found: list[AuditEntry] = []
            position, now = None, NOON + minutes(9)
            for _ in range(4):
                page = stores.audit.page(account_id=account_id, limit=2, position=position, now=now)
                found += page.data
                position = page.position
                if position is None:
                    break
            return found

        assert pages(None) == [entries[2], entries[0], entries[1]]
        assert pages("hub_1") == [entries[2], entries[1]]
        assert pages("hub_9") == []

    def test_an_entry_is_gone_after_its_time(self, stores: Stores) -> None:
        old, young = self.noted(stores, 0), self.noted(stores, 1)
        now = old.at + KEPT_FOR

        for account_id in (None, "hub_1"):
            page = stores.audit.page(account_id=account_id, limit=9, position=None, now=now)
            assert page.data == (young,)


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
        driver = make_driver(team_id=make_team().id, epoch=3)

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

        stores.journal.commit(AccountAdded(key))

        assert stores.keys.get(key.id) == stores.keys.latest(key.id) == key
        assert stores.keys.page(limit=9, position=None).data == (key,)

    def test_a_revocation_is_seen_by_who_made_it(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_key()))
        assert stores.keys.get(KeyId("key_1")) == make_key()
        revoked = make_key(revoked_at=NOON, version=2)

        stores.journal.commit(AccountChange(revoked, 1))
        stores.keys.forget(KeyId("key_1"))

        assert stores.keys.get(KeyId("key_1")) == revoked

    def test_its_use_is_noted_once_an_hour_and_survives_its_end(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_key(scopes=frozenset({"shipments:read"}))))
        seen = []
        for after_min in (0, 59, 60):
            stores.keys.mark_used(KeyId("key_1"), NOON + minutes(after_min))
            seen.append(stores.keys.latest(KeyId("key_1")).last_used_at)

        used = stores.keys.latest(KeyId("key_1"))
        stores.journal.commit(AccountChange(replace(used, revoked_at=NOON, version=2), 1))

        assert seen == [NOON, NOON, NOON + minutes(60)]
        assert stores.keys.latest(KeyId("key_1")).last_used_at == NOON + minutes(60)
        assert stores.keys.latest(KeyId("key_1")).scopes == {"shipments:read"}

    def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFound):
            stores.keys.latest(KeyId("key_9"))
        with pytest.raises(NotFound):
            stores.keys.mark_used(KeyId("key_9"), NOON)

    def test_a_ring_is_written_where_it_was_read(self, stores: Stores) -> None:
        stores.journal.commit(AccountAdded(make_key()))
        empty = stores.keys.ring(key_ring_of(make_key()))
        joined = replace(empty, key_ids=(KeyId("key_1"),), version=1)

        stores.journal.commit(KeyRingChange(joined, 0))

        assert (empty.key_ids, empty.version) == ((), 0)
        assert stores.keys.ring(key_ring_of(make_key())) == joined
        assert stores.keys.ring(key_ring_of(make_key(label="other"))).version == 0
        assert stores.keys.those(joined.key_ids) == (make_key(),)
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(KeyRingChange(joined, 0))


class TestDevices:
    def test_one_comes_back_as_its_driver_s(self, stores: Stores) -> None:
        device = make_device(epoch=3)
        stores.journal.commit(AccountAdded(device))
        other = DriverId("drv_2")

        assert stores.devices.get(device.driver_id, device.id) == device
        assert stores.devices.latest(device.driver_id, device.id) == device
        assert stores.devices.get(other, device.id) is None
        with pytest.raises(NotFound):
            stores.devices.latest(other, device.id)

    def test_a_driver_s_live_ones_are_listed_page_by_page(self, stores: Stores) -> None:
        found = [make_device(number) for number in (1, 2, 3)]
        gone, foreign = make_device(4), make_device(5, driver_id=DriverId("drv_2"))
        create_driver(stores, make_driver())
        for device in (*found, gone, foreign):
            stores.journal.commit(AccountAdded(device))
        stores.journal.commit(AccountChange(gone.revoked(NOON), 1))

        listed: list[Device] = []
        position = None
        for _ in range(3):
            page = stores.devices.page(DriverId("drv_1"), limit=2, position=position)
            listed += page.data
            position = page.position
            if position is None:
                break

        assert {device.id for device in listed} == {device.id for device in found}

    def test_it_is_marked_as_seen_now_and_then_and_with_another_app_at_once(
        self, stores: Stores
    ) -> None:
        device = make_device()
        stores.journal.commit(AccountAdded(device))
        seen = []
        for after_min, app in (
            (0, DeviceApp.OWNTRACKS),
            (4, DeviceApp.OWNTRACKS),
            (5, DeviceApp.OWNTRACKS),
            (6, DeviceApp.OVERLAND),
        ):
            stores.devices.mark_seen(device.driver_id, device.id, app, NOON + minutes(after_min))
            found = stores.devices.latest(device.driver_id, device.id)
            seen.append((found.last_seen_at, found.app))

        used = stores.devices.latest(device.driver_id, device.id)
        stores.journal.commit(AccountChange(used.revoked(NOON), 1))
        stores.devices.forget(device.driver_id, device.id)
        after = stores.devices.get(device.driver_id, device.id)

        assert seen == [
            (NOON, DeviceApp.OWNTRACKS),
            (NOON, DeviceApp.OWNTRACKS),
            (NOON + minutes(5), DeviceApp.OWNTRACKS),
            (NOON + minutes(6), DeviceApp.OVERLAND),
        ]
        assert after == replace(used, revoked_at=NOON, version=2)
        with pytest.raises(NotFound):
            stores.devices.mark_seen(device.driver_id, make_device(9).id, DeviceApp.OSMAND, NOON)

    def test_what_was_changed_since_is_not_revoked_blindly(self, stores: Stores) -> None:
        device = make_device()
        stores.journal.commit(AccountAdded(device))
        stores.journal.commit(AccountChange(device.revoked(NOON), 1))

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(AccountChange(device.revoked(NOON + minutes(1)), 1))


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
            stores.invitations.take("ee" * 32, client_hash="phone", now=NOON)

    def test_it_can_be_found_by_its_id_and_driver_until_it_is_over(self, stores: Stores) -> None:
        late = make_invitation(code_hash="12" * 32, expires_at=NOON + minutes(20))
        first = make_invitation(code_hash="34" * 32, expires_at=NOON + minutes(10))
        foreign = make_invitation(code_hash="56" * 32, driver_id=DriverId("drv_2"))
        for invitation in (late, first, foreign):
            stores.journal.commit(AccountAdded(invitation))

        assert stores.invitations.get(first.id, NOON) == first
        assert stores.invitations.open_for(DriverId("drv_1"), NOON) == (first, late)
        assert stores.invitations.open_for(DriverId("drv_1"), NOON + minutes(10)) == (late,)
        with pytest.raises(NotFound):
            stores.invitations.get(first.id, NOON + minutes(10))
        with pytest.raises(NotFound):
            stores.invitations.get(make_invitation(code_hash="78" * 32).id, NOON)

    def test_one_that_is_revoked_is_closed_and_one_that_is_used_is_not_revoked(
        self, stores: Stores
    ) -> None:
        used, revoked = (make_invitation(code_hash=digits * 32) for digits in ("12", "34"))
        for invitation in (used, revoked):
            stores.journal.commit(AccountAdded(invitation))
        stores.invitations.take(used.code_hash, client_hash="phone", now=NOON)

        stores.journal.commit(InvitationRevoked(revoked, NOON))
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(InvitationRevoked(used, NOON))

        assert stores.invitations.open_for(DriverId("drv_1"), NOON) == ()
        for client in ("phone", "another phone"):
            with pytest.raises(NotFound):
                stores.invitations.take(revoked.code_hash, client_hash=client, now=NOON)
        again = stores.invitations.take(used.code_hash, client_hash="phone", now=NOON)
        assert again.invitation == used


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

        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(
                WebhookRemoved(replace(make_webhook(), shipper_id=ShipperId("shr_2")))
            )
        stores.journal.commit(WebhookRemoved(make_webhook()))
        with pytest.raises(ConcurrentUpdate):
            stores.journal.commit(WebhookRemoved(make_webhook()))

        assert stores.endpoints.of_shipper(ShipperId("shr_1")) == ()


class TestOnDynamo:
    def test_a_known_key_costs_no_second_read(self, dynamo: Stores) -> None:
        dynamo.journal.commit(AccountAdded(make_key()))
        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            dynamo.keys.get(KeyId("key_1"))
            dynamo.keys.get(KeyId("key_1"))

        assert meter.call_count == 1

    def test_an_unknown_key_is_not_remembered(self, dynamo: Stores) -> None:
        assert dynamo.keys.get(KeyId("key_1")) is None
        dynamo.journal.commit(AccountAdded(make_key()))

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

    def test_a_lost_answer_hides_no_change(
        self, dynamo: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        dynamo.journal.commit(AccountAdded(make_hub()))
        after = make_hub(name="New", version=2)
        lost = {("dynamodb", "PutItem", 1): faults.ack_lost}

        with Faults(plan=lost).on(*dynamodb_clients()) as injected:
            dynamo.journal.commit(AccountChange(after, 1))

        assert injected.log
        assert dynamo.hubs.get(HubId("hub_1")) == after

    def test_the_use_of_a_key_costs_one_write_an_hour(self, dynamo: Stores) -> None:
        dynamo.journal.commit(AccountAdded(make_key()))
        dynamo.keys.get(KeyId("key_1"))
        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            for after_min in range(0, 120, 7):
                dynamo.keys.mark_used(KeyId("key_1"), NOON + minutes(after_min))

        assert meter.call_count == 2

    def test_a_phone_that_reports_all_hour_costs_twelve_writes_for_that(
        self, dynamo: Stores
    ) -> None:
        device = make_device()
        dynamo.journal.commit(AccountAdded(device))
        dynamo.devices.get(device.driver_id, device.id)
        with CapacityMeter().watching(*dynamodb_clients()) as meter:
            for after_s in range(0, 3_600, 15):
                at = NOON + seconds(after_s)
                dynamo.devices.mark_seen(device.driver_id, device.id, DeviceApp.OVERLAND, at)

        assert meter.calls == {"UpdateItem": 12}

    def test_a_lost_answer_makes_no_second_driver(
        self, dynamo: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faults.never_wait(monkeypatch)
        lost = {("dynamodb", "TransactWriteItems", 1): faults.ack_lost}

        with Faults(plan=lost).on(*dynamodb_clients()):
            create_driver(dynamo, make_driver())

        assert dynamo.drivers.get(DriverId("drv_1")) == make_driver()
