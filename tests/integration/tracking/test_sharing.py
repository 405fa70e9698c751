"""A share link through the whole application: what others see, and how it ends."""

import json
import re
from urllib.parse import urlencode, urlsplit

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, Round

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STOP = 1


@pytest.fixture
def found(shared: Carrier) -> Round:
    made = shared.round(3).started()
    assert made.drive(-2_000.0, after_s=900.0).status == 200
    return made


def order(found: Round) -> dict[str, str]:
    return dict(found.orders[found.ids[STOP][0]])


def link(found: Round) -> str:
    return urlsplit(order(found)["tracking_url"]).path


def page(found: Round, path: str, query: str = "lang=en") -> str:
    reply = found.carrier.call("GET", f"{path}?{query}")
    assert reply.status == 200
    return reply.body.decode()


def share_link(found: Round) -> str:
    shown = re.search(r'id="share-link" value="([^"]+)"', page(found, link(found)))
    assert shown is not None
    return urlsplit(shown[1]).path


def state(found: Round, path: str, **headers: str) -> Reply:
    return found.carrier.call("GET", f"{path}/state?lang=en", headers=headers)


def revoke(found: Round, seen: str = "1") -> str:
    form = urlencode({"seen": seen, "lang": "en"}).encode()
    reply = found.carrier.call("POST", f"{link(found)}/share", form, headers=FORM)
    assert reply.status == 303
    return str(reply.headers["Location"])


def secrets(found: Round) -> list[str]:
    """All that others must not learn: the words of the order, the sender and the door."""
    shipment = found.shop.get(order(found)["id"])
    address = shipment["address"]
    return [
        shipment["id"],
        shipment["reference"],
        shipment["recipient"]["name"],
        *filter(None, [shipment["recipient"]["phone"], shipment["recipient"]["email"]]),
        *address["lines"],
        f">{address['city']}<",
        str(address["lat_deg"]),
        str(address["lon_deg"]),
        "Kirjakauppa",
        "/t/",
        "<form",
    ]


def test_others_see_when_it_comes_and_about_where_the_van_is(found: Round) -> None:
    path = share_link(found)
    shown, told = page(found, path), state(found, path).json
    own = state(found, link(found)).json

    assert own["position"] is not None, own["position_hidden_because"]
    assert len(path) == len("/s/") + 40
    assert told["words"]["headline"] == own["words"]["headline"]
    assert told["expected"] == own["expected"] is not None
    assert own["words"]["headline"]["main"] in shown
    for secret in secrets(found):
        assert secret not in shown
        assert secret not in json.dumps(told, ensure_ascii=False)
    assert told["position"]["lat_deg"] == round(own["position"]["lat_deg"], 3)
    assert told["position"]["accuracy_m"] >= 100


def test_at_the_door_and_after_nobody_else_sees_the_van_or_the_outcome(found: Round) -> None:
    path = share_link(found)
    for stop in (0, STOP):
        assert found.work(stop, "arrive").status == 200
        there = state(found, path).json
        assert found.work(stop, "deliver").status == 200

    over = state(found, path).json

    assert (there["status"], there["position"]) == ("arrived", None)
    assert (over["status"], over["expected"], over["poll_after_s"]) == ("delivered", None, None)
    assert over["words"]["headline"]["main"] == "This delivery is over"
    assert over["words"]["ending"] is None
    assert over["words"]["story"] == []


def test_a_failed_delivery_is_over_for_others_in_the_same_words(found: Round) -> None:
    path = share_link(found)
    for stop in (0, STOP):
        assert found.work(stop, "fail", found.action(reason="refused")).status == 200

    assert state(found, path).json["words"]["headline"]["main"] == "This delivery is over"
    assert "refused" not in page(found, path)


def test_a_link_that_was_revoked_opens_nothing_and_the_page_has_a_new_one(found: Round) -> None:
    old = share_link(found)

    answers = [revoke(found) for _ in range(2)]

    assert answers == [f"{link(found)}?said=share_revoked&lang=en#share"] * 2
    new = share_link(found)
    assert new != old
    assert state(found, old).status == 404
    assert found.carrier.call("GET", old).status == 404
    assert state(found, new).status == 200
    assert "Here is a new one" in page(found, link(found), "lang=en&said=share_revoked")


def test_with_a_new_link_of_the_page_the_shared_one_ends_too(found: Round) -> None:
    old, shop = share_link(found), found.shop
    path = f"/v1/shipments/{order(found)['id']}/links"

    assert found.carrier.call("POST", path, {}, token=shop.key).status in {200, 201}

    assert state(found, old).status == 404


def test_a_share_link_is_no_link_of_the_page_and_the_other_way_round(found: Round) -> None:
    shared, own = share_link(found).removeprefix("/s/"), link(found).removeprefix("/t/")

    assert found.carrier.call("GET", f"/t/{shared}").status == 404
    assert found.carrier.call("GET", f"/s/{own}").status == 404
    form = urlencode({"seen": "1"}).encode()
    assert found.carrier.call("POST", f"/t/{shared}/share", form, headers=FORM).status == 404


def test_an_unchanged_state_is_304(found: Round) -> None:
    path = share_link(found)
    first = state(found, path)

    again = state(found, path, **{"If-None-Match": str(first.headers["ETag"])})

    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("what", ["own", "shared"])
def test_a_preview_bot_reads_two_items_writes_none_and_learns_nothing(
    found: Round, what: str
) -> None:
    path = link(found) if what == "own" else share_link(found)
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        for _ in range(3):
            shown = page(found, path)

    tags = re.findall(
        r'<meta (?:property|name)="(?:og:[^"]+|description)" content="([^"]*)"', shown
    )
    assert meter.write_units == 0
    assert len(tags) >= 5
    for secret in (*secrets(found)[:-3], order(found)["tracking_url"]):
        assert all(secret not in tag for tag in tags)
