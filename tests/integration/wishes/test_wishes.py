"""Wishes through the whole application: form, driver's route, API, events, and what is hidden."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, Round, note

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRETS = ("4711", "Staircase B", "Eero Naapuri")


@pytest.fixture
def found(shared: Carrier) -> Round:
    made = shared.round(4).started()
    made.drive(-900.0)
    return made


def link(found: Round, stop: int = 3) -> str:
    return urlsplit(found.orders[found.ids[stop][0]]["tracking_url"]).path


def wished(found: Round, stop: int = 3, **fields: Any) -> Reply:
    form = urlencode({"seen": "0", **fields}).encode()
    return found.carrier.call("POST", f"{link(found, stop)}/wishes", form, headers=FORM)


def said(reply: Reply) -> str:
    assert reply.status == 303
    return str(reply.headers["Location"]).partition("?said=")[2].partition("#")[0]


def offering(found: Round, **rules: Any) -> None:
    carrier, path = found.carrier, f"/v1/shippers/{found.shop.shipper_id}"
    reply = carrier.call("PATCH", path, rules, token=carrier.admin, headers={"If-Match": "*"})
    assert reply.status == 200, reply.body


def page(found: Round, stop: int = 3, query: str = "lang=en") -> str:
    return found.carrier.call("GET", f"{link(found, stop)}?{query}").body.decode()


def of_driver(found: Round, stop: int = 3) -> Any:
    (shipment,) = found.seen()["stops"][stop]["shipments"]
    return shipment["wishes"]


def test_wishes_reach_driver_office_and_shop_and_the_page_shows_no_word(found: Round) -> None:
    shipment_id = found.ids[3][0]
    fields: dict[str, Any] = {
        "entrance": "Staircase B",
        "door_code": "4711",
        "absence": "neighbour",
        "neighbour_name": "Eero Naapuri",
        "neighbour_door": "B 12",
        "contact_free": "1",
    }

    replies = [wished(found, **fields), wished(found, **fields)]

    assert [said(reply) for reply in replies] == ["wishes_saved", "wishes_saved"]
    told = of_driver(found)
    assert (told["entrance"], told["door_code"]) == ("Staircase B", "4711")
    assert told["neighbour"] == {"name": "Eero Naapuri", "door": "B 12"}
    assert found.shop.get(shipment_id)["wishes"] == told
    event = found.shop.events(shipment_id)[-1]
    assert event["type"] == "shipment.instructions_changed"
    assert event["data"]["changed"] == ["instructions", "neighbour", "contact_free"]
    assert event["data"]["after"]["has_neighbour"] is True
    shown = page(found)
    for secret in SECRETS:
        assert secret not in shown
        assert secret not in repr(found.shop.events(shipment_id))
        assert secret not in found.state(shipment_id).body.decode()
    assert "your neighbour gets it" in shown
    assert found.shop.event_types(shipment_id).count("instructions_changed") == 1


def test_too_late_says_so_and_leads_to_a_message(found: Round) -> None:
    assert said(wished(found, 1, floor="3")) == "wishes_late"

    shown = page(found, 1, "lang=en&said=wishes_late")
    assert "it is too late" in shown
    assert "You can still write a message." in shown
    assert 'name="door_code"' not in shown
    assert 'id="talk-form"' in shown


def test_a_shipper_says_until_when(found: Round) -> None:
    offering(found, changes_until_stops=1)
    found.carrier.rewire()

    assert said(wished(found, 1, floor="3")) == "wishes_saved"
    assert said(wished(found, 0, floor="3")) == "wishes_late"
    assert "until the van is one stop away" in page(found)


def test_a_safe_place_is_one_that_the_shipper_allows(found: Round) -> None:
    shed: dict[str, Any] = {
        "absence": "safe_place",
        "safe_place": "shed",
        "safe_place_note": "behind the door",
    }
    assert said(wished(found, **shed)) == "wishes_not_offered"
    assert "Leave it in a safe place" not in page(found)

    offering(found, safe_places=["garage", "shed"])
    found.carrier.rewire()

    assert said(wished(found, absence="safe_place")) == "wishes_no_place"
    assert said(wished(found, **shed)) == "wishes_saved"
    assert of_driver(found)["safe_place"] == {"place": "shed", "note": "behind the door"}
    assert "it is left here: Shed." in page(found)


def test_a_stale_page_is_told_what_has_changed(found: Round) -> None:
    wished(found, contact_free="1")

    reply = wished(found, floor="3")

    assert said(reply) == "wishes_changed&what=contact_free"
    shown = page(found, query="lang=en&said=wishes_changed&what=contact_free,<script>")
    assert "since you opened the page (without contact)" in shown
    assert of_driver(found)["floor"] is None


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"note": "x" * 201}, "wishes_unfit"),
        ({"entrance": "x" * 81}, "wishes_unfit"),
        ({"door_code": "bell \x07"}, "wishes_unfit"),
        ({"absence": "neighbour"}, "wishes_no_name"),
        ({"absence": "neighbour", "neighbour_name": " \u200b"}, "wishes_no_name"),
        ({"absence": "anything", "floor": " 3\n rd "}, "wishes_saved"),
    ],
)
def test_what_cannot_be_wished_is_said(found: Round, fields: dict[str, Any], answer: str) -> None:
    assert said(wished(found, **fields)) == answer
    assert (of_driver(found) is not None) == (answer == "wishes_saved")


def test_what_a_change_costs_and_the_page_reads_no_more_for_it(found: Round) -> None:
    page(found)
    with CapacityMeter().watching(*found.carrier.clients()) as before:
        page(found)
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        wished(found, note="x" * 200)
    with CapacityMeter().watching(*found.carrier.clients()) as after:
        page(found)

    note(f"wishes: {meter.call_count} calls, {meter.write_units:g} WRU, {meter.read_units:g} RRU")
    assert meter.calls["TransactWriteItems"] == 1
    assert meter.call_count <= 5
    assert meter.write_units <= 16
    assert (after.calls, after.read_units) == (before.calls, before.read_units)
