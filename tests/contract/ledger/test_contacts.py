"""Contacts, in memory and on DynamoDB: what is noted, what is muted, and what is kept of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.ledger.contacts import MOST_SHIPMENTS, DynamoContacts
from chalicelib.adapters.dynamodb.ledger.items import ContactItem
from chalicelib.domain.ids import ShipmentId
from infra.template import Stack
from tests.support.aws import table_names
from tests.support.builders import NOON, minutes
from tests.support.fakes.contacts import InMemoryContacts

KEEP_S = 3_600
ONE, TWO = ShipmentId("shp_1"), ShipmentId("shp_2")


@pytest.fixture
def dynamo() -> Iterator[DynamoContacts]:
    with mock_aws():
        tables.bind(table_names(Stack("test")))
        ContactItem.create_table(billing_mode="PAY_PER_REQUEST")
        yield DynamoContacts()


@pytest.fixture(params=["in memory", "on moto"])
def contacts(request: pytest.FixtureRequest) -> Any:
    if request.param == "in memory":
        return InMemoryContacts()
    return request.getfixturevalue("dynamo")


def note(contacts: Any, shipment_id: ShipmentId = ONE, tag: str = "tag") -> bool:
    noted: bool = contacts.note(tag, shipment_id, now=NOON, keep_s=KEEP_S)
    return noted


def test_what_is_told_there_is_noted_once(contacts: Any) -> None:
    assert [note(contacts, each) for each in (ONE, TWO, ONE)] == [True, True, True]

    assert contacts.mute("tag", now=NOON) == (ONE, TWO)


def test_a_muted_one_notes_nothing_until_it_is_unmuted(contacts: Any) -> None:
    note(contacts)
    assert not contacts.is_muted("tag")
    for _ in range(2):
        assert contacts.mute("tag", now=NOON) == (ONE,)
    assert contacts.is_muted("tag")
    assert not note(contacts, TWO)

    for _ in range(2):
        assert contacts.unmute("tag", now=NOON, keep_s=KEEP_S) == (ONE,)
    assert not contacts.is_muted("tag")
    assert note(contacts, TWO)


def test_one_that_was_never_told_anything_can_be_muted(contacts: Any) -> None:
    assert contacts.unmute("tag", now=NOON, keep_s=KEEP_S) == ()
    assert contacts.mute("tag", now=NOON) == ()
    assert not note(contacts)
    assert note(contacts, tag="another")


def test_an_older_wish_than_the_last_does_nothing(contacts: Any) -> None:
    """A queue may bring STOP again after the START that has taken it back."""
    later = NOON + minutes(1)
    note(contacts)
    assert contacts.unmute("tag", now=later, keep_s=KEEP_S) == (ONE,)

    assert contacts.mute("tag", now=NOON) == ()
    assert not contacts.is_muted("tag")
    assert contacts.mute("tag", now=later) == (ONE,)
    assert contacts.unmute("tag", now=NOON, keep_s=KEEP_S) == ()
    assert contacts.is_muted("tag")


def test_one_that_is_full_begins_anew(contacts: Any) -> None:
    for number in range(MOST_SHIPMENTS):
        note(contacts, ShipmentId(f"shp_{number:02}"))
    assert note(contacts, ShipmentId("shp_00"))
    assert note(contacts, ShipmentId("shp_99"))

    assert contacts.mute("tag", now=NOON) == (ShipmentId("shp_99"),)


def test_what_is_noted_expires_and_what_is_muted_does_not(dynamo: DynamoContacts) -> None:
    def expires_at() -> float | None:
        found: float | None = ContactItem.get("contact#tag").expires_at
        return found

    later = int(NOON.timestamp()) + KEEP_S
    note(dynamo)
    assert expires_at() == later
    dynamo.mute("tag", now=NOON)
    assert expires_at() is None
    dynamo.unmute("tag", now=NOON, keep_s=KEEP_S)
    assert expires_at() == later
