"""Ratings through the whole application: form, page, API, attention, and what they cost."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, Round, note

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDS = "In the rain <script>alert(1)</script>"


@pytest.fixture
def found(shared: Carrier) -> Round:
    made = shared.round(2).started()
    assert made.work(0, "deliver").status == 200
    return made


def link(found: Round, stop: int = 0) -> str:
    return urlsplit(found.orders[found.ids[stop][0]]["tracking_url"]).path


def rated(found: Round, stop: int = 0, **fields: Any) -> Reply:
    form = urlencode(fields).encode()
    return found.carrier.call("POST", f"{link(found, stop)}/rating", form, headers=FORM)


def rating(found: Round) -> Any:
    return found.shop.get(found.ids[0][0])["rating"]


def concerns(found: Round) -> list[str]:
    carrier = found.carrier
    path = "/v1/attention?kind=low_rating&limit=100"
    data = carrier.call("GET", path, token=carrier.dispatcher).json["data"]
    return [shipment_id for each in data for shipment_id in each["shipment_ids"]]


def page(found: Round, query: str = "lang=en") -> str:
    return found.carrier.call("GET", f"{link(found)}?{query}").body.decode()


def test_a_form_rates_once_and_the_shop_reads_it(found: Round) -> None:
    fields: dict[str, Any] = {
        "stars": "2",
        "place": "1",
        "punctuality": "1",
        "comment": WORDS,
        "lang": "en",
    }
    replies = [rated(found, **fields) for _ in range(2)]

    for reply in replies:
        assert reply.status == 303
        assert reply.headers["Location"] == f"{link(found)}?said=rated&lang=en#rating"
    given = rating(found)
    assert (given["stars"], given["reasons"]) == (2, ["punctuality", "place"])
    assert given["comment"] == WORDS
    assert found.shop.event_types(found.ids[0][0]).count("rated") == 1
    assert WORDS not in repr(found.shop.events(found.ids[0][0]))
    shown = page(found, "lang=en&said=rated")
    assert "You gave 2 of 5 stars." in shown
    assert "Thank you. Your rating is saved." in shown
    assert "<script>alert" not in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "rating_none"),
        ({"stars": "0"}, "rating_none"),
        ({"stars": "6"}, "rating_none"),
        ({"stars": "\u0665"}, "rating_none"),
        ({"stars": "5", "comment": "x" * 501}, "rating_unfit"),
        ({"stars": "5", "comment": "bell \x07"}, "rating_unfit"),
        ({"stars": "5", "comment": " \u200b "}, "rated"),
    ],
)
def test_what_cannot_be_rated_is_said(found: Round, fields: dict[str, Any], said: str) -> None:
    reply = rated(found, **fields)

    assert reply.headers["Location"] == f"{link(found)}?said={said}#rating"
    assert (rating(found) is not None) == (said == "rated")


def test_a_link_in_a_mail_ticks_stars_and_rates_nothing(found: Round) -> None:
    before = found.carrier.everything()

    shown = page(found, "lang=en&stars=4")

    assert 'value="4" required checked' in shown
    assert found.carrier.everything() == before


def test_a_parcel_that_is_still_coming_is_not_rated(found: Round) -> None:
    found.drive(-900.0)

    assert rated(found, 1, stars="5").headers["Location"].endswith("said=rating_closed#rating")
    shown = found.carrier.call("GET", f"{link(found, 1)}?lang=en").body.decode()
    assert 'id="rating" aria-labelledby="rating-title" data-show="words.rating" hidden' in shown


def test_a_day_later_it_stays_as_it_is(found: Round) -> None:
    rated(found, stars="5")
    found.carrier.clock.advance(timedelta(hours=25))

    assert rated(found, stars="1").headers["Location"].endswith("said=rating_closed#rating")
    assert rating(found)["stars"] == 5
    assert found.state(found.ids[0][0]).json["may_rate"] is False


def test_a_low_rating_is_a_concern_until_the_office_has_dealt_with_it(found: Round) -> None:
    carrier, shipment_id = found.carrier, found.ids[0][0]
    rated(found, stars="1")
    assert shipment_id in concerns(found)

    body = {"shipment_id": shipment_id, "kind": "low_rating"}
    for token, status in ((found.shop.key, 403), (carrier.dispatcher, 204)):
        assert carrier.call("POST", "/v1/attention/close", body, token=token).status == status
    assert shipment_id not in concerns(found)
    assert rating(found)["closed_at"] is not None

    rated(found, stars="2")
    assert shipment_id in concerns(found)
    path = f"/v1/shipments/{shipment_id}/messages"
    carrier.made(path, {"text": "We are sorry."}, carrier.dispatcher)
    assert shipment_id not in concerns(found)


def test_what_a_rating_costs_and_the_page_reads_no_more_for_it(found: Round) -> None:
    page(found)
    with CapacityMeter().watching(*found.carrier.clients()) as before:
        page(found)
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        rated(found, stars="3", comment="x" * 300)
    with CapacityMeter().watching(*found.carrier.clients()) as after:
        page(found)

    note(f"rating: {meter.call_count} calls, {meter.write_units:g} WRU, {meter.read_units:g} RRU")
    assert meter.calls == {"Query": 1, "TransactWriteItems": 1}
    assert meter.write_units <= 14
    assert after.calls == before.calls
    assert after.read_units == before.read_units
