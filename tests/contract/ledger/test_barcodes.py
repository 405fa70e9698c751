"""Barcodes in use, in memory and on DynamoDB: who got a code last."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb.ledger.barcodes import MOST_HOLDERS, DynamoBarcodes
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken
from chalicelib.domain.shipments.barcodes_in_use import HeldBarcode
from chalicelib.services.ports.shipments import Barcodes
from tests.contract.conftest import Stores
from tests.support.aws import dynamodb
from tests.support.builders import NOON
from tests.support.fakes.barcodes import InMemoryBarcodes

SHOP, OTHER_SHOP = ShipperId("shr_1"), ShipperId("shr_2")
LATER = NOON + timedelta(days=60)


@pytest.fixture(params=["in memory", "on moto"])
def barcodes(request: pytest.FixtureRequest) -> Iterator[Barcodes]:
    if request.param == "in memory":
        yield InMemoryBarcodes()
        return
    with dynamodb():
        yield DynamoBarcodes()


def take(
    barcodes: Barcodes, number: int, *codes: str, shop: ShipperId = SHOP, days: int = 0
) -> dict[str, tuple[ShipmentId, ...]]:
    now = NOON + timedelta(days=days)
    shipment_id = ShipmentId(f"shp_{number}")
    return barcodes.take(shop, codes, shipment_id, now=now, expires_at=now + (LATER - NOON))


def test_a_code_is_told_with_the_shipment_that_had_it_last(barcodes: Barcodes) -> None:
    assert take(barcodes, 1, "A", "B") == {}
    assert take(barcodes, 2, "B", "C") == {"B": ("shp_1",)}
    assert take(barcodes, 3, "A", "B") == {"A": ("shp_1",), "B": ("shp_2", "shp_1")}


def test_a_repeat_does_not_find_itself(barcodes: Barcodes) -> None:
    take(barcodes, 1, "A")

    assert take(barcodes, 1, "A") == {}


def test_shippers_do_not_share_their_codes(barcodes: Barcodes) -> None:
    take(barcodes, 1, "A")

    assert take(barcodes, 2, "A", shop=OTHER_SHOP) == {}


def test_what_was_taken_long_ago_is_forgotten(barcodes: Barcodes) -> None:
    take(barcodes, 1, "A")

    assert take(barcodes, 2, "A", days=60) == {}


def test_all_shippers_holders_of_a_code_are_found(barcodes: Barcodes) -> None:
    take(barcodes, 1, "A", "B")
    take(barcodes, 2, "A", shop=OTHER_SHOP)

    assert barcodes.everywhere(["A", "B", "C"], now=NOON) == {
        "A": ("shp_1", "shp_2"),
        "B": ("shp_1",),
    }
    assert barcodes.everywhere(["A"], now=LATER) == {}
    assert barcodes.everywhere([], now=NOON) == {}


def test_an_earlier_holder_is_found_behind_a_later_one(barcodes: Barcodes) -> None:
    """The later one may be cancelled, and the earlier one still be open."""
    for number in (1, 2):
        take(barcodes, number, "A")

    assert barcodes.everywhere(["A"], now=NOON) == {"A": ("shp_1", "shp_2")}


def test_a_code_that_everybody_uses_does_not_grow_for_ever() -> None:
    with dynamodb():
        barcodes = DynamoBarcodes()
        for number in range(10, 10 + MOST_HOLDERS + 1):
            take(barcodes, number, "1")

        assert barcodes.everywhere(["1"], now=NOON) == {"1": (f"shp_{10 + MOST_HOLDERS}",)}
        assert take(barcodes, 99, "1") == {"1": (f"shp_{10 + MOST_HOLDERS}",)}


def taken(number: int, *codes: str, anew: bool = False) -> BarcodesTaken:
    all_codes = frozenset(codes) if anew else frozenset[str]()
    return BarcodesTaken(SHOP, codes, all_codes, ShipmentId(f"shp_{number}"), LATER)


def test_codes_are_taken_together_with_a_shipment_and_read_together(stores: Stores) -> None:
    stores.journal.commit(taken(1, "A", "B"), taken(2, "C"))
    stores.journal.commit(taken(2, "B"))
    stores.journal.commit(taken(2, "B"))

    held = stores.barcodes.held(SHOP, ["A", "B", "C", "D"], now=NOON)

    own = {"A": ("shp_1",), "B": ("shp_2", "shp_1"), "C": ("shp_2",)}
    assert {code: each.own for code, each in held.items()} == own
    assert all(each.has_room for each in held.values())
    other = stores.barcodes.held(OTHER_SHOP, ["A"], now=NOON)
    assert other == {"A": HeldBarcode((), has_room=True)}
    later = stores.barcodes.held(SHOP, ["A"], now=LATER)
    assert later == {"A": HeldBarcode((), has_room=False)}
    assert stores.barcodes.holders(SHOP, ["A", "D"], now=NOON) == {"A": ("shp_1",)}
    assert stores.barcodes.everywhere(["B"], now=NOON) == {"B": ("shp_1", "shp_2")}


def test_a_code_without_room_begins_anew(stores: Stores) -> None:
    stores.journal.commit(taken(1, "A"))

    stores.journal.commit(taken(2, "A", anew=True))

    assert stores.barcodes.everywhere(["A"], now=NOON) == {"A": ("shp_2",)}


def test_a_batch_sees_that_a_code_is_full() -> None:
    with dynamodb():
        barcodes = DynamoBarcodes()
        for number in range(10, 10 + MOST_HOLDERS):
            take(barcodes, number, "1")

        assert not barcodes.held(SHOP, ["1"], now=NOON)["1"].has_room
