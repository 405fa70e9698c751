import gzip
import json
import re

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import Sender
from chalicelib.pages.contacts import contact_link
from chalicelib.pages.rendering import STATIC, asset_names
from chalicelib.pages.tracking.views import (
    tracking_history,
    tracking_page,
    tracking_proof,
    tracking_state,
)
from tests.support.speaking import LANGUAGES
from tests.support.stage import Stage
from tests.support.tracking_views import (
    make_delayed,
    make_delivered,
    make_failed,
    make_stale,
    make_view,
    make_waiting,
)
from tests.unit.pages.conftest import Gateway

PAGE = "/t/{token}"
STATE = "/t/{token}/state"
PROOF = "/t/{token}/proof/{proof_id}"
HISTORY = "/t/{token}/history"
TOKEN = "gA1_-" * 8
FIRST_TOKEN = "A1_-" * 16 + "abc"
FIRST_VIEW_BYTES = 20_000
MAP_BYTES = 60_000


def gzipped_bytes(text: str) -> int:
    return len(gzip.compress(text.encode(), compresslevel=9))


def test_the_page_is_complete_html_in_the_readers_language(stage: Stage, ask: Gateway) -> None:
    stage.show(make_view())

    answer = ask(PAGE, token="t0ken", headers={"accept-language": "fi"})

    assert answer["statusCode"] == 200
    assert '<html lang="fi">' in answer["body"]
    assert "14.10–14.40" in answer["body"]
    assert 'aria-current="step"' in answer["body"]


TAILS = (".", ")", ",", "%20", " ", '"', "%22", "%0A", "\n", ">", "%E2%80%9D", "'.", "]", "&", "x")


@pytest.mark.parametrize("token", [TOKEN, FIRST_TOKEN], ids=["short", "first"])
@pytest.mark.parametrize("tail", TAILS)
def test_what_a_mail_put_behind_a_link_is_cut_off(
    stage: Stage, ask: Gateway, tail: str, token: str
) -> None:
    stage.show(make_delivered(), token=token)

    page = ask(PAGE, token=f"{token}{tail}", query={"lang": "fi"})
    state = ask(STATE, token=f"{token}{tail}")
    proof = ask(PROOF, token=f"{token}{tail}", proof_id="prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y")
    history = ask(HISTORY, token=f"{token}{tail}")

    assert (page["statusCode"], page["headers"]["Location"]) == (302, f"/api/t/{token}?lang=fi")
    assert page["headers"]["Cache-Control"] == "private, no-store"
    assert state["statusCode"] == 200
    assert proof["statusCode"] == 303
    assert history["statusCode"] == 200
    assert f"/api/t/{token}?lang=en" in history["body"]


@pytest.mark.parametrize("token", [TOKEN[:-1], f"{TOKEN[:-1]}.", f"{'B' * 40}.", ".", f".{TOKEN}"])
@pytest.mark.parametrize("resource", [PAGE, PROOF, HISTORY, STATE])
def test_a_link_that_is_cut_short_stays_unknown(
    stage: Stage, ask: Gateway, resource: str, token: str
) -> None:
    stage.show(make_delivered(), token=TOKEN)

    answer = ask(resource, token=token, proof_id="prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y")
    unknown = ask(resource, token="unknown", proof_id="prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y")

    assert answer["statusCode"] == 404
    assert sorted(answer["headers"]) == sorted(unknown["headers"])
    assert resource == STATE or answer["body"] == unknown["body"]


def test_the_pages_headers_keep_the_link_private(stage: Stage, ask: Gateway) -> None:
    stage.show(make_view())

    headers = ask(PAGE, token="t0ken")["headers"]

    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    )


def test_only_a_page_with_proofs_lets_their_host_through(stage: Stage, ask: Gateway) -> None:
    stage.show(make_delivered())

    policy = ask(PAGE, token="t0ken")["headers"]["Content-Security-Policy"]

    assert "img-src 'self' data: https://proofs.example;" in policy


def test_every_address_begins_with_the_stage(stage: Stage, ask: Gateway) -> None:
    stage.show(make_delivered())

    body = ask(PAGE, token="t0ken")["body"]
    addresses = re.findall(r'(?:href|src)="(/[^"]*)"', body)

    assert addresses
    assert all(address.startswith(("/api/static/", "/api/t/t0ken/")) for address in addresses)
    assert '"state_url": "/api/t/t0ken/state?lang=en"' in body


def test_nothing_inline_could_run(stage: Stage, ask: Gateway) -> None:
    stage.show(make_failed())

    body = ask(PAGE, token="t0ken")["body"]

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", body)
    assert re.findall(r"<script [^>]*>", body) == [
        f'<script type="module" src="/api/static/{asset_names()["tracking.js"]}">',
        '<script type="application/json" id="page-data">',
    ]


def test_what_others_wrote_stays_text(stage: Stage, ask: Gateway) -> None:
    stage.show(make_view(sender=Sender("</script><script>alert(1)</script>", '"><img src=x>')))

    body = ask(PAGE, token="t0ken")["body"]

    assert "<script>alert" not in body
    assert "<img src=x>" not in body


@pytest.mark.parametrize("resource", [PAGE, PROOF, HISTORY])
def test_unknown_links_get_one_and_the_same_page(ask: Gateway, resource: str) -> None:
    unknown = ask(PAGE, token="unknown")
    other = ask(resource, token="another", proof_id="prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y")

    assert (unknown["statusCode"], other["statusCode"]) == (404, 404)
    assert unknown["body"] == other["body"]
    assert unknown["headers"].keys() == other["headers"].keys()


def test_a_proof_of_another_shipment_does_not_exist(stage: Stage, ask: Gateway) -> None:
    stage.show(make_delivered())

    assert ask(PROOF, token="t0ken", proof_id="prf_99")["statusCode"] == 404


def test_a_proof_is_an_address_to_go_to(stage: Stage, ask: Gateway) -> None:
    stage.show(make_delivered())

    answer = ask(PROOF, token="t0ken", proof_id="prf_01JD8X4Q2M7V9K3N5P6R8T0W1Y")

    assert answer["statusCode"] == 303
    assert answer["headers"]["Location"] == "https://proofs.example/photo"
    assert answer["headers"]["Cache-Control"] == "private, no-store"


def test_a_page_with_a_proof_opens_the_shipment_once(stage: Stage, ask: Gateway) -> None:
    stage.show(make_delivered())

    answer = ask(PAGE, token="t0ken")

    assert "https://proofs.example" in answer["headers"]["Content-Security-Policy"]
    assert stage.asked == 1


def test_the_page_leads_to_earlier_lines_only_where_there_are_some(
    stage: Stage, ask: Gateway
) -> None:
    stage.show(make_view(earlier_before=9))
    cut = ask(PAGE, token="t0ken", query={"lang": "en"})["body"]
    stage.show(make_view())
    whole = ask(PAGE, token="t0ken", query={"lang": "en"})["body"]

    link = '<a class="contact" href="/api/t/t0ken/history?lang=en">Show earlier</a>'
    assert f'<p data-show="words.has_earlier">{link}' in cut
    assert '<p data-show="words.has_earlier" hidden><a class="contact"' in whole


def test_the_history_can_be_read_to_its_beginning_without_a_script(
    stage: Stage, ask: Gateway
) -> None:
    stage.show(make_delivered())
    seen, query, pages = [], {"lang": "en"}, 0
    while query:
        body = ask(HISTORY, token="t0ken", query=query)["body"]
        seen += re.findall(r'class="line-label">([^<]+)<', body)
        further = re.search(r'href="\?lang=en&amp;before=(\d+)"', body)
        query = {"lang": "en", "before": further[1]} if further else {}
        pages += 1

    assert "<script" not in body
    assert pages == 4
    assert seen[0] == "Delivered"
    assert seen[-1] == "Kukka &amp; Korpi announced the delivery"
    assert len(seen) == len(make_delivered().timeline)


@pytest.mark.parametrize("before", ["", "0", "-1", "x", "٣", "9" * 9])
def test_a_history_before_nothing_is_the_newest(stage: Stage, ask: Gateway, before: str) -> None:
    stage.show(make_delivered())

    newest = ask(HISTORY, token="t0ken")

    assert ask(HISTORY, token="t0ken", query={"before": before})["body"] == newest["body"]


def test_head_has_the_headers_and_no_body(stage: Stage, ask: Gateway) -> None:
    stage.show(make_view())

    full, head = ask(PAGE, token="t0ken"), ask(PAGE, token="t0ken", method="HEAD")

    assert head["headers"].keys() == full["headers"].keys()
    assert (head["statusCode"], head["body"]) == (200, "")


def test_a_dependency_that_fails_is_a_page_too(stage: Stage, ask: Gateway) -> None:
    stage.show(Unavailable(retry_after_s=7))

    answer = ask(PAGE, token="t0ken")

    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "7"
    assert "try again" in answer["body"]


def test_an_unchanged_state_is_304_without_a_body(stage: Stage, ask: Gateway) -> None:
    stage.show(make_view())
    first = ask(STATE, token="t0ken")

    again = ask(STATE, token="t0ken", headers={"if-none-match": first["headers"]["ETag"]})

    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"]["ETag"] == first["headers"]["ETag"]
    assert again["headers"]["Cache-Control"] == "private, no-cache"
    assert again["headers"]["X-Server-Now"] == "2026-11-23T12:00:00.000Z"


@pytest.mark.parametrize("asked", [{"lang": "de"}, {}], ids=["asked for", "negotiated"])
def test_the_page_and_its_state_agree_on_the_tag(
    stage: Stage, ask: Gateway, asked: dict[str, str]
) -> None:
    stage.show(make_view())
    headers = {"accept-language": "de"}
    body = ask(PAGE, token="t0ken", query=asked, headers=headers)["body"]
    found = re.search(r'id="page-data">(.*?)</script>', body)

    page = json.loads(found[1]) if found else {}
    state = ask(STATE, token="t0ken", query={"lang": "de"}, headers=headers)

    assert page["etag"] == state["headers"]["ETag"]
    assert page["state"] == json.loads(state["body"])
    assert page["state_url"].endswith("?lang=de")


def test_a_state_known_in_other_circumstances_is_304_all_the_same(
    stage: Stage, ask: Gateway
) -> None:
    stage.show(make_view())
    first = ask(STATE, token="t0ken", headers={"accept-language": "en"})
    headers = {"if-none-match": first["headers"]["ETag"], "accept-language": "en, fi"}

    assert ask(STATE, token="t0ken", headers=headers)["statusCode"] == 304


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(NotFound(), 404, "not_found"), (Unavailable(), 503, "unavailable")],
)
def test_a_refused_state_is_a_problem_document(
    stage: Stage, ask: Gateway, error: NotFound | Unavailable, status: int, code: str
) -> None:
    stage.show(error)

    answer = ask(STATE, token="t0ken")

    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(answer["body"])["code"] == code


def test_a_finished_page_does_not_refresh_itself(stage: Stage, ask: Gateway) -> None:
    stage.show(make_delivered())
    finished = ask(PAGE, token="t0ken")["body"]
    stage.show(make_view())
    underway = ask(PAGE, token="t0ken")["body"]

    assert "http-equiv" not in finished
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in underway


def test_the_page_names_nobody_but_the_sender(stage: Stage, ask: Gateway) -> None:
    stage.show(make_view())

    body = ask(PAGE, token="t0ken")["body"]

    assert not re.search(r"(?:drv|rte|stp|shp|shr)_", body)


@pytest.mark.parametrize("view", [tracking_page, tracking_state, tracking_history, tracking_proof])
def test_whoever_holds_the_link_may_ask(view: object) -> None:
    assert vars(view)["declaration"].principals == {Role.RECIPIENT}


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("help@shop.example", "mailto:help@shop.example"),
        ("+358 40 123 4567", "tel:+358401234567"),
        ("https://shop.example/help", "https://shop.example/help"),
        ("javascript:alert(1)", None),
        ("http://shop.example/", None),
        ("Ask at the desk", None),
        ("mailto:a@b.example?bcc=c@d.example", None),
        (None, None),
    ],
)
def test_a_contact_opens_only_what_it_should(contact: str | None, link: str | None) -> None:
    assert contact_link(contact) == link


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_view_stays_within_its_budget(stage: Stage, ask: Gateway, language: str) -> None:
    for view in (make_view(), make_delayed(), make_delivered(), make_stale(), make_waiting()):
        stage.show(view)
        page = ask(PAGE, token="t0ken", query={"lang": language})["body"]
        files = (STATIC / asset_names()[name] for name in ("tracking.css", "tracking.js"))
        sizes = [gzipped_bytes(page), *(gzipped_bytes(file.read_text("utf-8")) for file in files)]

        assert sum(sizes) <= FIRST_VIEW_BYTES


def test_the_map_stays_within_its_budget() -> None:
    files = (STATIC / asset_names()[name] for name in ("map.css", "map.js"))

    assert sum(gzipped_bytes(file.read_text("utf-8")) for file in files) <= MAP_BYTES


def test_every_status_has_a_page(stage: Stage, ask: Gateway) -> None:
    for status in Status:
        stage.show(make_view(status))

        assert ask(PAGE, token="t0ken")["statusCode"] == 200


def test_a_link_that_leads_nowhere_says_whom_to_ask(ask: Gateway) -> None:
    body = ask(PAGE, token="unknown", query={"lang": "en"})["body"]

    assert '<a class="contact" href="tel:+35891234567">Contact the carrier</a>' in body
    assert "Pohjolan Kuljetus" in body
