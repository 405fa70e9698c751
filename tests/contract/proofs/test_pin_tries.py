"""Tries of PINs, in memory and on DynamoDB."""

from itertools import permutations

from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from tests.contract.conftest import Stores
from tests.support.aws import SESSION, stack_of, table_names
from tests.support.builders import NOON, make_event, make_shipment, minutes

ID, OTHER = ShipmentId("shp_0001"), ShipmentId("shp_0002")


def tried(stores: Stores, tag: str, *, generation: int = 1, most: int = 2) -> bool:
    return stores.pin_tries.may_try(ID, generation, tag, most=most)


def test_different_guesses_count_and_the_same_one_may_again(stores: Stores) -> None:
    told = [tried(stores, tag) for tag in ("a", "b", "a", "c", "b", "d")]

    assert told == [True, True, True, False, True, False]


def test_a_new_link_and_another_shipment_have_tries_of_their_own(stores: Stores) -> None:
    for tag in "abc":
        tried(stores, tag)

    assert tried(stores, "c", generation=2)
    assert stores.pin_tries.may_try(OTHER, 1, "c", most=2)


def test_p10_of_twenty_guesses_in_any_order_five_are_compared(stores: Stores) -> None:
    for number, order in enumerate(permutations("abc"), start=1):
        guesses = [f"{first}{n}" for n in range(7) for first in order][:20]

        allowed = [tag for tag in guesses if tried(stores, tag, generation=number, most=5)]

        assert allowed == guesses[:5]


def test_they_expire_with_their_shipment_and_hold_no_pin(dynamo: Stores) -> None:
    dynamo.journal.commit(ShipmentChange(make_shipment(1, details_version=1, version=1), (), None))
    tried(dynamo, "tag")

    dynamo.shipments.expire(ID, NOON + minutes(5))

    rows = SESSION.client("dynamodb").scan(TableName=table_names(stack_of("test"))["shipments"])
    assert all("expires_at" in row for row in rows["Items"])
    (row,) = (row for row in rows["Items"] if row["item"]["S"] == "TRIED_PINS#1")
    assert row["guesses"] == {"SS": ["tag"]}


def test_a_shipment_is_read_past_them(stores: Stores) -> None:
    shipment = make_shipment(1, details_version=1, version=1)
    event = make_event(1, shipment_id=ID)
    stores.journal.commit(ShipmentChange(shipment, (event,), None))
    tried(stores, "tag")

    assert stores.shipments.with_history(ID, newest=20) == (shipment, (event,))
