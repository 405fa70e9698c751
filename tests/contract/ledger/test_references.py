"""References, in memory and on DynamoDB: one shipment has one, until that is over."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ReferenceClaimed
from tests.contract.conftest import Stores
from tests.support.builders import NOON

SHOP, OTHER_SHOP = ShipperId("shr_1"), ShipperId("shr_2")
KEPT_FOR = timedelta(days=500)


def claim(
    number: int, *, shop: ShipperId = SHOP, days: int = 0, replaced: int | None = None
) -> ReferenceClaimed:
    now = NOON + timedelta(days=days)
    return ReferenceClaimed(
        shipper_id=shop,
        reference="ORDER-1",
        shipment_id=ShipmentId(f"shp_{number}"),
        replaced=None if replaced is None else ShipmentId(f"shp_{replaced}"),
        now=now,
        expires_at=now + KEPT_FOR,
    )


def test_a_reference_is_claimed_once_by_each_shipper(stores: Stores) -> None:
    stores.journal.commit(claim(1))
    stores.journal.commit(claim(1))
    stores.journal.commit(claim(2, shop=OTHER_SHOP))

    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(claim(3))

    assert stores.references.holders(SHOP, ["ORDER-1", "ORDER-2"], now=NOON) == {"ORDER-1": "shp_1"}
    assert stores.references.holders(OTHER_SHOP, ["ORDER-1"], now=NOON) == {"ORDER-1": "shp_2"}


def test_a_claim_is_replaced_only_as_it_was_read(stores: Stores) -> None:
    stores.journal.commit(claim(1))
    stores.journal.commit(claim(2, replaced=1))

    with pytest.raises(ConcurrentUpdate):
        stores.journal.commit(claim(3, replaced=1))

    assert stores.references.holders(SHOP, ["ORDER-1"], now=NOON) == {"ORDER-1": "shp_2"}


def test_a_claim_that_is_over_counts_no_more(stores: Stores) -> None:
    stores.journal.commit(claim(1))

    assert stores.references.holders(SHOP, ["ORDER-1"], now=NOON + KEPT_FOR) == {}
    stores.journal.commit(claim(2, days=500))


def test_more_than_a_hundred_are_read_at_once(stores: Stores) -> None:
    stores.journal.commit(claim(1))
    many = [*(f"NONE-{i}" for i in range(150)), "ORDER-1"]

    assert stores.references.holders(SHOP, many, now=NOON) == {"ORDER-1": "shp_1"}
