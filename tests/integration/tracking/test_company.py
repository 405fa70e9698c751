"""Parcels of several shipments at one visit, through the whole application."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Round, Shop

AINO: Final = {
    "name": "Aino Virtanen",
    "phone": "+358401112223",
    "email": "aino@example.com",
    "locale": "en",
}
EERO: Final = {"name": "Eero Virtanen", "phone": "+358404445556", "locale": "en"}
AT_DOOR: Final = 1


def share(carrier: Carrier, shop: Shop, *, shares: bool) -> None:
    reply = carrier.call(
        "PATCH",
        f"/v1/shippers/{shop.shipper_id}",
        {"shares_visits": shares},
        token=carrier.admin,
        headers={"If-Match": "*"},
    )
    assert reply.status == 200, reply.body


def visited(
    carrier: Carrier,
    *,
    agree: Sequence[bool] = (True, True),
    recipients: Sequence[dict[str, str]] = (AINO, AINO),
) -> Round:
    """Two senders' parcels at the second of three stops, on a van that has left."""
    shops: list[Shop] = []
    for name, shares in zip(("Kirjakauppa", "Kukka"), agree, strict=True):
        shop = carrier.shop(name)
        share(carrier, shop, shares=shares)
        shops.append(shop)
    at_door = [
        shop.shipment(stop=1, recipient=who) for shop, who in zip(shops, recipients, strict=True)
    ]
    carrier.rewire()  # senders are remembered for a minute
    others = [shops[0].shipment(stop=0), shops[0].shipment(stop=2)]
    return carrier.planned(shops[0], [[others[0]], at_door, [others[1]]]).started()


def company(found: Round, i: int) -> Any:
    """What the page of one of the two says of the other."""
    return found.state(found.ids[AT_DOOR][i]).json["words"]["company"]


def page(found: Round, i: int) -> str:
    path = urlsplit(found.orders[found.ids[AT_DOOR][i]]["tracking_url"]).path
    reply = found.carrier.call("GET", f"{path}?lang=en")
    assert reply.status == 200
    return reply.body.decode()


def test_each_page_names_both_and_later_the_outcome_of_each(shared: Carrier) -> None:
    found = visited(shared)
    first, second = found.ids[AT_DOOR]

    on_the_way = [company(found, i) for i in (0, 1)]
    assert found.work(0, "deliver").status == 200
    for verb, key, more in (("deliver", first, {}), ("fail", second, {"reason": "damaged"})):
        reply = found.work(AT_DOOR, verb, found.action(shipment_ids=[key], **more))
        assert reply.status == 200, reply.body

    assert on_the_way == [
        {
            "title": "2 parcels at this visit",
            "lines": [
                {"sender": "Kirjakauppa", "status": "Out for delivery"},
                {"sender": "Kukka", "status": "Out for delivery"},
            ],
        },
        {
            "title": "2 parcels at this visit",
            "lines": [
                {"sender": "Kukka", "status": "Out for delivery"},
                {"sender": "Kirjakauppa", "status": "Out for delivery"},
            ],
        },
    ]
    assert [line["status"] for line in company(found, 0)["lines"]] == ["Delivered", "Not delivered"]
    assert [line["status"] for line in company(found, 1)["lines"]] == ["Not delivered", "Delivered"]
    assert "2 parcels at this visit" in page(found, 0)
    assert second not in page(found, 0)


def test_a_page_that_is_open_goes_on_asking_until_both_have_an_outcome(shared: Carrier) -> None:
    found = visited(shared)
    first, second = found.ids[AT_DOOR]
    assert found.work(AT_DOOR, "deliver", found.action(shipment_ids=[first])).status == 200

    between = found.state(first)
    known = {"If-None-Match": between.headers["ETag"]}
    same = found.state(first, headers=known)
    assert found.work(AT_DOOR, "deliver", found.action(shipment_ids=[second])).status == 200
    over = found.state(first, headers=known)

    assert between.json["poll_after_s"] is not None
    assert (same.status, over.status) == (304, 200)
    assert [line["status"] for line in over.json["words"]["company"]["lines"]] == ["Delivered"] * 2
    assert over.json["poll_after_s"] is None


def test_no_page_takes_more_than_two_reads(shared: Carrier) -> None:
    found = visited(shared)
    page(found, 0)  # senders are remembered
    with CapacityMeter().watching(*shared.clients()) as moving:
        assert "2 parcels" in page(found, 0)
    assert found.work(AT_DOOR, "deliver").status == 200
    with CapacityMeter().watching(*shared.clients()) as over:
        assert "2 parcels" in page(found, 0)

    assert moving.calls == {"Query": 1, "GetItem": 1}
    assert over.calls == {"Query": 1, "BatchGetItem": 1}


@pytest.mark.parametrize("agree", [(True, False), (False, True)])
def test_without_the_word_of_both_senders_nobody_is_named(
    shared: Carrier, agree: Sequence[bool]
) -> None:
    found = visited(shared, agree=agree)

    assert [company(found, i) for i in (0, 1)] == [None, None]
    assert "Kukka" not in page(found, 0)
    assert found.work(AT_DOOR, "deliver").status == 200
    assert [company(found, i) for i in (0, 1)] == [None, None]


def test_others_of_the_same_stop_are_nobodys_business(shared: Carrier) -> None:
    found = visited(shared, recipients=(AINO, EERO))

    assert [company(found, i) for i in (0, 1)] == [None, None]


def test_a_sender_who_takes_the_word_back_is_not_named_any_more(shared: Carrier) -> None:
    found = visited(shared)
    share(shared, found.shop, shares=False)
    shared.rewire()

    assert [company(found, i) for i in (0, 1)] == [None, None]


def test_what_leaves_the_plan_is_not_said_to_come_along(shared: Carrier) -> None:
    found = visited(shared)
    second = found.ids[AT_DOOR][1]
    body = {
        "operations": [
            {"op": "remove", "stop_id": found.stop_ids[AT_DOOR], "shipment_ids": [second]}
        ]
    }
    edit = shared.call(
        "PATCH",
        f"/v1/routes/{found.route_id}",
        body,
        token=shared.dispatcher,
        headers={"If-Match": f'"{found.route()["plan_version"]}"'},
    )
    assert edit.status == 200, edit.body
    assert company(found, 0) is None
    assert found.work(AT_DOOR, "deliver").status == 200

    assert company(found, 0) is None
