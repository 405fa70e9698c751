from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.shipments.company import MOST, companions_of, is_same_recipient
from chalicelib.domain.shipments.shipments import Companion, Shipment
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import NOON, make_address, make_recipient, make_shipment, make_shipper

AGREEING = {f"shr_{n}": make_shipper(n, name=f"Shop {n}", shares_visits=True) for n in range(1, 4)}


def loaded(number: int, **changes: Any) -> Shipment:
    return make_shipment(number, **{"status": Status.LOADED} | changes)


def agreed(shipper_id: ShipperId) -> Shipper | None:
    return AGREEING.get(shipper_id)


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"recipient": make_recipient(name="AINO  virtanen")}, True),
        ({"recipient": make_recipient(email=None)}, True),
        ({"recipient": make_recipient(phone=None, email="AINO@example.com")}, True),
        ({"recipient": make_recipient(phone="+358409999999", email="another@example.com")}, False),
        ({"recipient": make_recipient(phone=None, email=None)}, False),
        ({"recipient": make_recipient(name="Eero Virtanen")}, False),
        ({"address": make_address(lines=("Mannerheimintie 12 A 2",))}, False),
        ({"address": make_address(postal_code="00200")}, False),
        ({"forgotten_at": NOON}, False),
    ],
)
def test_only_name_door_and_a_contact_together_are_the_same_recipient(
    changes: dict[str, Any],
    is_same: bool,  # noqa: FBT001 - a parameter
) -> None:
    one, other = loaded(1), loaded(2, **changes)

    assert is_same_recipient(one, other) is is_same
    assert is_same_recipient(other, one) is is_same
    assert len(companions_of(one, [one, other], agreed)) == int(is_same)


def test_of_one_sender_nobody_need_agree() -> None:
    one, other = loaded(1), loaded(2)

    found = companions_of(one, [one, other], lambda _: None)

    assert found == (Companion(other.id, other.shipper_id, 1),)


@pytest.mark.parametrize("silent", ["shr_1", "shr_2"])
def test_senders_are_named_together_only_where_both_agreed(silent: str) -> None:
    one, other = loaded(1), loaded(2, shipper_id=ShipperId("shr_2"))
    shippers = {**AGREEING, silent: replace(AGREEING[silent], shares_visits=False)}

    assert len(companions_of(one, [one, other], agreed)) == 1
    assert companions_of(one, [one, other], shippers.get) == ()
    assert companions_of(other, [one, other], shippers.get) == ()
    gone = {key: each for key, each in AGREEING.items() if key != silent}
    assert companions_of(one, [one, other], gone.get) == ()


def test_only_so_many_are_kept() -> None:
    others = [loaded(n) for n in range(1, 9)]

    assert len(companions_of(others[0], others, agreed)) == MOST
