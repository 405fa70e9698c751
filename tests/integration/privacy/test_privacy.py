"""The page about a recipient's data, and what is left after it was forgotten."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.carrier import Carrier, Reply, Round

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAME, CODE, WORDS, COMMENT = "Aino Virtanen", "4711-door", "I am in the garden", "Very kind"


@pytest.fixture
def found(shared: Carrier) -> Round:
    return shared.round(1).loaded()


def link(found: Round) -> str:
    return urlsplit(found.orders[found.ids[0][0]]["tracking_url"]).path


def post(found: Round, tail: str, **fields: str) -> Reply:
    return found.carrier.call("POST", f"{link(found)}/{tail}", form(**fields), headers=FORM)


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def page(found: Round, tail: str = "/data?lang=en") -> str:
    return found.carrier.call("GET", f"{link(found)}{tail}").body.decode()


def rows(found: Round) -> list[Any]:
    shipment_id = found.ids[0][0]
    all_rows = found.carrier.rows("shipments")
    return [row for row in all_rows if row["shipment_id"]["S"] == shipment_id]


def finished(found: Round) -> Round:
    assert post(found, "wishes", seen="0", door_code=CODE, lang="en").status == 303
    assert found.start().status == 200
    assert post(found, "messages", action_id="a-1", text=WORDS, lang="en").status == 303
    photo = found.photo(found.ids[0][0])
    assert found.work(0, "deliver", found.action(proof_ids=[photo])).status == 200
    assert post(found, "rating", stars="5", comment=COMMENT, lang="en").status == 303
    return found


def test_the_page_says_what_is_kept_with_the_figures_of_the_deployment(found: Round) -> None:
    before = found.carrier.everything()

    shown = page(found)

    assert "has ordered this delivery to you" in shown
    assert "<dd>180 days</dd>" in shown
    assert "<dd>14 days</dd>" in shown
    assert "<dd>60 days</dd>" in shown
    assert "the driver still needs your data" in shown
    assert NAME not in shown
    assert found.carrier.everything() == before


def test_before_the_end_and_without_being_sure_nothing_is_forgotten(found: Round) -> None:
    early = post(found, "data/forget", sure="1", lang="en")
    assert early.status == 200
    assert "Nothing was deleted: the delivery is not over." in early.body.decode()
    finished(found)
    unsure = post(found, "data/forget", lang="en")
    assert "Nothing was deleted: tick the box first." in unsure.body.decode()

    assert found.shop.get(found.ids[0][0])["recipient"]["name"] == NAME


def test_who_is_forgotten_leaves_no_name_no_contact_and_no_words(found: Round) -> None:
    finished(found)
    order, shipment_id = found.orders[found.ids[0][0]], found.ids[0][0]
    personal = [NAME, CODE, WORDS, COMMENT, *list(order["recipient"].values())[1:3]]
    before = repr(rows(found))
    assert all(each in before for each in personal)
    links = f"/v1/shipments/{shipment_id}/links"

    reply = post(found, "data/forget", sure="1", lang="en")

    assert reply.status == 200
    assert "Your data is forgotten" in reply.body.decode()
    after = repr(rows(found))
    assert [each for each in personal if each in after] == []
    unknown = found.carrier.call("GET", f"/t/{'x' * 40}?lang=en")
    for method, tail in (("GET", ""), ("GET", "/data"), ("GET", "/settings")):
        dead = found.carrier.call(method, f"{link(found)}{tail}?lang=en")
        assert (dead.status, dead.body) == (404, unknown.body)
    assert post(found, "data/forget", sure="1", lang="en").status == 404
    assert found.carrier.call("GET", f"{link(found)}/state").status == 404
    assert found.carrier.call("POST", links, {}, token=found.shop.key).code == "no_more_links"
    assert found.shop.event_types(shipment_id)[-1] == "recipient_forgotten"
    kept = found.shop.get(shipment_id)
    assert (kept["recipient"]["name"], kept["recipient"]["phone"]) == ("—", None)
    assert kept["rating"]["stars"] == 5
    proofs = f"/v1/shipments/{shipment_id}/proofs"
    assert len(found.carrier.call("GET", proofs, token=found.shop.key).json["data"]) == 1
