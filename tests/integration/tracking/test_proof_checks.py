"""The light check before a proof, through the whole application."""

from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.carrier import Carrier, Reply, Round

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOTE = "Behind the blue bin"


@pytest.fixture
def found(shared: Carrier) -> Round:
    made = shared.round(1).started()
    path = f"/v1/shippers/{made.shop.shipper_id}"
    rule = {"proof_needs_address": True}
    reply = shared.call("PATCH", path, rule, token=shared.admin, headers={"If-Match": "*"})
    assert reply.json["proof_needs_address"] is True
    shared.rewire()
    proof = made.photo(made.ids[0][0])
    body = made.action(note=NOTE, proof_ids=[proof])
    assert made.work(0, "deliver", body).status == 200
    return made


def link(found: Round) -> str:
    return urlsplit(found.orders[found.ids[0][0]]["tracking_url"]).path


def get(found: Round, path: str = "", **headers: str) -> Reply:
    return found.carrier.call("GET", f"{link(found)}{path}", headers=headers)


def answer(found: Round, text: str) -> tuple[str, str]:
    """What the page says of it, and the cookie."""
    form = urlencode({"answer": text, "lang": "en"}).encode()
    reply = found.carrier.call("POST", f"{link(found)}/check", form, headers=FORM)
    assert reply.status == 303
    said = str(reply.headers["Location"]).partition("?said=")[2].partition("&")[0]
    return said, str(reply.headers.get("Set-Cookie", ""))


def test_proof_and_note_are_shown_to_who_knows_the_address(found: Round) -> None:
    closed = get(found, "?lang=en").body.decode()
    outcome = get(found, "/state").json["outcome"]

    said, cookie = answer(found, " 12 B ")

    key = cookie.partition(";")[0]
    opened = get(found, "?lang=en", Cookie=f"other=1; {key}").body.decode()
    assert said == "check_right"
    assert f"Path={link(found)};" in cookie
    assert "HttpOnly; SameSite=Lax" in cookie
    assert NOTE not in closed
    assert "/proof/prf_" not in closed
    assert "Postcode or house number" in closed
    assert (outcome["note"], outcome["proofs"], outcome["has_hidden_proofs"]) == (None, [], True)
    assert NOTE in opened
    assert "/proof/prf_" in opened
    told = get(found, "/state", Cookie=key).json["outcome"]
    assert told["note"] == NOTE
    proof = f"/proof/{told['proofs'][0]['id']}"
    assert get(found, proof).status == 404
    assert get(found, proof, Cookie=key).status == 303


@pytest.mark.parametrize("cookie", ["proof=", "proof=x", "proof=e30.c2ln"])
def test_a_key_that_we_did_not_make_opens_nothing(found: Round, cookie: str) -> None:
    assert NOTE not in get(found, "?lang=en", Cookie=cookie).body.decode()


def test_after_five_wrong_answers_the_right_one_opens_nothing_until_there_is_a_new_link(
    found: Round,
) -> None:
    answers = [answer(found, str(n))[0] for n in (901, 902, 903, 904, 905)]
    assert set(answers) == {"check_wrong"}
    assert answer(found, "905")[0] == "check_wrong"

    assert "/check" in get(found, "?lang=en&said=check_wrong").body.decode()
    assert answer(found, "12b") == ("check_locked", "")
    locked = get(found, "?lang=en&said=check_locked").body.decode()
    assert "Five answers were wrong" in locked
    assert "/check" not in locked  # a form that cannot succeed is none

    path = f"/v1/shipments/{found.ids[0][0]}/links"
    reply = found.carrier.call("POST", path, {}, token=found.shop.key)
    new = reply.json["tracking_url"]
    form = urlencode({"answer": "12b"}).encode()
    again = found.carrier.call("POST", f"{urlsplit(new).path}/check", form, headers=FORM)
    assert "said=check_right" in str(again.headers["Location"])


def test_a_key_ends_with_its_link(found: Round) -> None:
    _, cookie = answer(found, "12b")
    path = f"/v1/shipments/{found.ids[0][0]}/links"
    reply = found.carrier.call("POST", path, {}, token=found.shop.key)
    new = reply.json["tracking_url"]

    shown = found.carrier.call(
        "GET", urlsplit(new).path, headers={"Cookie": cookie.partition(";")[0]}
    )

    assert NOTE not in shown.body.decode()


@pytest.mark.parametrize("text", ["", " - ", "x" * 41, "\u200b"])
def test_no_answer_is_no_try(found: Round, text: str) -> None:
    assert answer(found, text)[0] == "check_none"
